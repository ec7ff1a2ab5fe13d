/* SPDX-License-Identifier: Apache-2.0 */
/* past_line.c - the lines of a journal: what kind each is, layers, steps and
 * distributions. Their keys are those of journal.h. */
#include "health/past_line.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "health/past_thin.h"

enum { MOST_ROWS = 100000 };

/* ---- rows ------------------------------------------------------------- */

static bool same_texts(const mien_past_line *l, const char *key,
                       const char **have, int n) {
    const json_t *items = json_object_get(l->root, key);
    if ((int)json_array_size(items) != n) return false;
    for (int i = 0; i < n; i++) {
        const char *now = json_string_value(json_array_get(items, i));
        if (!now || strcmp(now, have[i])) return false;
    }
    return true;
}

/* A resumed run writes its rows again; nothing new begins then. */
static bool continues(const mien_past_line *l, int number) {
    const mien_past_attempt *a = l->attempt;
    return a && a->number == number &&
           same_texts(l, "layers", a->layers, a->n_layers) &&
           same_texts(l, "tensors", a->tensors, a->n_tensors);
}

static mien_status fill_rows(const mien_past_line *l, mien_past_attempt *a) {
    const json_t *layers, *tensors, *active, *layer_of;
    MIEN_TRY(mien_past_list(l, "layers", &layers));
    MIEN_TRY(mien_past_list(l, "tensors", &tensors));
    const size_t n = json_array_size(layers), m = json_array_size(tensors);
    if (n > MOST_ROWS || m > MOST_ROWS)
        return mien_fail(MIEN_ELIMIT, "%s: more than %d layers or tensors",
                         l->where, MOST_ROWS);
    MIEN_TRY(mien_past_texts(l, "layers", (int)n, &a->layers));
    MIEN_TRY(mien_past_texts(l, "kinds", (int)n, &a->kinds));
    MIEN_TRY(mien_past_texts(l, "tensors", (int)m, &a->tensors));
    MIEN_TRY(mien_past_texts(l, "roles", (int)m, &a->roles));
    MIEN_TRY(mien_past_list_of(l, "activation", (int)n, &active));
    MIEN_TRY(mien_past_list_of(l, "layer_of", (int)m, &layer_of));
    a->activation = mien_arena_alloc(&l->past->arena, n + 1, sizeof(bool));
    a->layer_of = mien_arena_alloc(&l->past->arena, m + 1, sizeof(int));
    if (!a->activation || !a->layer_of) return MIEN_ENOMEM;
    for (size_t i = 0; i < n; i++)
        a->activation[i] = json_is_true(json_array_get(active, i));
    for (size_t i = 0; i < m; i++) {
        const json_int_t at = json_integer_value(json_array_get(layer_of, i));
        if (at < -1 || at >= (json_int_t)n)
            return mien_past_fail(l,
                                  "'layer_of' names a layer that is not there");
        a->layer_of[i] = (int)at;
    }
    for (int w = 0; w < 2; w++)
        if (!(a->ridges[w] = mien_alloc(m + 1, sizeof(mien_past_ridges))))
            return MIEN_ENOMEM;
    a->n_layers = (int)n, a->n_tensors = (int)m;
    return MIEN_OK;
}

static mien_status read_rows(mien_past_line *l) {
    mien_past *p = l->past;
    const int number = (int)mien_past_whole(l, "attempt", 0);
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
    a->fresh = true;
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

static mien_status read_probes(const mien_past_line *l) {
    mien_past_attempt *a = l->attempt;
    float *rows[MIEN_SERIES];
    MIEN_TRY(mien_past_add_time(a, rows));
    for (int s = 0; s < MIEN_SERIES; s++) {
        const int n = s < MIEN_SERIES_WEIGHT ? a->n_layers : a->n_tensors;
        const json_t *items;
        MIEN_TRY(mien_past_list_of(l, series_keys[s], n, &items));
        for (int i = 0; i < n; i++)
            rows[s][i] = (float)mien_past_number_of(json_array_get(items, i));
    }
    a->at[a->n_times] = l->at;
    a->input_rms[a->n_times] = mien_past_number(l, "input_rms");
    mien_past_settle_time(a);
    return MIEN_OK;
}

/* When a step was made. Not every step has a line: what lies between two of
 * them was made too. A step that comes again was undone, or the training was
 * started again. */
static double when(const mien_past *p, int64_t step, bool fresh) {
    if (step > p->last_step) return (double)(p->made - 1 + step - p->last_step);
    return (double)(fresh ? p->made + step : p->made);
}

static mien_status read_frame(mien_past_line *l) {
    mien_past *p = l->past;
    if (!l->attempt)
        return mien_past_fail(l, "a frame before the first 'rows'");
    const double loss = mien_past_number(l, "loss"),
                 norm = mien_past_number(l, "norm");
    l->at = when(p, l->step, l->attempt->fresh);
    const mien_past_step step = {
        .at = l->at,
        .step = l->step,
        .attempt = p->n_attempts - 1,
        .n = 1,
        .loss = {loss, loss},
        .norm = {norm, norm},
        .threshold = mien_past_number(l, "threshold"),
        .lr = mien_past_number(l, "lr"),
        .clipped = mien_past_true(l, "clipped"),
        .skipped = mien_past_true(l, "skipped"),
        .bad = isnan(loss) || isnan(norm) || *mien_past_text(l, "bad"),
    };
    if (json_object_get(l->root, "y_rms")) MIEN_TRY(read_probes(l));
    MIEN_TRY(mien_past_add_step(p, &step));
    if (l->at != (double)l->step) p->straight = false;
    p->made = (int64_t)l->at + 1;
    p->last_step = l->step;
    l->attempt->fresh = false;
    p->skipped += step.skipped;
    p->last_loss = loss;
    p->verdict = NULL; /* it went on after it was stopped */
    l->attempt->ended = (double)p->made;
    return MIEN_OK;
}

static mien_status read_bins(const mien_past_line *l, const char *key,
                             int64_t bins[MIEN_BINS]) {
    const json_t *items;
    MIEN_TRY(mien_past_list_of(l, key, MIEN_BINS, &items));
    for (int i = 0; i < MIEN_BINS; i++)
        bins[i] = json_integer_value(json_array_get(items, i));
    return MIEN_OK;
}

static mien_status read_histogram(mien_past_line *l) {
    const int64_t tensor = mien_past_whole(l, "tensor", -1);
    const int what = strcmp(mien_past_text(l, "what"), "weight") != 0;
    mien_past_ridge ridge = {.at = l->at, .step = l->step};
    if (!l->attempt || tensor < 0 || tensor >= l->attempt->n_tensors)
        return mien_past_fail(l,
                              "'tensor' is not an index of the rows before it");
    ridge.h.zeros = mien_past_whole(l, "zeros", 0);
    ridge.h.non_finite = mien_past_whole(l, "bad", 0);
    ridge.h.min = mien_past_number(l, "min"),
    ridge.h.max = mien_past_number(l, "max");
    ridge.h.sum = mien_past_number(l, "sum"),
    ridge.h.squares = mien_past_number(l, "squares");
    MIEN_TRY(read_bins(l, "positive", ridge.h.positive));
    MIEN_TRY(read_bins(l, "negative", ridge.h.negative));
    return mien_past_add_ridge(&l->attempt->ridges[what][tensor], &ridge);
}

static mien_status read_angles(mien_past_line *l) {
    mien_past_angles angles = {.at = l->at};
    const json_t *items;
    MIEN_TRY(mien_past_list_of(l, "bins", MIEN_ANGLES, &items));
    for (int i = 0; i < MIEN_ANGLES; i++) {
        const double n = mien_past_number_of(json_array_get(items, i));
        angles.bins[i] = n > 0 ? n : 0;
    }
    return mien_past_add_angles(l->past, &angles);
}

/* ---- lines ------------------------------------------------------------ */

static const struct {
    const char *name;
    mien_status (*read)(mien_past_line *l);
} kinds[] = {{"rows", read_rows},
             {"frame", read_frame},
             {"histogram", read_histogram},
             {"angles", read_angles},
             {"finding", mien_past_finding_line},
             {"act", mien_past_act_line},
             {"quarantine", mien_past_quarantine_line},
             {"sweep", mien_past_sweep_line},
             {"verdict", mien_past_verdict_line}};

/* What is said of a step lies where it was made, or will be; of one that was
 * passed already, at the last one. */
static double place_of(const mien_past *p, const mien_past_attempt *a,
                       int64_t step) {
    const bool passed = a && !a->fresh && step <= p->last_step;
    return passed ? (double)(p->made - 1) : when(p, step, true);
}

static mien_status read_root(mien_past *p, const json_t *root,
                             const char *where) {
    mien_past_line l = {.past = p, .root = root, .where = where};
    if (p->n_attempts) l.attempt = &p->attempts[p->n_attempts - 1];
    if (!json_is_object(root)) return mien_past_fail(&l, "not an object");
    const char *kind = json_string_value(json_object_get(root, "kind"));
    if (!kind) return mien_past_fail(&l, "no 'kind'");
    l.step = mien_past_whole(&l, "step", -1);
    if (l.step < 0 && strcmp(kind, "rows"))
        return mien_past_fail(&l, "'step' is not a whole number from 0");
    l.at = place_of(p, l.attempt, l.step);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strcmp(kind, kinds[i].name)) return kinds[i].read(&l);
    return MIEN_OK;
}

mien_status mien_past_read_line(mien_past *past, const char *bytes, size_t size,
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
