/* SPDX-License-Identifier: Apache-2.0 */
/* loss_check.c - random problems for losses; see loss_check.h. */
#include "loss_check.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "nn/losses/detect.h"

static void fill(double *x, size_t n, mien_rng *rng) {
    for (size_t i = 0; i < n; i++) x[i] = mien_rng_normal(rng);
}

/* Boxes of a detector in a picture of 32 x 32 pixels: with points, without,
 * one to be ignored, and one of no size. */
enum { BOXES = 4 };

static void fill_faces(double *box, mien_rng *rng) {
    static const double sign[BOXES] = {1, 0, -1, 1};
    *box++ = BOXES;
    for (int k = 0; k < BOXES; k++, box += MIEN_DETECT_BOX) {
        box[0] = mien_rng_range(rng, 0, 20);
        box[1] = mien_rng_range(rng, 0, 20);
        box[2] = k == BOXES - 1 ? 0 : mien_rng_range(rng, 4, 24);
        box[3] = mien_rng_range(rng, 4, 24);
        box[4] = sign[k];
        for (int i = 5; i < MIEN_DETECT_BOX; i++)
            box[i] = mien_rng_range(rng, 0, 32);
    }
}

static int vector_of(const row *r) {
    if (r->flags & FACES) return mien_detect_row(BOXES);
    if (r->flags & WIDER) return r->d + 3;
    return r->flags & VECTOR ? r->d : 0;
}

void draw(problem *p, const row *r, uint32_t seed) {
    mien_rng rng = mien_rng_at(1, MIEN_RNG_TEST, seed, 0);
    memset(p, 0, sizeof *p);
    fill(p->x, 512, &rng);
    fill(p->w, 512, &rng);
    for (int i = 0; i < 512; i++) p->target[i] = mien_rng_uniform(&rng);
    if (r->flags & FACES) fill_faces(p->target, &rng);
    for (int i = 0; i < 32 && r->classes > 0; i++) {
        p->label[i] = (int32_t)mien_rng_below(&rng, (uint32_t)r->classes);
        p->mixed[i] = (int32_t)mien_rng_below(&rng, (uint32_t)r->classes);
        p->share[i] = (float)mien_rng_uniform(&rng);
    }
    for (int c = 0; c < 16; c++)
        p->class_weight[c] = (float)mien_rng_range(&rng, 0.2, 2);
    p->in = (loss_case){
        .loss = r->loss,
        .options = r->options,
        .n = r->n,
        .d = r->d,
        .classes = r->classes,
        .vector = vector_of(r),
        .batch = r->flags & SHARD ? r->n + 5 : 0,
        .progress = r->progress,
        .x = p->x,
        .w = p->w,
        .target = r->flags & (VECTOR | FACES) ? p->target : NULL,
        .label = r->classes > 0 ? p->label : NULL,
        .mixed = r->flags & MIXED ? p->mixed : NULL,
        .share = r->flags & MIXED ? p->share : NULL,
        .class_weight = r->flags & WEIGHTED ? p->class_weight : NULL};
}

loss_result run64(const loss_case *in) {
    loss_result out;
    assert_int_equal(loss_run_f64(&out, in), MIEN_OK);
    return out;
}

loss_result run32(const loss_case *in) {
    loss_result out;
    assert_int_equal(loss_run_f32(&out, in), MIEN_OK);
    return out;
}

double apart(const double *a, const double *b, int n, double floor) {
    double diff = 0, na = 0, nb = 0;
    for (int i = 0; i < n; i++) {
        diff += (a[i] - b[i]) * (a[i] - b[i]);
        na += a[i] * a[i];
        nb += b[i] * b[i];
    }
    const double size = sqrt(na > nb ? na : nb);
    return sqrt(diff) / (size < floor ? floor : size);
}

/* dL/dv by differences of fourth order, v being x or w of *in. */
static void differences(double *out, const loss_case *in, double *v, int n,
                        double h) {
    static const double at[] = {1, -1, 2, -2};
    static const double by[] = {8, -8, -1, 1};
    for (int i = 0; i < n; i++) {
        const double kept = v[i];
        out[i] = 0;
        for (int k = 0; k < 4; k++) {
            v[i] = kept + at[k] * h;
            out[i] += by[k] * run64(in).loss / (12 * h);
        }
        v[i] = kept;
    }
}

void check_gradient(problem *p, double h) {
    static double by_differences[LOSS_RUN_MAX];
    const loss_result out = run64(&p->in);
    const int nd = p->in.n * p->in.d;
    differences(by_differences, &p->in, p->x, nd, h);
    const double ex = apart(out.dx, by_differences, nd, 1e-4);
    differences(by_differences, &p->in, p->w, out.n_w, h);
    const double ew = apart(out.dw, by_differences, out.n_w, 1e-4);
    if (ex >= 1e-6 || ew >= 1e-6)
        print_message("%s %s n=%d: dx %g dw %g\n", p->in.loss, p->in.options,
                      p->in.n, ex, ew);
    assert_true(ex < 1e-6);
    assert_true(ew < 1e-6);
}
