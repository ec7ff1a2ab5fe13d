/* SPDX-License-Identifier: Apache-2.0 */
/* account.c - how a run stands, in sentences. */
#include "health/account.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { CAUSES_NAMED = 4, LONG_CHANGE = 100 };

mien_account_state mien_account_state_of(const mien_past *past) {
    if (!past->verdict) return MIEN_ACCOUNT_OPEN;
    return *past->verdict ? MIEN_ACCOUNT_STOPPED : MIEN_ACCOUNT_FINISHED;
}

const char *mien_account_state_name(mien_account_state state) {
    static const char *const names[] = {"open", "finished", "stopped"};
    return names[state];
}

bool mien_account_next(mien_account_event *e, int i[2], const mien_past *p) {
    *e = (mien_account_event){0};
    const bool more_findings = i[0] < p->n_findings;
    const bool more_acts = i[1] < p->n_acts;
    if (!more_findings && !more_acts) return false;
    /* a finding comes before what was done about it */
    if (more_findings &&
        (!more_acts || p->findings[i[0]].at <= p->acts[i[1]].at)) {
        e->finding = &p->findings[i[0]++];
    } else {
        e->act = &p->acts[i[1]++];
        e->number = i[1];
    }
    return true;
}

/* ---- how it stands ---------------------------------------------------- */

static mien_status say_sentence(mien_buf *out, const char *text) {
    const size_t n = strlen(text);
    return mien_buf_printf(out, " %s%s", text,
                           n && text[n - 1] == '.' ? "" : ".");
}

static mien_status say_state(mien_buf *out, const mien_past *p) {
    const mien_account_state state = mien_account_state_of(p);
    if (!p->made && state == MIEN_ACCOUNT_OPEN)
        return mien_buf_printf(out, "No step was made yet.");
    if (state == MIEN_ACCOUNT_FINISHED)
        MIEN_TRY(mien_buf_printf(out, "The training reached its end"));
    else if (state == MIEN_ACCOUNT_STOPPED)
        MIEN_TRY(mien_buf_printf(out, "The training was stopped"));
    else
        MIEN_TRY(mien_buf_printf(
            out,
            "The training was interrupted or is still running, at step "
            "%lld,",
            (long long)p->last_step));
    MIEN_TRY(mien_buf_printf(out, " after %lld steps", (long long)p->made));
    if (p->n_attempts > 1)
        MIEN_TRY(mien_buf_printf(out, " in %d starts", p->n_attempts));
    if (isfinite(p->last_loss))
        MIEN_TRY(
            mien_buf_printf(out, "; the last loss was %.4g", p->last_loss));
    if (state != MIEN_ACCOUNT_STOPPED) return mien_buf_printf(out, ".");
    MIEN_TRY(mien_buf_printf(out, ":"));
    return say_sentence(out, p->verdict);
}

/* ---- what was wrong --------------------------------------------------- */

/* How grave a cause was; what it is first said with in *first. */
static mien_severity gravity(const mien_past *p, mien_cause cause,
                             const mien_past_finding **first) {
    mien_severity worst = MIEN_NOTE;
    *first = NULL;
    for (int i = 0; i < p->n_findings; i++) {
        const mien_past_finding *f = &p->findings[i];
        if (f->finding.cause != cause) continue;
        if (!*first) *first = f;
        if (f->finding.severity > worst) worst = f->finding.severity;
    }
    return worst;
}

/* The causes of a severity in the order in which they were found. */
static int causes_of(mien_cause out[MIEN_CAUSES], const mien_past *p,
                     mien_severity severity) {
    int n = 0;
    bool seen[MIEN_CAUSES] = {false};
    for (int i = 0; i < p->n_findings; i++) {
        const mien_cause cause = p->findings[i].finding.cause;
        const mien_past_finding *first;
        if (seen[cause] || gravity(p, cause, &first) != severity) continue;
        seen[cause] = true;
        out[n++] = cause;
    }
    return n;
}

static mien_status say_causes(mien_buf *out, const mien_past *p,
                              mien_severity severity, const char *lead) {
    mien_cause causes[MIEN_CAUSES];
    const int n = causes_of(causes, p, severity);
    if (n) MIEN_TRY(mien_buf_printf(out, " %s", lead));
    for (int i = 0; i < n && i < CAUSES_NAMED; i++) {
        const mien_past_finding *first;
        gravity(p, causes[i], &first);
        MIEN_TRY(mien_buf_printf(out, "%s %s (from step %lld on)", i ? "," : "",
                                 mien_cause_text(causes[i]),
                                 (long long)first->finding.since));
    }
    if (n > CAUSES_NAMED)
        MIEN_TRY(mien_buf_printf(out, " and %d more", n - CAUSES_NAMED));
    return n ? mien_buf_printf(out, ".") : MIEN_OK;
}

/* ---- what was done ---------------------------------------------------- */

static mien_status say_acts(mien_buf *out, const mien_past *p) {
    int kept = 0;
    for (int i = 0; i < p->n_acts; i++) {
        if (!p->acts[i].kept) continue;
        MIEN_TRY(mien_buf_printf(
            out, "%s %s at step %lld", kept++ ? "," : " Done and kept:",
            p->acts[i].remedy, (long long)p->acts[i].step));
    }
    if (kept) MIEN_TRY(mien_buf_printf(out, "."));
    const int dropped = p->n_acts - kept;
    if (dropped)
        MIEN_TRY(mien_buf_printf(
            out, " %d other remed%s tried or proposed, and dropped.", dropped,
            dropped == 1 ? "y was" : "ies were"));
    if (p->n_quarantines)
        MIEN_TRY(mien_buf_printf(out, " %d batch%s put in quarantine.",
                                 p->n_quarantines,
                                 p->n_quarantines == 1 ? " was" : "es were"));
    if (p->skipped)
        MIEN_TRY(mien_buf_printf(out, " %lld step%s skipped.",
                                 (long long)p->skipped,
                                 p->skipped == 1 ? " was" : "s were"));
    return MIEN_OK;
}

mien_status mien_account_paragraph(mien_buf *out, const mien_past *p) {
    mien_advice advice;
    MIEN_TRY(say_state(out, p));
    MIEN_TRY(say_causes(out, p, MIEN_FAIL, "What was wrong:"));
    MIEN_TRY(say_causes(out, p, MIEN_WARN, "Worth a look:"));
    MIEN_TRY(say_acts(out, p));
    mien_account_advise(&advice, p);
    if (advice.n) return say_sentence(out, advice.items[0]);
    return p->n_findings ? MIEN_OK
                         : mien_buf_printf(out, " Nothing was found wrong.");
}

/* ---- what the user can do --------------------------------------------- */

static void add(mien_advice *a, const char *text) {
    if (!*text || a->n == MIEN_ADVICE_MOST) return;
    for (int i = 0; i < a->n; i++)
        if (!strcmp(a->items[i], text)) return;
    snprintf(a->items[a->n++], MIEN_ADVICE_ROOM, "%s", text);
}

mien_status mien_account_change(mien_buf *out, const char *change) {
    const size_t n = strlen(change);
    if (n <= LONG_CHANGE) return mien_buf_append(out, change, n);
    return mien_buf_printf(out, "%.*s as in the run's recipe.yaml",
                           (int)strcspn(change, "="), change);
}

/* Changes that were kept are worth keeping in the recipe. */
static void add_changes(mien_advice *a, const mien_past *p) {
    mien_buf text = {.cap = MIEN_ADVICE_ROOM - 1};
    mien_status status = MIEN_OK;
    for (int i = 0; i < p->n_acts; i++)
        for (int k = 0; p->acts[i].kept && k < p->acts[i].n_changes; k++) {
            if (status != MIEN_OK) break;
            status = mien_buf_printf(
                &text,
                text.size ? ", " : "Write into the recipe what helped: ");
            if (status == MIEN_OK)
                status = mien_account_change(&text, p->acts[i].changes[k]);
        }
    if (status == MIEN_OK && text.size)
        add(a, (const char *)text.data);
    else if (text.size)
        add(a,
            "Train from now on with the recipe.yaml of the run: it holds "
            "what helped.");
    mien_buf_close(&text);
}

/* Proposed, but not without consent. */
static void add_proposals(mien_advice *a, const mien_past *p) {
    char text[MIEN_ADVICE_ROOM];
    for (int i = 0; i < p->n_acts; i++) {
        const mien_past_act *act = &p->acts[i];
        if (act->kept || !strstr(act->why, "consent")) continue;
        snprintf(text, sizeof text,
                 "Allow the change of architecture that was proposed at step "
                 "%lld (%.80s): health: {consent: true}.",
                 (long long)act->step, act->remedy);
        add(a, text);
    }
}

static bool cured(const mien_past *p, mien_cause cause, int attempt) {
    for (int i = 0; i < p->n_acts; i++)
        if (p->acts[i].kept && p->acts[i].cause == cause &&
            p->acts[i].attempt >= attempt)
            return true;
    return false;
}

/* The causes that nothing was done about, the gravest first; in a stopped run
 * the last one found is what stopped it. */
static void add_causes(mien_advice *a, const mien_past *p) {
    if (mien_account_state_of(p) == MIEN_ACCOUNT_STOPPED)
        for (int i = p->n_findings - 1; i >= 0; i--)
            if (p->findings[i].finding.severity == MIEN_FAIL) {
                add(a, mien_cause_advice(p->findings[i].finding.cause));
                break;
            }
    for (int severity = MIEN_FAIL; severity >= MIEN_WARN; severity--)
        for (int i = 0; i < p->n_findings; i++) {
            const mien_past_finding *f = &p->findings[i];
            if ((int)f->finding.severity == severity &&
                !cured(p, f->finding.cause, f->attempt))
                add(a, mien_cause_advice(f->finding.cause));
        }
}

void mien_account_advise(mien_advice *a, const mien_past *p) {
    *a = (mien_advice){0};
    if (mien_account_state_of(p) == MIEN_ACCOUNT_STOPPED) add_proposals(a, p);
    add_causes(a, p);
    add_proposals(a, p);
    if (p->n_quarantines)
        add(a,
            "Look at the samples of the quarantined batches; `mien health "
            "RUN --replay STEP` shows what they do.");
    add_changes(a, p);
    if (mien_account_state_of(p) == MIEN_ACCOUNT_OPEN && p->made)
        add(a,
            "Go on from the last checkpoint with `mien train RECIPE "
            "--resume`.");
}
