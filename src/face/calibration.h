/* SPDX-License-Identifier: Apache-2.0 */
/* calibration.h - the record of score to FMR that a model file carries.
 *
 * {"version": 1, "contract": hex, "source": text, "impostors": n, "people": p,
 *  "least_fmr": f, "shape": x, "scale": s,
 *  "knots": [[score, fmr, low, high], ...]}
 *
 * Between two knots the logarithms of the rates are linear in the score;
 * knots below least_fmr come from the fitted tail. */
#ifndef MIEN_FACE_CALIBRATION_H
#define MIEN_FACE_CALIBRATION_H

#include "base/buf.h"
#include "base/hash.h"
#include "mien/face.h"

enum { MIEN_KNOTS_MAX = 160, MIEN_SOURCE_MAX = 200 };

/* Scores rise from knot to knot, rates fall. */
typedef struct mien_knot {
    double score, fmr, low, high;
} mien_knot;

struct mien_calibration {
    mien_calibration_facts facts;
    char contract[MIEN_HASH_HEX], source[MIEN_SOURCE_MAX];
    mien_knot knot[MIEN_KNOTS_MAX];
    int n;
};

/* Append the record. */
mien_status mien_calibration_write(mien_buf *out, const mien_calibration *c);

/* Read a record, checking each figure and that it belongs to `contract`;
 * `path` begins the messages.
 *
 * Errors: MIEN_EFORMAT; MIEN_ECORRUPT for the record of another model;
 *         MIEN_ENOMEM; *out is then NULL. */
mien_status mien_calibration_read(mien_calibration **out, const char *text,
                                  const char *contract, const char *path);

#endif
