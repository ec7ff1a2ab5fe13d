/* SPDX-License-Identifier: Apache-2.0 */
/* measure.c - round and look at what passes, while the caches hold it.
 *
 * Both moments matter: a later step may write over an output, and a gradient
 * is whole only when all that contribute to it have run. */
#include "nn/fast/program.h"

static mien_kernel_saturation saturation_of(const mien_step *s) {
    if (!s->n_nodes) return MIEN_SATURATION_NONE;
    const int last = s->nodes[s->n_nodes - 1];
    if (mien_step_is(s->graph, last, "tanh")) return MIEN_SATURATION_TANH;
    if (mien_step_is(s->graph, last, "sigmoid")) return MIEN_SATURATION_SIGMOID;
    return MIEN_SATURATION_NONE;
}

/* Whose totals and roundings are found at x, a value or a gradient. */
typedef struct finding {
    mien_kernel_totals *totals;
    mien_rounding *rounding;
} finding;

static void finish(const mien_program *p, const mien_shard_run *run,
                   mien_kernel_probe *probe, float *x, finding to) {
    if (run->precision != MIEN_PRECISION_F32)
        mien_round_values(x, mien_shape_count(probe->shape), run->precision,
                          to.rounding);
    if (!run->measured) return;
    const mien_kernels *kernels =
        p->kernels ? p->kernels : &mien_kernels_reference;
    probe->x = x;
    kernels->probe(probe);
    *to.totals = probe->totals;
}

static mien_kernel_probe probe_of(const mien_value *y) {
    return (mien_kernel_probe){.shape = y->shape,
                               .blocked = y->layout == MIEN_BLOCKED};
}

void mien_program_finish_y(const mien_program *p, int i,
                           const mien_shard_run *run) {
    const mien_planned_step *ps = &p->steps[i];
    const mien_value *y = &p->values[ps->out];
    mien_measured *m = run->measured ? &run->measured[i] : NULL;
    mien_kernel_probe probe = probe_of(y);
    probe.saturation = saturation_of(&ps->step);
    probe.alive = m ? m->alive : NULL;
    finish(p, run, &probe, mien_program_at(p, y->buffer),
           m ? (finding){&m->y, &m->y_rounding} : (finding){0});
}

void mien_program_finish_dy(const mien_program *p, int i,
                            const mien_shard_run *run) {
    const mien_value *y = &p->values[p->steps[i].out];
    mien_measured *m = run->measured ? &run->measured[i] : NULL;
    mien_kernel_probe probe = probe_of(y);
    if (!mien_program_wants_dy(p, i)) return;
    finish(p, run, &probe, mien_program_at(p, y->gradient),
           m ? (finding){&m->dy, &m->dy_rounding} : (finding){0});
}
