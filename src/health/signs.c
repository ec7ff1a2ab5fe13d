/* SPDX-License-Identifier: Apache-2.0 */
/* signs.c - what a frame shows. */
#include "health/signs.h"

#include <math.h>
#include <string.h>

const double mien_outlier_rms = 10, mien_outlier_peak = 30;

enum { MOST_WEIGHTS = 512, OUTLIER_BATCHES = 5 };

/* rms(W) over He's: Glorot's, LeCun's, orthogonal and the uniform ones of
 * other frameworks give .3 to 1.4, narrow first layers down to .09; the
 * median over the layers stays between these. */
static const double large_scale = 3, small_scale = 0.15;

const char *mien_layer_name(const mien_frame *f, int layer) {
    return layer < 0 ? "the input" : f->layers[layer].name;
}

bool mien_kind_has(const mien_layer_state *layer, const char *word) {
    return layer->kind && strstr(layer->kind, word);
}

static void insert(double *sorted, int n, double x) {
    for (; n && sorted[n - 1] > x; n--) sorted[n] = sorted[n - 1];
    sorted[n] = x;
}

double mien_sign_scale(const mien_frame *f) {
    double scale[MOST_WEIGHTS];
    int n = 0;
    for (int i = 0; f->probed && i < f->n_tensors && n < MOST_WEIGHTS; i++)
        if (f->tensors[i].role == MIEN_ROLE_WEIGHT &&
            f->tensors[i].layer >= 0 && isfinite(f->tensors[i].scale))
            insert(scale, n++, f->tensors[i].scale);
    return n ? scale[n / 2] : 0;
}

double mien_start_scale(const mien_watch *w) {
    const double scale = w->history.start_scale;
    return scale > 0 ? scale : NAN;
}

bool mien_sign_large_init(const mien_watch *w) {
    return mien_start_scale(w) > large_scale;
}

bool mien_sign_small_init(const mien_watch *w) {
    return mien_start_scale(w) < small_scale;
}

static double over_usual(const mien_watch *w, const double *row, double now) {
    const double usual =
        mien_history_median(&w->history, row, MIEN_WATCH_HISTORY);
    if (w->history.n < OUTLIER_BATCHES || !(usual > 0)) return 0;
    return isfinite(now) ? now / usual : 0;
}

double mien_sign_rms(const mien_watch *w, const mien_frame *f) {
    return over_usual(w, w->history.input, f->input.rms);
}

double mien_sign_peak(const mien_watch *w, const mien_frame *f) {
    return over_usual(w, w->history.peak, f->input.max);
}

bool mien_sign_outlier(const mien_watch *w, const mien_frame *f) {
    return mien_sign_rms(w, f) > mien_outlier_rms ||
           mien_sign_peak(w, f) > mien_outlier_peak;
}

bool mien_sign_input_range(const mien_frame *f) {
    if (!f->input.count || f->input.non_finite) return false;
    return f->input.rms > 10 || f->input.max > 20 || f->input.rms < 1e-3;
}

int mien_sign_depth(const mien_frame *f) {
    int depth = 0, last = -1;
    for (int i = 0; f->probed && i < f->n_layers; i++)
        if (mien_kind_has(&f->layers[i], "add") ||
            mien_kind_has(&f->layers[i], "concat"))
            return 0;
    for (int i = 0; f->probed && i < f->n_tensors; i++) {
        const mien_tensor_state *t = &f->tensors[i];
        if (t->role != MIEN_ROLE_WEIGHT || t->layer < 0) continue;
        depth += t->layer != last;
        last = t->layer;
    }
    return depth;
}

int mien_sign_moved(double *ratio, const mien_frame *f) {
    int worst = -1;
    *ratio = 0;
    for (int i = 0; f->probed && i < f->n_tensors; i++) {
        const mien_tensor_state *t = &f->tensors[i];
        const double grown = t->scale < 0.3 ? t->scale / 0.3 : 1;
        if (t->role != MIEN_ROLE_WEIGHT || !(t->ratio * grown > *ratio))
            continue;
        *ratio = t->ratio * grown;
        worst = i;
    }
    return worst;
}

int mien_sign_off(const mien_frame *f) {
    double most = 0.9;
    int layer = -1;
    for (int i = 0; f->probed && f->input.rms > 0 && i < f->n_layers; i++) {
        if (!f->layers[i].activation || !(f->layers[i].idle > most)) continue;
        most = f->layers[i].idle;
        layer = i;
    }
    return layer;
}

bool mien_sign_clueless(const mien_frame *f, double share) {
    return f->loss > share * f->expected;
}

mien_severity mien_sign_jump(double *in_a_row, const mien_frame *f) {
    ++*in_a_row;
    if (*in_a_row >= 3 || mien_sign_clueless(f, 3)) return MIEN_FAIL;
    return mien_sign_clueless(f, 1) ? MIEN_WARN : MIEN_NOTE;
}
