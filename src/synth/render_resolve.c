/* SPDX-License-Identifier: Apache-2.0 */
/* render_resolve.c - from a pixel's samples to the few places to be shaded:
 * one for each thing at about one depth. */
#include <string.h>

#include "synth/render_parts.h"
#include "synth/waves.h"

/* As in render_raster.c. */
static const float pattern[SAMPLES][2] = {
    {0.0625f, -0.1875f},  {-0.0625f, 0.1875f}, {0.3125f, 0.0625f},
    {-0.1875f, -0.3125f}, {-0.3125f, 0.3125f}, {-0.4375f, -0.0625f},
    {0.1875f, 0.4375f},   {0.4375f, -0.4375f}};

/* Samples of one thing whose depths differ by no more than this are shaded
 * as one: millimetres, and millimetres for each that a pixel spans. */
#define ALIKE        3.0f
#define ALIKE_PIXELS 4.0f

mien_vec mien_ray(const mien_camera *camera, float x, float y) {
    const float cx = (x - camera->centre[0]) / camera->focal;
    const float cy = (camera->centre[1] - y) / camera->focal;
    const mien_vec *row = camera->turn.row;
    return mien_sub(mien_along(mien_scale(row[0], cx), row[1], cy), row[2]);
}

static float tolerance_of(float w, float span) {
    return (ALIKE * w + ALIKE_PIXELS * span) * w;
}

typedef struct group {
    float x, y; /* sums */
    int members[SAMPLES], count;
    uint32_t thing;
    float w0, tolerance;
} group;

/* Most pixels see one thing at about one depth; then all is one group. */
static bool is_one(group *out, const float *w, const uint32_t *id, float span) {
    uint32_t other = 0;
    float low = w[0], high = w[0];
    for (int s = 0; s < SAMPLES; s++) {
        other |= (id[s] ^ id[0]) >> TRIANGLE_BITS;
        low = less(low, w[s]);
        high = more(high, w[s]);
    }
    if (other || high - low > tolerance_of(low, span)) return false;
    *out = (group){.count = SAMPLES};
    for (int s = 0; s < SAMPLES; s++) out->members[s] = s;
    return true;
}

/* Put a pixel's samples into groups; the number of groups. */
static int gather(group out[SAMPLES], const float *w, const uint32_t *id,
                  float span) {
    if (is_one(out, w, id, span)) return 1;
    int groups = 0;
    for (int s = 0; s < SAMPLES; s++) {
        if (id[s] == NOTHING) continue;
        const uint32_t thing = id[s] >> TRIANGLE_BITS;
        group *g = out;
        while (g < out + groups &&
               (g->thing != thing || !(fabsf(w[s] - g->w0) <= g->tolerance)))
            g++;
        if (g == out + groups) {
            groups++;
            *g = (group){.thing = thing, .w0 = w[s]};
            g->tolerance = tolerance_of(w[s], span);
        }
        g->x += pattern[s][0];
        g->y += pattern[s][1];
        g->members[g->count++] = s;
    }
    return groups;
}

/* The member nearest to the middle of a group, which goes to x, y. */
static int middle(const group *g, float *x, float *y) {
    const float scale = 1 / (float)g->count;
    int best = g->members[0];
    float least = 9;
    *x = g->x * scale;
    *y = g->y * scale;
    for (int i = 0; i < g->count; i++) {
        const float *p = pattern[g->members[i]];
        const float dx = p[0] - *x, dy = p[1] - *y;
        const float far = dx * dx + dy * dy;
        if (far < least) {
            least = far;
            best = g->members[i];
        }
    }
    return best;
}

/* Weights of a triangle's corners where a ray meets its plane, brought into
 * the triangle. */
static void weigh(seen *s, const mien_scene *scene, mien_vec ray) {
    const mien_mesh *mesh = &scene->thing[s->id >> TRIANGLE_BITS].mesh;
    const uint32_t *k = mesh->corner[s->id & ((1u << TRIANGLE_BITS) - 1)];
    const mien_vec p0 = mesh->position[k[0]];
    const mien_vec e1 = mien_sub(mesh->position[k[1]], p0);
    const mien_vec e2 = mien_sub(mesh->position[k[2]], p0);
    const mien_vec from = mien_sub(scene->camera.eye, p0);
    const mien_vec h = mien_cross(ray, e2), q = mien_cross(from, e1);
    const float whole = mien_dot(e1, h);
    const float scale = whole > 0 || whole < 0 ? 1 / whole : 0;
    float b = mien_clamp(mien_dot(from, h) * scale, 0, 1);
    float c = mien_clamp(mien_dot(ray, q) * scale, 0, 1);
    if (!(b + c <= 1)) {
        const float less = b + c > 1 ? 1 / (b + c) : 0;
        b *= less;
        c *= less;
    }
    s->b = b == b ? b : 0;
    s->c = c == c ? c : 0;
}

static void resolve_pixel(mien_renderer *r, const mien_scene *scene,
                          uint32_t pixel, const float *w, const uint32_t *id) {
    group g[SAMPLES];
    const int groups = gather(g, w, id, 1 / r->camera.focal);
    const float x = (float)(pixel % (uint32_t)r->width);
    const float y = (float)(pixel / (uint32_t)r->width);
    int most = 0;
    for (int i = 0; i < groups; i++) {
        seen *s = &r->seen[r->count + i];
        float dx, dy;
        *s = (seen){.pixel = pixel,
                    .id = id[middle(&g[i], &dx, &dy)],
                    .share = (float)g[i].count / SAMPLES};
        weigh(s, scene, mien_ray(&r->camera, x + dx, y + dy));
        if (g[i].count > g[most].count) most = i;
    }
    r->seen[r->count + most].first = true;
    r->count += groups;
}

static bool is_empty(const uint32_t *id) {
    uint64_t pair[SAMPLES / 2];
    memcpy(pair, id, sizeof pair);
    return (pair[0] & pair[1] & pair[2] & pair[3]) == UINT64_MAX;
}

mien_status mien_resolve(mien_renderer *r, const mien_scene *scene,
                         const float *w, const uint32_t *id) {
    const uint32_t pixels = (uint32_t)r->width * (uint32_t)r->height;
    r->count = 0;
    for (uint32_t p = 0; p < pixels; p++) {
        if (is_empty(id + (size_t)p * SAMPLES)) continue;
        const size_t wanted = (size_t)r->count + SAMPLES;
        if (wanted * sizeof *r->seen > r->seen_room.size) {
            seen *more_seen =
                mien_room_get(&r->seen_room, wanted * 2, sizeof *more_seen);
            if (!more_seen) return MIEN_ENOMEM;
            r->seen = more_seen;
        }
        resolve_pixel(r, scene, p, w + (size_t)p * SAMPLES,
                      id + (size_t)p * SAMPLES);
    }
    return MIEN_OK;
}

mien_fragment mien_fragment_at(const mien_scene *scene, const seen *s) {
    const mien_mesh *mesh = &scene->thing[s->id >> TRIANGLE_BITS].mesh;
    const uint32_t *k = mesh->corner[s->id & ((1u << TRIANGLE_BITS) - 1)];
    const float part[3] = {1 - s->b - s->c, s->b, s->c};
    mien_fragment f = {0};
    for (int i = 0; i < 3; i++) {
        f.position = mien_along(f.position, mesh->position[k[i]], part[i]);
        f.normal = mien_along(f.normal, mesh->normal[k[i]], part[i]);
        f.rest = mien_along(f.rest, mesh->rest[k[i]], part[i]);
        f.at[0] += part[i] * mesh->at[k[i]][0];
        f.at[1] += part[i] * mesh->at[k[i]][1];
    }
    const mien_camera *camera = &scene->camera;
    const mien_vec to_eye = mien_sub(camera->eye, f.position);
    f.view = mien_unit(to_eye);
    f.size = mien_dot(to_eye, camera->turn.row[2]) / camera->focal;
    mien_vec flat =
        mien_cross(mien_sub(mesh->position[k[1]], mesh->position[k[0]]),
                   mien_sub(mesh->position[k[2]], mesh->position[k[0]]));
    f.back = mien_dot(flat, f.view) < 0;
    if (f.back) flat = mien_scale(flat, -1);
    /* Normals that run against the winding are turned too. */
    const float along = mien_dot(f.normal, flat);
    f.normal = mien_unit(along > 0   ? f.normal
                         : along < 0 ? mien_scale(f.normal, -1)
                                     : flat);
    return f;
}
