/* SPDX-License-Identifier: Apache-2.0 */
/* hair.h - styles of hair and beard: a file in hairs/ or beards/ and a line
 * in hairs.def or beards.def each.
 *
 * A style adds things to the scene in head space and poses them by
 * head->pose. Hair grows on the scalp (mien_head_at), so it fits any skull. */
#ifndef MIEN_SYNTH_HAIR_H
#define MIEN_SYNTH_HAIR_H

#include "synth/head.h"

typedef struct mien_hair {
    const char *name, *summary;
    float women, men; /* how often, relative to the others of the sex */
    float old;        /* times this at 70 (1: no matter) */
    mien_status (*build)(mien_scene *scene, const mien_head *head);
} mien_hair;

typedef struct mien_beard {
    const char *name, *summary;
    float often; /* relative to the others */
    mien_status (*build)(mien_scene *scene, const mien_head *head);
} mien_beard;

extern const mien_hair *const mien_hairs[];   /* ends with NULL */
extern const mien_beard *const mien_beards[]; /* ends with NULL */

#endif
