/* SPDX-License-Identifier: Apache-2.0 */
/* explain_json.c - what happened in a run, as one JSON object. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "health/account.h"
#include "health/explain.h"

static json_t *number(double x) {
    return isfinite(x) ? json_real(x) : json_null();
}

static json_t *finding_json(const mien_past_finding *f) {
    static const char *const severities[] = {"note", "warn", "fail"};
    const mien_finding *x = &f->finding;
    return json_pack("{s:i, s:I, s:I, s:i, s:s, s:s, s:s, s:s, s:o, s:o, s:s}",
                     "attempt", f->attempt, "step", (json_int_t)x->step, "last",
                     (json_int_t)f->last, "times", f->times, "detector",
                     x->detector, "severity", severities[x->severity], "cause",
                     mien_cause_name(x->cause), "where", x->where, "value",
                     number(x->value), "limit", number(x->limit), "text",
                     x->text);
}

static json_t *act_json(const mien_past_act *a) {
    json_t *changes = json_array();
    for (int i = 0; i < a->n_changes; i++)
        json_array_append_new(changes, json_string(a->changes[i]));
    return json_pack("{s:i, s:I, s:I, s:s, s:s, s:b, s:s, s:o}", "attempt",
                     a->attempt, "step", (json_int_t)a->step, "from",
                     (json_int_t)a->from, "remedy", a->remedy, "cause",
                     mien_cause_name(a->cause), "kept", a->kept, "why", a->why,
                     "changes", changes);
}

static json_t *quarantine_json(const mien_past_quarantine *q) {
    return json_pack("{s:i, s:I, s:I, s:I, s:i, s:s}", "attempt", q->attempt,
                     "step", (json_int_t)q->step, "epoch", (json_int_t)q->epoch,
                     "batch", (json_int_t)q->batch, "sample", q->sample,
                     "reason", q->reason);
}

static json_t *advice_json(const mien_past *p) {
    mien_advice advice;
    json_t *list = json_array();
    mien_account_advise(&advice, p);
    for (int i = 0; i < advice.n; i++)
        json_array_append_new(list, json_string(advice.items[i]));
    return list;
}

/* NULL: out of memory. */
static json_t *as_json(const mien_past *p, const char *name) {
    json_t *findings = json_array(), *acts = json_array();
    json_t *quarantines = json_array();
    json_t *run = json_string(name); /* NULL: a folder's name not in UTF-8 */
    if (!run) run = json_string("run");
    for (int i = 0; i < p->n_findings; i++)
        json_array_append_new(findings, finding_json(&p->findings[i]));
    for (int i = 0; i < p->n_acts; i++)
        json_array_append_new(acts, act_json(&p->acts[i]));
    for (int i = 0; i < p->n_quarantines; i++)
        json_array_append_new(quarantines, quarantine_json(&p->quarantines[i]));
    return json_pack(
        "{s:o, s:s, s:I, s:I, s:i, s:I, s:o, s:s, s:o, s:o, s:o, s:o}", "run",
        run, "state", mien_account_state_name(mien_account_state_of(p)), "step",
        (json_int_t)p->last_step, "steps_made", (json_int_t)p->made, "starts",
        p->n_attempts, "skipped", (json_int_t)p->skipped, "loss",
        number(p->last_loss), "verdict", p->verdict ? p->verdict : "",
        "findings", findings, "interventions", acts, "quarantine", quarantines,
        "advice", advice_json(p));
}

static int take(const char *bytes, size_t size, void *out) {
    return mien_buf_append(out, bytes, size) == MIEN_OK ? 0 : -1;
}

mien_status mien_explain_json(mien_buf *out, const mien_past *p,
                              const char *name) {
    json_t *root = as_json(p, name);
    if (!root) return mien_fail(MIEN_ENOMEM, "out of memory");
    const int failed = json_dump_callback(
        root, take, out, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
    json_decref(root);
    return failed ? MIEN_ENOMEM : mien_buf_append(out, "\n", 1);
}
