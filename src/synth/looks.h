/* SPDX-License-Identifier: Apache-2.0 */
/* looks.h - what skin, eyes, lids, lashes, teeth and gums look like: the
 * materials of the meshes that head.c makes.
 *
 *   mien_material m;
 *   MIEN_TRY(mien_look_skin(&m, scene, head));
 *   m.owner = head->owner;
 *
 * Each makes what it needs in the scene's arena. What a mesh's at[] must hold
 * is said beside each. Errors: MIEN_ENOMEM. */
#ifndef MIEN_SYNTH_LOOKS_H
#define MIEN_SYNTH_LOOKS_H

#include "synth/head.h"

/* at: the chart (head.h). Skin of head, neck and eyelids with all that is
 * painted on it: tone, blush, freckles, moles, pores, wrinkles, lips, brows,
 * stubble, shadow under the eyes. Bumps and folds turn the normal; they come
 * from the chart too, and follow the expression of head->shot. */
mien_status mien_look_skin(mien_material *out, mien_scene *scene,
                           const mien_head *head);
/* at: as the skin's, u = EAR_U in all of the ear: no paint but blush. */
mien_status mien_look_ear(mien_material *out, mien_scene *scene,
                          const mien_head *head);
/* at: millimetres from the pupil, right and up, on the eyeball. The iris has
 * a radius of 5.9, the pupil of 1.6 to 2.6; the white is not white. */
mien_status mien_look_eye(mien_material *out, mien_scene *scene,
                          const mien_head *head);
/* at: along the lid 0 to 1, from root to tip 0 to 1; cut out in strands. */
mien_status mien_look_lashes(mien_material *out, mien_scene *scene,
                             const mien_head *head);
/* at: millimetres right of the middle, up from the edge of the teeth. */
mien_status mien_look_teeth(mien_material *out, mien_scene *scene,
                            const mien_head *head);
/* The inside of the mouth: dark red, wet. */
mien_status mien_look_mouth(mien_material *out, mien_scene *scene,
                            const mien_head *head);

#endif
