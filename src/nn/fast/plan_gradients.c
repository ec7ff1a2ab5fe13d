/* SPDX-License-Identifier: Apache-2.0 */
/* plan_gradients.c - values and gradients get buffers.
 *
 * A value is needed from the step that gives it to the last that reads it,
 * forward or backward. A gradient is needed from the first that contributes
 * to it (in backward order) to the step whose output it is of. What saves
 * memory traffic:
 *
 *   y written over x            when nobody else reads x any more
 *   dx written over dy          when nobody else reads dy
 *   dx = dy, the same buffer    where a step only passes its gradient on
 *   dx += in the step itself    instead of a temporary and a sum */
#include <string.h>

#include "nn/fast/program.h"

static int loss_time(const mien_program *p) { return p->n_steps; }

static int back_time(const mien_program *p, int step) {
    return 2 * p->n_steps - step;
}

int mien_program_buffer(mien_program *p, size_t bytes, int first, int last) {
    if (!bytes) return -1;
    p->buffers[p->n_buffers] =
        (mien_buffer){.bytes = bytes, .first = first, .last = last};
    return p->n_buffers++;
}

static size_t bytes_of(const mien_value *v) {
    const size_t each = v->layout == MIEN_BYTES ? 1 : sizeof(float);
    return mien_shape_count(v->shape) * each;
}

static void live_until(mien_program *p, int buffer, int moment) {
    if (buffer >= 0 && p->buffers[buffer].last < moment)
        p->buffers[buffer].last = moment;
}

static int readers_of(const mien_program *p, int value) {
    int n = value == p->n_values - 1; /* the loss */
    for (int i = 0; i < p->n_steps; i++)
        for (int k = 0; k < p->steps[i].step.n_in; k++)
            n += p->steps[i].in[k] == value;
    return n;
}

/* May the step write y over x[0]? */
static bool can_overwrite(const mien_program *p, const mien_planned_step *ps) {
    const int x = ps->in[0];
    const int producer = p->values[x].producer;
    if (!ps->step.in_place_y || producer < 0 || readers_of(p, x) != 1)
        return false;
    return !p->train || !p->steps[producer].step.reads_y;
}

/* Buffers of the values, in the order in which they come to be. */
static void plan_values(mien_program *p) {
    for (int i = 0; i < p->n_steps; i++) {
        mien_planned_step *ps = &p->steps[i];
        mien_value *out = &p->values[ps->out];
        out->buffer = can_overwrite(p, ps)
                          ? p->values[ps->in[0]].buffer
                          : mien_program_buffer(p, bytes_of(out), i, i);
        live_until(p, out->buffer, i);
        for (int k = 0; k < ps->step.n_in; k++) {
            live_until(p, p->values[ps->in[k]].buffer, i);
            if (p->train && ps->step.reads_x)
                live_until(p, p->values[ps->in[k]].buffer, back_time(p, i));
        }
        if (p->train && ps->step.reads_y)
            live_until(p, out->buffer, back_time(p, i));
        ps->scratch = mien_program_buffer(p, ps->step.scratch, i, i);
        ps->kept = mien_program_buffer(p, ps->step.kept, i,
                                       p->train ? back_time(p, i) : i);
        ps->back_scratch = -1;
        if (p->train)
            ps->back_scratch = mien_program_buffer(
                p, ps->step.scratch, back_time(p, i), back_time(p, i));
    }
    live_until(p, p->values[p->n_values - 1].buffer, loss_time(p));
}

/* One input that gets dy itself. `lent`: dy's buffer already serves as the
 * gradient of another input. */
static void deliver_dy(mien_program *p, int i, int k, bool *lent) {
    mien_planned_step *ps = &p->steps[i];
    mien_value *x = &p->values[ps->in[k]];
    const int dy = p->values[ps->out].gradient, now = back_time(p, i);
    if (x->gradient >= 0) {
        ps->deliver[k] = MIEN_DELIVER_ADD_DY;
    } else if (!*lent) {
        ps->deliver[k] = MIEN_DELIVER_ALIAS;
        x->gradient = dy;
        *lent = true;
    } else {
        ps->deliver[k] = MIEN_DELIVER_COPY;
        x->gradient = mien_program_buffer(p, bytes_of(x), now, now);
    }
    live_until(p, x->gradient, now);
}

/* One input whose gradient the step computes. */
static void deliver_own(mien_program *p, int i, int k, bool lent) {
    mien_planned_step *ps = &p->steps[i];
    mien_value *x = &p->values[ps->in[k]];
    const int dy = p->values[ps->out].gradient, now = back_time(p, i);
    if (x->gradient < 0) {
        ps->deliver[k] = MIEN_DELIVER_WRITE;
        x->gradient = k == 0 && ps->step.in_place_dx && !lent
                          ? dy
                          : mien_program_buffer(p, bytes_of(x), now, now);
    } else if (ps->step.adds_dx) {
        ps->deliver[k] = MIEN_DELIVER_ADD;
    } else {
        ps->deliver[k] = MIEN_DELIVER_TEMP;
        ps->temp[k] = mien_program_buffer(p, bytes_of(x), now, now);
    }
    live_until(p, x->gradient, now);
}

static void plan_deliveries(mien_program *p, int i) {
    mien_planned_step *ps = &p->steps[i];
    bool lent = false;
    live_until(p, p->values[ps->out].gradient, back_time(p, i));
    for (int k = 0; k < ps->step.n_in; k++)
        if (p->values[ps->in[k]].producer >= 0 && ps->step.passes_dy[k])
            deliver_dy(p, i, k, &lent);
    for (int k = 0; k < ps->step.n_in; k++)
        if (p->values[ps->in[k]].producer >= 0 && !ps->step.passes_dy[k])
            deliver_own(p, i, k, lent);
}

mien_status mien_program_plan_gradients(mien_program *p) {
    const size_t most = (size_t)p->n_steps * (4 + 2 * MIEN_MAX_INPUTS) + 4;
    p->buffers = mien_arena_alloc(&p->arena, most, sizeof *p->buffers);
    if (!p->buffers) return MIEN_ENOMEM;
    for (int i = 0; i < p->n_values; i++)
        p->values[i].buffer = p->values[i].gradient = -1;
    plan_values(p);
    if (!p->train) return MIEN_OK;
    mien_value *last = &p->values[p->n_values - 1];
    last->gradient =
        mien_program_buffer(p, bytes_of(last), loss_time(p), loss_time(p));
    for (int i = p->n_steps - 1; i >= 0; i--) plan_deliveries(p, i);
    return MIEN_OK;
}
