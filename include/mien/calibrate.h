/* SPDX-License-Identifier: Apache-2.0 */
/* calibrate.h - give a model's similarities a meaning: how often do two
 * different people look so alike?
 *
 *   mien_calibrate_options o;
 *   mien_calibrate_defaults(&o);
 *   o.model = "embedder.safetensors", o.detector = "detector.safetensors";
 *   o.people = "people/";
 *   mien_calibration *c;
 *   if (mien_calibrate(&c, NULL, &o) == MIEN_OK)
 *       mien_calibration_store(o.model, c);
 *   mien_calibration_free(c); */
#ifndef MIEN_CALIBRATE_H
#define MIEN_CALIBRATE_H

#include <stdint.h>

#include "mien/face.h"

typedef struct mien_calibrate_options {
    const char *model;        /* that embeds */
    const char *detector;     /* that finds faces; NULL: all photos are aligned
                                 faces of 112x112, as some may be anyway */
    const char *people;       /* a folder with a folder for each person; or: */
    const char *data, *pairs; /* a folder with name/name_0001.jpg and a list
                                 of pairs as LFW has it, of which those of two
                                 people count */
    int photos;               /* of a person, at most; of `people` */
    int64_t comparisons;      /* at most: more are drawn by chance */
    int threads;
} mien_calibrate_options;

/* 10 photos of each, 2,000,000 comparisons, 1 thread. */
void mien_calibrate_defaults(mien_calibrate_options *options);

typedef struct mien_calibrate_summary {
    int photos, people; /* that were compared */
    int without_face;   /* photos left out */
    int64_t comparisons;
} mien_calibrate_summary;

/* Embed each photo (the face that it is of), compare those of different
 * people, fit. Progress goes to the sink of mien/log.h.
 *
 * Owns:   *out is the caller's; mien_calibration_free() frees it.
 * Errors: MIEN_EINVAL for options; MIEN_EDATA for too few people or
 *         comparisons; as mien_embedder_open() and mien_detector_open(); a
 *         photo that cannot be read is named by number, not by person.
 *         *out is then NULL. `summary` may be NULL. */
mien_status mien_calibrate(mien_calibration **out,
                           mien_calibrate_summary *summary,
                           const mien_calibrate_options *options);

#endif
