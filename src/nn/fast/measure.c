/* SPDX-License-Identifier: Apache-2.0 */
/* measure.c - look at outputs and gradients while the caches hold them.
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

static void measure(const mien_program *p, mien_kernel_totals *totals,
                    mien_kernel_probe *probe) {
    const mien_kernels *kernels =
        p->kernels ? p->kernels : &mien_kernels_reference;
    kernels->probe(probe);
    *totals = probe->totals;
}

void mien_program_measure_y(const mien_program *p, int i,
                            const mien_shard_run *run) {
    const mien_planned_step *ps = &p->steps[i];
    const mien_value *y = &p->values[ps->out];
    mien_kernel_probe probe = {.shape = y->shape,
                               .blocked = y->layout == MIEN_BLOCKED,
                               .saturation = saturation_of(&ps->step),
                               .x = mien_program_at(p, y->buffer),
                               .alive = run->measured[i].alive};
    measure(p, &run->measured[i].y, &probe);
}

void mien_program_measure_dy(const mien_program *p, int i,
                             const mien_shard_run *run) {
    const mien_planned_step *ps = &p->steps[i];
    const mien_value *y = &p->values[ps->out];
    mien_kernel_probe probe = {.shape = y->shape,
                               .blocked = y->layout == MIEN_BLOCKED,
                               .x = mien_program_at(p, y->gradient)};
    if (mien_program_wants_dy(p, i)) measure(p, &run->measured[i].dy, &probe);
}
