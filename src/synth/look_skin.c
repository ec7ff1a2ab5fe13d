/* SPDX-License-Identifier: Apache-2.0 */
/* look_skin.c - skin: its tone by zones, its grain, and what is painted on it
 * by the painters of look_skin.h.
 *
 * The normal is turned against the slope of the bumps h(u, v), with e_u and
 * e_v the directions of the chart on the surface:
 *
 *   n' = unit(n - h_u e_u - h_v e_v)                 (Blinn 1978) */
#include "synth/look_skin.h"
#include "synth/look_skin_tone.h"
#include "synth/looks.h"

static float normal(const mien_skin_look *k, mien_trait trait) {
    return mien_person_normal(k->person, trait);
}

static void draw_colours(mien_skin_look *k) {
    const mien_person *p = k->person;
    k->skin = p->skin;
    float red = p->trait[MIEN_TRAIT_lip_red];
    bool man = p->trait[MIEN_TRAIT_sex] > 0; /* few of them paint lips */
    k->lip = man && red > 0.5f ? mien_lip_albedo(p->skin, 0.5f) : p->lip_colour;
    k->paint = man ? 0 : mien_step(0.9f, 2, red);
    k->brow = p->brow_colour;
    k->beard = p->beard_colour;
    k->makeup = p->trait[MIEN_TRAIT_makeup];
    k->shine = normal(k, MIEN_TRAIT_shine);
    k->rough = normal(k, MIEN_TRAIT_rough);
    k->stubble = p->trait[MIEN_TRAIT_stubble];
    k->shadow = mien_step(-0.2f, 0.5f, p->trait[MIEN_TRAIT_sex]);
    k->bow = normal(k, MIEN_TRAIT_lip_bow);
    k->freckles = mien_clamp(
        0.4f * p->trait[MIEN_TRAIT_freckles] * mien_step(0.2f, 0.5f, k->skin.x),
        0, 1);
    float old = mien_step(48, 78, p->trait[MIEN_TRAIT_age]);
    k->spots = old * mien_step(0.08f, 0.4f, k->skin.x);
}

static void draw_brows(mien_skin_look *k) {
    k->brow_thick = normal(k, MIEN_TRAIT_brow_thick);
    k->brow_dense = normal(k, MIEN_TRAIT_brow_dense);
    k->brow_arch = normal(k, MIEN_TRAIT_brow_arch);
    k->brow_tilt = normal(k, MIEN_TRAIT_brow_tilt);
    k->brow_length = normal(k, MIEN_TRAIT_brow_length);
    k->brow_gap = normal(k, MIEN_TRAIT_brow_gap);
    k->brow_rise = normal(k, MIEN_TRAIT_brow_height);
    k->brow_uneven = k->person->trait[MIEN_TRAIT_uneven_brows];
}

static mien_skin_look *skin_look(mien_scene *scene, const mien_head *head) {
    mien_skin_look *k = mien_scene_room(scene, sizeof *k);
    if (k == NULL) return NULL;
    k->head = head;
    k->person = head->person;
    k->seed = head->person->seed;
    k->up = mien_turned(&head->pose.turn, mien_vec_of(0, 1, 0));
    draw_colours(k);
    draw_brows(k);
    mien_skin_zones(k);
    mien_skin_folds(k);
    mien_skin_marks(k);
    return k;
}

static mien_skin_point point_at(const mien_skin_look *k,
                                const mien_fragment *f) {
    mien_skin_point p = {.u = f->at[0], .v = f->at[1], .size = f->size};
    p.side = p.u < 0 ? -1.0f : 1.0f;
    p.out = fabsf(p.u);
    mien_skin_zone_at(&p, k);
    return p;
}

/* Turn the normal against the bumps. */
static void turn_normal(mien_surface *s, const mien_skin_point *p,
                        const mien_skin_look *k, const mien_fragment *f) {
    mien_vec along = mien_unit(mien_cross(k->up, f->normal));
    mien_vec above = mien_cross(f->normal, along);
    mien_vec n = mien_along(f->normal, along, -p->slope_u);
    s->normal = mien_unit(mien_along(n, above, -p->slope_v));
}

/* Blood takes green and blue, carotene blue, pigment all. */
static mien_vec tinted(mien_vec c, const mien_skin_zone *z) {
    c.x *= 1 - 0.05f * z->red - 0.30f * z->dark;
    c.y *= 1 - 0.20f * z->red - 0.02f * z->yellow - 0.36f * z->dark;
    c.z *= 1 - 0.17f * z->red - 0.12f * z->yellow - 0.34f * z->dark;
    return c;
}

/* The openings below the tip, where the nose is pressed in (head_nose.c). */
static void paint_nostrils(mien_surface *s, const mien_skin_point *p) {
    if (p->out > 13 || p->v > -45 || p->v < -54) return;
    float hole =
        mien_bell((p->out - 7.2f) / 2.1f) * mien_bell((p->v + 49.7f) / 1.5f);
    float dark = mien_step(0.15f, 0.95f, hole);
    mien_vec red = {0.34f, 0.20f, 0.18f};
    s->albedo = mien_blend(s->albedo, mien_mul(s->albedo, red), dark);
    s->specular *= 1 - dark;
    s->occlusion *= 1 - 0.6f * dark;
}

/* The skin's back, through parted lips, is the inside of the cheeks. */
static void look_inside(mien_surface *s) {
    s->albedo = mien_vec_of(0.10f, 0.025f, 0.022f);
    s->roughness = 0.3f;
    s->specular = 0.02f;
    s->occlusion = 0.35f;
}

static void look_skin(mien_surface *s, const void *what,
                      const mien_fragment *f) {
    const mien_skin_look *k = what;
    if (f->back) {
        look_inside(s);
        return;
    }
    mien_skin_point p = point_at(k, f);
    s->albedo = tinted(k->skin, &p.zone);
    s->roughness = 0.56f - 0.025f * k->shine - 0.09f * p.zone.oil;
    s->specular = 0.024f;
    s->scatter = 0.8f;
    mien_paint_marks(s, &p, k);
    mien_paint_folds(s, &p, k);
    mien_paint_lids(s, &p, k);
    mien_paint_stubble(s, &p, k);
    mien_paint_lips(s, &p, k);
    paint_nostrils(s, &p);
    mien_paint_brows(s, &p, k);
    turn_normal(s, &p, k, f);
}

mien_status mien_look_skin(mien_material *out, mien_scene *scene,
                           const mien_head *head) {
    mien_skin_look *k = skin_look(scene, head);
    if (k == NULL) return mien_fail(MIEN_ENOMEM, "synth: no room for skin");
    *out = (mien_material){.name = "skin",
                           .look = look_skin,
                           .what = k,
                           .one_sided = true,
                           .face = true};
    return MIEN_OK;
}

/* ---- ears -------------------------------------------------------------- */

static void look_ear(mien_surface *s, const void *what,
                     const mien_fragment *f) {
    const mien_vec *albedo = what;
    (void)f;
    s->albedo = *albedo;
    s->roughness = 0.45f;
    s->specular = 0.028f;
    s->scatter = 1;
}

mien_status mien_look_ear(mien_material *out, mien_scene *scene,
                          const mien_head *head) {
    mien_vec *albedo = mien_scene_room(scene, sizeof *albedo);
    if (albedo == NULL)
        return mien_fail(MIEN_ENOMEM, "synth: no room for an ear's skin");
    *albedo =
        tinted(head->person->skin, &(mien_skin_zone){.red = 1.1f, .yellow = 0});
    *out = (mien_material){.name = "ear", .look = look_ear, .what = albedo};
    return MIEN_OK;
}
