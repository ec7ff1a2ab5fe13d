/* SPDX-License-Identifier: Apache-2.0 */
/* journal.h - health.jsonl: what was seen, found and done, a line each.
 *
 *   mien_journal j;
 *   MIEN_TRY(mien_journal_open(&j, "runs/a/health.jsonl", 0));
 *   mien_journal_frame(&j, &frame);
 *   mien_journal_finding(&j, &finding);
 *   mien_journal_close(&j);
 *
 * Every line is an object with "kind", "attempt" (0 at first; one more each
 * time the doctor starts the training again) and "step". Arrays have an entry
 * a layer or a tensor, in the order of the "rows" line before them; numbers
 * that are not finite are null, and so is a text that there is not. Kinds and
 * their keys:
 *
 *   rows       layers[], kinds[], activation[] (bool), tensors[], roles[]
 *              (weight, bias, gain, shift, slope), layer_of[]
 *   frame      loss, accuracy, lr, norm, backbone, head, threshold, clipped,
 *              skipped, bad, input_rms, input_max, cosine, theta;
 *              and on probed steps:
 *              y_mean[] y_rms[] y_max[] y_zeros[] y_saturated[] y_bad[]
 *              dy_mean[] dy_rms[] dy_max[] dy_bad[] dead[] idle[]
 *              forward_gain[] backward_gain[]
 *              weight[] gradient[] update[]
 *   histogram  tensor (index), what ("weight" or "gradient"), zeros, bad,
 *              min, max, sum, squares, positive[64], negative[64]
 *   angles     bins[36]: samples by their angle to the right class, 5 degrees
 *              each
 *   finding    detector, severity (note, warn, fail), cause, since, value,
 *              limit, where, text
 *   act        remedy, cause, changes[] ("optim.adam.lr=0.001"), kept, why,
 *              with[], without[] (losses of the fork test, may be empty),
 *              from (the step it went back to)
 *   quarantine epoch, batch, sample (in the batch, -1 unknown), reason
 *   sweep      lr[], loss[], diverged, suggested
 *   verdict    text: how the training ended, when it had to be stopped; empty
 *              when it reached its end. Without one it was interrupted
 *
 * A line that cannot be written is lost with one warning. */
#ifndef MIEN_HEALTH_JOURNAL_H
#define MIEN_HEALTH_JOURNAL_H

#include "base/jsonl.h"
#include "health/finding.h"
#include "health/frame.h"
#include "health/histogram.h"

typedef struct mien_journal {
    mien_jsonl line; /* line.bytes: in the file */
    int attempt;
} mien_journal;

typedef struct mien_act {
    const char *remedy;
    mien_cause cause;
    int64_t step, from;
    const char *const *changes;
    int n_changes;
    bool kept;
    const char *why; /* one sentence */
    const double *with, *without;
    int n_with, n_without;
} mien_act;

typedef struct mien_sweep_curve {
    const double *lr, *loss;
    int n;
    double diverged, suggested; /* NaN: none */
} mien_sweep_curve;

/* Continue the file after its first `keep` bytes; what follows is cut off. A
 * path of NULL writes nowhere and is fine. */
mien_status mien_journal_open(mien_journal *j, const char *path, int64_t keep);
void mien_journal_rows(mien_journal *j, const mien_frame *frame);
void mien_journal_frame(mien_journal *j, const mien_frame *frame);
void mien_journal_histogram(mien_journal *j, int64_t step, int tensor,
                            const char *what, const mien_histogram *h);
void mien_journal_angles(mien_journal *j, int64_t step, const int64_t bins[36]);
void mien_journal_finding(mien_journal *j, const mien_finding *finding);
void mien_journal_act(mien_journal *j, const mien_act *act);
void mien_journal_quarantine(mien_journal *j, int64_t step, int64_t epoch,
                             int64_t batch, int sample, const char *reason);
void mien_journal_sweep(mien_journal *j, int64_t step,
                        const mien_sweep_curve *curve);
void mien_journal_verdict(mien_journal *j, int64_t step, const char *text);
void mien_journal_flush(mien_journal *j);
void mien_journal_close(mien_journal *j);

#endif
