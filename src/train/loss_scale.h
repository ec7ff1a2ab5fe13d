/* SPDX-License-Identifier: Apache-2.0 */
/* loss_scale.h - lift small gradients above what 16 bits round to 0.
 *
 * The loss is multiplied by a scale before backward, the gradients of the
 * weights are divided by it after. With precision.loss_scale 0 the scale is
 * found: it starts at 65536, halves with each step that is not finite, and
 * doubles after 2000 good ones in a row.
 * Source: Micikevicius et al., Mixed precision training, ICLR 2018. */
#ifndef MIEN_TRAIN_LOSS_SCALE_H
#define MIEN_TRAIN_LOSS_SCALE_H

#include "train/trainer.h"

double mien_loss_scale(mien_trainer *t);

/* After a step that was dropped; whether that was the scale's doing. */
bool mien_loss_scale_lower(mien_trainer *t);

/* After a good step. */
void mien_loss_scale_raise(mien_trainer *t);

#endif
