/* SPDX-License-Identifier: Apache-2.0 */
/* render_raster.c - which triangle each of a pixel's eight samples sees.
 *
 * The samples lie on a rotated grid: no two share a row or a column, so an
 * edge that is nearly upright or level still has eight shades. */
#include <string.h>

#include "image/simd.h"
#include "synth/render_parts.h"

#define REACH 0.4375f /* of the pattern */

typedef float floats __attribute__((vector_size(4 * SAMPLES), may_alias));
typedef int32_t ints __attribute__((vector_size(4 * SAMPLES), may_alias));

static const floats pattern_x = {0.0625f,  -0.0625f, 0.3125f, -0.1875f,
                                 -0.3125f, -0.4375f, 0.1875f, 0.4375f};
static const floats pattern_y = {-0.1875f, 0.1875f,  0.0625f, -0.3125f,
                                 0.3125f,  -0.0625f, 0.4375f, -0.4375f};

/* Where samples are drawn. */
typedef struct target {
    floats *w;
    ints *id;
    const floats *before; /* only what is nearer than this; NULL: all */
    int size[2];
} target;

/* What a triangle adds to a pixel's middle at each sample. */
typedef struct offsets {
    floats e[3], w;
    float reach[3]; /* below this no sample is inside */
} offsets;

static inline float magnitude(float x) { return x < 0 ? -x : x; }

static inline void offsets_of(offsets *out, const filling *t) {
    for (int k = 0; k < 3; k++) {
        out->e[k] = t->a[k] * pattern_x + t->b[k] * pattern_y;
        out->reach[k] = -REACH * (magnitude(t->a[k]) + magnitude(t->b[k]));
    }
    out->w = t->wx * pattern_x + t->wy * pattern_y;
}

/* Drop the samples that the material cuts out. */
static void cut_out(ints *hit, const cutter *cut, int x, int y) {
    for (int s = 0; s < SAMPLES; s++)
        if ((*hit)[s] && !mien_cutter_keeps(cut, (float)x + pattern_x[s],
                                            (float)y + pattern_y[s]))
            (*hit)[s] = 0;
}

static inline bool any(const ints *hit) {
    int64_t part[SAMPLES / 2];
    memcpy(part, hit, sizeof part);
    return (part[0] | part[1] | part[2] | part[3]) != 0;
}

/* w of the samples, kept between the corners': a sliver's slope is noise. */
static inline void depth_at(floats *out, const filling *t, const offsets *o,
                            float w) {
    const floats low = (floats){0} + t->w_low, high = (floats){0} + t->w_high;
    const floats at = o->w + w;
    const ints under = at<low, over = at> high;
    *out = (floats)(((ints)low & under) | ((ints)high & over) |
                    ((ints)at & ~(under | over)));
}

/* Samples of one pixel: e are the half-planes at its middle. */
static inline void fill_pixel(const target *on, const filling *t,
                              const offsets *o, const float e[3],
                              const int at[2], const cutter *cut) {
    const size_t pixel = (size_t)at[1] * (size_t)on->size[0] + (size_t)at[0];
    floats *const held = on->w + pixel, w;
    ints *const name = on->id + pixel;
    depth_at(
        &w, t, o,
        t->w + (float)(at[0] - t->x0) * t->wx + (float)(at[1] - t->y0) * t->wy);
    ints hit = ((e[0] + o->e[0]) >= 0) & ((e[1] + o->e[1]) >= 0) &
               ((e[2] + o->e[2]) >= 0) & (w > *held);
    if (on->before) hit &= w > on->before[pixel];
    if (!any(&hit)) return;
    if (cut->material->covers) cut_out(&hit, cut, at[0], at[1]);
    *held = (floats)(((ints)w & hit) | ((ints)*held & ~hit));
    *name = (((ints){0} + (int32_t)t->id) & hit) | (*name & ~hit);
}

MIEN_CLONES
static void fill(const target *on, const filling *t, const cutter *cut) {
    offsets o;
    offsets_of(&o, t);
    for (int y = t->y0; y <= t->y1; y++) {
        float row[3];
        for (int k = 0; k < 3; k++) row[k] = t->b[k] * (float)y + t->c[k];
        for (int x = t->x0; x <= t->x1; x++) {
            float e[3];
            for (int k = 0; k < 3; k++) e[k] = t->a[k] * (float)x + row[k];
            if (e[0] >= o.reach[0] && e[1] >= o.reach[1] && e[2] >= o.reach[2])
                fill_pixel(on, t, &o, e, (int[2]){x, y}, cut);
        }
    }
}

/* ---- triangles --------------------------------------------------------- */

static corner project(const mien_camera *camera, mien_vec p) {
    const mien_vec at = mien_camera_project(camera, p);
    return (corner){at.x, at.y, at.z >= NEAREST ? 1 / at.z : 0};
}

static void draw(const target *on, cutter *cut, const corner p[3],
                 uint32_t id) {
    filling t;
    const grid pixels = {
        {on->size[0], on->size[1]}, REACH, cut->material->one_sided};
    if (!mien_filling_of(&t, p, &pixels)) return;
    t.id = id;
    fill(on, &t, cut);
}

/* The part of a triangle beyond NEAREST: 0, 3 or 4 corners. */
static int clip(cut_corner out[4], const mien_camera *camera,
                const mien_mesh *mesh, const uint32_t *c) {
    int n = 0;
    float depth[3];
    for (int k = 0; k < 3; k++)
        depth[k] = mien_camera_project(camera, mesh->position[c[k]]).z;
    for (int k = 0; k < 3; k++) {
        const uint32_t a = c[k], b = c[(k + 1) % 3];
        const float da = depth[k] - NEAREST, db = depth[(k + 1) % 3] - NEAREST;
        if (!(da * db * 0 == 0)) return 0; /* not finite */
        if (da >= 0)
            out[n++] = (cut_corner){project(camera, mesh->position[a]),
                                    {mesh->at[a][0], mesh->at[a][1]},
                                    mesh->rest[a]};
        if ((da >= 0) == (db >= 0)) continue;
        const float t = da / (da - db);
        out[n] = (cut_corner){
            project(camera,
                    mien_blend(mesh->position[a], mesh->position[b], t)),
            {mesh->at[a][0] + t * (mesh->at[b][0] - mesh->at[a][0]),
             mesh->at[a][1] + t * (mesh->at[b][1] - mesh->at[a][1])},
            mien_blend(mesh->rest[a], mesh->rest[b], t)};
        out[n++].p.w = 1 / NEAREST;
    }
    return n;
}

static void draw_clipped(const target *on, cutter *cut,
                         const mien_camera *camera, const mien_mesh *mesh,
                         const uint32_t *c, uint32_t id) {
    cut_corner part[4];
    const int n = clip(part, camera, mesh, c);
    for (int k = 2; k < n; k++) {
        cut->corner[0] = part[0];
        cut->corner[1] = part[k - 1];
        cut->corner[2] = part[k];
        draw(on, cut, (corner[3]){part[0].p, part[k - 1].p, part[k].p}, id);
    }
}

static void draw_thing(const target *on, corner *at, const mien_scene *scene,
                       int number) {
    const mien_thing *thing = &scene->thing[number];
    const mien_mesh *mesh = &thing->mesh;
    const mien_camera *camera = &scene->camera;
    cutter cut = {.material = &thing->material, .span = 1 / camera->focal};
    for (int i = 0; i < mesh->vertices; i++)
        at[i] = project(camera, mesh->position[i]);
    for (int i = 0; i < mesh->triangles; i++) {
        const uint32_t *c = mesh->corner[i];
        const uint32_t id = (uint32_t)number << TRIANGLE_BITS | (uint32_t)i;
        const corner p[3] = {at[c[0]], at[c[1]], at[c[2]]};
        if (!(p[0].w > 0 && p[1].w > 0 && p[2].w > 0)) {
            if (p[0].w > 0 || p[1].w > 0 || p[2].w > 0)
                draw_clipped(on, &cut, camera, mesh, c, id);
            continue;
        }
        if (thing->material.covers) mien_cutter_load(&cut, mesh, c, p);
        draw(on, &cut, p, id);
    }
}

/* ---- pictures ---------------------------------------------------------- */

static int most_vertices(const mien_scene *scene) {
    int most = 1;
    for (int i = 0; i < scene->things; i++)
        if (scene->thing[i].mesh.vertices > most)
            most = scene->thing[i].mesh.vertices;
    return most;
}

mien_status mien_raster_scene(mien_renderer *r, const mien_scene *scene) {
    const size_t samples = (size_t)r->width * (size_t)r->height * SAMPLES;
    corner *at = mien_room_get(&r->corner_room, (size_t)most_vertices(scene),
                               sizeof *at);
    r->w = mien_room_get(&r->w_room, samples, sizeof *r->w);
    r->id = mien_room_get(&r->id_room, samples, sizeof *r->id);
    if (!at || !r->w || !r->id) return MIEN_ENOMEM;
    memset(r->w, 0, samples * sizeof *r->w);
    memset(r->id, 0xff, samples * sizeof *r->id);
    const target on = {(floats *)(void *)r->w,
                       (ints *)(void *)r->id,
                       NULL,
                       {r->width, r->height}};
    for (int i = 0; i < scene->things; i++)
        if (!scene->thing[i].material.translucent)
            draw_thing(&on, at, scene, i);
    return MIEN_OK;
}

mien_status mien_raster_veil(mien_renderer *r, const mien_scene *scene,
                             int thing) {
    const size_t samples = (size_t)r->width * (size_t)r->height * SAMPLES;
    corner *at = mien_room_get(&r->corner_room, (size_t)most_vertices(scene),
                               sizeof *at);
    r->veil_w = mien_room_get(&r->veil_w_room, samples, sizeof *r->veil_w);
    r->veil_id = mien_room_get(&r->veil_id_room, samples, sizeof *r->veil_id);
    if (!at || !r->veil_w || !r->veil_id) return MIEN_ENOMEM;
    memset(r->veil_w, 0, samples * sizeof *r->veil_w);
    memset(r->veil_id, 0xff, samples * sizeof *r->veil_id);
    const target on = {(floats *)(void *)r->veil_w,
                       (ints *)(void *)r->veil_id,
                       (const floats *)(void *)r->w,
                       {r->width, r->height}};
    draw_thing(&on, at, scene, thing);
    return MIEN_OK;
}
