/* SPDX-License-Identifier: Apache-2.0 */
/* doctor.c - findings become treatments; the policy of doctor.h. */
#include "train/doctor.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "train/checkup.h"
#include "train/doctor_memory.h"
#include "train/fork.h"
#include "train/locate.h"
#include "train/preflight.h"
#include "train/recorder.h"

enum {
    YOUNG = 100,    /* steps that may be lost without asking */
    HOPELESS = 100, /* steps after which something must have been learned */
    SKIPS = 3,      /* in a row, before going back */
    ROLLBACKS = 5,  /* at most */
    BACK = 60,      /* steps, at least, from a spike to its snapshot */
    TRIES = 10,     /* forks for going back, in a training */
    REST = 100      /* steps between two of them */
};

/* Shares of the training samples that are right. */
static const double little = 0.1, half = 0.5;

mien_status mien_doctor_open(mien_doctor *d, const char *recipe,
                             const mien_train_options *options) {
    *d = (mien_doctor){
        .recipe = recipe, .options = *options, .last_back = -REST};
    return options->resume ? mien_doctor_recall(d) : MIEN_OK;
}

void mien_doctor_close(mien_doctor *d) {
    mien_trial_close(&d->plain);
    mien_arena_close(&d->arena);
    *d = (mien_doctor){0};
}

mien_trainer_mode mien_doctor_mode(mien_doctor *d) {
    return (mien_trainer_mode){.changes = d->changes,
                               .n_changes = d->n_changes,
                               .doctor = d,
                               .attempt = d->attempt};
}

void mien_doctor_again(mien_doctor *d) {
    mien_trial_close(&d->plain);
    d->plain_samples = 0;
    d->suspects = false;
    d->dropped = (mien_finding){0};
    d->n_back = 0;
    d->last_back = -REST;
    d->options.resume = false;
    d->attempt++;
}

static bool acts(const mien_trainer *t) {
    return t->care && t->mode.doctor &&
           t->recipe.health.mode == MIEN_HEALTH_DOCTOR;
}

/* Of the training samples of this epoch, or of the last one while this is
 * young: how many are right beyond chance, 0 to 1; 0 when nobody knows. */
static double learned(const mien_trainer *t) {
    const double classes = t->net->spec.classes;
    const double chance = classes > 1 ? 1 / classes : 0;
    const double right = mien_score_accuracy(
        t->at.seen.judged > t->recipe.train.batch ? &t->at.seen
                                                  : &t->last_seen);
    return right > chance ? (right - chance) / (1 - chance) : 0;
}

/* Little is lost by beginning again: few steps, or next to nothing learned in
 * the first half of them. */
static bool young(const mien_trainer *t) {
    const int64_t steps = t->care->frame.steps;
    const int64_t tenth = steps / 10 > YOUNG ? steps / 10 : YOUNG;
    return t->at.step < tenth ||
           (t->at.step < steps / 2 && learned(t) < little);
}

/* ---- the end ---------------------------------------------------------- */

/* What was wrong, where, and what was tried, as the error's sentence. */
static mien_status diagnose(mien_trainer *t, const mien_finding *f) {
    char tried[MIEN_SAY_ROOM], proposed[MIEN_SAY_ROOM];
    char text[3 * MIEN_SAY_ROOM + 256];
    mien_doctor_name_tried(tried, t->mode.doctor, false);
    mien_doctor_name_tried(proposed, t->mode.doctor, true);
    snprintf(text, sizeof text,
             "stopped by a diagnosis: %s. Step %lld, epoch %lld, batch %lld: "
             "%s. %s%s%s%s",
             mien_cause_text(f->cause), (long long)t->at.step,
             (long long)t->at.epoch + 1, (long long)t->care->frame.batch,
             f->text, *tried ? "Tried: " : "Nothing that could be tried helps",
             tried, *proposed ? ". Proposed, not made: " : "", proposed);
    mien_journal_verdict(&t->care->journal, t->at.step, text);
    mien_journal_flush(&t->care->journal);
    return mien_fail(MIEN_EDIAGNOSIS, "%s", text);
}

/* ---- back in time ----------------------------------------------------- */

static bool listed(const mien_trainer *t, const char *remedy) {
    return mien_remedy_listed(t->recipe.health.without, remedy);
}

static void journal_back(mien_trainer *t, const mien_finding *f,
                         const mien_fork *fork, int64_t from, bool kept) {
    char why[2 * MIEN_SAY_ROOM];
    snprintf(why, sizeof why, "back to step %lld at half the rate; %s",
             (long long)from, fork->text);
    mien_journal_act(&t->care->journal,
                     &(mien_act){.remedy = "rollback",
                                 .cause = f->cause,
                                 .step = t->at.step,
                                 .from = from,
                                 .kept = kept,
                                 .why = why,
                                 .with = fork->with.loss,
                                 .without = fork->without.loss,
                                 .n_with = fork->with.n,
                                 .n_without = fork->without.n});
    mien_warn("step %lld: %s: %s", (long long)t->at.step,
              mien_cause_text(f->cause), why);
}

/* To the snapshot before the trouble, if the fork test says so. `broken`: the
 * training cannot go on as it is, so anything sound is better. */
static mien_status go_back(mien_trainer *t, const mien_finding *f, bool broken,
                           bool *kept) {
    mien_care *c = t->care;
    mien_doctor *d = t->mode.doctor;
    const bool now = broken || f->cause == MIEN_CAUSE_OUTLIER;
    const int64_t latest = now ? t->at.step : t->at.step - BACK;
    const mien_snapshot *s = c->ring ? mien_ring_find(c->ring, latest) : NULL;
    mien_fork fork;
    *kept = false;
    if (!s || t->at.rollbacks >= ROLLBACKS || listed(t, "rollback"))
        return MIEN_OK;
    if (!broken && (d->n_back >= TRIES || t->at.step < d->last_back + REST))
        return MIEN_OK;
    d->n_back++;
    d->last_back = t->at.step;
    MIEN_TRY(mien_fork_back(&fork, t, s, t->at.lr_factor / 2, broken));
    *kept = fork.helped;
    const int64_t from = mien_ring_step(s);
    if (mien_recorder_dump(t, s, f->text) != MIEN_OK)
        mien_warn("the flight recorder: %s", mien_error());
    if (fork.helped) {
        mien_ring_back(c->ring, t, s);
        t->at.lr_factor /= 2;
        t->at.rollbacks++;
        t->at.skipped_in_row = 0;
        mien_watch_reset(&c->watch);
    }
    journal_back(t, f, &fork, from, fork.helped);
    mien_fork_close(&fork);
    return MIEN_OK;
}

/* ---- a new beginning -------------------------------------------------- */

static mien_status keep(mien_doctor *d, mien_trainer *t,
                        const mien_prescription *p) {
    for (int i = 0; i < p->n; i++) {
        if (d->n_changes == MIEN_DOCTOR_CHANGES)
            return mien_fail(MIEN_ELIMIT, "the doctor made %d changes: enough",
                             d->n_changes);
        d->changes[d->n_changes++] = p->changes[i];
    }
    t->again = true;
    return MIEN_OK;
}

static void journal_try(mien_trainer *t, const mien_finding *f,
                        const mien_remedy_ops *remedy,
                        const mien_prescription *p, const mien_fork *fork) {
    mien_journal_act(&t->care->journal,
                     &(mien_act){.remedy = remedy->name,
                                 .cause = f->cause,
                                 .step = t->at.step,
                                 .changes = p->changes,
                                 .n_changes = p->n,
                                 .kept = fork->helped,
                                 .why = fork->text,
                                 .with = fork->with.loss,
                                 .without = fork->without.loss,
                                 .n_with = fork->with.n,
                                 .n_without = fork->without.n});
    mien_warn("step %lld: %s: %s; %s", (long long)t->at.step,
              mien_cause_text(f->cause), remedy->summary, fork->text);
}

static mien_status propose(mien_trainer *t, const mien_finding *f,
                           const mien_remedy_ops *remedy,
                           const mien_prescription *p) {
    mien_fork none = {.text =
                          "a change of architecture: proposed, not made; "
                          "health: {consent: true} allows it"};
    journal_try(t, f, remedy, p, &none);
    return MIEN_OK;
}

static mien_status try_one(mien_trainer *t, const mien_finding *f,
                           const mien_remedy_ops *remedy,
                           const mien_prescription *p) {
    mien_doctor *d = t->mode.doctor;
    mien_fork fork;
    const bool allowed = !remedy->consent || t->recipe.health.consent;
    bool is_new;
    MIEN_TRY(mien_doctor_note(&is_new, d, remedy->name, p, allowed));
    if (!is_new) return MIEN_OK;
    if (!allowed) return propose(t, f, remedy, p);
    MIEN_TRY(mien_fork_change(&fork, t, p));
    journal_try(t, f, remedy, p, &fork);
    mien_status status = MIEN_OK;
    if (fork.helped) status = keep(d, t, p);
    mien_fork_close(&fork);
    return status;
}

static mien_status treat(mien_trainer *t, const mien_finding *f) {
    mien_doctor *d = t->mode.doctor;
    mien_patient patient;
    int count;
    const mien_remedy_ops *const *all = mien_remedies(&count);
    MIEN_TRY(mien_preflight_patient(&patient, t));
    for (int i = 0; i < count && !t->again; i++) {
        mien_prescription p = {0};
        if (!all[i]->prescribe || !mien_remedy_treats(all[i], f->cause) ||
            listed(t, all[i]->name))
            continue;
        /* What learns keeps its structure. */
        if (all[i]->structural && learned(t) > half) continue;
        MIEN_TRY(all[i]->prescribe(&p, &patient, f));
        if (p.n) MIEN_TRY(try_one(t, f, all[i], &p));
    }
    if (!t->again && !d->suspects) {
        d->suspects = true;
        d->suspect = *f;
    }
    if (t->again) MIEN_TRY(mien_doctor_remember(d, t));
    return MIEN_OK;
}

/* ---- when ------------------------------------------------------------- */

/* What data and settings show stays as it is when the training begins again:
 * the journal has it for every attempt, a person hears of it once. */
static mien_status tell(mien_trainer *t, const mien_finding *f) {
    mien_doctor *d = t->mode.doctor;
    for (int i = 0; d && i < d->n_told; i++)
        if (!strcmp(d->told[i], f->text)) {
            mien_journal_finding(&t->care->journal, f);
            return MIEN_OK;
        }
    mien_care_say(t, f);
    if (!d || d->n_told == MIEN_MAX_FINDINGS) return MIEN_OK;
    d->told[d->n_told] = mien_arena_strdup(&d->arena, f->text);
    return d->told[d->n_told++] ? MIEN_OK : MIEN_ENOMEM;
}

mien_status mien_doctor_before(mien_trainer *t) {
    mien_finding found[MIEN_MAX_FINDINGS];
    int n = 0;
    if (!t->care || t->options.resume) return MIEN_OK;
    MIEN_TRY(mien_preflight(t, found, &n));
    if (!t->mode.attempt) MIEN_TRY(mien_checkup(t, found, &n));
    for (int i = 0; i < n; i++) MIEN_TRY(tell(t, &found[i]));
    for (int i = 0; i < n && acts(t) && !t->again; i++) {
        if (found[i].severity < MIEN_FAIL) continue;
        if (found[i].cause == MIEN_CAUSE_ONE_CLASS)
            return diagnose(t, &found[i]);
        MIEN_TRY(treat(t, &found[i]));
    }
    return MIEN_OK;
}

/* What fails in this step, or NULL. */
static const mien_finding *failing(const mien_trainer *t) {
    const mien_watch *w = &t->care->watch;
    return w->n && w->findings->severity == MIEN_FAIL ? w->findings : NULL;
}

/* The worst of the step's findings; or that of the dropped steps before it,
 * which is not said twice; or what a training that cannot go on most often
 * suffers from. */
static mien_finding worst(const mien_trainer *t, const char *text) {
    const mien_finding *now = failing(t), *then = &t->mode.doctor->dropped;
    if (now) return *now;
    if (then->severity == MIEN_FAIL &&
        then->step > t->at.step - t->at.skipped_in_row)
        return *then;
    mien_finding f = {.severity = MIEN_FAIL,
                      .cause = MIEN_CAUSE_RATE,
                      .step = t->at.step,
                      .since = t->at.step};
    snprintf(f.text, sizeof f.text, "%.*s", MIEN_SAY_ROOM - 1, text);
    return f;
}

/* A step burst, or three in a row were dropped. */
static mien_status rescue(mien_trainer *t, mien_status status) {
    const mien_finding f =
        worst(t, t->care->state_is_bad ? "the optimiser's state is not finite"
                 : status == MIEN_OK   ? "three steps in a row were not finite"
                                       : mien_error());
    bool kept = false;
    if (young(t)) MIEN_TRY(treat(t, &f));
    if (t->again) return MIEN_OK;
    MIEN_TRY(go_back(t, &f, true, &kept));
    if (kept) return MIEN_OK;
    if (status == MIEN_OK && !t->care->state_is_bad &&
        t->at.skipped_in_row < t->recipe.train.max_skips)
        return MIEN_OK;
    return diagnose(t, &f);
}

/* Something was found that nothing helped, and after a quarter of the training
 * nothing was learned, or after half of it next to nothing. */
static bool hopeless(const mien_trainer *t) {
    const mien_care *c = t->care;
    const mien_history *h = &c->watch.history;
    const int64_t quarter =
        c->frame.steps / 4 > HOPELESS ? c->frame.steps / 4 : HOPELESS;
    if (!t->mode.doctor->suspects || isnan(c->expected)) return false;
    if (t->at.step != quarter && t->at.step != 2 * quarter) return false;
    const double share = mien_history_median(h, h->loss, 30) / c->expected;
    return share > 0.99 ||
           (t->at.step > quarter && share > 0.85 && learned(t) < little);
}

/* What a better place in the same training may be free of. */
static bool passes(mien_cause cause) {
    return cause == MIEN_CAUSE_RATE || cause == MIEN_CAUSE_UNKNOWN ||
           cause == MIEN_CAUSE_OUTLIER;
}

static mien_status look_at_findings(mien_trainer *t) {
    const mien_watch *w = &t->care->watch;
    for (int i = 0; i < w->n && !t->again; i++) {
        const mien_finding f = w->findings[i];
        bool kept;
        if (f.severity < MIEN_FAIL) break;
        if (young(t)) MIEN_TRY(treat(t, &f));
        if (t->again || !passes(f.cause)) continue;
        MIEN_TRY(go_back(t, &f, false, &kept));
        if (kept) break;
    }
    return MIEN_OK;
}

/* The batch that a step was dropped for, and where in it. */
static mien_status quarantine(mien_trainer *t, const mien_seen *seen) {
    mien_located where;
    mien_journal *j = &t->care->journal;
    if (!seen->result) { /* an outlier: was not run */
        mien_journal_quarantine(j, t->at.step, t->at.epoch, seen->last_batch,
                                -1, "input unlike all batches before");
        return MIEN_OK;
    }
    if (t->at.skipped_in_row != 1) return MIEN_OK;
    MIEN_TRY(mien_locate(&where, t->net, seen->batch));
    mien_journal_quarantine(j, t->at.step, t->at.epoch, seen->last_batch,
                            where.sample, where.text);
    return MIEN_OK;
}

mien_status mien_doctor_after(mien_trainer *t, const mien_seen *seen,
                              mien_status status) {
    if (!t->care) return status;
    char kept_error[2 * MIEN_SAY_ROOM];
    if (status != MIEN_OK)
        snprintf(kept_error, sizeof kept_error, "%s", mien_error());
    MIEN_TRY(mien_care_after(t, seen));
    if (seen->skipped) MIEN_TRY(quarantine(t, seen));
    if (status != MIEN_OK) mien_fail(status, "%s", kept_error);
    if (!acts(t)) {
        if (status != MIEN_OK)
            mien_journal_verdict(&t->care->journal, t->at.step, kept_error);
        return status;
    }
    if (seen->skipped && failing(t)) t->mode.doctor->dropped = *failing(t);
    if (status != MIEN_OK || t->at.skipped_in_row == SKIPS ||
        t->care->state_is_bad)
        return rescue(t, status);
    MIEN_TRY(look_at_findings(t));
    if (!t->again && hopeless(t)) return diagnose(t, &t->mode.doctor->suspect);
    return MIEN_OK;
}
