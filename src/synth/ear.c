/* SPDX-License-Identifier: Apache-2.0 */
/* ear.c - ears: rings from the hollow of the concha out over antihelix and
 * scapha to the rim of the helix, and round it to the back.
 *
 * In the ear's own plane `back` runs to the rear, `up` to its top, and height
 * stands out of it; all in units of half an ear's length. */
#include "synth/head_form.h"
#include "synth/looks.h"

enum { RINGS = 15, SPOKES = 36 };

/* Share of the outline, and height for three kinds of direction: over the
 * helix, the lobe, and the front where the ear joins the cheek. */
typedef struct ring {
    float share, helix, lobe, front;
} ring;

static const ring rings[RINGS] = {
    {0, -0.30f, -0.30f, -0.30f},     {0.18f, -0.29f, -0.26f, -0.26f},
    {0.32f, -0.22f, -0.12f, -0.12f}, {0.42f, -0.06f, 0.02f, 0.06f},
    {0.50f, 0.06f, 0.05f, 0.10f},    {0.58f, 0.09f, 0.06f, 0.06f},
    {0.66f, 0.07f, 0.07f, 0},        {0.74f, 0.01f, 0.07f, -0.04f},
    {0.81f, 0, 0.07f, -0.07f},       {0.87f, 0.09f, 0.07f, -0.09f},
    {0.92f, 0.14f, 0.06f, -0.11f},   {0.97f, 0.12f, 0.03f, -0.13f},
    {1, 0.03f, -0.02f, -0.15f},      {0.95f, -0.08f, -0.07f, -0.2f},
    {0.7f, -0.2f, -0.14f, -0.3f}};

typedef struct frame {
    mien_vec middle, back, up, out;
    float half; /* of the length, mm */
    float lobe; /* attached -1 to hanging 1 */
} frame;

/* The outline: broad above, narrow at the lobe. */
static void outline(const frame *e, float angle, float *back, float *up) {
    float c = mien_cosine(angle), s = mien_sine(angle);
    float wide = 0.60f + 0.10f * s - 0.07f * mien_bell((s + 0.45f) / 0.25f);
    *back = wide * c * (c < 0 ? 0.78f : 1) + 0.05f * s;
    *up = s * (s < 0 ? 1 + 0.04f * e->lobe * (c > -0.3f) : 1);
}

static mien_vec ear_point(const frame *e, const ring *r, float angle) {
    const float hollow_back = -0.10f, hollow_up = -0.12f;
    float back, up;
    outline(e, angle, &back, &up);
    float c = mien_cosine(angle), s = mien_sine(angle);
    float front = mien_step(-0.25f, -0.8f, c);
    float lobe = mien_step(-0.5f, -0.85f, s) * (1 - front);
    float high = mien_mix(r->helix, r->lobe, lobe);
    high = mien_mix(high, r->front, front);
    back = mien_mix(hollow_back, back, r->share);
    up = mien_mix(hollow_up, up, r->share);
    mien_vec p = mien_along(e->middle, e->back, e->half * back);
    p = mien_along(p, e->up, e->half * up);
    return mien_along(p, e->out, e->half * high);
}

/* Mirrored for the side seen on the left. */
static mien_vec sided(float side, mien_vec v) {
    v.x *= side;
    return v;
}

static frame place_ear(const mien_form *f, int i) {
    float side = i == 0 ? -1 : 1;
    float away = 0.27f + 0.09f * MIEN_NORMAL(f, ear_out); /* radians */
    float lean = 0.16f;
    float sa = mien_sine(away), ca = mien_cosine(away);
    float sl = mien_sine(lean), cl = mien_cosine(lean);
    frame e = {.half = 0.5f * MIEN_AMOUNT(f, ear_length),
               .lobe = 0.5f * MIEN_NORMAL(f, ear_lobe)};
    mien_vec back = {sa, 0, -ca}, out = {ca, 0, sa}, up = {0.06f, 1, 0};
    mien_vec tilted = mien_along(mien_scale(up, cl), back, sl);
    back = mien_along(mien_scale(back, cl), up, -sl);
    e.back = sided(side, mien_unit(back));
    e.up = sided(side, mien_unit(tilted));
    e.out = sided(side, mien_unit(out));
    mien_vec root = mien_head_at(f->head, side * MIEN_CHART_EAR_U, -6, NULL);
    mien_vec hollow = {root.x - side * 0.5f, -3, -10};
    /* the front of the outline joins the head */
    e.middle = mien_along(hollow, e.back, 0.36f * e.half);
    e.middle = mien_along(e.middle, e.out, 0.16f * e.half);
    e.middle = mien_along(e.middle, e.up, 0.04f * e.half);
    f->head->ear_canal[i] = hollow;
    f->head->ear_top[i] = mien_along(e.middle, e.up, e.half);
    return e;
}

static mien_status fill_ear(mien_mesh *mesh, const frame *e, float side) {
    int first;
    MIEN_TRY(mien_mesh_grid(mesh, (mien_grid){RINGS, SPOKES, true}, &first));
    for (int r = 0; r < RINGS; r++)
        for (int s = 0; s < SPOKES; s++) {
            /* run so that the front of the triangles faces outward */
            float turn = side * 2 * MIEN_PI * (float)s / SPOKES;
            int i = first + r * SPOKES + s;
            mesh->position[i] = ear_point(e, &rings[r], -turn);
            mesh->at[i][0] = side * MIEN_CHART_EAR_U;
            mesh->at[i][1] = mesh->position[i].y;
        }
    return MIEN_OK;
}

mien_status mien_head_ears(mien_scene *scene, mien_form *f) {
    mien_material look;
    MIEN_TRY(mien_look_ear(&look, scene, f->head));
    look.owner = (int16_t)f->head->owner;
    mien_mesh *mesh;
    MIEN_TRY(mien_scene_thing(scene, &mesh, look));
    for (int i = 0; i < 2; i++) {
        frame e = place_ear(f, i);
        MIEN_TRY(fill_ear(mesh, &e, i == 0 ? -1 : 1));
    }
    mien_mesh_normals(mesh);
    mien_mesh_rest(mesh);
    mien_mesh_move(mesh, &f->head->pose);
    return MIEN_OK;
}
