/* SPDX-License-Identifier: Apache-2.0 */
/* bout.c - train once, in silence, and judge by the files. */
#include "train/stress/bout.h"

#include <math.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/folder.h"
#include "base/log.h"
#include "mien/train.h"
#include "train/metrics.h"
#include "train/model_file.h"
#include "train/source.h"

enum { PATH_ROOM = 4096 };

/* ---- a model that a stopped run left ---------------------------------- */

static mien_status count_hits(mien_score *score, mien_source *source,
                              mien_net *net, int batch) {
    mien_runner *run;
    mien_batch b;
    mien_result result;
    const mien_runner_options options = {.batch = batch};
    MIEN_TRY(mien_runner_open(&run, net, &options));
    mien_status status = mien_source_check_begin(source, MIEN_TEST);
    while (status == MIEN_OK) {
        status = mien_source_check_next(source, &b);
        if (status != MIEN_OK || b.n == 0) break;
        b.progress = 1;
        status = mien_runner_infer(run, &b, &result);
        if (status == MIEN_OK) mien_score_add(score, &result, b.label, b.n);
    }
    mien_runner_close(run);
    return status;
}

/* The model says itself how it wants its pictures: the doctor may have
 * changed that. */
static mien_status test_parts(double *accuracy, const mien_bout_plan *plan,
                              mien_model_parts *parts) {
    const mien_overrides changes = {
        .set = plan->set, .n_set = plan->n_set, .data = plan->data};
    mien_recipe recipe;
    mien_source *source;
    mien_score score = {0};
    MIEN_TRY(mien_recipe_open(&recipe, plan->recipe, &changes));
    mien_status status = mien_source_open(&source, &recipe, 0);
    if (status == MIEN_OK) {
        source->data->input = parts->card.contract.input;
        status = count_hits(&score, source, parts->net, recipe.train.batch);
        mien_source_close(source);
    }
    if (status == MIEN_OK && score.judged)
        *accuracy = mien_score_accuracy(&score);
    mien_recipe_close(&recipe);
    return status;
}

static mien_status test_model(double *accuracy, const mien_bout_plan *plan) {
    char path[PATH_ROOM];
    mien_model_parts parts;
    *accuracy = 0;
    MIEN_TRY(
        mien_path_join(path, sizeof path, plan->folder, "model.safetensors"));
    if (!mien_file_exists(path)) return MIEN_OK;
    MIEN_TRY(mien_model_read(&parts, path));
    const mien_status status = test_parts(accuracy, plan, &parts);
    mien_model_parts_close(&parts);
    return status;
}

/* ---- the training ----------------------------------------------------- */

/* Whether a failure belongs to the training, not to the machine. */
static bool is_result(mien_status status) {
    return status != MIEN_ENOMEM && status != MIEN_EIO &&
           status != MIEN_ENOSPACE && status != MIEN_EINTERRUPTED;
}

/* Killed in the middle and taken up again, where the fault says so. */
static mien_status train(mien_train_result **out, const mien_bout_plan *plan) {
    mien_train_options o;
    mien_train_defaults(&o);
    o.set = plan->set;
    o.n_set = plan->n_set;
    o.data = plan->data;
    o.out = plan->folder;
    o.stop_at = plan->stop_at;
    mien_status status = mien_train_run(out, plan->recipe, &o);
    if (!plan->stop_at || status != MIEN_EINTERRUPTED) return status;
    o.stop_at = 0;
    o.resume = true;
    return mien_train_run(out, plan->recipe, &o);
}

static mien_status end(mien_bout *out, const mien_bout_plan *plan,
                       mien_status status, mien_train_result *result) {
    if (status == MIEN_OK) {
        const double accuracy = mien_train_summary_of(result)->accuracy;
        out->accuracy = isnan(accuracy) ? 0 : accuracy;
        mien_train_result_free(result);
        return MIEN_OK;
    }
    if (!is_result(status)) return status;
    out->stopped = status == MIEN_EDIAGNOSIS;
    out->refused = !out->stopped;
    snprintf(out->why, sizeof out->why, "%s", mien_error());
    return test_model(&out->accuracy, plan);
}

static mien_status look(mien_bout *out, const mien_bout_plan *plan) {
    char path[PATH_ROOM];
    MIEN_TRY(mien_path_join(path, sizeof path, plan->folder, "health.jsonl"));
    MIEN_TRY(mien_evidence_read(&out->seen, path, plan->onset, plan->wanted));
    if (!mien_dir_exists(plan->folder)) return MIEN_OK; /* refused at once */
    return mien_evidence_weights(&out->non_finite, plan->folder);
}

mien_status mien_bout_run(mien_bout *out, const mien_bout_plan *plan) {
    const double began = mien_clock();
    mien_train_result *result = NULL;
    *out = (mien_bout){.seen.detected = -1};
    mien_log_mute(true);
    mien_status status = train(&result, plan);
    out->seconds = mien_clock() - began;
    status = end(out, plan, status, result);
    if (status == MIEN_OK) status = look(out, plan);
    mien_log_mute(false);
    if (!plan->keep) mien_folder_remove(plan->folder);
    return status;
}
