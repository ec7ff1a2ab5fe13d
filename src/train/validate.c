/* SPDX-License-Identifier: Apache-2.0 */
/* validate.c - score held-out samples. */
#include <math.h>

#include "train/trainer.h"

const mien_figures mien_no_figures = {NAN, NAN, NAN};

mien_part mien_trainer_part(const mien_trainer *t, bool final) {
    const mien_part first = final ? MIEN_TEST : MIEN_VAL;
    const mien_part second = final ? MIEN_VAL : MIEN_TEST;
    if (t->options.overfit) return MIEN_TRAIN;
    if (mien_source_samples(t->source, first)) return first;
    return mien_source_samples(t->source, second) ? second : MIEN_TRAIN;
}

void mien_trainer_swap(mien_trainer *t) {
    if (!t->average) return;
    float *values = t->net->weights.values;
    for (size_t i = 0; i < t->net->weights.size; i++) {
        const float x = values[i];
        values[i] = t->average[i];
        t->average[i] = x;
    }
}

static mien_status score(mien_trainer *t, mien_part part, mien_score *sum) {
    mien_batch batch;
    mien_result result;
    MIEN_TRY(mien_source_check_begin(t->source, part));
    for (;;) {
        MIEN_TRY(mien_source_check_next(t->source, &batch));
        if (batch.n == 0) return MIEN_OK;
        batch.progress = 1;
        MIEN_TRY(mien_runner_infer(t->check, &batch, &result));
        mien_score_add(sum, &result, batch.label, batch.n);
    }
}

mien_status mien_trainer_validate(mien_trainer *t, mien_part part,
                                  bool averaged, mien_figures *out) {
    mien_score sum = {0};
    if (averaged) mien_trainer_swap(t);
    const mien_status status = score(t, part, &sum);
    if (averaged) mien_trainer_swap(t);
    *out = (mien_figures){mien_score_loss(&sum), mien_score_accuracy(&sum),
                          mien_score_top5(&sum)};
    return status;
}
