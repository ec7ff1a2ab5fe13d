/* SPDX-License-Identifier: Apache-2.0 */
/* plot.h - what several of the pictures share: rows of layers, time along the
 * bottom, heat maps, numbered interventions. */
#ifndef MIEN_HEALTH_PLOT_H
#define MIEN_HEALTH_PLOT_H

#include "health/past.h"
#include "image/chart.h"

enum {
    MIEN_PLOT_WIDTH = 960,
    MIEN_PLOT_TOP = 92,    /* where planes begin */
    MIEN_PLOT_LEFT = 200,  /* behind the names of layers */
    MIEN_PLOT_RIGHT = 112, /* room for a scale of colours */
    MIEN_PLOT_FOOT = 60    /* room for values and label below a plane */
};

void mien_plot_title(mien_chart *c, const char *title);

/* A line of small print below the title. */
void mien_plot_note(mien_chart *c, const char *text);

/* ---- layers from top to bottom ---------------------------------------- */

double mien_plot_row_height(int rows);
int mien_plot_rows_height(int rows); /* of a whole picture of them */

/* The plane of a picture of rows. */
mien_rect mien_plot_rows_plane(int rows);

/* Their names, left of the plane. */
void mien_plot_names(mien_chart *c, mien_rect plane, const char *const *names,
                     int n);

/* ---- ranges ----------------------------------------------------------- */

/* Least and largest value that is finite and above 0; {1, 1}: there is none. */
void mien_plot_widen(double range[2], double value);

/* To whole powers of ten, at least one and at most `most` of them: the small
 * end is cut off. Starts from range {0, 0} widened. */
void mien_plot_decades(double range[2], int most);

/* ---- time ------------------------------------------------------------- */

/* Values and label of the time axis at the foot of a plane. */
void mien_plot_time(mien_chart *c, const mien_axes *axes,
                    const mien_past *past);

/* A line through the plane and a numbered badge above it for each act within
 * the axis: the numbers of the report's table. */
void mien_plot_acts(mien_chart *c, const mien_axes *axes,
                    const mien_past *past);

/* ---- heat maps -------------------------------------------------------- */

typedef struct mien_heat {
    mien_axes axes; /* x: time; y is not used */
    int rows, times;
    const double *value; /* [times][rows]; NaN: not known, infinite: bad */
    const double *at;    /* [times], rising */
    double range[2];
    bool log;
    const char *label; /* of the colours */
} mien_heat;

/* Cells, and the scale of their colours right of them. Errors: MIEN_ENOMEM. */
mien_status mien_plot_heat(mien_chart *c, const mien_heat *heat);

/* A heat map with a row for each layer, or tensor, that is shown. */
typedef struct mien_layer_map {
    int items; /* layers or tensors of the attempt */
    const char *(*name)(const mien_past_attempt *a, int item);
    bool (*shown)(const mien_past_attempt *a, int item);
    double (*value)(const mien_past_attempt *a, int time, int item);
    double range[2];
    bool log;
    const char *label;
    void (*over)(mien_chart *c, const mien_heat *heat); /* drawn last; NULL */
} mien_layer_map;

int mien_plot_map_rows(const mien_layer_map *map, const mien_past_attempt *a);
mien_status mien_plot_map(mien_chart *c, const mien_layer_map *map,
                          const mien_past *past, int attempt);

/* The index of the last time that is not after `at`, -1: none. */
int mien_plot_time_at(const double *times, int n, double at);

#endif
