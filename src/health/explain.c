/* SPDX-License-Identifier: Apache-2.0 */
/* explain.c - what happened in a run, for a person. */
#include "health/explain.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "health/account.h"
#include "health/picture.h"
#include "health/report.h"
#include "health/sparkline.h"
#include "mien/health.h"

enum {
    PATH_ROOM = 4096,
    LETTERS = 60,     /* of a sparkline */
    EVENTS = 40,      /* of the timeline that are shown, half at each end */
    QUARANTINES = 10, /* that are listed */
    TEXT_CAP = 64 << 20
};

struct mien_health_text {
    mien_buf bytes;
};

const char *mien_health_text_of(const mien_health_text *text) {
    return text->bytes.data ? (const char *)text->bytes.data : "";
}

void mien_health_text_free(mien_health_text *text) {
    if (!text) return;
    mien_buf_close(&text->bytes);
    mien_free(text);
}

const char *mien_run_name(const char *run) {
    const char *slash = strrchr(run, '/');
    return slash && slash[1] ? slash + 1 : run;
}

/* ---- curves ----------------------------------------------------------- */

static mien_status put_curve(mien_buf *out, const mien_past *p,
                             const char *name, bool norm) {
    char line[MIEN_SPARKLINE_ROOM(LETTERS)];
    double *values = mien_alloc((size_t)p->n_steps + 1, sizeof *values);
    if (!values) return MIEN_ENOMEM;
    for (int i = 0; i < p->n_steps; i++) {
        const mien_past_step *s = &p->steps[i];
        const double *pair = norm ? s->norm : s->loss;
        values[i] = s->bad ? NAN : (pair[0] + pair[1]) / 2;
    }
    if (norm)
        mien_sparkline_log(line, sizeof line, values, p->n_steps, LETTERS);
    else
        mien_sparkline(line, sizeof line, values, p->n_steps, LETTERS);
    mien_free(values);
    return mien_buf_printf(out, "%-10s %s\n", name, line);
}

/* ---- timeline --------------------------------------------------------- */

static mien_status put_finding(mien_buf *out, const mien_past_finding *f) {
    static const char *const marks[] = {"note", "warning", "trouble"};
    const mien_finding *x = &f->finding;
    MIEN_TRY(mien_buf_printf(out, "  step %6lld  %-8s %s: %s",
                             (long long)x->step, marks[x->severity],
                             mien_cause_text(x->cause), x->text));
    if (f->times > 1)
        MIEN_TRY(mien_buf_printf(out, " (%d times, to step %lld)", f->times,
                                 (long long)f->last));
    return mien_buf_printf(out, "\n");
}

static mien_status put_act(mien_buf *out, const mien_past_act *a, int number) {
    MIEN_TRY(mien_buf_printf(out, "  step %6lld  %-8s #%d %s",
                             (long long)a->step, a->kept ? "kept" : "dropped",
                             number, a->remedy));
    for (int i = 0; i < a->n_changes; i++) {
        MIEN_TRY(mien_buf_printf(out, i ? ", " : " ("));
        MIEN_TRY(mien_account_change(out, a->changes[i]));
    }
    return mien_buf_printf(out, "%s: %s\n", a->n_changes ? ")" : "", a->why);
}

static mien_status put_timeline(mien_buf *out, const mien_past *p) {
    const int n = p->n_findings + p->n_acts;
    int i[2] = {0, 0};
    mien_account_event e;
    if (n) MIEN_TRY(mien_buf_printf(out, "\nwhat happened\n"));
    for (int k = 0; mien_account_next(&e, i, p); k++) {
        if (n > EVENTS && k == EVENTS / 2)
            MIEN_TRY(mien_buf_printf(out, "  ... %d more ...\n", n - EVENTS));
        if (n > EVENTS && k >= EVENTS / 2 && k < n - EVENTS / 2) continue;
        MIEN_TRY(e.act ? put_act(out, e.act, e.number)
                       : put_finding(out, e.finding));
    }
    return MIEN_OK;
}

static mien_status put_quarantines(mien_buf *out, const mien_past *p) {
    const int n = p->n_quarantines;
    if (n) MIEN_TRY(mien_buf_printf(out, "\nin quarantine\n"));
    for (int i = 0; i < n && i < QUARANTINES; i++) {
        const mien_past_quarantine *q = &p->quarantines[i];
        MIEN_TRY(mien_buf_printf(out, "  step %6lld  epoch %lld, batch %lld",
                                 (long long)q->step, (long long)q->epoch + 1,
                                 (long long)q->batch));
        if (q->sample >= 0)
            MIEN_TRY(mien_buf_printf(out, ", sample %d", q->sample));
        MIEN_TRY(mien_buf_printf(out, ": %s\n", q->reason));
    }
    return n > QUARANTINES
               ? mien_buf_printf(out, "  ... %d more ...\n", n - QUARANTINES)
               : MIEN_OK;
}

static mien_status put_advice(mien_buf *out, const mien_past *p) {
    mien_advice advice;
    mien_account_advise(&advice, p);
    if (advice.n) MIEN_TRY(mien_buf_printf(out, "\nwhat you can do\n"));
    for (int i = 0; i < advice.n; i++)
        MIEN_TRY(mien_buf_printf(out, "  %d. %s\n", i + 1, advice.items[i]));
    return MIEN_OK;
}

static const char *state_text(const mien_past *p) {
    const mien_account_state state = mien_account_state_of(p);
    return state == MIEN_ACCOUNT_OPEN ? "interrupted, or still running"
                                      : mien_account_state_name(state);
}

mien_status mien_explain_text(mien_buf *out, const mien_past *p,
                              const char *name) {
    MIEN_TRY(mien_buf_printf(out, "%-10s %s\n%-10s %s\n", "run", name, "state",
                             state_text(p)));
    if (p->n_steps) {
        MIEN_TRY(put_curve(out, p, "loss", false));
        MIEN_TRY(put_curve(out, p, "|gradient|", true));
    }
    MIEN_TRY(mien_buf_printf(out, "\n"));
    MIEN_TRY(mien_account_paragraph(out, p));
    MIEN_TRY(mien_buf_printf(out, "\n"));
    MIEN_TRY(put_timeline(out, p));
    MIEN_TRY(put_quarantines(out, p));
    return put_advice(out, p);
}

/* ---- all of it -------------------------------------------------------- */

static mien_status explain(mien_buf *out, const mien_past *past,
                           const char *run, const mien_health_options *o) {
    const char *name = mien_run_name(run);
    if (o && o->html) MIEN_TRY(mien_report_write(o->html, past, name));
    if (o && o->pictures) MIEN_TRY(mien_pictures_save(o->pictures, past));
    return o && o->json ? mien_explain_json(out, past, name)
                        : mien_explain_text(out, past, name);
}

mien_status mien_health_explain(mien_health_text **out, const char *run,
                                const mien_health_options *options) {
    char path[PATH_ROOM];
    mien_past *past;
    *out = NULL;
    MIEN_TRY(mien_path_join(path, sizeof path, run, "health.jsonl"));
    if (!mien_file_exists(path))
        return mien_fail(MIEN_ENOTFOUND,
                         "%s: there is no health.jsonl; a training with "
                         "`health: watch` or `health: doctor` writes one",
                         run);
    MIEN_TRY(mien_past_read(&past, path));
    mien_health_text *text = mien_alloc(1, sizeof *text);
    mien_status status = text ? MIEN_OK : MIEN_ENOMEM;
    if (text) {
        text->bytes.cap = TEXT_CAP;
        status = explain(&text->bytes, past, run, options);
    }
    mien_past_free(past);
    if (status == MIEN_OK)
        *out = text;
    else
        mien_health_text_free(text);
    return status;
}
