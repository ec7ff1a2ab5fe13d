/* SPDX-License-Identifier: Apache-2.0 */
/* detect.c - find faces without anchors: a score, a box and five points from
 * each cell of three grids (detect.h).
 *
 * A cell whose centre is near the middle of a face of its scale's size is
 * positive: it shall score 1 and give the box; all others shall score 0. With
 * P positives in the shard and p = sigmoid(z), a mean over positives of
 *
 *   score, all cells:  t = 1: -a (1 - p)^2 log p
 *                      t = 0: -(1 - a) p^2 log(1 - p)
 *   box, positives:    box (1 - GIoU)
 *   points:            points mean_k h((x_k - t_k) / sqrt(w h)),
 *                      h(e) = e^2 / 2b for |e| < b, else |e| - b/2, b = .05
 *
 * GIoU = I/U - (C - U)/C of prediction and truth, C the box around both.
 * Weighted by n / batch, so that shards add up to a mean.
 * Source: Lin et al., Focal loss, ICCV 2017 (arXiv:1708.02002); Rezatofighi
 * et al., GIoU, CVPR 2019 (arXiv:1902.09630); Tian et al., FCOS, ICCV 2019
 * (arXiv:1904.01355) for centre sampling; Wu et al., YuNet, MIR 2023. */
#include "nn/losses/detect.h"

#include "nn/losses/parts.h"

#define BEND ((real)0.05)

typedef struct config {
    int rows, columns;
    float alpha, box, points;
} config;

static const mien_param params[] = {
    {"rows", "of the network's input, a multiple of 32", offsetof(config, rows),
     32, 8192, 320, .kind = MIEN_INT},
    {"columns", "of the network's input, a multiple of 32",
     offsetof(config, columns), 32, 8192, 320, .kind = MIEN_INT},
    {"alpha", "weight of faces against the rest in the score",
     offsetof(config, alpha), 0, 1, 0.25f},
    {"box", "weight of the box", offsetof(config, box), 0, 100, 2},
    {"points", "weight of the five points", offsetof(config, points), 0, 100,
     1},
    {0},
};

/* What a cell is to answer for. */
enum { NOTHING = -1, IGNORED = -2 };

static mien_status plan(mien_loss_plan *plan, const void *cfg) {
    const config *c = cfg;
    const int cells = mien_detect_cells(c->rows, c->columns);
    if (c->rows % 32 || c->columns % 32)
        return mien_fail(MIEN_ESHAPE, "detect: %dx%d are no multiples of 32",
                         c->rows, c->columns);
    if (plan->d != cells * MIEN_DETECT_PLANES)
        return mien_fail(MIEN_ESHAPE,
                         "detect: the network answers %d values a sample; "
                         "%d planes of %d cells for %dx%d pixels are %d",
                         plan->d, MIEN_DETECT_PLANES, cells, c->rows,
                         c->columns, cells * MIEN_DETECT_PLANES);
    if (plan->vector < mien_detect_row(1) ||
        (plan->vector - 1) % MIEN_DETECT_BOX)
        return mien_fail(MIEN_ESHAPE,
                         "detect: target rows have %d numbers, not 1 + %d "
                         "for each box",
                         plan->vector, MIEN_DETECT_BOX);
    /* of each cell its box, a number >= 0, NOTHING or IGNORED; then the
     * number of positive cells */
    plan->n_kept = (size_t)plan->n * (size_t)cells + 1;
    return MIEN_OK;
}

/* ---- which cell answers for which box --------------------------------- */

/* Faces of these sides, in strides, belong to a scale; neighbours overlap, so
 * that nobody is at the edge of all. */
static bool is_of_scale(int scale, real side) {
    const real s = side / (real)mien_detect_stride(scale);
    return (scale == 0 || s >= (real)1.75) &&
           (scale == MIEN_DETECT_SCALES - 1 || s < (real)6);
}

/* How far from the middle cells are positive: half a cell at least, so that
 * there always is one. */
static real reach(real side, real stride) {
    const real far = side * (real)0.3;
    return fmax(stride * (real)0.5, fmin(far, stride * (real)2));
}

typedef struct grid {
    int rows, columns, scale;
    real *owner; /* rows x columns */
} grid;

/* A box claims cells; a smaller box takes them from a larger one. */
static void claim(const grid *g, const real *boxes, int k) {
    const real *b = boxes + (size_t)k * MIEN_DETECT_BOX;
    const bool ignored = b[4] < 0;
    const real stride = (real)mien_detect_stride(g->scale);
    const real x = b[0] + b[2] / 2, y = b[1] + b[3] / 2;
    const real rx = ignored ? b[2] / 2 : reach(b[2], stride);
    const real ry = ignored ? b[3] / 2 : reach(b[3], stride);
    if (!ignored && !is_of_scale(g->scale, sqrt(b[2] * b[3]))) return;
    for (int r = 0; r < g->rows; r++) {
        if (fabs(((real)r + (real)0.5) * stride - y) > ry) continue;
        for (int c = 0; c < g->columns; c++) {
            if (fabs(((real)c + (real)0.5) * stride - x) > rx) continue;
            real *owner = &g->owner[(size_t)r * g->columns + c];
            const real *old =
                *owner >= 0 ? boxes + (size_t)*owner * MIEN_DETECT_BOX : NULL;
            if (ignored ? *owner == NOTHING
                        : !old || b[2] * b[3] < old[2] * old[3])
                *owner = ignored ? IGNORED : (real)k;
        }
    }
}

/* Boxes in a target row that can be used: the number is bounded by the row. */
static int boxes_in(const real *row, int vector) {
    const int most = (vector - 1) / MIEN_DETECT_BOX;
    if (!(row[0] > 0)) return 0;
    return row[0] < (real)most ? (int)row[0] : most;
}

/* Fill the owners of an image's cells; returns the positive ones. */
static int assign(real *owner, const config *c, const real *row, int vector) {
    const int n = boxes_in(row, vector);
    int at = 0, positives = 0;
    for (int k = 0; k < MIEN_DETECT_SCALES; k++) {
        grid g = {c->rows / mien_detect_stride(k),
                  c->columns / mien_detect_stride(k), k, owner + at};
        const int cells = g.rows * g.columns;
        for (int i = 0; i < cells; i++) g.owner[i] = NOTHING;
        for (int b = 0; b < n; b++)
            if (row[1 + b * MIEN_DETECT_BOX + 2] > 0 &&
                row[1 + b * MIEN_DETECT_BOX + 3] > 0)
                claim(&g, row + 1, b);
        for (int i = 0; i < cells; i++) positives += g.owner[i] >= 0;
        at += cells;
    }
    return positives;
}

/* ---- the parts of the loss -------------------------------------------- */

/* A value and its derivative. */
typedef struct slope {
    real value, dx;
} slope;

/* log(sigmoid(x)) without overflow. */
static real log_sigmoid(real x) {
    return (x < 0 ? x : 0) - log1p(exp(-(x < 0 ? -x : x)));
}

static slope score_loss(real z, bool face, real alpha) {
    const real x = face ? z : -z, weight = face ? alpha : 1 - alpha;
    const real log_p = log_sigmoid(x), p = exp(log_p), q = 1 - p;
    const real d = weight * q * q * (2 * p * log_p - q);
    return (slope){-weight * q * q * log_p, face ? d : -d};
}

/* Overlap of two intervals a..b (given) and c..d (predicted), the length of
 * what holds both, and the derivatives by c and d. */
typedef struct span {
    real inner, outer, inner_c, inner_d, outer_c, outer_d;
} span;

static span span_of(real a, real b, real c, real d) {
    const bool c_in = c > a, d_in = d < b;
    const real inner = (d_in ? d : b) - (c_in ? c : a);
    const bool meet = inner > 0;
    return (span){
        .inner = meet ? inner : 0,
        .outer = (d_in ? b : d) - (c_in ? a : c),
        .inner_c = meet && c_in ? -1 : 0,
        .inner_d = meet && d_in ? 1 : 0,
        .outer_c = c_in ? 0 : -1,
        .outer_d = d_in ? 0 : 1,
    };
}

/* 1 - GIoU of the predicted box against b, and its gradient by the four raw
 * answers (offsets of the centre, logarithms of the sides, in cells). */
static real box_loss(real d[4], const real raw[4], const real *b,
                     const real centre[2], real stride) {
    const real w = exp(raw[2]) * stride, h = exp(raw[3]) * stride;
    const real x = centre[0] + raw[0] * stride, y = centre[1] + raw[1] * stride;
    const span sx = span_of(b[0], b[0] + b[2], x - w / 2, x + w / 2);
    const span sy = span_of(b[1], b[1] + b[3], y - h / 2, y + h / 2);
    const real inner = sx.inner * sy.inner, outer = sx.outer * sy.outer;
    const real both = b[2] * b[3] + w * h - inner;
    /* L = 2 - I/U - U/C: by I (U moves too), by C, by the area w h */
    const real by_u = inner / (both * both) - 1 / outer;
    const real by_i = -1 / both - by_u, by_c = both / (outer * outer);
    const real low_x =
        by_i * sx.inner_c * sy.inner + by_c * sx.outer_c * sy.outer;
    const real high_x =
        by_i * sx.inner_d * sy.inner + by_c * sx.outer_d * sy.outer;
    const real low_y =
        by_i * sy.inner_c * sx.inner + by_c * sy.outer_c * sx.outer;
    const real high_y =
        by_i * sy.inner_d * sx.inner + by_c * sy.outer_d * sx.outer;
    d[0] = (low_x + high_x) * stride;
    d[1] = (low_y + high_y) * stride;
    d[2] = ((high_x - low_x) / 2 + by_u * h) * w;
    d[3] = ((high_y - low_y) / 2 + by_u * w) * h;
    return 2 - inner / both - both / outer;
}

static slope bent(real e) {
    const real size = e < 0 ? -e : e;
    if (size < BEND) return (slope){e * e / (2 * BEND), e / BEND};
    return (slope){size - BEND / 2, e < 0 ? -1 : 1};
}

/* ---- all cells -------------------------------------------------------- */

/* One cell: where its planes lie, and what it is to answer. */
typedef struct cell {
    const real *x;
    real *dx; /* NULL: the value only */
    int step; /* from one plane to the next */
    real centre[2], stride;
    const real *box; /* NULL: no face */
} cell;

static double positive_loss(const cell *at, const config *c, real scale) {
    real raw[4], d[4];
    for (int k = 0; k < 4; k++) raw[k] = at->x[(1 + k) * at->step];
    double sum = c->box * box_loss(d, raw, at->box, at->centre, at->stride);
    for (int k = 0; at->dx && k < 4; k++)
        at->dx[(1 + k) * at->step] = scale * c->box * d[k];
    if (at->box[4] <= 0) return sum;
    const real side = sqrt(at->box[2] * at->box[3]);
    const real part = c->points / (2 * MIEN_DETECT_POINTS);
    for (int k = 0; k < 2 * MIEN_DETECT_POINTS; k++) {
        const real e = at->centre[k % 2] +
                       at->x[(5 + k) * at->step] * at->stride - at->box[5 + k];
        const slope s = bent(e / side);
        sum += part * s.value;
        if (at->dx)
            at->dx[(5 + k) * at->step] =
                scale * part * s.dx * at->stride / side;
    }
    return sum;
}

static double cell_loss(const cell *at, const config *c, real owner,
                        real scale) {
    if (owner == IGNORED) return 0;
    const slope s = score_loss(at->x[0], owner >= 0, c->alpha);
    double sum = s.value;
    if (at->dx) at->dx[0] = scale * s.dx;
    if (owner >= 0) sum += positive_loss(at, c, scale);
    return sum;
}

/* The sum over the cells of image i; its gradient too when p->dx is wanted. */
static double image_loss(mien_loss_pass *p, int i, bool slopes, real scale) {
    const config *c = p->config;
    const int all = p->d / MIEN_DETECT_PLANES;
    const real *boxes = p->target + (size_t)i * p->vector + 1;
    const real *owner = p->kept + (size_t)i * all;
    const real *x = p->x + (size_t)i * p->d;
    real *dx = slopes ? p->dx + (size_t)i * p->d : NULL;
    double sum = 0;
    for (int k = 0; k < MIEN_DETECT_SCALES; k++) {
        const int stride = mien_detect_stride(k);
        const int columns = c->columns / stride;
        const int cells = columns * (c->rows / stride);
        for (int j = 0; j < cells; j++, owner++) {
            const cell at = {
                x + j,
                dx ? dx + j : NULL,
                cells,
                {((real)(j % columns) + (real)0.5) * (real)stride,
                 ((real)(j / columns) + (real)0.5) * (real)stride},
                (real)stride,
                *owner >= 0 ? boxes + (size_t)*owner * MIEN_DETECT_BOX : NULL};
            sum += cell_loss(&at, c, *owner, scale);
        }
        x += (size_t)cells * MIEN_DETECT_PLANES;
        if (dx) dx += (size_t)cells * MIEN_DETECT_PLANES;
    }
    return sum;
}

/* n / batch over the positives of the shard, or over 1. */
static real scale_of(const mien_loss_pass *p) {
    const real faces = p->kept[(size_t)p->n * (p->d / MIEN_DETECT_PLANES)];
    return (real)p->n / ((real)p->batch * (faces > 1 ? faces : 1));
}

static void forward(mien_loss_pass *p) {
    const int all = p->d / MIEN_DETECT_PLANES;
    int faces = 0;
    for (int i = 0; i < p->n; i++)
        faces += assign(p->kept + (size_t)i * all, p->config,
                        p->target + (size_t)i * p->vector, p->vector);
    p->kept[(size_t)p->n * all] = (real)faces;
    double sum = mien_poison(p->x, (size_t)p->n * p->d);
    for (int i = 0; i < p->n; i++) sum += image_loss(p, i, false, 0);
    p->loss = sum * scale_of(p);
}

static void backward(mien_loss_pass *p) {
    const real scale = scale_of(p);
    for (size_t k = 0; k < (size_t)p->n * p->d; k++) p->dx[k] = 0;
    for (int i = 0; i < p->n; i++) image_loss(p, i, true, scale);
}

const mien_loss_ops MIEN_LOSS_NAME(detect) = {
    .name = "detect",
    .summary = "faces: scores, boxes and points of three grids",
    .params = params,
    .config_size = sizeof(config),
    .needs_vector = true,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
