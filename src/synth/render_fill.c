/* SPDX-License-Identifier: Apache-2.0 */
/* render_fill.c - a triangle as three half-planes and a plane of depth.
 *
 *   E(x, y) = (p.y - q.y) (x - p.x) + (q.x - p.x) (y - p.y)
 *
 * is positive on one side of the edge from p to q. The ends are put in order
 * first, so that two triangles which share an edge get numbers that differ in
 * their sign alone: no sample falls between them.
 * Source: Pineda, A parallel algorithm for polygon rasterization, SIGGRAPH
 * 1988. */
#include "synth/render_parts.h"
#include "synth/waves.h"

static void half_plane(filling *out, int k, corner p, corner q) {
    float sign = 1;
    if (p.y > q.y || (p.y == q.y && p.x > q.x)) {
        const corner swap = p;
        p = q;
        q = swap;
        sign = -1;
    }
    const float a = p.y - q.y, b = q.x - p.x;
    out->a[k] = sign * a;
    out->b[k] = sign * b;
    out->c[k] = -sign * (a * p.x + b * p.y);
}

/* The pixels from low to high, widened by `reach`; false: none. */
static bool span(int *first, int *last, float low, float high, float reach,
                 int size) {
    const float limit = (float)(size - 1);
    low = mien_clamp(low - reach, 0, limit + 1);
    high = mien_clamp(high + reach, -1, limit);
    const int whole = (int)low;
    *first = whole + ((float)whole < low);
    *last = (int)(high + 1) - 1;
    return *first <= *last;
}

/* w as a plane through the corners, from the middle of the first pixel. */
static void plane_of_depth(filling *out, const corner p[3], float area) {
    const float x1 = p[1].x - p[0].x, x2 = p[2].x - p[0].x;
    const float y1 = p[1].y - p[0].y, y2 = p[2].y - p[0].y;
    const float w1 = p[1].w - p[0].w, w2 = p[2].w - p[0].w;
    const float scale = 1 / area;
    out->wx = (w1 * y2 - w2 * y1) * scale;
    out->wy = (w2 * x1 - w1 * x2) * scale;
    out->w = p[0].w + ((float)out->x0 - p[0].x) * out->wx +
             ((float)out->y0 - p[0].y) * out->wy;
    out->w_low = less(p[0].w, less(p[1].w, p[2].w));
    out->w_high = more(p[0].w, more(p[1].w, p[2].w));
}

bool mien_filling_of(filling *out, const corner p[3], const grid *on) {
    /* y runs down: what is anticlockwise in the world has area < 0. */
    const float area = (p[1].x - p[0].x) * (p[2].y - p[0].y) -
                       (p[2].x - p[0].x) * (p[1].y - p[0].y);
    /* Written so that what is not a number is left out as well. */
    if (!(area < -1e-12f || (area > 1e-12f && !on->one_sided)) ||
        !(area * 0 == 0))
        return false;
    if (!span(&out->x0, &out->x1, less(p[0].x, less(p[1].x, p[2].x)),
              more(p[0].x, more(p[1].x, p[2].x)), on->reach, on->size[0]) ||
        !span(&out->y0, &out->y1, less(p[0].y, less(p[1].y, p[2].y)),
              more(p[0].y, more(p[1].y, p[2].y)), on->reach, on->size[1]))
        return false;
    const int second = area > 0 ? 1 : 2, third = 3 - second;
    half_plane(out, 0, p[second], p[third]);
    half_plane(out, 1, p[third], p[0]);
    half_plane(out, 2, p[0], p[second]);
    plane_of_depth(out, p, area);
    return true;
}

static float edge(corner p, corner q, float x, float y) {
    return (p.y - q.y) * (x - p.x) + (q.x - p.x) * (y - p.y);
}

void mien_cutter_load(cutter *cut, const mien_mesh *mesh, const uint32_t *c,
                      const corner p[3]) {
    for (int k = 0; k < 3; k++)
        cut->corner[k] = (cut_corner){
            p[k], {mesh->at[c[k]][0], mesh->at[c[k]][1]}, mesh->rest[c[k]]};
}

bool mien_cutter_keeps(const cutter *cut, float x, float y) {
    const cut_corner *c = cut->corner;
    float share[3] = {edge(c[1].p, c[2].p, x, y), edge(c[2].p, c[0].p, x, y),
                      edge(c[0].p, c[1].p, x, y)};
    float sum = 0;
    for (int k = 0; k < 3; k++) {
        if (!cut->parallel) share[k] *= c[k].p.w;
        sum += share[k];
    }
    if (!(sum > 0 || sum < 0)) return false;
    mien_fragment f = {0};
    float w = 0;
    for (int k = 0; k < 3; k++) {
        const float part = share[k] / sum;
        f.at[0] += part * c[k].at[0];
        f.at[1] += part * c[k].at[1];
        f.rest = mien_along(f.rest, c[k].rest, part);
        w += part * c[k].p.w;
    }
    f.size = cut->parallel ? cut->span : cut->span / w;
    return cut->material->covers(cut->material->what, &f);
}
