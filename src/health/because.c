/* SPDX-License-Identifier: Apache-2.0 */
/* because.c - from signs to a cause, and the cause in words.
 *
 * What is asked first is what explains the rest: a batch unlike all others
 * makes every gain and every update look wrong, so do weights that started
 * too large; a learning rate is blamed when nothing else is. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "health/signs.h"

/* Weights a little too large or too small, layer by layer, make more than
 * half of a gain (in its logarithm). */
static bool compounds(const mien_watch *w, const mien_frame *f, double gain) {
    const double scale = log(mien_start_scale(w)), whole = log(gain);
    if (!isfinite(scale) || fabs(scale) < 0.18 || scale * whole <= 0)
        return false;
    return mien_sign_depth(f) * fabs(scale) > 0.5 * fabs(whole);
}

mien_cause mien_cause_of_growth(const mien_watch *w, const mien_frame *f,
                                double gain) {
    double moved;
    mien_sign_moved(&moved, f);
    if (mien_sign_outlier(w, f)) return MIEN_CAUSE_OUTLIER;
    if (mien_sign_large_init(w) || compounds(w, f, gain))
        return MIEN_CAUSE_INIT_LARGE;
    if (mien_sign_input_range(f)) return MIEN_CAUSE_INPUT_RANGE;
    if (gain && f->step == 0 && mien_sign_depth(f) >= MIEN_DEEP)
        return MIEN_CAUSE_DEPTH;
    if (f->step > 0 || moved > w->limits.update_fail) return MIEN_CAUSE_RATE;
    return MIEN_CAUSE_UNKNOWN;
}

static bool saturates(const mien_watch *w, const mien_frame *f) {
    for (int i = 0; f->probed && i < f->n_layers - 1; i++)
        if (f->layers[i].y.saturated > w->limits.saturated) return true;
    return false;
}

mien_cause mien_cause_of_fall(const mien_watch *w, const mien_frame *f,
                              double gain) {
    if (mien_sign_off(f) >= 0) return MIEN_CAUSE_DEAD;
    if (mien_sign_small_init(w) || compounds(w, f, fmax(gain, 1e-300)))
        return MIEN_CAUSE_INIT_SMALL;
    if (saturates(w, f)) return MIEN_CAUSE_SATURATED;
    if (mien_sign_depth(f) >= MIEN_DEEP) return MIEN_CAUSE_DEPTH;
    return MIEN_CAUSE_UNKNOWN;
}

const char *mien_number(char out[MIEN_NUMBER_ROOM], double x) {
    const double size = fabs(x);
    if (!isfinite(x) || size == 0 || (size >= 1e-3 && size < 999.5)) {
        snprintf(out, MIEN_NUMBER_ROOM, "%.3g", x);
        return out;
    }
    snprintf(out, MIEN_NUMBER_ROOM, "%.1e", x);
    char *e = strchr(out, 'e'); /* "4.1e+03": as "4.1e3" */
    const int power = atoi(e + 1);
    snprintf(e, (size_t)(MIEN_NUMBER_ROOM - (e - out)), "e%d", power);
    return out;
}

static void say_moved(char *out, const mien_frame *f) {
    char number[MIEN_NUMBER_ROOM], lr[MIEN_NUMBER_ROOM];
    double ratio;
    const int i = mien_sign_moved(&ratio, f);
    if (i < 0)
        snprintf(out, MIEN_BECAUSE_ROOM, "; lr is %s", mien_number(lr, f->lr));
    else
        snprintf(out, MIEN_BECAUSE_ROOM,
                 "; at lr %s this step moved %.60s by %s of its norm",
                 mien_number(lr, f->lr), f->tensors[i].name,
                 mien_number(number, ratio));
}

static void say_scale(char *out, const mien_watch *w) {
    char number[MIEN_NUMBER_ROOM];
    if (mien_start_scale(w) > 0)
        snprintf(out, MIEN_BECAUSE_ROOM, "; the weights started at %sx He's",
                 mien_number(number, mien_start_scale(w)));
}

static void say_input(char *out, const mien_frame *f) {
    char rms[MIEN_NUMBER_ROOM], max[MIEN_NUMBER_ROOM];
    snprintf(out, MIEN_BECAUSE_ROOM,
             "; the input's rms is %s, its largest value %s",
             mien_number(rms, f->input.rms), mien_number(max, f->input.max));
}

static void say_outlier(char *out, const mien_watch *w, const mien_frame *f) {
    char rms[MIEN_NUMBER_ROOM], max[MIEN_NUMBER_ROOM];
    snprintf(out, MIEN_BECAUSE_ROOM,
             "; this batch's rms is %sx the usual, its largest value %sx",
             mien_number(rms, mien_sign_rms(w, f)),
             mien_number(max, mien_sign_peak(w, f)));
}

const char *mien_because(char out[MIEN_BECAUSE_ROOM], const mien_watch *w,
                         const mien_frame *f, mien_cause cause) {
    const int off = mien_sign_off(f);
    out[0] = 0;
    switch (cause) {
        case MIEN_CAUSE_RATE: say_moved(out, f); break;
        case MIEN_CAUSE_INIT_LARGE:
        case MIEN_CAUSE_INIT_SMALL: say_scale(out, w); break;
        case MIEN_CAUSE_INPUT_RANGE: say_input(out, f); break;
        case MIEN_CAUSE_OUTLIER: say_outlier(out, w, f); break;
        case MIEN_CAUSE_DEPTH:
            snprintf(out, MIEN_BECAUSE_ROOM,
                     "; %d layers with weights and no skip around them",
                     mien_sign_depth(f));
            break;
        case MIEN_CAUSE_BIAS:
        case MIEN_CAUSE_DEAD:
            if (off >= 0)
                snprintf(out, MIEN_BECAUSE_ROOM,
                         "; %.3g %% of the units of %.60s are off",
                         100 * f->layers[off].idle, f->layers[off].name);
            break;
        default: break;
    }
    return out;
}
