/* SPDX-License-Identifier: Apache-2.0 */
/* past_line.c - the kinds of lines, by jansson. Their keys are those of
 * journal.h. */
#include "health/past_line.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "health/past_thin.h"

enum { MOST_ROWS = 100000 };

/* A line that is being read. */
typedef struct line {
    mien_past *past;
    mien_past_attempt *attempt; /* NULL: no rows yet */
    const json_t *root;
    const char *where;
    int64_t step;
    double at;
} line;

/* ---- fields ----------------------------------------------------------- */

static double number_of(const json_t *value) {
    return json_is_number(value) ? json_number_value(value) : NAN;
}

/* Absent and null are NaN: keys may come with a newer version. */
static double number(const line *l, const char *key) {
    return number_of(json_object_get(l->root, key));
}

static int64_t whole(const line *l, const char *key, int64_t otherwise) {
    const json_t *value = json_object_get(l->root, key);
    return json_is_integer(value) ? json_integer_value(value) : otherwise;
}

static bool is_true(const line *l, const char *key) {
    return json_is_true(json_object_get(l->root, key));
}

static const char *text(const line *l, const char *key) {
    const char *value = json_string_value(json_object_get(l->root, key));
    return value ? value : "";
}

/* A copy in the past's arena; NULL: out of memory. */
static const char *keep(const line *l, const char *value) {
    return mien_arena_strdup(&l->past->arena, value ? value : "");
}

static mien_status fail(const line *l, const char *what) {
    return mien_fail(MIEN_EFORMAT, "%s: %s", l->where, what);
}

static mien_status list(const line *l, const char *key, const json_t **out) {
    *out = json_object_get(l->root, key);
    if (json_is_array(*out)) return MIEN_OK;
    return mien_fail(MIEN_EFORMAT, "%s: '%s' is not a list", l->where, key);
}

static mien_status list_of(const line *l, const char *key, int n,
                           const json_t **out) {
    MIEN_TRY(list(l, key, out));
    if ((int)json_array_size(*out) == n) return MIEN_OK;
    return mien_fail(MIEN_EFORMAT, "%s: '%s' has %zu entries, not %d", l->where,
                     key, json_array_size(*out), n);
}

static mien_status texts(const line *l, const char *key, int n,
                         const char ***out) {
    const json_t *items;
    MIEN_TRY(list_of(l, key, n, &items));
    *out = mien_arena_alloc(&l->past->arena, n ? n : 1, sizeof **out);
    if (!*out) return MIEN_ENOMEM;
    for (int i = 0; i < n; i++)
        if (!((*out)[i] = keep(l, json_string_value(json_array_get(items, i)))))
            return MIEN_ENOMEM;
    return MIEN_OK;
}

static mien_status numbers(const line *l, const char *key, int *n,
                           double **out) {
    const json_t *items;
    MIEN_TRY(list(l, key, &items));
    *n = (int)json_array_size(items);
    *out = mien_arena_alloc(&l->past->arena, *n ? *n : 1, sizeof **out);
    if (!*out) return MIEN_ENOMEM;
    for (int i = 0; i < *n; i++)
        (*out)[i] = number_of(json_array_get(items, i));
    return MIEN_OK;
}

/* ---- rows ------------------------------------------------------------- */

static bool same_texts(const line *l, const char *key, const char **have,
                       int n) {
    const json_t *items = json_object_get(l->root, key);
    if ((int)json_array_size(items) != n) return false;
    for (int i = 0; i < n; i++) {
        const char *now = json_string_value(json_array_get(items, i));
        if (!now || strcmp(now, have[i])) return false;
    }
    return true;
}

/* A resumed run writes its rows again; nothing new begins then. */
static bool continues(const line *l, int number) {
    const mien_past_attempt *a = l->attempt;
    return a && a->number == number &&
           same_texts(l, "layers", a->layers, a->n_layers) &&
           same_texts(l, "tensors", a->tensors, a->n_tensors);
}

static mien_status fill_rows(const line *l, mien_past_attempt *a) {
    const json_t *layers, *tensors, *active, *layer_of;
    MIEN_TRY(list(l, "layers", &layers));
    MIEN_TRY(list(l, "tensors", &tensors));
    const size_t n = json_array_size(layers), m = json_array_size(tensors);
    if (n > MOST_ROWS || m > MOST_ROWS)
        return mien_fail(MIEN_ELIMIT, "%s: more than %d layers or tensors",
                         l->where, MOST_ROWS);
    MIEN_TRY(texts(l, "layers", (int)n, &a->layers));
    MIEN_TRY(texts(l, "kinds", (int)n, &a->kinds));
    MIEN_TRY(texts(l, "tensors", (int)m, &a->tensors));
    MIEN_TRY(texts(l, "roles", (int)m, &a->roles));
    MIEN_TRY(list_of(l, "activation", (int)n, &active));
    MIEN_TRY(list_of(l, "layer_of", (int)m, &layer_of));
    a->activation = mien_arena_alloc(&l->past->arena, n + 1, sizeof(bool));
    a->layer_of = mien_arena_alloc(&l->past->arena, m + 1, sizeof(int));
    if (!a->activation || !a->layer_of) return MIEN_ENOMEM;
    for (size_t i = 0; i < n; i++)
        a->activation[i] = json_is_true(json_array_get(active, i));
    for (size_t i = 0; i < m; i++) {
        const json_int_t at = json_integer_value(json_array_get(layer_of, i));
        if (at < -1 || at >= (json_int_t)n)
            return fail(l, "'layer_of' names a layer that is not there");
        a->layer_of[i] = (int)at;
    }
    for (int w = 0; w < 2; w++)
        if (!(a->ridges[w] = mien_alloc(m + 1, sizeof(mien_past_ridges))))
            return MIEN_ENOMEM;
    a->n_layers = (int)n, a->n_tensors = (int)m;
    return MIEN_OK;
}

static mien_status read_rows(line *l) {
    mien_past *p = l->past;
    const int number = (int)whole(l, "attempt", 0);
    if (continues(l, number)) return MIEN_OK;
    if (p->n_attempts == MIEN_PAST_ATTEMPTS)
        return mien_fail(MIEN_ELIMIT, "%s: more than %d attempts", l->where,
                         MIEN_PAST_ATTEMPTS);
    if (!p->attempts)
        p->attempts = mien_alloc(MIEN_PAST_ATTEMPTS, sizeof *p->attempts);
    if (!p->attempts) return MIEN_ENOMEM;
    mien_past_attempt *a = &p->attempts[p->n_attempts++];
    a->number = number;
    a->every = 1;
    a->began = a->ended = (double)p->made;
    return fill_rows(l, a);
}

/* ---- frames ----------------------------------------------------------- */

static const char *const series_keys[MIEN_SERIES] = {
    [MIEN_SERIES_Y_RMS] = "y_rms",
    [MIEN_SERIES_Y_MAX] = "y_max",
    [MIEN_SERIES_Y_ZEROS] = "y_zeros",
    [MIEN_SERIES_Y_SATURATED] = "y_saturated",
    [MIEN_SERIES_Y_BAD] = "y_bad",
    [MIEN_SERIES_DY_RMS] = "dy_rms",
    [MIEN_SERIES_DY_MAX] = "dy_max",
    [MIEN_SERIES_DY_BAD] = "dy_bad",
    [MIEN_SERIES_DEAD] = "dead",
    [MIEN_SERIES_IDLE] = "idle",
    [MIEN_SERIES_FORWARD_GAIN] = "forward_gain",
    [MIEN_SERIES_BACKWARD_GAIN] = "backward_gain",
    [MIEN_SERIES_WEIGHT] = "weight",
    [MIEN_SERIES_GRADIENT] = "gradient",
    [MIEN_SERIES_UPDATE] = "update",
};

static mien_status read_probes(const line *l) {
    mien_past_attempt *a = l->attempt;
    float *rows[MIEN_SERIES];
    MIEN_TRY(mien_past_add_time(a, rows));
    for (int s = 0; s < MIEN_SERIES; s++) {
        const int n = s < MIEN_SERIES_WEIGHT ? a->n_layers : a->n_tensors;
        const json_t *items;
        MIEN_TRY(list_of(l, series_keys[s], n, &items));
        for (int i = 0; i < n; i++)
            rows[s][i] = (float)number_of(json_array_get(items, i));
    }
    a->at[a->n_times] = l->at;
    a->input_rms[a->n_times] = number(l, "input_rms");
    mien_past_settle_time(a);
    return MIEN_OK;
}

static mien_status read_frame(line *l) {
    mien_past *p = l->past;
    if (!l->attempt) return fail(l, "a frame before the first 'rows'");
    const double loss = number(l, "loss"), norm = number(l, "norm");
    l->at = (double)p->made;
    const mien_past_step step = {
        .at = l->at,
        .step = l->step,
        .attempt = p->n_attempts - 1,
        .n = 1,
        .loss = {loss, loss},
        .norm = {norm, norm},
        .threshold = number(l, "threshold"),
        .lr = number(l, "lr"),
        .clipped = is_true(l, "clipped"),
        .skipped = is_true(l, "skipped"),
        .bad = isnan(loss) || isnan(norm) || *text(l, "bad"),
    };
    if (json_object_get(l->root, "y_rms")) MIEN_TRY(read_probes(l));
    MIEN_TRY(mien_past_add_step(p, &step));
    if (l->step != p->made) p->straight = false;
    p->made++;
    p->last_step = l->step;
    p->skipped += step.skipped;
    p->clipped += step.clipped;
    p->last_loss = loss;
    p->verdict = NULL; /* it went on after it was stopped */
    l->attempt->ended = (double)p->made;
    return MIEN_OK;
}

static mien_status read_bins(const line *l, const char *key,
                             int64_t bins[MIEN_BINS]) {
    const json_t *items;
    MIEN_TRY(list_of(l, key, MIEN_BINS, &items));
    for (int i = 0; i < MIEN_BINS; i++)
        bins[i] = json_integer_value(json_array_get(items, i));
    return MIEN_OK;
}

static mien_status read_histogram(line *l) {
    const int64_t tensor = whole(l, "tensor", -1);
    const int what = strcmp(text(l, "what"), "weight") != 0;
    mien_past_ridge ridge = {.at = l->at, .step = l->step};
    if (!l->attempt || tensor < 0 || tensor >= l->attempt->n_tensors)
        return fail(l, "'tensor' is not an index of the rows before it");
    ridge.h.zeros = whole(l, "zeros", 0);
    ridge.h.non_finite = whole(l, "bad", 0);
    ridge.h.min = number(l, "min"), ridge.h.max = number(l, "max");
    ridge.h.sum = number(l, "sum"), ridge.h.squares = number(l, "squares");
    MIEN_TRY(read_bins(l, "positive", ridge.h.positive));
    MIEN_TRY(read_bins(l, "negative", ridge.h.negative));
    return mien_past_add_ridge(&l->attempt->ridges[what][tensor], &ridge);
}

static mien_status read_angles(line *l) {
    mien_past_angles angles = {.at = l->at};
    const json_t *items;
    MIEN_TRY(list_of(l, "bins", MIEN_ANGLES, &items));
    for (int i = 0; i < MIEN_ANGLES; i++) {
        const double n = number_of(json_array_get(items, i));
        angles.bins[i] = n > 0 ? n : 0;
    }
    return mien_past_add_angles(l->past, &angles);
}

/* ---- events ----------------------------------------------------------- */

static int attempt_now(const line *l) {
    return l->past->n_attempts ? l->past->n_attempts - 1 : 0;
}

/* A zeroed place at the end of a list; NULL in *out: the list is full. */
static mien_status one_more(const line *l, void **items, int *n, size_t size,
                            void **out) {
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

static mien_cause cause_of(const line *l) {
    const mien_cause cause = mien_cause_named(text(l, "cause"));
    return cause == MIEN_CAUSES ? MIEN_CAUSE_UNKNOWN : cause;
}

/* The same trouble, said again: one of the last few. */
static mien_past_finding *said_before(const line *l) {
    const mien_past *p = l->past;
    const int first = p->n_findings > 8 ? p->n_findings - 8 : 0;
    for (int i = p->n_findings - 1; i >= first; i--) {
        mien_past_finding *f = &p->findings[i];
        if (f->attempt == attempt_now(l) && f->finding.cause == cause_of(l) &&
            !strcmp(f->finding.detector, text(l, "detector")) &&
            !strcmp(f->finding.where, text(l, "where")))
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

static mien_status read_finding(line *l) {
    mien_past *p = l->past;
    const mien_severity severity = severity_of(text(l, "severity"));
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
        x->since = whole(l, "since", l->step);
        x->value = number(l, "value"), x->limit = number(l, "limit");
        copy_text(x->where, sizeof x->where, text(l, "where"));
        copy_text(x->text, sizeof x->text, text(l, "text"));
        if (!(x->detector = keep(l, text(l, "detector")))) {
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

static mien_status read_act(line *l) {
    mien_past *p = l->past;
    const json_t *changes;
    mien_past_act act = {.attempt = attempt_now(l), .step = l->step};
    act.cause = cause_of(l);
    act.at = l->at;
    act.kept = is_true(l, "kept");
    act.from = whole(l, "from", l->step);
    MIEN_TRY(list(l, "changes", &changes));
    act.n_changes = (int)json_array_size(changes);
    MIEN_TRY(texts(l, "changes", act.n_changes, &act.changes));
    MIEN_TRY(numbers(l, "with", &act.n_with, &act.with));
    MIEN_TRY(numbers(l, "without", &act.n_without, &act.without));
    act.remedy = keep(l, text(l, "remedy"));
    act.why = keep(l, text(l, "why"));
    if (!act.remedy || !act.why) return MIEN_ENOMEM;
    void *place;
    MIEN_TRY(one_more(l, (void **)&p->acts, &p->n_acts, sizeof act, &place));
    if (place) *(mien_past_act *)place = act;
    return MIEN_OK;
}

static mien_status read_quarantine(line *l) {
    mien_past *p = l->past;
    const mien_past_quarantine q = {
        .attempt = attempt_now(l),
        .sample = (int)whole(l, "sample", -1),
        .step = l->step,
        .epoch = whole(l, "epoch", -1),
        .batch = whole(l, "batch", -1),
        .at = l->at,
        .reason = keep(l, text(l, "reason")),
    };
    void *place;
    if (!q.reason) return MIEN_ENOMEM;
    MIEN_TRY(one_more(l, (void **)&p->quarantines, &p->n_quarantines, sizeof q,
                      &place));
    if (place) *(mien_past_quarantine *)place = q;
    return MIEN_OK;
}

static mien_status read_sweep(line *l) {
    mien_past *p = l->past;
    mien_past_sweep sweep = {.attempt = attempt_now(l)};
    int losses;
    void *place;
    MIEN_TRY(numbers(l, "lr", &sweep.n, &sweep.lr));
    MIEN_TRY(numbers(l, "loss", &losses, &sweep.loss));
    if (losses != sweep.n) return fail(l, "'lr' and 'loss' differ in length");
    sweep.diverged = number(l, "diverged");
    sweep.suggested = number(l, "suggested");
    MIEN_TRY(
        one_more(l, (void **)&p->sweeps, &p->n_sweeps, sizeof sweep, &place));
    if (place) *(mien_past_sweep *)place = sweep;
    return MIEN_OK;
}

static mien_status read_verdict(line *l) {
    l->past->verdict = keep(l, text(l, "text"));
    return l->past->verdict ? MIEN_OK : MIEN_ENOMEM;
}

/* ---- lines ------------------------------------------------------------ */

static const struct {
    const char *name;
    mien_status (*read)(line *l);
} kinds[] = {{"rows", read_rows},
             {"frame", read_frame},
             {"histogram", read_histogram},
             {"angles", read_angles},
             {"finding", read_finding},
             {"act", read_act},
             {"quarantine", read_quarantine},
             {"sweep", read_sweep},
             {"verdict", read_verdict}};

/* What is said of step 17 after its frame lies at that frame; before it, at
 * the next one. */
static double place_of(const mien_past *p, int64_t step) {
    const double behind = (double)p->made;
    return p->made && step <= p->last_step ? behind - 1 : behind;
}

static mien_status read_root(mien_past *p, const json_t *root,
                             const char *where) {
    line l = {.past = p, .root = root, .where = where};
    if (p->n_attempts) l.attempt = &p->attempts[p->n_attempts - 1];
    if (!json_is_object(root)) return fail(&l, "not an object");
    const char *kind = json_string_value(json_object_get(root, "kind"));
    if (!kind) return fail(&l, "no 'kind'");
    l.step = whole(&l, "step", -1);
    if (l.step < 0 && strcmp(kind, "rows"))
        return fail(&l, "'step' is not a whole number from 0");
    l.at = place_of(p, l.step);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strcmp(kind, kinds[i].name)) return kinds[i].read(&l);
    return MIEN_OK;
}

mien_status mien_past_line(mien_past *past, const char *bytes, size_t size,
                           const char *where) {
    json_error_t error;
    json_t *root = json_loadb(bytes, size, 0, &error);
    if (!root)
        return json_error_code(&error) == json_error_out_of_memory
                   ? mien_fail(MIEN_ENOMEM, "%s: out of memory", where)
                   : mien_fail(MIEN_EFORMAT, "%s: no JSON at byte %d: %s",
                               where, error.position, error.text);
    const mien_status status = read_root(past, root, where);
    json_decref(root);
    return status;
}
