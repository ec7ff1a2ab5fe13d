/* SPDX-License-Identifier: Apache-2.0 */
/* tfevents.h - write what TensorBoard shows.
 *
 *   mien_tfevents *e;
 *   MIEN_TRY(mien_tfevents_open(&e,
 * "runs/a/events.out.tfevents.1700000000.x")); mien_tfevents_scalar(e, step,
 * "train/loss", loss); mien_tfevents_histogram(e, step,
 * "gradient/conv1.weight", &h); mien_tfevents_close(e);
 *
 * TensorBoard wants "tfevents" in the name, and reads files of one folder in
 * the order of their names: a resumed training writes a new file, with the
 * seconds of its start in the name. What cannot be written is lost with one
 * warning. All calls but open() take NULL and do nothing. */
#ifndef MIEN_HEALTH_TFEVENTS_H
#define MIEN_HEALTH_TFEVENTS_H

#include "base/fail.h"
#include "health/histogram.h"

typedef struct mien_tfevents mien_tfevents;

/* Thread: one file belongs to one thread.
 * Errors: MIEN_EIO, MIEN_ENOTFOUND, MIEN_ENOMEM; *out is then NULL. */
mien_status mien_tfevents_open(mien_tfevents **out, const char *path);

void mien_tfevents_scalar(mien_tfevents *events, int64_t step, const char *tag,
                          double value);

/* Nothing is written of a histogram without values. */
void mien_tfevents_histogram(mien_tfevents *events, int64_t step,
                             const char *tag, const mien_histogram *h);
void mien_tfevents_flush(mien_tfevents *events);
void mien_tfevents_close(mien_tfevents *events);

#endif
