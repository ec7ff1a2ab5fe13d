/* SPDX-License-Identifier: Apache-2.0 */
/* past_events.c - the lines that tell what was found and done. */
#include <math.h>
#include <string.h>

#include "health/past_line.h"
#include "health/past_thin.h"

static int attempt_now(const mien_past_line *l) {
    return l->past->n_attempts ? l->past->n_attempts - 1 : 0;
}

/* A zeroed place at the end of a list; NULL in *out: the list is full. */
static mien_status one_more(const mien_past_line *l, void **items, int *n,
                            size_t size, void **out) {
    *out = NULL;
    if (*n == MIEN_PAST_EVENTS) {
        l->past->dropped++;
        return MIEN_OK;
    }
    MIEN_TRY(mien_past_grow(items, *n, size));
    *out = (char *)*items + (size_t)*n * size;
    memset(*out, 0, size);
    (*n)++;
    return MIEN_OK;
}

static mien_severity severity_of(const char *name) {
    return !strcmp(name, "fail")   ? MIEN_FAIL
           : !strcmp(name, "warn") ? MIEN_WARN
                                   : MIEN_NOTE;
}

static mien_cause cause_of(const mien_past_line *l) {
    const mien_cause cause = mien_cause_named(mien_past_text(l, "cause"));
    return cause == MIEN_CAUSES ? MIEN_CAUSE_UNKNOWN : cause;
}

/* The same trouble, said again: one of the last few. */
static mien_past_finding *said_before(const mien_past_line *l) {
    const mien_past *p = l->past;
    const int first = p->n_findings > 8 ? p->n_findings - 8 : 0;
    for (int i = p->n_findings - 1; i >= first; i--) {
        mien_past_finding *f = &p->findings[i];
        if (f->attempt == attempt_now(l) && f->finding.cause == cause_of(l) &&
            !strcmp(f->finding.detector, mien_past_text(l, "detector")) &&
            !strcmp(f->finding.where, mien_past_text(l, "where")))
            return f;
    }
    return NULL;
}

static void copy_text(char *to, size_t room, const char *from) {
    size_t n = strlen(from);
    if (n >= room) {
        n = room - 1; /* and not within a letter of several bytes */
        while (n && ((unsigned char)from[n] & 0xc0) == 0x80) n--;
    }
    memcpy(to, from, n);
    to[n] = 0;
}

mien_status mien_past_finding_line(mien_past_line *l) {
    mien_past *p = l->past;
    const mien_severity severity = severity_of(mien_past_text(l, "severity"));
    mien_past_finding *f = said_before(l);
    if (!f) {
        void *place;
        MIEN_TRY(one_more(l, (void **)&p->findings, &p->n_findings, sizeof *f,
                          &place));
        if (!(f = place)) return MIEN_OK;
        mien_finding *x = &f->finding;
        f->attempt = attempt_now(l);
        f->at = l->at;
        x->cause = cause_of(l);
        x->step = l->step;
        x->since = mien_past_whole(l, "since", l->step);
        x->value = mien_past_number(l, "value"),
        x->limit = mien_past_number(l, "limit");
        copy_text(x->where, sizeof x->where, mien_past_text(l, "where"));
        copy_text(x->text, sizeof x->text, mien_past_text(l, "text"));
        if (!(x->detector = mien_past_keep(l, mien_past_text(l, "detector")))) {
            p->n_findings--; /* it has no name to be compared by */
            return MIEN_ENOMEM;
        }
    }
    if (severity > f->finding.severity) f->finding.severity = severity;
    f->times++;
    f->last = l->step;
    f->last_at = l->at;
    return MIEN_OK;
}

mien_status mien_past_act_line(mien_past_line *l) {
    mien_past *p = l->past;
    const json_t *changes;
    mien_past_act act = {.attempt = attempt_now(l), .step = l->step};
    act.cause = cause_of(l);
    act.at = l->at;
    act.kept = mien_past_true(l, "kept");
    act.from = mien_past_whole(l, "from", l->step);
    MIEN_TRY(mien_past_list(l, "changes", &changes));
    act.n_changes = (int)json_array_size(changes);
    MIEN_TRY(mien_past_texts(l, "changes", act.n_changes, &act.changes));
    MIEN_TRY(mien_past_numbers(l, "with", &act.n_with, &act.with));
    MIEN_TRY(mien_past_numbers(l, "without", &act.n_without, &act.without));
    act.remedy = mien_past_keep(l, mien_past_text(l, "remedy"));
    act.why = mien_past_keep(l, mien_past_text(l, "why"));
    if (!act.remedy || !act.why) return MIEN_ENOMEM;
    void *place;
    MIEN_TRY(one_more(l, (void **)&p->acts, &p->n_acts, sizeof act, &place));
    if (place) *(mien_past_act *)place = act;
    return MIEN_OK;
}

mien_status mien_past_quarantine_line(mien_past_line *l) {
    mien_past *p = l->past;
    const mien_past_quarantine q = {
        .attempt = attempt_now(l),
        .sample = (int)mien_past_whole(l, "sample", -1),
        .step = l->step,
        .epoch = mien_past_whole(l, "epoch", -1),
        .batch = mien_past_whole(l, "batch", -1),
        .at = l->at,
        .reason = mien_past_keep(l, mien_past_text(l, "reason")),
    };
    void *place;
    if (!q.reason) return MIEN_ENOMEM;
    MIEN_TRY(one_more(l, (void **)&p->quarantines, &p->n_quarantines, sizeof q,
                      &place));
    if (place) *(mien_past_quarantine *)place = q;
    return MIEN_OK;
}

mien_status mien_past_sweep_line(mien_past_line *l) {
    mien_past *p = l->past;
    mien_past_sweep sweep = {.attempt = attempt_now(l)};
    int losses;
    void *place;
    MIEN_TRY(mien_past_numbers(l, "lr", &sweep.n, &sweep.lr));
    MIEN_TRY(mien_past_numbers(l, "loss", &losses, &sweep.loss));
    if (losses != sweep.n)
        return mien_past_fail(l, "'lr' and 'loss' differ in length");
    sweep.diverged = mien_past_number(l, "diverged");
    sweep.suggested = mien_past_number(l, "suggested");
    MIEN_TRY(
        one_more(l, (void **)&p->sweeps, &p->n_sweeps, sizeof sweep, &place));
    if (place) *(mien_past_sweep *)place = sweep;
    return MIEN_OK;
}

mien_status mien_past_verdict_line(mien_past_line *l) {
    mien_past *p = l->past;
    const int64_t unseen = l->step - p->last_step - 1;
    p->verdict = mien_past_keep(l, mien_past_text(l, "text"));
    if (!p->verdict) return MIEN_ENOMEM;
    if (!l->attempt || l->attempt->fresh || unseen <= 0) return MIEN_OK;
    p->made += unseen; /* after the last step with a line */
    l->attempt->ended = (double)p->made;
    return MIEN_OK;
}
