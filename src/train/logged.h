/* SPDX-License-Identifier: Apache-2.0 */
/* logged.h - what log.jsonl tells of the steps of a run.
 *
 *   mien_logged log;
 *   MIEN_TRY(mien_logged_read(&log, "runs/a/log.jsonl"));
 *   const mien_logged_step *s = mien_logged_find(&log, 412);
 *   mien_logged_close(&log);
 *
 * Lines are in the order in which the steps were made. After a new attempt of
 * the doctor's the numbers of steps begin at 0 again. */
#ifndef MIEN_TRAIN_LOGGED_H
#define MIEN_TRAIN_LOGGED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fail.h"

typedef struct mien_logged_step {
    int64_t step, offset; /* offset: of its line in the file, in bytes */
    int attempt;
    bool skipped;
    bool outlier;      /* it was not even tried */
    double loss, norm; /* NaN: not finite, or not known */
} mien_logged_step;

typedef struct mien_logged {
    mien_logged_step *steps;
    size_t n, room;
    int attempt; /* of the last line */
} mien_logged;

/* Errors: MIEN_ENOTFOUND, MIEN_EIO; MIEN_EFORMAT for a line that cannot be
 *         read, with its number - but a last line without its end is left
 *         out; MIEN_ENOMEM. The log is then empty. */
mien_status mien_logged_read(mien_logged *log, const char *path);
void mien_logged_close(mien_logged *log);

/* The step as the last attempt made it, the last time it did; or NULL. */
const mien_logged_step *mien_logged_find(const mien_logged *log, int64_t step);

#endif
