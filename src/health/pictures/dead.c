/* SPDX-License-Identifier: Apache-2.0 */
/* dead.c - the share of units that are never on, layer x time. */
#include <math.h>

#include "health/picture.h"
#include "health/plot.h"

static bool is_activation(const mien_past_attempt *a, int layer) {
    return a->activation[layer];
}

static const char *layer_name(const mien_past_attempt *a, int layer) {
    return a->layers[layer];
}

static double dead(const mien_past_attempt *a, int time, int layer) {
    return mien_past_row(a, MIEN_SERIES_DEAD, time)[layer];
}

static double idle(const mien_past_attempt *a, int time, int layer) {
    return mien_past_row(a, MIEN_SERIES_IDLE, time)[layer];
}

/* Units off in 50 batches are known late; in short runs the units off in
 * single batches must do. */
static bool knows_dead(const mien_past_attempt *a) {
    for (int t = 0; t < a->n_times; t++)
        for (int i = 0; i < a->n_layers; i++)
            if (a->activation[i] && isfinite(dead(a, t, i))) return true;
    return false;
}

static mien_layer_map map_of(const mien_past_attempt *a) {
    return (mien_layer_map){.items = a->n_layers,
                            .name = layer_name,
                            .shown = is_activation,
                            .value = knows_dead(a) ? dead : idle,
                            .range = {0, 1},
                            .label = "share"};
}

static int rows_of(const mien_past_attempt *a) {
    const mien_layer_map map = map_of(a);
    return mien_plot_map_rows(&map, a);
}

static bool any(const mien_past *past, int attempt) {
    const mien_past_attempt *a = &past->attempts[attempt];
    return a->n_times > 0 && rows_of(a) > 0;
}

static int height(const mien_past *past, int attempt) {
    return mien_plot_rows_height(rows_of(&past->attempts[attempt]));
}

static mien_status draw(mien_chart *c, const mien_past *past, int attempt) {
    const mien_layer_map map = map_of(&past->attempts[attempt]);
    mien_plot_note(c, map.value == dead
                          ? "units that were 0 for every sample of the last "
                            "50 batches that were probed"
                          : "units that were 0 for every sample of one batch; "
                            "too few batches were probed to say more");
    return mien_plot_map(c, &map, past, attempt);
}

const mien_picture_ops mien_picture_dead = {
    .name = "dead",
    .title =
        "Which layers have units that are never on? A row that turns "
        "yellow has died",
    .reading =
        "A dead unit gives 0 for every sample, so no gradient reaches it and "
        "it stays dead; up to a tenth of a layer does little harm.",
    .any = any,
    .height = height,
    .draw = draw,
};
