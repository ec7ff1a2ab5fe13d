/* SPDX-License-Identifier: Apache-2.0 */
/* twin_run.c - run a layer's case in float or in double arithmetic. */
#include "twin_run.h"

#include "layer_fixture.h"

typedef struct sink {
    double *out;
    size_t count, room;
} sink;

static void put(sink *s, const real *x, size_t n) {
    for (size_t i = 0; x && i < n; i++, s->count++)
        if (s->count < s->room) s->out[s->count] = x[i];
}

size_t MIEN_R(twin_run)(double *out, size_t room, const layer_case *c) {
    sink s = {out, 0, room};
    fixture f;
    if (fixture_open(&f, c) == MIEN_OK) {
        f.ops->forward(&f.pass);
        f.ops->backward(&f.pass);
        put(&s, f.pass.y, mien_shape_count(f.plan.out));
        for (int k = 0; k < f.plan.n_in; k++)
            put(&s, f.pass.dx[k], mien_shape_count(f.plan.in[k]));
        for (int k = 0; k < f.plan.n_weights; k++)
            put(&s, f.pass.dw[k], mien_dims_count(f.plan.weights[k].dims));
        if (!c->infer) put(&s, f.pass.stats, f.plan.n_stats);
    }
    fixture_close(&f);
    return s.count <= room ? s.count : 0;
}
