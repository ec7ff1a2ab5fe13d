/* SPDX-License-Identifier: Apache-2.0 */
/* hair_style.c - the parts that styles of hair share. */
#include "synth/hair_style.h"

#include "synth/waves.h"

#define FELT 0.3f /* of the length: the height of the lowest shell */

mien_status mien_hairdo_begin(mien_hairdo *out, mien_scene *scene,
                              const mien_head *head, float ears) {
    const mien_person *p = head->person;
    const float *trait = p->trait;
    *out = (mien_hairdo){.scene = scene,
                         .head = head,
                         .length = trait[MIEN_TRAIT_hair_length],
                         .volume = trait[MIEN_TRAIT_hair_volume],
                         .curl = trait[MIEN_TRAIT_hair_curl],
                         .part = trait[MIEN_TRAIT_hair_part],
                         .seed = p->seed ^ 0x4a17u};
    mien_scalp_of(&out->scalp, head, ears);
    return mien_strands_make(&out->strands, scene, head, p->hair_colour);
}

mien_status mien_hairdo_cut(mien_hairdo *h, const mien_cut *cut, int levels) {
    float level[MIEN_COAT_LEVELS];
    if (levels > MIEN_COAT_LEVELS) levels = MIEN_COAT_LEVELS;
    for (int i = 0; i < levels; i++)
        level[i] = mien_mix(FELT, 1, (float)i / (float)(levels - 1));
    const mien_crop crop = {
        .scalp = &h->scalp,
        .grow = mien_cut_grow,
        .what = cut,
        .level = level,
        .levels = levels,
        .coat = {.pitch = 0.5f,
                 .stretch = 5,
                 .curl = mien_clamp(0.7f + 0.2f * h->curl, 0.5f, 1)}};
    return mien_crop_build(h->scene, h->strands, &crop);
}

mien_status mien_hairdo_undercoat(mien_hairdo *h, float rise) {
    const mien_cut cut = {.sides = rise,
                          .top = rise,
                          .forward = -6,
                          .soft = 13,
                          .ring = 34,
                          .seed = h->seed};
    return mien_hairdo_cut(h, &cut, 2);
}

float mien_hairdo_side(const mien_hairdo *h) { return h->part < 0 ? -1 : 1; }

float mien_hairdo_part(const mien_hairdo *h, float most) {
    const float far = h->part < 0 ? -h->part : h->part;
    return mien_hairdo_side(h) * mien_mix(0.5f, 1, mien_step(0, 2, far)) * most;
}

mien_status mien_hairdo_layer(mien_hairdo *h, const mien_layer *l) {
    mien_mesh *mesh;
    mien_coat coat = {.strands = h->strands,
                      .pitch = l->pitch,
                      .stretch = 4,
                      .root = l->root,
                      .fray = l->fray,
                      .edge = l->edge,
                      .curl = mien_clamp(0.2f + 0.3f * h->curl, 0, 1)};
    if (l->sheet.columns > 0) {
        coat.kind = MIEN_COAT_SHEET;
        MIEN_TRY(mien_strands_thing(&mesh, h->scene, h->head, coat));
        MIEN_TRY(mien_flow_sheet(mesh, &l->flow, l->sheet));
        mien_mesh_normals(mesh);
        MIEN_TRY(mien_strands_finish(h->scene, &h->scalp));
    }
    if (l->locks.n > 0) {
        coat.kind = MIEN_COAT_LOCKS;
        coat.fray = 0.45f;
        coat.edge = 0.75f;
        MIEN_TRY(mien_strands_thing(&mesh, h->scene, h->head, coat));
        MIEN_TRY(mien_flow_locks(mesh, &h->scalp, &l->flow, l->locks));
        MIEN_TRY(mien_strands_finish(h->scene, &h->scalp));
    }
    return MIEN_OK;
}

mien_status mien_hairdo_fall(mien_hairdo *h, const mien_fall *fall) {
    for (int i = 0; i < 2; i++) {
        mien_drape d = fall->drape;
        d.scalp = &h->scalp;
        d.side = i ? 1 : -1;
        d.phase = 2.4f * (float)i + (float)(h->seed & 7);
        const float length = 150 + d.fall;
        const mien_layer layer = {
            .flow = {mien_drape_at, &d, 215, {0.85f, 1}, h->seed + i},
            .sheet = {26, 10 + (int)(length / 16), 0, fall->lumps},
            .locks = fall->locks,
            .pitch = 1.3f,
            .fray = fall->fray,
            .edge = 5};
        MIEN_TRY(mien_hairdo_layer(h, &layer));
    }
    return MIEN_OK;
}

static mien_vec fringe_at(const void *what, float c, float s, float extra) {
    const mien_fringe *f = what;
    const float x = 2 * c - 1, side = x * x;
    const float u0 = x * f->half;
    const float v0 = mien_scalp_line(f->scalp, u0) + f->root;
    const float v1 = mien_mix(f->end[0], f->end[1], side);
    const float u = u0 * mien_mix(0.85f, 1, s) + f->sweep * s * s;
    mien_vec n;
    const mien_vec p = mien_head_at(f->scalp->head, u, mien_mix(v0, v1, s), &n);
    const float bulge = mien_step(0, 0.35f, s) * mien_step(1.7f, 0.5f, s);
    return mien_along(p, n, 2 + extra + f->lift * bulge);
}

mien_status mien_hairdo_fringe(mien_hairdo *h, mien_fringe fringe, int locks) {
    fringe.scalp = &h->scalp;
    const mien_layer layer = {
        .flow = {fringe_at, &fringe, 2 * fringe.half, {0.9f, 1}, h->seed + 9},
        .sheet = {22, 9, 0, 2},
        .locks = {.n = locks,
                  .points = 7,
                  .from = {0, 0.25f},
                  .to = {0.88f, 1.03f},
                  .c = {0, 1},
                  .extra = {1, 4},
                  .broad = 9,
                  .drift = 0.05f},
        .pitch = 1.2f,
        .fray = 0.3f};
    return mien_hairdo_layer(h, &layer);
}

mien_vec mien_whorl_at(const void *what, float c, float s, float extra) {
    const mien_whorl *w = what;
    const float u = (2 * c - 1) * MIEN_CHART_BACK + w->swirl * (1 - s);
    const float low = mien_scalp_line(w->scalp, u) + w->end;
    mien_vec n;
    const mien_vec p = mien_head_at(
        w->scalp->head, u, mien_mix(MIEN_CHART_CROWN_V - 5, low, s), &n);
    return mien_along(p, n, 1 + extra + w->lift);
}
