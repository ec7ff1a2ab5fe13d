/* SPDX-License-Identifier: Apache-2.0 */
/* hair_crop.c - short hair and beards by shells. */
#include "synth/hair_crop.h"

#include "synth/waves.h"

/* Columns of the scalp's grid, u > 0: close together where the hairline turns
 * about the ear. */
static const float round_u[] = {
    0,   9,   18,  27,  36,  44,  52,  60,  68,  76,  84,  90,  94,  97,  100,
    105, 109, 112, 115, 120, 126, 132, 137, 142, 150, 160, 172, 188, 205, 222};
enum {
    HALF = sizeof round_u / sizeof *round_u,
    SCALP_COLUMNS = 2 * HALF,
    SCALP_ROWS = 15,
    BEARD_COLUMNS = 53,
    BEARD_ROWS = 24,
    MOST = 1536
};

#define BEARD_BROAD 118.0f
#define BEARD_TOP   -22.0f
#define BEARD_LOW   -152.0f

typedef struct patch {
    int rows, columns;
    bool around;
    mien_root root[MOST];
    mien_tuft tuft[MOST];
} patch;

static float scalp_u(int column) {
    if (column < HALF) return round_u[column];
    return column == HALF ? MIEN_CHART_BACK : -round_u[SCALP_COLUMNS - column];
}

/* Rows crowd at the hairline, which they begin a little outside of. */
static float scalp_v(const mien_scalp *s, float u, int row) {
    const float low = mien_scalp_line(s, u) - 2.5f;
    const float t = (float)row / (SCALP_ROWS - 1);
    return mien_mix(low, MIEN_CHART_CROWN_V, t * (0.4f + 0.6f * t));
}

static void plan(patch *p, const mien_crop *crop) {
    p->rows = crop->beard ? BEARD_ROWS : SCALP_ROWS;
    p->columns = crop->beard ? BEARD_COLUMNS : SCALP_COLUMNS;
    p->around = !crop->beard;
    const mien_scalp *s = crop->scalp;
    for (int i = 0; i < p->rows * p->columns; i++) {
        const int row = i / p->columns, column = i % p->columns;
        mien_root *r = &p->root[i];
        *r = (mien_root){.scalp = s};
        if (crop->beard) {
            const float x = (float)column / (BEARD_COLUMNS - 1) * 2 - 1;
            r->u = x * BEARD_BROAD;
            r->v =
                mien_mix(BEARD_LOW, BEARD_TOP, (float)row / (BEARD_ROWS - 1));
        } else {
            r->u = scalp_u(column);
            r->v = scalp_v(s, r->u, row);
            r->inside = mien_scalp_inside(s, r->u, r->v);
        }
        r->position = mien_head_at(s->head, r->u, r->v, &r->normal);
        p->tuft[i] = crop->grow(crop->what, r);
    }
}

/* Across the strands in millimetres also near the crown, where u crowds. */
static float across(const patch *p, int i) {
    const mien_root *r = &p->root[i];
    if (!p->around) return r->u;
    const float out = (MIEN_CHART_CROWN_V - r->v) * (1.0f / 110);
    return r->u * mien_clamp(out, 0, 1);
}

static void add_vertex(mien_mesh *mesh, const patch *p, int i, float t) {
    const mien_root *r = &p->root[i];
    const mien_tuft *g = &p->tuft[i];
    mien_vec at = mien_along(r->position, r->normal, 0.4f + t * g->rise);
    at = mien_along(at, g->comb, t * t);
    const int k = mien_mesh_vertex(mesh, at, across(p, i), r->v);
    const mien_vec way =
        mien_along(mien_scale(r->normal, g->rise), g->comb, 2 * t);
    mesh->rest[k] =
        mien_scale(mien_unit(way), sqrtf(mien_clamp(g->dense, 0, 1)));
}

static bool bare(const patch *p, int a, int b, int c) {
    const float most = 0.01f;
    return p->tuft[a].dense < most && p->tuft[b].dense < most &&
           p->tuft[c].dense < most;
}

static mien_status add_shell(mien_mesh *mesh, const patch *p, float t) {
    const int n = p->rows * p->columns;
    MIEN_TRY(mien_mesh_reserve(mesh, n, 2 * n));
    for (int i = 0; i < n; i++) add_vertex(mesh, p, i, t);
    for (int r = 0; r + 1 < p->rows; r++)
        for (int c = 0; c + !p->around < p->columns; c++) {
            const int a = r * p->columns + c;
            const int b = r * p->columns + (c + 1) % p->columns;
            const int d = a + p->columns, e = b + p->columns;
            if (!bare(p, a, b, e)) mien_mesh_triangle(mesh, a, b, e);
            if (!bare(p, a, e, d)) mien_mesh_triangle(mesh, a, e, d);
        }
    mien_mesh_normals(mesh);
    return MIEN_OK;
}

mien_status mien_crop_build(mien_scene *scene, const mien_strands *strands,
                            const mien_crop *crop) {
    const mien_head *head = crop->scalp->head;
    patch *p = mien_scene_room(scene, sizeof *p);
    if (!p) return MIEN_ENOMEM;
    plan(p, crop);
    for (int k = 0; k < crop->levels; k++) {
        mien_coat coat = crop->coat;
        coat.kind = MIEN_COAT_SHELL;
        coat.strands = strands;
        coat.level = crop->level[k];
        mien_mesh *mesh;
        MIEN_TRY(mien_strands_thing(&mesh, scene, head, coat));
        MIEN_TRY(add_shell(mesh, p, crop->level[k]));
        mien_strands_pose(mesh, head);
    }
    return MIEN_OK;
}

mien_tuft mien_cut_grow(const void *what, const mien_root *root) {
    const mien_cut *cut = what;
    const mien_vec n = root->normal;
    const float top = mien_step(0.25f, 0.8f, n.y);
    const float edge = mien_step(-1, 14, root->inside);
    const float tousle =
        1 +
        cut->rough * mien_noise3(mien_scale(root->position, 0.055f), cut->seed);
    const float rise =
        mien_mix(cut->sides, cut->top, top) * tousle * mien_mix(0.45f, 1, edge);
    mien_vec comb = {cut->across * top, -cut->down * (1 - top),
                     cut->forward * top};
    comb = mien_along(comb, n, -mien_dot(comb, n));
    if (cut->rough > 0) {
        const mien_vec p = mien_scale(root->position, 0.07f);
        comb.x += cut->rough * cut->top * mien_noise3(p, cut->seed + 1);
        comb.z += cut->rough * cut->top * mien_noise3(p, cut->seed + 2);
    }
    return (mien_tuft){rise, mien_scale(comb, edge),
                       mien_step(-2, cut->soft, root->inside)};
}
