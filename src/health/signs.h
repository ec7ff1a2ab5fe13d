/* SPDX-License-Identifier: Apache-2.0 */
/* signs.h - what several detectors read off a frame, and what it points to.
 *
 *   mien_gain gain;
 *   mien_gain_backward(&gain, frame);
 *   if (gain.most > watch->limits.gain)
 *       cause = mien_cause_of_growth(watch, frame, gain.most);
 *
 * Layers and tensors are looked at on probed frames only; of others every
 * sign is absent. */
#ifndef MIEN_HEALTH_SIGNS_H
#define MIEN_HEALTH_SIGNS_H

#include "health/detector.h"

enum {
    MIEN_START_STEPS = 20, /* what goes wrong now was wrong from the start */
    MIEN_DEEP = 15         /* layers with weights that need skips */
};

/* ---- histories -------------------------------------------------------- */

void mien_history_enter(mien_history *h, const mien_frame *frame);

/* ---- signs ------------------------------------------------------------ */

/* The extreme ratios of a layer's size to that of any layer that came before
 * it on the way. -1 stands for the input. */
typedef struct mien_gain {
    double most, least; /* 1: there is nothing to compare */
    int most_from, most_to, least_from, least_to;
} mien_gain;

void mien_gain_forward(mien_gain *out, const mien_frame *frame);
void mien_gain_backward(mien_gain *out, const mien_frame *frame);

/* "the input", or a layer's name. */
const char *mien_layer_name(const mien_frame *frame, int layer);

/* Median over the weights of the layers of rms(W) / He's; 0: none. */
double mien_sign_scale(const mien_frame *frame);

/* That at step 0; NaN: not known. */
double mien_start_scale(const mien_watch *watch);

/* The weights started far from every usual initialisation. */
bool mien_sign_large_init(const mien_watch *watch);
bool mien_sign_small_init(const mien_watch *watch);

/* How far this batch's input is from the usual: rms over its median, or the
 * largest value over its median; 0 when too few were seen. */
double mien_sign_rms(const mien_watch *watch, const mien_frame *frame);
double mien_sign_peak(const mien_watch *watch, const mien_frame *frame);
extern const double mien_outlier_rms, mien_outlier_peak;
bool mien_sign_outlier(const mien_watch *watch, const mien_frame *frame);

/* The input was not scaled to about 1. */
bool mien_sign_input_range(const mien_frame *frame);

/* Layers with weights; 0 when layers skip others (add, concat). */
int mien_sign_depth(const mien_frame *frame);

/* The tensor of role WEIGHT that moved farthest for its size; -1: none. Its
 * size counts as at least 0.3 of He's, so that weights near 0 may grow. */
int mien_sign_moved(double *ratio, const mien_frame *frame);

/* The activation with the largest share of units that were 0 for the whole
 * batch, when that is above .9; -1: none. */
int mien_sign_off(const mien_frame *frame);

/* The loss is that of answers that know nothing, or worse; false when that
 * is not known. */
bool mien_sign_clueless(const mien_frame *frame, double share);

/* The signature of a margin head whose embeddings collapsed (collapsed.c). */
bool mien_sign_margin_collapse(const mien_frame *frame);

/* How bad a jump of loss or gradient is: a failure when it lasts for three
 * steps or costs three times what knowing nothing does, a note when the loss
 * is still below that. `in_a_row`: steps that it has lasted, a detector's
 * state. Single batches jump in healthy trainings: 3 of 1,500 of mnist.yaml
 * lie beyond 6 MADs, and one early batch of face64.yaml cost 1.56 (ln 2 is
 * .69) with 44 times the usual gradient. */
mien_severity mien_sign_jump(double *in_a_row, const mien_frame *frame);

/* Whether a layer's kind, "bn + prelu", holds this word. */
bool mien_kind_has(const mien_layer_state *layer, const char *word);

/* ---- causes ----------------------------------------------------------- */

/* Of something that got too large; `gain`: between layers, else 0. */
mien_cause mien_cause_of_growth(const mien_watch *watch,
                                const mien_frame *frame, double gain);

/* Of something that died out. */
mien_cause mien_cause_of_fall(const mien_watch *watch, const mien_frame *frame,
                              double gain);

/* ---- words ------------------------------------------------------------ */

enum { MIEN_NUMBER_ROOM = 24, MIEN_BECAUSE_ROOM = 160 };

/* "0.31", "4.1e3". */
const char *mien_number(char out[MIEN_NUMBER_ROOM], double x);

/* "; the weights started at 9.8x He's", or "" for what cannot be shown. */
const char *mien_because(char out[MIEN_BECAUSE_ROOM], const mien_watch *watch,
                         const mien_frame *frame, mien_cause cause);

#endif
