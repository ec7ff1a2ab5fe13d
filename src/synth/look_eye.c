/* SPDX-License-Identifier: Apache-2.0 */
/* look_eye.c - the white, the iris, the pupil and the wet cornea.
 *
 * The ball of the mesh is flatter than a cornea, whose radius is 7.8 mm: over
 * the iris the normal is bent by the difference of the curvatures, so that the
 * lamp is mirrored as small as in an eye. The mirror image itself is painted:
 * a pane of a window or a round lamp where the mirrored view meets the lamp,
 * since it is what makes an eye look alive and is smaller than a pixel's
 * highlight would keep.
 * Source: Francois et al., Image-based modeling of the human eye, IEEE TVCG
 * 2009, for the parts that matter. */
#include "synth/look_skin.h"
#include "synth/looks.h"

typedef struct eye_look {
    const mien_head *head;
    mien_vec white;      /* yellower where the skin is dark */
    mien_vec iris, ring; /* colour; that about the pupil */
    float pupil;         /* radius, mm */
    float red;           /* veins, 0 to 1 */
    uint32_t seed;
    mien_vec right, up; /* of the head, in the world */
    mien_vec lamp;      /* what the cornea mirrors: direction */
    float pane, bright; /* half its size, radians; 0 to 1 */
    bool round;
} eye_look;

#define IRIS_RADIUS   5.9f
#define CORNEA_RADIUS 7.8f
#define BALL_RADIUS   16.5f

typedef struct eye_point {
    float x, y, r; /* mm from the pupil */
    float nose;    /* mm towards the nose from the middle of the ball */
    float high;    /* mm above it */
    float size;
} eye_point;

static mien_vec white_of(const eye_look *k, const eye_point *p) {
    mien_vec c = k->white;
    float corner = mien_step(5.5f, 14, fabsf(p->nose));
    c = mien_mul(c, mien_vec_of(1 - 0.38f * corner, 1 - 0.52f * corner,
                                1 - 0.54f * corner));
    float fine = mien_look_fine(1.2f, p->size);
    if (fine > 0) {
        float warp = mien_noise2(p->x / 3, p->y / 3, k->seed + 1);
        float n =
            mien_noise2(p->x / 3.5f + warp, p->y / 1.1f + warp, k->seed + 2);
        float vein =
            mien_step(0.16f, 0, fabsf(n)) * mien_step(6, 12, p->r) * fine;
        c = mien_mul(
            c, mien_vec_of(1 - 0.05f * vein, 1 - (0.12f + 0.2f * k->red) * vein,
                           1 - (0.10f + 0.2f * k->red) * vein));
    }
    float meat = mien_step(11.2f, 13.2f, p->nose);
    return mien_blend(c, mien_vec_of(0.50f, 0.25f, 0.22f), meat);
}

static mien_vec iris_of(const eye_look *k, const eye_point *p) {
    float t = mien_clamp((p->r - k->pupil) / (IRIS_RADIUS - k->pupil), 0, 1);
    float inner = mien_bell((t - 0.18f) / 0.16f);
    mien_vec c = mien_blend(k->iris, k->ring, 0.65f * inner);
    float fine = mien_look_fine(1.5f, p->size);
    if (fine > 0 && p->r > 0.1f) {
        float s = 7 / p->r;
        float fibre = mien_fractal3(
            mien_vec_of(p->x * s, p->y * s, 0.35f * p->r), 2, k->seed);
        c = mien_scale(c, 1 + 0.75f * fine * fibre);
    }
    float limbus = mien_step(0.66f, 0.98f, t);
    c = mien_scale(c, 1 - 0.78f * limbus);
    float soft = 0.12f + 0.4f * p->size;
    float pupil = mien_step(k->pupil + soft, k->pupil - soft, p->r);
    return mien_blend(c, mien_vec_of(0.005f, 0.005f, 0.005f), pupil);
}

/* How much of the lamp's mirror image is here, 0 to 1. */
static float glint(const eye_look *k, mien_vec n, mien_vec view, float size) {
    float facing = mien_dot(n, view);
    mien_vec mirrored = mien_sub(mien_scale(n, 2 * facing), view);
    mien_vec off = mien_sub(mirrored, k->lamp);
    if (mien_dot(off, off) > 0.3f) return 0;
    float x = mien_dot(off, k->right), y = mien_dot(off, k->up);
    float soft = 0.03f + 1.3f * size / CORNEA_RADIUS;
    float far =
        k->round ? sqrtf(x * x + y * y) : fmaxf(fabsf(x), 0.8f * fabsf(y));
    /* A pixel wider than the pane dims it, but less than it should: a lamp is
     * far brighter than white. */
    return mien_step(k->pane + soft, k->pane - soft, far) *
           mien_clamp(2.2f * k->pane / soft, 0, 1);
}

static eye_point point_of(const eye_look *k, const mien_fragment *f) {
    eye_point p = {.x = f->at[0], .y = f->at[1], .size = f->size};
    p.r = sqrtf(p.x * p.x + p.y * p.y);
    int left = f->rest.x > 0; /* the person's left */
    mien_vec off = mien_sub(f->rest, k->head->eye[left]);
    p.nose = left ? -off.x : off.x;
    p.high = off.y;
    return p;
}

static void look_eye(mien_surface *s, const void *what,
                     const mien_fragment *f) {
    const eye_look *k = what;
    eye_point p = point_of(k, f);
    float soft = 0.35f + 0.4f * p.size;
    float inside = mien_step(IRIS_RADIUS + soft, IRIS_RADIUS - soft, p.r);
    float bend =
        (1 / CORNEA_RADIUS - 1 / BALL_RADIUS) * mien_step(7.5f, 5, p.r);
    mien_vec side = mien_add(mien_scale(k->right, p.x), mien_scale(k->up, p.y));
    s->normal = mien_unit(mien_along(f->normal, side, bend));
    mien_vec iris = iris_of(k, &p);
    /* The cornea gathers light on the side away from the lamp. */
    float away = -mien_dot(side, k->lamp) / IRIS_RADIUS;
    iris = mien_scale(iris, 1 + 0.4f * mien_clamp(away, -1, 1));
    s->albedo = mien_blend(white_of(k, &p), iris, inside);
    float lid = mien_step(0.2f, 5.0f, p.high);
    s->occlusion *= 1 - 0.5f * lid;
    s->albedo = mien_scale(s->albedo, 1 - 0.34f * lid);
    float shine = k->bright * glint(k, s->normal, f->view, p.size);
    s->albedo = mien_blend(s->albedo, mien_vec_of(1, 1, 1), shine);
    s->roughness = 0.10f;
    s->specular = 0.018f; /* lids and lashes hide half of the sky */
    s->scatter = 0.35f * (1 - inside);
}

static void choose_lamp(eye_look *k, const mien_scene *scene) {
    const mien_light *light = &scene->light;
    float choice = mien_hash_unit(k->head->shot->seed, 31, 2);
    k->lamp = light->towards;
    k->pane = mien_clamp(0.6f * light->size, 0.06f, 0.15f);
    k->bright = 0.8f;
    k->round = light->size < 0.2f || choice < 0.4f;
    if (light->towards.z < 0.2f) { /* behind: a bright place before the face */
        k->lamp = mien_unit(mien_vec_of(choice - 0.5f, 0.6f, 0.8f));
        k->pane = 0.2f;
        k->bright = 0.35f;
    }
}

mien_status mien_look_eye(mien_material *out, mien_scene *scene,
                          const mien_head *head) {
    eye_look *k = mien_scene_room(scene, sizeof *k);
    if (k == NULL) return mien_fail(MIEN_ENOMEM, "synth: no room for an eye");
    const mien_turn *turn = &head->pose.turn;
    k->head = head;
    float light = mien_step(0, 0.5f, head->person->skin.x);
    k->white = mien_vec_of(mien_mix(0.20f, 0.42f, light),
                           mien_mix(0.165f, 0.375f, light),
                           mien_mix(0.14f, 0.345f, light));
    k->iris = head->person->iris_colour;
    mien_vec amber = {1.25f * k->iris.x + 0.02f, k->iris.y, 0.6f * k->iris.z};
    k->ring = amber;
    k->seed = head->person->seed;
    k->red = mien_hash_unit(k->seed, 33, 1);
    k->pupil = 1.6f + mien_hash_unit(head->shot->seed, 7, 0);
    k->right = mien_turned(turn, mien_vec_of(1, 0, 0));
    k->up = mien_turned(turn, mien_vec_of(0, 1, 0));
    choose_lamp(k, scene);
    *out = (mien_material){.name = "eye", .look = look_eye, .what = k};
    return MIEN_OK;
}
