/* SPDX-License-Identifier: Apache-2.0 */
/* net_compare.h - a step of the runner against the reference runner.
 *
 *   compare_with_twin(&o, "name", false);   (o: see net_fixture.h)
 *
 * Include after cmocka.h. */
#ifndef MIEN_TESTS_NET_COMPARE_H
#define MIEN_TESTS_NET_COMPARE_H

#include "net_fixture.h"
#include "nn/twin.h"

/* A gradient that is zero but for rounding is measured against the others. */
static inline void compare_gradients(const mien_weights *w, const float *fast,
                                     const float *twin, const char *name) {
    const double floor = 1e-3 * largest(twin, w->size_trained);
    for (int i = 0; i < w->n_trained; i++) {
        const mien_weight *t = &w->items[i];
        const double d =
            distance(fast + t->offset, twin + t->offset, t->count, floor);
        if (!(d < 2e-4))
            fail_msg("%s: gradient of %s is off by %g", name, t->name, d);
    }
}

/* The last layer's output and the loss. */
static inline void compare_results(const mien_result *fast,
                                   const mien_twin *twin, const char *name) {
    const size_t n = (size_t)(twin->graph.input.n * fast->width);
    const float *y = twin->y[twin->graph.n_nodes - 1];
    const double d = distance(fast->y, y, n, 1e-30);
    if (!(d < 1e-4)) fail_msg("%s: output is off by %g", name, d);
    if (!(fabs(fast->loss - twin->loss) < 1e-4 * fabs(twin->loss)))
        fail_msg("%s: loss %g, should be %g", name, fast->loss, twin->loss);
    assert_int_equal(fast->n_scores, twin->n_scores);
    if (fast->n_scores)
        assert_true(distance(fast->scores, twin->scores,
                             (size_t)(twin->graph.input.n * fast->n_scores),
                             1e-30) < 1e-4);
}

/* Two training steps on the world's batch in one shard; the second finds
 * memory as the first left it. */
static inline void compare_with_twin(const world *o, const char *name,
                                     bool plain) {
    mien_twin *twin;
    mien_runner *run;
    mien_result result;
    assert_int_equal(mien_twin_open(&twin, o->net, o->batch.n, true), MIEN_OK);
    memcpy(twin->input, o->x,
           mien_shape_count(twin->graph.input) * sizeof(float));
    mien_twin_forward(twin, &o->batch, o->batch.target);
    mien_twin_backward(twin, &o->batch, o->batch.target);
    mien_weights_gradient(&o->net->weights, twin->gradient);
    const mien_runner_options options = {
        .batch = o->batch.n, .train = true, .plain = plain};
    if (mien_runner_open(&run, o->net, &options) != MIEN_OK)
        fail_msg("%s: %s", name, mien_error());
    for (int again = 0; again < 2; again++)
        assert_int_equal(mien_runner_step(run, &o->batch, &result), MIEN_OK);
    compare_results(&result, twin, name);
    compare_gradients(&o->net->weights, run->gradient, twin->gradient, name);
    mien_runner_close(run);
    mien_twin_close(twin);
}

#endif
