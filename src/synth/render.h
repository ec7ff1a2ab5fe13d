/* SPDX-License-Identifier: Apache-2.0 */
/* render.h - a scene to linear light: z-buffer, shadow, shading.
 *
 *   mien_renderer *r;
 *   MIEN_TRY(mien_renderer_open(&r));
 *   MIEN_TRY(mien_render(r, &scene, backdrop));
 *   ... r->light[y * width + x], r->depth[...] ...
 *   mien_renderer_close(r);
 *
 * Eight samples a pixel decide which thing is seen; each thing that a pixel
 * sees is shaded once, where its samples lie on the mean. Shadows of the lamp
 * come from a second z-buffer as the lamp sees it, widened by its size;
 * hollows are darkened by what the depth around a pixel hides of the sky. */
#ifndef MIEN_SYNTH_RENDER_H
#define MIEN_SYNTH_RENDER_H

#include "base/fail.h"
#include "synth/scene.h"

typedef struct mien_frame {
    int width, height;
    mien_vec *light; /* linear, one a pixel, rows from the top */
    float *depth;    /* distance along the axis; the backdrop's is infinite */
} mien_frame;

typedef struct mien_renderer mien_renderer; /* buffers, kept for the next */

mien_status mien_renderer_open(mien_renderer **out);
/* Draw `scene` over what frame->light holds already, which is the backdrop.
 *
 * Thread: one renderer per thread.
 * Errors: MIEN_ENOMEM; MIEN_EINVAL for a camera without pixels. */
mien_status mien_render(mien_renderer *r, mien_frame *frame,
                        const mien_scene *scene);
/* Of the picture just drawn: is the nearest thing at this place of the world
 * this place itself (within 4 mm), or is it out of the picture or behind
 * something? */
typedef enum mien_sight {
    MIEN_SIGHT_CLEAR,
    MIEN_SIGHT_HIDDEN,
    MIEN_SIGHT_OUTSIDE
} mien_sight;
mien_sight mien_renderer_sees(const mien_renderer *r, mien_vec p);
void mien_renderer_close(mien_renderer *r);

#endif
