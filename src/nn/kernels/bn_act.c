/* SPDX-License-Identifier: Apache-2.0 */
/* bn_act.c - batch norm with its activation, two passes over each channel.
 *
 *   forward   mean, var of x;  z = gamma (x - mean) istd + beta;  y = unit(z)
 *   backward  d = dy unit'(z)          dbeta = sum d
 *             dgamma = sum d (x - mean) istd       dslope = sum_{z<=0} dy z
 *             dx = gamma istd (d - dbeta/m - (x - mean) istd dgamma/m)
 *
 * with m pixels a channel. z is computed again from x in the backward pass, so
 * that nothing but x is kept. Both passes run over one block of 16 channels
 * before the next begins, the second one backwards, so that it finds in the
 * caches what the first one read last.
 *
 * The sums are those of x - shift, with the mean of the first pixels as the
 * shift: the variance is then a difference of numbers about its own size,
 * also where the mean is many deviations from zero. Rows add up in float,
 * rows and chunks of long rows in double.
 * Source: Ioffe and Szegedy, Batch Normalization, ICML 2015; Chan, Golub and
 * LeVeque, Algorithms for Computing the Sample Variance, 1983. */
#include <math.h>

#include "nn/kernels/kernels.h"
#include "nn/kernels/table.h"
#include "nn/kernels/vec.h"

enum { CHUNK = 1024, SHIFT_PIXELS = 64 };

/* The constants of one block of channels. */
typedef struct block {
    v16 mean, scale, beta, slope; /* scale = gamma istd */
    v16 offset, tilt; /* dx = scale (d - offset - tilt (x - mean)) */
} block;

/* One image's part of a block. */
typedef struct row {
    const float *x, *other; /* other: residual or dy */
    float *out;             /* y or dx */
    size_t count;           /* floats: 16 a pixel */
} row;

typedef struct moments {
    double sum[16], squares[16];
} moments;

static v16 load_or(const float *p, int cb, float otherwise) {
    return p ? v_load(p + cb * 16) : v_set(otherwise);
}

static v16 load_slope(const mien_kernel_bn *a, int cb) {
    if (a->unit == MIEN_UNIT_LEAKY) return v_set(a->slope[0]);
    if (a->unit == MIEN_UNIT_PRELU) return v_load(a->slope + cb * 16);
    return v_set(0);
}

/* ---- statistics ---- */

/* The mean of the first pixels, zero where they are not finite. */
static v16 first_mean(const float *x, size_t count) {
    const size_t end = count < SHIFT_PIXELS * 16 ? count : SHIFT_PIXELS * 16;
    v16 sum = v_set(0);
    for (size_t i = 0; i < end; i += 16) sum = v_add(sum, v_load(x + i));
    float lane[16];
    v_store(lane, v_mul(sum, v_set(16.0f / (float)end)));
    for (int i = 0; i < 16; i++)
        if (!isfinite(lane[i])) lane[i] = 0;
    return v_load(lane);
}

static void add_moments(moments *m, const float *x, size_t count, v16 shift) {
    v16 s[4], q[4];
    for (int j = 0; j < 4; j++) s[j] = q[j] = v_set(0);
    size_t i = 0;
    for (; i + 64 <= count; i += 64) {
#pragma GCC unroll 4
        for (int j = 0; j < 4; j++) {
            const v16 d = v_sub(v_load(x + i + j * 16), shift);
            s[j] = v_add(s[j], d);
            q[j] = v_fma(d, d, q[j]);
        }
    }
    for (; i < count; i += 16) {
        const v16 d = v_sub(v_load(x + i), shift);
        s[0] = v_add(s[0], d);
        q[0] = v_fma(d, d, q[0]);
    }
    v_add_to_double(m->sum, v_add(v_add(s[0], s[1]), v_add(s[2], s[3])));
    v_add_to_double(m->squares, v_add(v_add(q[0], q[1]), v_add(q[2], q[3])));
}

static void statistics(const mien_kernel_bn *a, int cb) {
    const size_t count = mien_plane_count(a->shape);
    const v16 shift =
        first_mean(a->x + mien_plane_start(a->shape, 0, cb), count);
    moments m = {0};
    for (int n = 0; n < a->shape.n; n++) {
        const float *x = a->x + mien_plane_start(a->shape, n, cb);
        for (size_t i = 0; i < count; i += CHUNK * 16) {
            const size_t left = count - i;
            add_moments(&m, x + i, left < CHUNK * 16 ? left : CHUNK * 16,
                        shift);
        }
    }
    float start[16];
    v_store(start, shift);
    const double pixels = (double)a->shape.n * (double)(count / 16);
    for (int i = 0; i < 16; i++) {
        const double mean = m.sum[i] / pixels;
        double var = m.squares[i] / pixels - mean * mean;
        if (var < 0) var = 0; /* a constant channel, rounded; NaN stays */
        a->mean[cb * 16 + i] = (float)((double)start[i] + mean);
        a->var[cb * 16 + i] = (float)var;
        a->istd[cb * 16 + i] = (float)(1 / sqrt(var + (double)a->epsilon));
    }
}

/* ---- forward ---- */

INLINE v16 activate(v16 z, v16 slope, mien_kernel_unit unit) {
    if (unit == MIEN_UNIT_NONE) return z;
    const v16 low = unit == MIEN_UNIT_RELU ? v_set(0) : v_mul(z, slope);
    return v_select(v_le(z, v_set(0)), low, z);
}

INLINE void normalise_as(const row *r, const block *b, mien_kernel_unit unit,
                         bool residual, bool stream) {
    const v16 mean = b->mean, scale = b->scale, beta = b->beta;
    const v16 slope = b->slope;
    const row p = *r;
    for (size_t i = 0; i < p.count; i += 16) {
        const v16 z = v_fma(v_sub(v_load(p.x + i), mean), scale, beta);
        v16 y = activate(z, slope, unit);
        if (residual) y = v_add(y, v_load(p.other + i));
        if (stream)
            v_stream(p.out + i, y);
        else
            v_store(p.out + i, y);
    }
}

INLINE void normalise_unit(const row *r, const block *b, mien_kernel_unit unit,
                           bool stream) {
    if (unit == MIEN_UNIT_NONE && r->other)
        normalise_as(r, b, MIEN_UNIT_NONE, true, stream);
    else if (unit == MIEN_UNIT_NONE)
        normalise_as(r, b, MIEN_UNIT_NONE, false, stream);
    else if (unit == MIEN_UNIT_RELU)
        normalise_as(r, b, MIEN_UNIT_RELU, false, stream);
    else
        normalise_as(r, b, MIEN_UNIT_PRELU, false, stream);
}

static void normalise(const row *r, const block *b, mien_kernel_unit unit,
                      bool stream) {
    if (stream)
        normalise_unit(r, b, unit, true);
    else
        normalise_unit(r, b, unit, false);
}

static void forward_block(const mien_kernel_bn *a, int cb, v16 mean, v16 istd) {
    const mien_shape s = a->shape;
    const size_t count = mien_plane_count(s);
    const bool stream =
        worth_streaming(a->y, mien_shape_count(s) * sizeof(float));
    const block b = {.mean = mean,
                     .scale = v_mul(load_or(a->gamma, cb, 1), istd),
                     .beta = load_or(a->beta, cb, 0),
                     .slope = load_slope(a, cb)};
    for (int n = s.n - 1; n >= 0; n--) {
        const size_t at = mien_plane_start(s, n, cb);
        const row r = {a->x + at, a->residual ? a->residual + at : NULL,
                       a->y + at, count};
        normalise(&r, &b, a->unit, stream);
    }
    if (stream) v_stream_end();
}

void MIEN_K(bn_forward)(const mien_kernel_bn *a) {
    for (int cb = 0; cb < a->shape.c / 16; cb++) {
        statistics(a, cb);
        forward_block(a, cb, v_load(a->mean + cb * 16),
                      v_load(a->istd + cb * 16));
    }
}

void MIEN_K(bn_infer)(const mien_kernel_bn *a) {
    for (int cb = 0; cb < a->shape.c / 16; cb++) {
        float istd[16];
        for (int i = 0; i < 16; i++) {
            const double var = (double)a->running_var[cb * 16 + i];
            istd[i] = (float)(1 / sqrt(var + (double)a->epsilon));
        }
        forward_block(a, cb, v_load(a->running_mean + cb * 16), v_load(istd));
    }
}

/* ---- backward ---- */

typedef struct gradients {
    double dbeta[16], dgamma[16], dslope[16]; /* dgamma before istd */
} gradients;

/* dy through the activation; adds to *dslope what the slope receives. */
INLINE v16 through(v16 dy, v16 z, v16 slope, mien_kernel_unit unit,
                   v16 *dslope) {
    if (unit == MIEN_UNIT_NONE) return dy;
    const m16 low = v_le(z, v_set(0));
    if (unit == MIEN_UNIT_RELU) return v_select(low, v_set(0), dy);
    *dslope = v_select(low, v_fma(dy, z, *dslope), *dslope);
    return v_select(low, v_mul(dy, slope), dy);
}

INLINE void add_gradients_as(gradients *g, const row *r, const block *b,
                             mien_kernel_unit unit) {
    const v16 mean = b->mean, scale = b->scale, beta = b->beta;
    const v16 slope = b->slope;
    const row p = *r;
    v16 sb[2], sg[2], ss[2];
    for (int j = 0; j < 2; j++) sb[j] = sg[j] = ss[j] = v_set(0);
    size_t i = 0;
    for (; i + 32 <= p.count; i += 32) {
#pragma GCC unroll 2
        for (int j = 0; j < 2; j++) {
            const v16 x = v_sub(v_load(p.x + i + j * 16), mean);
            const v16 d = through(v_load(p.other + i + j * 16),
                                  v_fma(x, scale, beta), slope, unit, &ss[j]);
            sb[j] = v_add(sb[j], d);
            sg[j] = v_fma(d, x, sg[j]);
        }
    }
    for (; i < p.count; i += 16) {
        const v16 x = v_sub(v_load(p.x + i), mean);
        const v16 d = through(v_load(p.other + i), v_fma(x, scale, beta), slope,
                              unit, &ss[0]);
        sb[0] = v_add(sb[0], d);
        sg[0] = v_fma(d, x, sg[0]);
    }
    v_add_to_double(g->dbeta, v_add(sb[0], sb[1]));
    v_add_to_double(g->dgamma, v_add(sg[0], sg[1]));
    if (unit == MIEN_UNIT_PRELU)
        v_add_to_double(g->dslope, v_add(ss[0], ss[1]));
}

static void add_gradients(gradients *g, const row *r, const block *b,
                          mien_kernel_unit unit) {
    for (size_t i = 0; i < r->count; i += CHUNK * 16) {
        const size_t left = r->count - i;
        const row part = {r->x + i, r->other + i, NULL,
                          left < CHUNK * 16 ? left : CHUNK * 16};
        if (unit == MIEN_UNIT_NONE)
            add_gradients_as(g, &part, b, MIEN_UNIT_NONE);
        else if (unit == MIEN_UNIT_RELU)
            add_gradients_as(g, &part, b, MIEN_UNIT_RELU);
        else
            add_gradients_as(g, &part, b, MIEN_UNIT_PRELU);
    }
}

typedef enum write_mode { WRITE, WRITE_STREAM, WRITE_ADD } write_mode;

INLINE void write_dx_as(const row *r, const block *b, mien_kernel_unit unit,
                        write_mode mode) {
    const v16 mean = b->mean, scale = b->scale, beta = b->beta;
    const v16 slope = b->slope, offset = b->offset, tilt = b->tilt;
    const row p = *r;
    v16 unused = v_set(0);
    for (size_t i = 0; i < p.count; i += 16) {
        const v16 x = v_sub(v_load(p.x + i), mean);
        const v16 d = through(v_load(p.other + i), v_fma(x, scale, beta), slope,
                              unit, &unused);
        v16 dx = v_mul(scale, v_sub(v_sub(d, offset), v_mul(tilt, x)));
        if (mode == WRITE_ADD) dx = v_add(dx, v_load(p.out + i));
        if (mode == WRITE_STREAM)
            v_stream(p.out + i, dx);
        else
            v_store(p.out + i, dx);
    }
}

INLINE void write_dx_unit(const row *r, const block *b, mien_kernel_unit unit,
                          write_mode mode) {
    if (unit == MIEN_UNIT_NONE)
        write_dx_as(r, b, MIEN_UNIT_NONE, mode);
    else if (unit == MIEN_UNIT_RELU)
        write_dx_as(r, b, MIEN_UNIT_RELU, mode);
    else
        write_dx_as(r, b, MIEN_UNIT_PRELU, mode);
}

static void write_dx(const row *r, const block *b, mien_kernel_unit unit,
                     write_mode mode) {
    if (mode == WRITE_ADD)
        write_dx_unit(r, b, unit, WRITE_ADD);
    else if (mode == WRITE_STREAM)
        write_dx_unit(r, b, unit, WRITE_STREAM);
    else
        write_dx_unit(r, b, unit, WRITE);
}

static row backward_row(const mien_kernel_bn *a, int n, int cb) {
    const size_t at = mien_plane_start(a->shape, n, cb);
    return (row){a->x + at, a->dy + at, a->dx + at, mien_plane_count(a->shape)};
}

/* Write out the sums of a block and fold them into offset and tilt. */
static void finish_gradients(const mien_kernel_bn *a, int cb, block *b,
                             const gradients *g) {
    const double pixels =
        (double)a->shape.n * (double)a->shape.h * (double)a->shape.w;
    float offset[16], tilt[16];
    for (int i = 0; i < 16; i++) {
        const int c = cb * 16 + i;
        const double istd = (double)a->istd[c];
        const double dgamma = g->dgamma[i] * istd;
        offset[i] = (float)(g->dbeta[i] / pixels);
        tilt[i] = (float)(dgamma * istd / pixels);
        if (a->dgamma) a->dgamma[c] = (float)dgamma;
        if (a->dbeta) a->dbeta[c] = (float)g->dbeta[i];
        if (a->dslope) a->dslope[c] = (float)g->dslope[i];
    }
    b->offset = v_load(offset);
    b->tilt = v_load(tilt);
}

static void backward_block(const mien_kernel_bn *a, int cb, write_mode mode) {
    const v16 istd = v_load(a->istd + cb * 16);
    block b = {.mean = v_load(a->mean + cb * 16),
               .scale = v_mul(load_or(a->gamma, cb, 1), istd),
               .beta = load_or(a->beta, cb, 0),
               .slope = load_slope(a, cb)};
    gradients g = {0};
    for (int n = 0; n < a->shape.n; n++) {
        const row r = backward_row(a, n, cb);
        add_gradients(&g, &r, &b, a->unit);
    }
    finish_gradients(a, cb, &b, &g);
    for (int n = a->shape.n - 1; n >= 0; n--) {
        const row r = backward_row(a, n, cb);
        write_dx(&r, &b, a->unit, mode);
    }
}

void MIEN_K(bn_backward)(const mien_kernel_bn *a) {
    const size_t bytes = mien_shape_count(a->shape) * sizeof(float);
    write_mode mode = WRITE;
    if (a->accumulate)
        mode = WRITE_ADD;
    else if (a->dx != a->dy && worth_streaming(a->dx, bytes))
        mode = WRITE_STREAM;
    for (int cb = 0; cb < a->shape.c / 16; cb++) backward_block(a, cb, mode);
    if (mode == WRITE_STREAM) v_stream_end();
}
