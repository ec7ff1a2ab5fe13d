/* SPDX-License-Identifier: Apache-2.0 */
/* care.h - what watches a training: frames, detectors, journal.
 *
 *   care_before   is this step probed? the probes go on
 *   care_batch    the input of a batch, before it is learned from
 *   care_after    frame -> journal -> detectors -> findings
 *
 * It sees and says; the doctor (doctor.h) acts. */
#ifndef MIEN_TRAIN_CARE_H
#define MIEN_TRAIN_CARE_H

#include "health/detector.h"
#include "health/journal.h"
#include "health/tfevents.h"
#include "train/ring.h"
#include "train/trainer.h"

enum { MIEN_MOST_SPEAKERS = 32 };

/* A step's last batch and what came of it, as the trainer saw it. */
typedef struct mien_seen {
    const mien_batch *batch;
    const mien_result *result;
    const mien_update_report *update;
    int64_t first_batch; /* of the step, in its epoch */
    int64_t last_batch;  /* `batch` itself */
    double loss, accuracy;
    bool skipped, scaling; /* scaling: the loss scale was lowered for it */
    const char *bad; /* what was not finite, or NULL */
} mien_seen;

typedef struct mien_care {
    mien_arena arena;
    mien_watch watch;
    mien_journal journal;
    mien_tfevents *events; /* NULL: none */
    mien_ring *ring;       /* NULL: none */
    mien_frame frame;
    mien_layer_state *layers;
    mien_tensor_state *tensors;
    int *row_of;          /* of each layer */
    uint16_t **idle_for;  /* of each layer: probed batches in a row in which a
                             unit was 0; NULL: no activation */
    uint16_t *idle;       /* all of these */
    size_t n_idle;
    int *batches_probed;  /* of each layer, with idle_for */
    bool probe;           /* this step */
    int64_t suspicious;   /* 1: the last step was, probe the next one */
    double decay;         /* of the optimiser, 0: none */
    bool decoupled;
    double expected;      /* the loss of answers that know nothing, or NaN */
    double gentle_lr; /* see mien_patient; of the attempt's first step */
    double sharpness; /* measured after the last step, or NaN */
    int n_sharp;      /* times that it was */
    bool state_is_bad; /* the optimiser's, or a running statistic */
    int n_said;
    struct {
        const char *detector;
        int times; /* it said something */
    } said[MIEN_MOST_SPEAKERS];
} mien_care;

/* Errors: MIEN_ENOMEM, MIEN_EIO; t->care is then NULL. With health: off it
 * stays NULL, and every call below does nothing. */
mien_status mien_care_open(mien_trainer *t);
void mien_care_close(mien_trainer *t);

/* Down to the file, and t->at.health_bytes to its end. */
void mien_care_flush(mien_trainer *t);

/* Open its files in the run folder. */
mien_status mien_care_begin(mien_trainer *t);


mien_status mien_care_before(mien_trainer *t);

/* Whether the input is unlike all before it: not to be learned from. */
bool mien_care_outlier(mien_trainer *t, const mien_batch *batch);

mien_status mien_care_after(mien_trainer *t, const mien_seen *seen);

/* Once an epoch: histograms of weights and gradients. */
void mien_care_epoch(mien_trainer *t);

/* report.html, from what the journal holds so far. */
void mien_care_report(mien_trainer *t);

/* Say a finding: journal, and a line for a person. */
void mien_care_say(mien_trainer *t, const mien_finding *finding);

/* What makes the journal and the detectors survive a resume; at most
 * MIEN_CARE_TENSORS. */
enum { MIEN_CARE_TENSORS = 6 };
int mien_care_state(mien_trainer *t, mien_tensor *out);

#endif
