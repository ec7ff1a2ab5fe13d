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
#define BEARD_TOP   4.0f
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

/* The share of a shell that is hair: strands end one after the other. */
static float share_of(const mien_crop *crop, const mien_tuft *g, int shell) {
    const float felt = crop->level[0];
    const float above = (crop->level[shell] - felt) / (1.001f - felt);
    return mien_clamp(g->dense * (1 - 0.9f * above), 0, 1);
}

static void add_vertex(mien_mesh *mesh, const mien_crop *crop, const patch *p,
                       int i, int shell) {
    const mien_root *r = &p->root[i];
    const mien_tuft *g = &p->tuft[i];
    const float t = crop->level[shell];
    /* These cells are larger than the skin's and must not sink into it. */
    const float off =
        p->around ? 0.5f + 0.9f * mien_step(0, 20, r->inside) : 0.5f;
    mien_vec at = mien_along(r->position, r->normal, off + t * g->rise);
    at = mien_along(at, g->comb, t * t);
    const int k = mien_mesh_vertex(
        mesh, at, across(p, i) + (float)shell * MIEN_COAT_STEP, r->v);
    const mien_vec way =
        mien_along(mien_scale(r->normal, g->rise), g->comb, 2 * t);
    mesh->rest[k] = mien_scale(mien_unit(way), sqrtf(share_of(crop, g, shell)));
}

static bool bare(const mien_mesh *mesh, int a, int b, int c) {
    const mien_vec *way = mesh->rest;
    const float least = 0.01f;
    return mien_dot(way[a], way[a]) < least &&
           mien_dot(way[b], way[b]) < least && mien_dot(way[c], way[c]) < least;
}

static mien_status add_shell(mien_mesh *mesh, const mien_crop *crop,
                             const patch *p, int shell) {
    const int n = p->rows * p->columns, base = mesh->vertices;
    MIEN_TRY(mien_mesh_reserve(mesh, n, 2 * n));
    for (int i = 0; i < n; i++) add_vertex(mesh, crop, p, i, shell);
    for (int r = 0; r + 1 < p->rows; r++)
        for (int c = 0; c + !p->around < p->columns; c++) {
            const int a = base + r * p->columns + c;
            const int b = base + r * p->columns + (c + 1) % p->columns;
            const int d = a + p->columns, e = b + p->columns;
            if (!bare(mesh, a, b, e)) mien_mesh_triangle(mesh, a, b, e);
            if (!bare(mesh, a, e, d)) mien_mesh_triangle(mesh, a, e, d);
        }
    return MIEN_OK;
}

mien_status mien_crop_build(mien_scene *scene, const mien_strands *strands,
                            const mien_crop *crop) {
    patch *p = mien_scene_room(scene, sizeof *p);
    if (!p) return MIEN_ENOMEM;
    plan(p, crop);
    mien_coat coat = crop->coat;
    coat.kind = MIEN_COAT_SHELL;
    coat.strands = strands;
    for (int k = 0; k < crop->levels; k++) coat.level[k] = crop->level[k];
    mien_mesh *mesh;
    MIEN_TRY(mien_strands_thing(&mesh, scene, crop->scalp->head, coat));
    /* The outermost first: it hides most of the others. */
    for (int k = crop->levels - 1; k >= 0; k--)
        MIEN_TRY(add_shell(mesh, crop, p, k));
    mien_mesh_normals(mesh);
    return mien_strands_finish(scene, crop->scalp);
}

/* Few hairs at first, then soon all; at the temples, seen aslant, sooner. */
static float cut_dense(const mien_cut *cut, float u, float inside) {
    const float temple = mien_step(50, 72, u < 0 ? -u : u);
    const float t =
        mien_step(-2.5f, cut->soft * mien_mix(1, 0.45f, temple), inside);
    const float far = cut->ring > 0 && inside > cut->ring ? 0 : 1;
    return far * t * (0.35f + 0.65f * t);
}

mien_tuft mien_cut_grow(const void *what, const mien_root *root) {
    const mien_cut *cut = what;
    const mien_vec n = root->normal;
    const float top = mien_step(0.25f, 0.8f, n.y);
    const float edge = mien_step(-1, 17, root->inside);
    const float tousle =
        1 +
        cut->rough * mien_noise3(mien_scale(root->position, 0.055f), cut->seed);
    const float rise =
        mien_mix(cut->sides, cut->top, top) * tousle * mien_mix(0.2f, 1, edge);
    mien_vec comb = {cut->across * top, -cut->down * (1 - top),
                     cut->forward * top};
    comb = mien_along(comb, n, -mien_dot(comb, n));
    if (cut->rough > 0) {
        const mien_vec p = mien_scale(root->position, 0.07f);
        comb.x += cut->rough * cut->top * mien_noise3(p, cut->seed + 1);
        comb.z += cut->rough * cut->top * mien_noise3(p, cut->seed + 2);
    }
    return (mien_tuft){rise, mien_scale(comb, edge),
                       cut_dense(cut, root->u, root->inside)};
}
