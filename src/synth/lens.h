/* SPDX-License-Identifier: Apache-2.0 */
/* lens.h - from linear light to the pixels of a camera.
 *
 * In the order of a camera: blur by depth, of the shake and of the focus,
 * white balance and exposure, noise of photons and of the sensor, tone curve,
 * 8 bits. */
#ifndef MIEN_SYNTH_LENS_H
#define MIEN_SYNTH_LENS_H

#include "mien/image.h"
#include "synth/render.h"
#include "synth/shot.h"

/* Units:  focus the distance of the sharpest plane, millimetres.
 * Owns:   *out is the caller's. Errors: MIEN_ENOMEM; *out is then NULL. */
mien_status mien_lens_develop(mien_image **out, mien_frame *frame,
                              const mien_shot *shot, float focus);

#endif
