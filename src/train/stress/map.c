/* SPDX-License-Identifier: Apache-2.0 */
/* map.c - the survival map: how far from a sound learning rate and a sound
 * start the base still trains, without help and with the doctor.
 *
 * Every decade of Adam's rate from 1e-5 to 10 by every decade of the starting
 * weights' scale from 1e-4 to 1e4 times He's; one seed. A cell is R, 0 to 1,
 * or that a diagnosis stopped the training; where it broke off without one, R
 * is that of the model it left, or 0. */
#include <math.h>
#include <stdio.h>

#include "base/mem.h"
#include "health/survival.h"
#include "train/stress/outputs.h"
#include "train/stress/score.h"
#include "train/stress/suite.h"

enum { COLUMNS = 7, ROWS = 9, PANELS = 2, SEED = 1, TEXT = 64 };

static const char *const panels[PANELS] = {"plain", "doctor"};

typedef struct map {
    mien_suite suite;
    double rates[COLUMNS], scales[ROWS];
    char rate_text[COLUMNS][TEXT], scale_text[ROWS][TEXT];
    double values[PANELS][ROWS * COLUMNS];
} map;

static void fill_axes(map *m) {
    for (int i = 0; i < COLUMNS; i++) {
        m->rates[i] = pow(10, i - 5);
        snprintf(m->rate_text[i], TEXT, "optim.adam.lr=%g", m->rates[i]);
    }
    for (int i = 0; i < ROWS; i++) {
        m->scales[i] = pow(10, i - 4);
        snprintf(m->scale_text[i], TEXT, "faults=[{init_scale: {by: %g}}]",
                 m->scales[i]);
    }
}

static mien_status add(map *m, int panel, int row, int column) {
    const mien_suite_job job = {
        .name = mien_arena_printf(&m->suite.arena, "map-%s-%d-%d",
                                  panels[panel], row, column),
        .reference = mien_stress_reference_named("adam"),
        .arm = mien_stress_arm_named(panels[panel]),
        .seed = SEED,
        .more = {m->rate_text[column], m->scale_text[row]}};
    return job.name ? mien_suite_add(&m->suite, &job) : MIEN_ENOMEM;
}

/* The first job is the healthy one that R refers to. */
static mien_status add_all(map *m) {
    const mien_suite_job healthy = {
        .name = "map-healthy",
        .reference = mien_stress_reference_named("adam"),
        .seed = SEED};
    MIEN_TRY(mien_suite_add(&m->suite, &healthy));
    for (int p = 0; p < PANELS; p++)
        for (int row = 0; row < ROWS; row++)
            for (int column = 0; column < COLUMNS; column++)
                MIEN_TRY(add(m, p, row, column));
    return MIEN_OK;
}

static void take_values(map *m) {
    const mien_bout *bouts = m->suite.bouts;
    const double chance = mien_suite_chance(&m->suite);
    for (int p = 0; p < PANELS; p++)
        for (int i = 0; i < ROWS * COLUMNS; i++)
            m->values[p][i] = mien_stress_cell(
                &bouts[1 + p * ROWS * COLUMNS + i], chance, bouts[0].accuracy);
}

static mien_status draw(const map *m, const char *path) {
    const mien_survival picture = {
        .title = "What a training survives",
        .note =
            "Adam, 40 people, 300 steps; 100: as good as a healthy "
            "training, 0: guessing",
        .x_label = "learning rate",
        .y_label = "starting weights, times He's",
        .value_label = "R",
        .columns = COLUMNS,
        .rows = ROWS,
        .rates = m->rates,
        .scales = m->scales,
        .n_panels = PANELS,
        .panels = {{panels[0], m->values[0]}, {panels[1], m->values[1]}}};
    return mien_survival_draw(&picture, path);
}

mien_status mien_stress_draw_map(const mien_stress_options *options) {
    map *m = mien_alloc(1, sizeof *m);
    if (!m) return MIEN_ENOMEM;
    fill_axes(m);
    mien_status status = mien_suite_open(&m->suite, options);
    if (status == MIEN_OK) status = add_all(m);
    if (status == MIEN_OK) status = mien_suite_run(&m->suite);
    if (status == MIEN_OK) take_values(m);
    if (status == MIEN_OK) status = draw(m, options->map);
    mien_suite_close(&m->suite);
    mien_free(m);
    return status;
}
