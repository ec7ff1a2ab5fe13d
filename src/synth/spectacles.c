/* SPDX-License-Identifier: Apache-2.0 */
/* spectacles.c - glasses of any shape on any nose. */
#include "synth/spectacles.h"

#include "synth/waves.h"

enum { RIM = 33 }; /* points about a lens; the last is the first */

/* Where glasses lie on a head: the middle of a lens, and how they bend. */
typedef struct fit {
    const mien_spectacles *shape;
    float x, y, z; /* z of the plane at the middle of the face */
} fit;

/* A lens lies on a ball of half a metre, tilted: the lower edge is nearer. */
static float depth_at(const fit *f, float x, float y) {
    return f->z - 0.0016f * x * x + 0.09f * (y - f->y);
}

/* A point of a lens: share 0 its middle to 1 its edge. */
static mien_vec lens_at(const fit *f, float side, float turn, float share) {
    const mien_spectacles *s = f->shape;
    const float c = mien_cosine(turn), n = mien_sine(turn);
    const float most = fabsf(c) > fabsf(n) ? fabsf(c) : fabsf(n);
    const float reach = share * mien_mix(1, 1 / most, 0.72f * s->square);
    const float out = c > 0 && n < 0 ? -c * n : 0; /* outer lower corner */
    const float x = f->x + s->half_wide * reach * c;
    const float y = f->y + s->half_high * reach * n - share * s->drop * out;
    return (mien_vec){side * x, y, depth_at(f, x, y)};
}

/* Far enough from the skin that no rim cuts into brow, cheek or nose. */
static fit fit_of(const mien_head *head, const mien_spectacles *shape) {
    const float half =
        0.5f * (mien_length(mien_sub(head->eye[0], head->eye[1])));
    const float least = 9 + shape->half_wide;
    fit f = {.shape = shape,
             .x = half + 1 > least ? half + 1 : least,
             .y = 0.5f * (head->eye[0].y + head->eye[1].y) - 2,
             .z = 0};
    f.z = head->bridge.z + 2;
    for (int i = 0; i < RIM; i++)
        for (int side = -1; side <= 1; side += 2) {
            const float turn = 2 * MIEN_PI * (float)i / (RIM - 1);
            const mien_vec p = lens_at(&f, (float)side, turn, 1);
            const mien_vec skin = mien_head_at(head, p.x * 1.03f, p.y, NULL);
            const float room = skin.z + 1.5f + shape->rim - p.z;
            if (room > 0 && fabsf(p.x) > 14) f.z += room;
        }
    const float most = head->bridge.z + 13;
    if (f.z > most) f.z = most;
    return f;
}

static mien_status rims(mien_mesh *mesh, const fit *f) {
    for (int side = -1; side <= 1; side += 2) {
        mien_vec path[RIM];
        float radius[RIM];
        for (int i = 0; i < RIM; i++) {
            const float turn =
                2 * MIEN_PI * (float)(i == RIM - 1 ? 0 : i) / (RIM - 1);
            const float upper = mien_step(0, 0.6f, mien_sine(turn));
            path[i] = lens_at(f, (float)side, turn, 1);
            radius[i] = f->shape->rim * mien_mix(1, f->shape->brow, upper);
        }
        MIEN_TRY(mien_mesh_tube(mesh, path, radius, RIM, 6));
    }
    return MIEN_OK;
}

static mien_status bridge(mien_mesh *mesh, const fit *f) {
    enum { POINTS = 7 };
    mien_vec path[POINTS];
    float radius[POINTS];
    const float from = f->x - 0.93f * f->shape->half_wide;
    for (int i = 0; i < POINTS; i++) {
        const float t = 2 * (float)i / (POINTS - 1) - 1;
        const float arch = 1 - t * t;
        path[i] = (mien_vec){from * t,
                             f->y + 0.3f * f->shape->half_high + 3 * arch, 0};
        path[i].z = depth_at(f, from * t, path[i].y) + 1.5f * arch;
        radius[i] = f->shape->rim > 0.8f ? f->shape->rim : 0.8f;
    }
    return mien_mesh_tube(mesh, path, radius, POINTS, 6);
}

/* From the hinge back to the ear and down behind it. */
static mien_status temples(mien_mesh *mesh, const fit *f,
                           const mien_head *head) {
    enum { POINTS = 7 };
    const float thick = f->shape->rim > 0.9f ? f->shape->rim : 0.9f;
    for (int side = 0; side < 2; side++) {
        const float s = side ? 1 : -1;
        const mien_vec ear = head->ear_top[side];
        const float high = f->y + 0.45f * f->shape->half_high;
        const float wide = f->x + 0.98f * f->shape->half_wide;
        const mien_vec hinge = {s * wide, high, depth_at(f, wide, high)};
        const float out = fabsf(ear.x) - 4 > wide ? fabsf(ear.x) - 4 : wide;
        const mien_vec corner = {s * (wide + 2.5f), high, hinge.z - 5};
        const mien_vec hook = {s * (out - 1), ear.y + 1, ear.z - 2};
        const mien_vec path[POINTS] = {
            hinge,
            corner,
            mien_blend(corner, hook, 0.35f),
            mien_blend(corner, hook, 0.7f),
            hook,
            {hook.x - s * 3, hook.y - 5, hook.z - 9},
            {hook.x - s * 7, hook.y - 22, hook.z - 13}};
        const float radius[POINTS] = {thick, thick, thick, thick,
                                      thick, thick, thick};
        MIEN_TRY(mien_mesh_tube(mesh, path, radius, POINTS, 6));
    }
    return MIEN_OK;
}

static mien_status lenses(mien_mesh *mesh, const fit *f) {
    enum { RINGS = 3, SPOKES = 24 };
    for (int side = -1; side <= 1; side += 2) {
        int first;
        MIEN_TRY(
            mien_mesh_grid(mesh, (mien_grid){RINGS, SPOKES, true}, &first));
        for (int i = 0; i < RINGS * SPOKES; i++) {
            const float share = (float)(i / SPOKES) / (RINGS - 1);
            const float turn = 2 * MIEN_PI * (float)(i % SPOKES) / SPOKES;
            mesh->position[first + i] = lens_at(f, (float)side, turn, share);
        }
    }
    return MIEN_OK;
}

mien_status mien_spectacles_build(mien_scene *scene, const mien_head *head,
                                  const mien_spectacles *shape) {
    const fit f = fit_of(head, shape);
    mien_mesh *mesh;
    MIEN_TRY(mien_wear_gloss(scene, &mesh, head, shape->frame));
    if (shape->rim > 0) MIEN_TRY(rims(mesh, &f));
    MIEN_TRY(bridge(mesh, &f));
    MIEN_TRY(temples(mesh, &f, head));
    mien_wear_fix(mesh, head);
    MIEN_TRY(mien_wear_gloss(scene, &mesh, head, shape->lens));
    MIEN_TRY(lenses(mesh, &f));
    mien_wear_fix(mesh, head);
    return MIEN_OK;
}
