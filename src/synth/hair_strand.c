/* SPDX-License-Identifier: Apache-2.0 */
/* hair_strand.c - colour, light and frayed edges of hair.
 *
 * At the distance of a portrait nobody sees single hairs but bundles: noise
 * long in the direction of growth, at three widths. Two tiles of it are made
 * once a head; which samples are hair is decided by a look into them. */
#include "synth/hair_strand.h"

#include <string.h>

#include "synth/waves.h"
#include "synth/wear.h"

enum { MASK = MIEN_STRAND_TILE - 1 };
#define FULL 0.985f /* from this share of hair on there are no holes */
/* Of y, mm: hats hide all above the second and nothing below the first; and
 * how far off the skull hair below a hat may be. */
#define UNHATTED 5.0f
#define HATTED   45.0f
#define FLAT     5.0f

/* ---- tiles ------------------------------------------------------------ */

mien_status mien_strands_make(mien_strands **out, mien_scene *scene,
                              const mien_head *head, mien_vec colour) {
    mien_strands *s = mien_scene_room(scene, sizeof *s);
    *out = s;
    if (!s) return MIEN_ENOMEM;
    const float grey = head->person->trait[MIEN_TRAIT_hair_grey];
    s->white = (mien_vec){0.52f, 0.52f, 0.51f};
    s->grey = mien_clamp(grey, 0, 0.98f);
    const mien_vec dark =
        mien_scale(mien_along(colour, s->white, -s->grey), 1 / (1 - s->grey));
    s->pigment =
        (mien_vec){mien_clamp(dark.x, 0.006f, 1), mien_clamp(dark.y, 0.005f, 1),
                   mien_clamp(dark.z, 0.004f, 1)};
    s->tip = 1.15f;
    for (int y = 0; y <= MASK; y++)
        for (int x = 0; x <= MASK; x++)
            s->grain[y][x] = (uint8_t)(mien_hash((uint32_t)x, (uint32_t)y,
                                                 head->person->seed) >>
                                       24);
    /* A bundle keeps to its column, shifting a little from row to row. */
    for (int y = 0; y <= MASK; y++)
        for (int x = 0; x <= MASK; x++)
            s->tile[y][x] =
                (uint8_t)((3 * s->grain[7][x] + s->grain[y >> 2][x ^ 21]) / 4);
    return MIEN_OK;
}

/* -1 to 1, smooth across and along. */
static float streak(const mien_strands *s, float x, float y) {
    const float fx = floorf(x), fy = floorf(y);
    const int i = (int)fx, j = (int)fy;
    const float tx = x - fx, ty = y - fy;
    const uint8_t *low = s->tile[j & MASK], *high = s->tile[(j + 1) & MASK];
    const float a = mien_mix(low[i & MASK], low[(i + 1) & MASK], tx);
    const float b = mien_mix(high[i & MASK], high[(i + 1) & MASK], tx);
    return mien_mix(a, b, ty) * (2.2f / 255) - 1.1f;
}

static int grain(const mien_strands *s, float x, float y) {
    return s->grain[(int)y & MASK][(int)x & MASK];
}

/* ---- where there is hair ---------------------------------------------- */

/* Is there hair all over here, whatever the strand? */
static bool is_full(const mien_coat *c, const float at[2], mien_vec rest) {
    if (c->kind == MIEN_COAT_SHELL) return mien_dot(rest, rest) > FULL;
    return c->kind == MIEN_COAT_SHEET && 1 - at[1] > c->fray &&
           at[1] >= c->root && at[0] > c->edge;
}

static bool shell_covers(const void *what, const mien_fragment *f) {
    const mien_coat *c = what;
    if (is_full(c, f->at, f->rest)) return true;
    const float x = (f->at[0] + MIEN_COAT_STEP) / c->pitch;
    const float y = (f->at[1] + MIEN_COAT_STEP) / (c->pitch * c->stretch);
    return (float)grain(c->strands, x, y) < mien_dot(f->rest, f->rest) * 256;
}

/* Strands end one by one, and whole bundles before others. */
static bool sheet_covers(const void *what, const mien_fragment *f) {
    const mien_coat *c = what;
    if (is_full(c, f->at, f->rest)) return true;
    const float x = f->at[0], t = f->at[1], end = 1 - t;
    const float column = (x + MIEN_COAT_STEP) / c->pitch;
    const float thin = (float)grain(c->strands, column, 3);
    const float broad = (float)grain(c->strands, column * 0.17f, 5);
    const float h = (0.6f * thin + 0.4f * broad) * (1.0f / 256);
    const float start =
        (float)grain(c->strands, column * 2.3f, 9) * (1.0f / 256);
    return end >= c->fray * h && t >= c->root * start &&
           x > c->edge * (float)grain(c->strands, column, t * 6) * (1.0f / 256);
}

static bool locks_cover(const void *what, const mien_fragment *f) {
    const mien_coat *c = what;
    const int lock = (int)f->at[0];
    const float w = f->at[0] - (float)lock, t = f->at[1];
    const float inner = 4 * w * (1 - w);
    const float end = t > 1 - c->fray ? (1 - t) / c->fray : 1;
    if (inner * end > c->edge) return true;
    const float x = w * 13 + (float)lock * 5;
    const int h = grain(c->strands, x, t * 5 + (float)lock);
    return inner * end * 256 > c->edge * (float)h;
}

/* ---- what it looks like ----------------------------------------------- */

typedef struct strand {
    float x, y; /* in bundles */
    float t;    /* root 0 to tip 1 */
    float open; /* to the sky */
} strand;

static strand strand_at(const mien_coat *c, const mien_fragment *f) {
    const float x = f->at[0], t = f->at[1], open = mien_length(f->rest);
    if (c->kind == MIEN_COAT_LOCKS) return (strand){x * 11, t * 5, t, open};
    if (c->kind == MIEN_COAT_SHEET)
        return (strand){x / c->pitch, t * 7, t, open};
    const float number = floorf(x / MIEN_COAT_STEP + 0.5f);
    const float level =
        c->level[(int)mien_clamp(number, 0, MIEN_COAT_LEVELS - 1)];
    const float y = t / (c->pitch * c->stretch);
    const float wave = 2.5f * c->curl * mien_sine(0.9f * y + 0.11f * x);
    return (strand){(x - number * MIEN_COAT_STEP) / c->pitch + wave, y, level,
                    mien_mix(0.62f, 1, level)};
}

static mien_vec albedo(const mien_coat *c, strand p, float fine) {
    const mien_strands *s = c->strands;
    const float thin = fine * streak(s, p.x, p.y);
    const float middle = streak(s, p.x * 0.31f + 9, p.y * 0.4f + 31);
    const float broad = streak(s, p.x * 0.09f + 40, p.y * 0.25f + 11);
    const float mixed = 4 * s->grey * (1 - s->grey);
    const float grey = mien_clamp(
        s->grey + mixed * (0.4f * thin + 0.15f * middle + 0.05f * broad), 0, 1);
    const float root = mien_mix(0.72f, 1, mien_step(0, 0.3f, p.t));
    const float tone = 1 + 0.28f * thin + 0.24f * middle + 0.14f * broad;
    return mien_scale(mien_blend(s->pigment, s->white, grey),
                      tone * root * mien_mix(1, s->tip, p.t));
}

static void hair_look(mien_surface *out, const void *what,
                      const mien_fragment *f) {
    const mien_coat *c = what;
    const strand p = strand_at(c, f);
    /* Bundles finer than two pixels blur into their mean. */
    const float fine = mien_clamp(2.2f * c->pitch / f->size - 0.4f, 0.15f, 1);
    out->albedo = albedo(c, p, fine);
    out->tangent = mien_unit(f->rest);
    /* Each bundle lies at an angle of its own: highlights break up. */
    const float tilt = 0.16f * fine * streak(c->strands, p.x + 3, p.y) +
                       0.10f * streak(c->strands, p.x * 0.31f + 5, p.y * 0.4f);
    out->tangent = mien_unit(mien_along(out->tangent, f->normal, tilt));
    out->roughness = mien_mix(0.32f, 0.6f, c->curl);
    out->specular = mien_mix(0.036f, 0.018f, c->curl);
    out->strand = 1;
    out->occlusion = mien_clamp(p.open, 0, 1) * (f->back ? 0.55f : 1);
}

/* ---- things ----------------------------------------------------------- */

mien_status mien_strands_thing(mien_mesh **mesh, mien_scene *scene,
                               const mien_head *head, mien_coat coat) {
    static bool (*const covers[])(const void *, const mien_fragment *) = {
        [MIEN_COAT_SHELL] = shell_covers,
        [MIEN_COAT_SHEET] = sheet_covers,
        [MIEN_COAT_LOCKS] = locks_cover,
    };
    mien_coat *kept = mien_scene_room(scene, sizeof *kept);
    if (!kept) return MIEN_ENOMEM;
    *kept = coat;
    return mien_scene_thing(
        scene, mesh,
        (mien_material){.name = "hair",
                        .covers = covers[coat.kind],
                        .look = hair_look,
                        .what = kept,
                        .unshadowing = true,
                        .one_sided = coat.kind != MIEN_COAT_SHEET,
                        .owner = (int16_t)head->owner});
}

/* Vertices, normals and directions from head space to the world. */
static void pose(mien_mesh *mesh, const mien_head *head) {
    mien_mesh_move(mesh, &head->pose);
    for (int i = 0; i < mesh->vertices; i++)
        mesh->rest[i] = mien_turned(&head->pose.turn, mesh->rest[i]);
}

static void copy_vertices(mien_mesh *to, const mien_mesh *from) {
    const size_t n = (size_t)from->vertices;
    memcpy(to->position, from->position, n * sizeof *to->position);
    memcpy(to->normal, from->normal, n * sizeof *to->normal);
    memcpy(to->rest, from->rest, n * sizeof *to->rest);
    memcpy(to->at, from->at, n * sizeof *to->at);
    to->vertices = from->vertices;
}

/* Move the triangles without holes from one mesh to the other. */
static void part(mien_mesh *solid, mien_mesh *cut, const mien_coat *coat) {
    int kept = 0;
    for (int i = 0; i < cut->triangles; i++) {
        const uint32_t *c = cut->corner[i];
        bool full = true;
        for (int k = 0; k < 3; k++)
            full &= is_full(coat, cut->at[c[k]], cut->rest[c[k]]);
        if (full)
            mien_mesh_triangle(solid, (int)c[0], (int)c[1], (int)c[2]);
        else
            memmove(cut->corner[kept++], c, sizeof cut->corner[0]);
    }
    cut->triangles = kept;
}

static bool wears_hat(const mien_shot *shot) {
    for (int i = 0; i < MIEN_SHOT_WEARS && shot->wear[i]; i++)
        if (shot->wear[i]->place == MIEN_WEAR_HEAD) return true;
    return false;
}

/* Below a hat hair lies flat; below its brim it comes out again. */
static void flatten(mien_mesh *mesh, const mien_scalp *scalp) {
    for (int i = 0; i < mesh->vertices; i++) {
        mien_vec *p = &mesh->position[i];
        const float under = mien_step(UNHATTED, HATTED, p->y);
        if (!(under > 0)) continue;
        const mien_vec out = mien_scalp_outward(scalp, *p);
        const float lift = mien_dot(mien_sub(*p, scalp->centre), out) -
                           mien_scalp_radius(scalp, *p);
        if (lift > FLAT) *p = mien_along(*p, out, under * (FLAT - lift));
    }
}

mien_status mien_strands_finish(mien_scene *scene, const mien_scalp *scalp) {
    const int number = scene->things - 1;
    mien_material material = scene->thing[number].material;
    if (wears_hat(scalp->head->shot))
        flatten(&scene->thing[number].mesh, scalp);
    pose(&scene->thing[number].mesh, scalp->head);
    const mien_coat *coat = material.what;
    if (coat->kind == MIEN_COAT_LOCKS) return MIEN_OK;
    material.covers = NULL;
    material.unshadowing = false;
    mien_mesh *solid;
    MIEN_TRY(mien_scene_thing(scene, &solid, material));
    mien_mesh *cut = &scene->thing[number].mesh;
    MIEN_TRY(mien_mesh_reserve(solid, cut->vertices, cut->triangles));
    copy_vertices(solid, cut);
    part(solid, cut, coat);
    return MIEN_OK;
}
