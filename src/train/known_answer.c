/* SPDX-License-Identifier: Apache-2.0 */
/* known_answer.c - ask a network the known question. */
#include "train/known_answer.h"

#include <math.h>
#include <string.h>

#include "base/finite.h"

/* Of float32; of bytes, where a rounding may fall to the other side. */
#define TOLERANCE       1e-3
#define TOLERANCE_BYTES 2e-2

/* Numbers in [-1, 1). */
static void question(float *x, size_t count) {
    mien_rng rng = mien_rng_at(0, MIEN_RNG_EVAL, 0x6d69656e, 0);
    for (size_t i = 0; i < count; i++)
        x[i] = (float)mien_rng_range(&rng, -1, 1);
}

static mien_status ask(float answer[MIEN_ANSWER_MAX], int *n,
                       mien_runner *run) {
    const mien_shape in = run->net->graph.input;
    const size_t count = (size_t)in.c * (size_t)in.h * (size_t)in.w;
    mien_result result;
    float *x = mien_alloc(count, sizeof *x);
    if (!x) return MIEN_ENOMEM;
    question(x, count);
    const mien_status status =
        mien_runner_infer(run, &(mien_batch){.n = 1, .x = x}, &result);
    mien_free(x);
    if (status != MIEN_OK) return status;
    *n = result.width < MIEN_ANSWER_MAX ? result.width : MIEN_ANSWER_MAX;
    memcpy(answer, result.y, (size_t)*n * sizeof *answer);
    return MIEN_OK;
}

mien_status mien_known_answer(float answer[MIEN_ANSWER_MAX], int *n,
                              mien_runner *run) {
    MIEN_TRY(ask(answer, n, run));
    if (mien_first_bad(answer, (size_t)*n) == (size_t)*n) return MIEN_OK;
    return mien_fail(MIEN_EDIAGNOSIS,
                     "the network's answer to the known "
                     "input is not finite, although its weights are: such a "
                     "model is not saved");
}

mien_status mien_known_answer_check(mien_runner *run,
                                    const mien_model_card *card,
                                    const char *path) {
    float answer[MIEN_ANSWER_MAX];
    const double tolerance = run->net->ranges ? TOLERANCE_BYTES : TOLERANCE;
    double largest = 0, worst = 0;
    int n;
    MIEN_TRY(ask(answer, &n, run));
    for (int i = 0; i < n && i < card->n_answer; i++) {
        const double error = fabs((double)answer[i] - card->answer[i]);
        worst = error <= worst ? worst : error;
        largest = fmax(largest, fabs((double)card->answer[i]));
    }
    if (n == card->n_answer && worst <= tolerance * largest + 1e-12)
        return MIEN_OK;
    return mien_fail(MIEN_ECORRUPT,
                     "%s: it answers the known input otherwise "
                     "than when it was saved (off by %g, largest value %g)",
                     path, worst, largest);
}
