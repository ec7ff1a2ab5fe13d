/* SPDX-License-Identifier: Apache-2.0 */
/* mosaic.c - photos on a canvas, faces in a target row. */
#include "data/mosaic.h"

#include <math.h>
#include <string.h>

#include "nn/losses/detect.h"

#define LEAST_SEEN  0.15f
#define ENOUGH_SEEN 0.5f
#define LEAST_SIDE  6.0f

mien_status mien_canvas_open(mien_canvas *out, mien_want want, float *target,
                             int vector) {
    *out = (mien_canvas){NULL, target, (vector - 1) / MIEN_DETECT_BOX};
    MIEN_TRY(
        mien_image_new(&out->image, want.width, want.height, want.channels));
    memset(target, 0, (size_t)vector * sizeof *target);
    mien_image_fill(out->image, 0, 0, want.width, want.height,
                    (mien_colour){127, 127, 127});
    return MIEN_OK;
}

/* The five points of a mirrored face: left and right change places. */
static void swap_points(float point[10]) {
    static const int pairs[2][2] = {{0, 1}, {3, 4}};
    for (int k = 0; k < 2; k++)
        for (int axis = 0; axis < 2; axis++) {
            float *a = &point[2 * pairs[k][0] + axis];
            float *b = &point[2 * pairs[k][1] + axis];
            const float kept = *a;
            *a = *b;
            *b = kept;
        }
}

/* x of the photo to x of the canvas. */
static float place_x(const mien_piece *p, float x) {
    x *= p->face_scale;
    if (p->mirrored) x = (float)p->photo->width - x;
    return p->scale * x + p->dx;
}

static float place_y(const mien_piece *p, float y) {
    return p->scale * p->face_scale * y + p->dy;
}

static float within(float x, float low, float high) {
    return fminf(fmaxf(x, low), high);
}

/* Write a face down, or not. */
static void note(mien_canvas *canvas, const mien_piece *p,
                 const mien_face_box *f) {
    const int n = (int)canvas->target[0];
    const float x1 = place_x(p, f->x), x2 = place_x(p, f->x + f->width);
    const float left = fminf(x1, x2), right = fmaxf(x1, x2);
    const float top = place_y(p, f->y), bottom = place_y(p, f->y + f->height);
    const mien_box *w = &p->window;
    const float x = within(left, (float)w->x, (float)(w->x + w->width));
    const float y = within(top, (float)w->y, (float)(w->y + w->height));
    const float width =
        within(right, (float)w->x, (float)(w->x + w->width)) - x;
    const float height =
        within(bottom, (float)w->y, (float)(w->y + w->height)) - y;
    const float area = (right - left) * (bottom - top);
    const float seen = area > 0 ? width * height / area : 0;
    if (seen < LEAST_SEEN || n == canvas->most) return;
    const bool small = fmaxf(width, height) < LEAST_SIDE;
    float *out = canvas->target + 1 + n * MIEN_DETECT_BOX;
    out[0] = x;
    out[1] = y;
    out[2] = width;
    out[3] = height;
    out[4] = seen < ENOUGH_SEEN || small ? -1 : f->points ? 1 : 0;
    for (int k = 0; k < 10 && f->points; k++)
        out[5 + k] = k % 2 ? place_y(p, f->point[k]) : place_x(p, f->point[k]);
    if (f->points && p->mirrored) swap_points(out + 5);
    canvas->target[0] = (float)(n + 1);
}

/* The photo, reduced so that looking it up does not skip pixels. */
static mien_status reduce(const mien_image **out, mien_image **own,
                          float *factor, const mien_piece *p) {
    *out = p->photo;
    *own = NULL;
    *factor = 1;
    if (p->scale >= 0.6f) return MIEN_OK;
    const int width = (int)fmaxf(1, roundf((float)p->photo->width * p->scale));
    const int height =
        (int)fmaxf(1, roundf((float)p->photo->height * p->scale));
    MIEN_TRY(mien_image_resize(own, p->photo, width, height, MIEN_FILTER_AREA));
    *out = *own;
    *factor = (float)width / (float)p->photo->width;
    return MIEN_OK;
}

/* The part of the window that the photo covers. */
static mien_box covered(const mien_piece *p) {
    const mien_box *w = &p->window;
    const float right = p->dx + p->scale * (float)p->photo->width;
    const float bottom = p->dy + p->scale * (float)p->photo->height;
    const int x = (int)ceilf(fmaxf((float)w->x, p->dx));
    const int y = (int)ceilf(fmaxf((float)w->y, p->dy));
    return (mien_box){
        x, y, (int)fminf((float)(w->x + w->width), floorf(right)) - x,
        (int)fminf((float)(w->y + w->height), floorf(bottom)) - y};
}

/* Look the covered part up in `from`, which is the photo times `factor`:
 *   canvas (x + 1/2) = scale (photo + 1/2) + d */
static mien_warp warp_of(const mien_piece *p, const mien_image *from,
                         float factor, mien_box part) {
    const double s = (double)p->scale / (double)factor;
    const double y = (part.y + 0.5 - (double)p->dy) / s;
    double across = 1 / s, x = (part.x + 0.5 - (double)p->dx) / s;
    if (p->mirrored) {
        across = -across;
        x = from->width - x;
    }
    return (mien_warp){.m = {across, 0, x - 0.5, 0, 1 / s, y - 0.5},
                       .border = MIEN_BORDER_REPLICATE};
}

mien_status mien_canvas_lay(mien_canvas *canvas, const mien_piece *p) {
    const mien_box part = covered(p);
    if (part.width < 1 || part.height < 1) return MIEN_OK;
    const mien_image *from;
    mien_image *own, *drawn = NULL;
    float factor;
    MIEN_TRY(reduce(&from, &own, &factor, p));
    const mien_warp warp = warp_of(p, from, factor, part);
    const mien_status status =
        mien_image_warp(&drawn, from, &warp, part.width, part.height);
    if (status == MIEN_OK) {
        mien_image_paste(canvas->image, drawn, part.x, part.y);
        for (int i = 0; i < p->faces; i++) note(canvas, p, &p->face[i]);
    }
    mien_image_free(drawn);
    mien_image_free(own);
    return status;
}
