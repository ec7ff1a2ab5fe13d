/* SPDX-License-Identifier: Apache-2.0 */
/* render_shade.c - how open each pixel's surface is to the lamp and the sky.
 *
 * Each pixel looks at few places, turned by its place in a tile of 4 x 4
 * pixels; the mean over such a tile has looked at all of them.
 * Source: McGuire et al., Scalable ambient obscurance, HPG 2012. */
#include "synth/render_parts.h"
#include "synth/waves.h"

/* Millimetres about a place that hide its sky: folds, and whole features. */
#define NEAR_REACH 9.0f
#define FAR_REACH  60.0f
#define TILE       4
#define GAIN       2.4f /* a wall on one side hides half of the sky */
#define FAR_AWAY   1e6f

#define PART 4 /* taps of each reach: the even ones near, the odd ones far */

/* Where a tap of a pixel falls, in the camera's own millimetres from the
 * pixel's place; far off where it falls outside. */
typedef struct taps {
    float x[PART], y[PART], z[PART];
} taps;

static void look(taps *out, const mien_renderer *r, uint32_t pixel,
                 float radius, const float turn[TAPS][2]) {
    const int w = r->width, h = r->height;
    const float px = (float)(pixel % (uint32_t)w);
    const float py = (float)(pixel / (uint32_t)w), z = r->depth[pixel];
    const float scale = 1 / r->camera.focal;
    const float cx = r->camera.centre[0], cy = r->camera.centre[1];
    const float x0 = (px - cx) * scale * z, y0 = (cy - py) * scale * z;
    for (int i = 0; i < PART; i++) {
        const int x = (int)(px + 0.5f + radius * turn[2 * i][0]);
        const int y = (int)(py + 0.5f + radius * turn[2 * i][1]);
        float there = FAR_AWAY;
        if (x >= 0 && y >= 0 && x < w && y < h)
            there = less(r->depth[(size_t)y * (size_t)w + (size_t)x], there);
        out->x[i] = ((float)x - cx) * scale * there - x0;
        out->y[i] = (cy - (float)y) * scale * there - y0;
        out->z[i] = z - there;
    }
}

/* Share of the sky that what lies within `reach` leaves open. */
static float sky_left(const taps *at, mien_vec n, float reach) {
    const float slack = 0.024f * reach, limit = 1 / (reach * reach);
    const float soft = 0.0015f * reach * reach;
    float hidden[PART];
    for (int i = 0; i < PART; i++) {
        const float x = at->x[i], y = at->y[i], z = at->z[i];
        const float far = x * x + y * y + z * z;
        const float up = more(x * n.x + y * n.y + z * n.z - slack, 0);
        const float fade = more(1 - far * limit, 0);
        hidden[i] = fade * up / sqrtf(far + soft);
    }
    float sum = 0;
    for (int i = 0; i < PART; i++) sum += hidden[i];
    return mien_clamp(1 - sum * (GAIN / PART), 0, 1);
}

static float sky_within(const mien_renderer *r, uint32_t pixel, mien_vec n,
                        float reach, const float turn[TAPS][2]) {
    const float radius = less(reach * r->camera.focal / r->depth[pixel],
                              0.25f * (float)r->width);
    if (!(radius >= 1)) return 1;
    taps at;
    look(&at, r, pixel, radius, turn);
    return sky_left(&at, n, reach);
}

static void look_around(const mien_renderer *r, const mien_scene *scene) {
    const mien_turn *turn = &r->camera.turn;
    for (int i = 0; i < r->count; i++) {
        if (!r->seen[i].first) continue;
        const uint32_t pixel = r->seen[i].pixel;
        const uint32_t x = pixel % (uint32_t)r->width;
        const uint32_t y = pixel / (uint32_t)r->width;
        const int k =
            (int)((x % TILE * 2 + x % TILE / 2 + y % TILE * 7) * 5 % PATTERN);
        const mien_vec ray = mien_ray(&r->camera, (float)x, (float)y);
        const mien_vec p = mien_along(r->camera.eye, ray, r->depth[pixel]);
        openness *o = &r->open[pixel];
        mien_shadow_at(o, r, &scene->light, p, r->normal[pixel], k);
        const mien_vec n = mien_turned(turn, r->normal[pixel]);
        o->hollow = sky_within(r, pixel, n, NEAR_REACH, r->turn[k]);
        o->around = sky_within(r, pixel, n, FAR_REACH, r->turn[k] + 1);
    }
}

/* Weights of a tile's worth of pixels along an axis, on both sides alike. */
static const float weight[TILE + 1] = {0.5f, 1, 1, 1, 0.5f};

/* The mean along one axis over pixels at about the same depth; `step` leads
 * from a pixel to the next, `at` is the pixel's place among `size`. */
static openness mean_along(const mien_renderer *r, const openness *from,
                           uint32_t pixel, int step, int at, int size) {
    const float z = r->depth[pixel];
    const float tolerance = 4 + 6 * z / r->camera.focal;
    openness sum = {0};
    float whole = 0;
    for (int k = 0; k <= TILE; k++) {
        const int to = at + k - TILE / 2;
        if (to < 0 || to >= size) continue;
        const size_t q = (size_t)((int64_t)pixel + (k - TILE / 2) * step);
        if (!(fabsf(r->depth[q] - z) <= tolerance)) continue;
        sum.lit += weight[k] * from[q].lit;
        sum.through += weight[k] * from[q].through;
        sum.hollow += weight[k] * from[q].hollow;
        sum.around += weight[k] * from[q].around;
        whole += weight[k];
    }
    const float scale = 1 / whole; /* the pixel itself counts */
    return (openness){sum.lit * scale, sum.through * scale, sum.hollow * scale,
                      sum.around * scale};
}

static void smooth(mien_renderer *r, openness *between) {
    const uint32_t w = (uint32_t)r->width;
    for (int i = 0; i < r->count; i++) {
        const uint32_t p = r->seen[i].pixel;
        if (r->seen[i].first)
            between[p] = mean_along(r, r->open, p, 1, (int)(p % w), r->width);
    }
    for (int i = 0; i < r->count; i++) {
        const uint32_t p = r->seen[i].pixel;
        if (r->seen[i].first)
            r->open[p] =
                mean_along(r, between, p, r->width, (int)(p / w), r->height);
    }
}

mien_status mien_open_pixels(mien_renderer *r, const mien_scene *scene) {
    const size_t pixels = (size_t)r->width * (size_t)r->height;
    r->depth = mien_room_get(&r->depth_room, pixels, sizeof *r->depth);
    r->normal = mien_room_get(&r->normal_room, pixels, sizeof *r->normal);
    r->open = mien_room_get(&r->open_room, pixels, sizeof *r->open);
    openness *between =
        mien_room_get(&r->between_room, pixels, sizeof *between);
    if (!r->depth || !r->normal || !r->open || !between) return MIEN_ENOMEM;
    for (size_t i = 0; i < pixels; i++) r->depth[i] = INFINITY;
    for (int i = 0; i < r->count; i++) {
        const seen *s = &r->seen[i];
        if (!s->first) continue;
        const mien_fragment f = mien_fragment_at(scene, s);
        r->normal[s->pixel] = f.normal;
        r->depth[s->pixel] = mien_dot(mien_sub(r->camera.eye, f.position),
                                      r->camera.turn.row[2]);
    }
    look_around(r, scene);
    smooth(r, between);
    return MIEN_OK;
}
