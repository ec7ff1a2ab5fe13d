/* SPDX-License-Identifier: Apache-2.0 */
/* body.h - shoulders and clothes below the head. */
#ifndef MIEN_SYNTH_BODY_H
#define MIEN_SYNTH_BODY_H

#include "synth/head.h"

/* Add shoulders, chest and clothing of the photo's seed: T-shirt, shirt with
 * collar, hooded sweater, blouse, jacket and tie; plain, striped, checked.
 * `place` is the neck's root in the world, as for mien_head_motion().
 *
 * Errors: MIEN_ENOMEM. */
mien_status mien_body_build(mien_scene *scene, const mien_head *head,
                            mien_vec place);

#endif
