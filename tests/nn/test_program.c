/* SPDX-License-Identifier: Apache-2.0 */
/* test_program.c - plans of networks: who holds which memory, and when.
 *
 * The planner's rules are checked against what the steps do: a walk through
 * all moments notes which value each buffer holds, and each read must find
 * the value it means. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/cpu.h"
#include "net_fixture.h"
#include "nn/dnnl/conv.h"
#include "nn/fast/program.h"

/* Which value each buffer holds now: a value, GRADIENT_OF one, or NOTHING. */
enum { NOTHING = -1, GRADIENT_OF = 1 << 20, OTHER = 1 << 21 };

typedef struct walk {
    const mien_program *p;
    const char *name;
    int *holds; /* of each buffer */
    int now;
} walk;

static void alive(const walk *w, int buffer, const char *what) {
    const mien_buffer *b = &w->p->buffers[buffer];
    if (b->first > w->now || b->last < w->now)
        fail_msg("%s: at %d, %s is in a buffer that lives from %d to %d",
                 w->name, w->now, what, b->first, b->last);
}

static void write(walk *w, int buffer, int what) {
    if (buffer < 0) return;
    alive(w, buffer, "what is written");
    w->holds[buffer] = what;
}

static void read(const walk *w, int buffer, int what) {
    if (buffer < 0) return;
    alive(w, buffer, "what is read");
    if (w->holds[buffer] != what)
        fail_msg("%s: at %d, %d is wanted and %d is there", w->name, w->now,
                 what, w->holds[buffer]);
}

static void walk_forward(walk *w, int i) {
    const mien_planned_step *ps = &w->p->steps[i];
    const mien_value *values = w->p->values;
    w->now = i;
    for (int k = 0; k < ps->step.n_in; k++)
        read(w, values[ps->in[k]].buffer, ps->in[k]);
    write(w, ps->scratch, OTHER);
    write(w, ps->kept, OTHER + i);
    write(w, values[ps->out].buffer, ps->out);
}

/* dx may be dy's own buffer: then dy is what it holds before the step. */
static void read_sum(const walk *w, const mien_planned_step *ps, int k) {
    const int dx = w->p->values[ps->in[k]].gradient;
    const bool same = dx == w->p->values[ps->out].gradient;
    read(w, dx, GRADIENT_OF + (same ? ps->out : ps->in[k]));
}

/* dy goes on to those inputs that get it as it is. */
static void walk_hand_on(walk *w, const mien_planned_step *ps) {
    for (int k = 0; k < ps->step.n_in; k++) {
        const int x = ps->in[k], dx = w->p->values[x].gradient;
        assert_int_equal(ps->deliver[k] == MIEN_DELIVER_NONE,
                         w->p->values[x].producer < 0);
        if (ps->deliver[k] == MIEN_DELIVER_ALIAS)
            assert_int_equal(dx, w->p->values[ps->out].gradient);
        if (ps->deliver[k] == MIEN_DELIVER_ADD_DY) read_sum(w, ps, k);
        if (ps->deliver[k] == MIEN_DELIVER_COPY) write(w, dx, GRADIENT_OF + x);
    }
}

/* A step that takes x twice writes its gradient, then adds to it. */
static bool writes_before(const mien_planned_step *ps, int k) {
    for (int j = 0; j < k; j++)
        if (ps->in[j] == ps->in[k] && ps->deliver[j] == MIEN_DELIVER_WRITE)
            return true;
    return false;
}

static void walk_inputs(const walk *w, const mien_planned_step *ps) {
    const mien_value *values = w->p->values;
    for (int k = 0; k < ps->step.n_in; k++) {
        if (ps->step.reads_x) read(w, values[ps->in[k]].buffer, ps->in[k]);
        if (ps->deliver[k] == MIEN_DELIVER_ADD && !writes_before(ps, k))
            read_sum(w, ps, k);
    }
    if (ps->step.reads_y) read(w, values[ps->out].buffer, ps->out);
}

static void walk_outputs(walk *w, const mien_planned_step *ps) {
    for (int k = 0; k < ps->step.n_in; k++) {
        const int x = ps->in[k], dx = w->p->values[x].gradient;
        if (ps->deliver[k] == MIEN_DELIVER_TEMP) {
            write(w, ps->temp[k], OTHER);
            read(w, dx, GRADIENT_OF + x);
        } else {
            write(w, dx, GRADIENT_OF + x);
        }
    }
}

static void walk_backward(walk *w, int i) {
    const mien_planned_step *ps = &w->p->steps[i];
    const int dy = w->p->values[ps->out].gradient;
    w->now = 2 * w->p->n_steps - i;
    read(w, dy, GRADIENT_OF + ps->out);
    walk_hand_on(w, ps);
    read(w, dy, GRADIENT_OF + ps->out);
    walk_inputs(w, ps);
    read(w, ps->kept, OTHER + i);
    write(w, ps->back_scratch, OTHER);
    walk_outputs(w, ps);
}

static void check_reads(const mien_program *p, const char *name) {
    walk w = {.p = p, .name = name};
    w.holds = mien_alloc((size_t)p->n_buffers + 1, sizeof *w.holds);
    for (int i = 0; i < p->n_buffers; i++) w.holds[i] = NOTHING;
    for (int i = 0; i < p->n_steps; i++) walk_forward(&w, i);
    w.now = p->n_steps;
    const mien_value *last = &p->values[p->n_values - 1];
    read(&w, last->buffer, p->n_values - 1);
    if (p->train) write(&w, last->gradient, GRADIENT_OF + p->n_values - 1);
    for (int i = p->n_steps - 1; p->train && i >= 0; i--) walk_backward(&w, i);
    mien_free(w.holds);
}

static bool meet(const mien_buffer *a, const mien_buffer *b) {
    return a->first <= b->last && b->first <= a->last &&
           a->offset < b->offset + b->bytes && b->offset < a->offset + a->bytes;
}

static void check_buffers(const mien_program *p, const char *name) {
    for (int i = 0; i < p->n_buffers; i++) {
        const mien_buffer *b = &p->buffers[i];
        assert_int_equal(b->offset % 64, 0);
        assert_true(b->offset + b->bytes <= p->memory_size);
        for (int j = 0; j < i; j++)
            if (meet(b, &p->buffers[j]))
                fail_msg("%s: buffers %d and %d meet", name, i, j);
    }
    for (int i = 1; i < p->n_values; i++) {
        const size_t bytes = mien_shape_count(p->values[i].shape) * 4;
        assert_true(p->buffers[p->values[i].buffer].bytes >= bytes);
        if (p->values[i].gradient >= 0)
            assert_true(p->buffers[p->values[i].gradient].bytes >= bytes);
        assert_int_equal(p->values[i].gradient >= 0, p->train);
    }
}

/* The most bytes that live at one moment: no plan can take less. */
static size_t least_memory(const mien_program *p) {
    size_t most = 0;
    for (int now = 0; now <= 2 * p->n_steps; now++) {
        size_t bytes = 0;
        for (int i = 0; i < p->n_buffers; i++)
            if (p->buffers[i].first <= now && p->buffers[i].last >= now)
                bytes += p->buffers[i].bytes;
        most = bytes > most ? bytes : most;
    }
    return most;
}

static size_t sum_of_buffers(const mien_program *p) {
    size_t sum = 0;
    for (int i = 0; i < p->n_buffers; i++) sum += p->buffers[i].bytes;
    return sum;
}

static void check_plan(const mien_net *net, const char *name, int n, bool train,
                       bool plain) {
    mien_program *p;
    const double start = mien_clock();
    if (mien_program_open(&p, net, n, train, plain) != MIEN_OK)
        fail_msg("%s: %s", name, mien_error());
    const double seconds = mien_clock() - start;
    check_buffers(p, name);
    check_reads(p, name);
    const size_t least = least_memory(p), sum = sum_of_buffers(p);
    assert_true(p->memory_size >= least);
    assert_true(p->memory_size < sum || p->n_buffers < 4);
    print_message(
        "%s, %s%s: planned in %.3f s, %.2f MB; %.2f live at once, "
        "%.2f in all\n",
        name, train ? "training" : "inference", plain ? ", plain" : "", seconds,
        (double)p->memory_size * 1e-6, (double)least * 1e-6,
        (double)sum * 1e-6);
    mien_program_close(p);
}

static void program__buffers_hold_what_each_step_reads(void **state) {
    (void)state;
    for (int i = 0; i < N_EXAMPLES; i++) {
        world o;
        open_world(&o, &examples[i], 1);
        for (int k = 0; k < 4; k++)
            check_plan(o.net, examples[i].name, examples[i].input.n, k & 1,
                       k & 2);
        close_world(&o);
    }
}

/* One pass in memory that holds `filling`: y, and the weights' gradient. */
static void run_in(float *dweights, float *y, const world *o, bool plain,
                   int filling) {
    mien_program *p;
    const mien_weights *w = &o->net->weights;
    if (mien_program_open(&p, o->net, o->batch.n, true, plain) != MIEN_OK)
        fail_msg("%s", mien_error());
    float *stats = mien_alloc(p->n_stats + 1, sizeof *stats);
    const mien_shard_run run = {
        .x = o->x, .dweights = dweights, .stats = stats};
    memset(dweights, filling, w->size_trained * sizeof *dweights);
    memset(p->memory, filling, p->memory_size);
    mien_program_refresh(p);
    const float *out = mien_program_forward(p, &run);
    const size_t width = (size_t)(mien_net_width(o->net) * o->batch.n);
    memcpy(y, out, width * sizeof *y);
    float *dy = mien_program_dy(p);
    for (size_t i = 0; i < width; i++) dy[i] = 0.1f + 0.01f * (float)i;
    mien_program_backward(p, &run);
    for (int i = 0; i < w->n_trained; i++) /* gaps and gains are not its own */
        for (size_t k = w->items[i].count; k % 16; k++)
            dweights[w->items[i].offset + k] = 0;
    mien_free(stats);
    mien_program_close(p);
}

/* The gradients of gains come later, from the weights they scale. */
static void compare_runs(const mien_weights *w, const float *a, const float *b,
                         const char *name) {
    for (int i = 0; i < w->n_trained; i++) {
        const mien_weight *t = &w->items[i];
        if (t->node < 0 || (i && w->items[i - 1].gain_offset == t->offset))
            continue;
        if (memcmp(a + t->offset, b + t->offset, t->count * sizeof *a))
            fail_msg("%s: the gradient of %s depends on old memory", name,
                     t->name);
    }
}

static void program__does_not_depend_on_what_memory_held(void **state) {
    (void)state;
    for (int i = 0; i < 2 * N_EXAMPLES; i++) {
        const example *e = &examples[i / 2];
        world o;
        float y[2][512];
        float *dweights[2];
        open_world(&o, e, 1);
        const mien_weights *w = &o.net->weights;
        for (int k = 0; k < 2; k++) {
            dweights[k] = mien_alloc(w->size_trained, sizeof(float));
            run_in(dweights[k], y[k], &o, i % 2, k ? 0xFF : 0);
        }
        const int width = mien_net_width(o.net) * o.batch.n;
        assert_memory_equal(y[0], y[1], (size_t)width * sizeof(float));
        compare_runs(w, dweights[0], dweights[1], e->name);
        for (int k = 0; k < 2; k++) mien_free(dweights[k]);
        close_world(&o);
    }
}

static void try_recipe(const char *file) {
    char path[4096];
    mien_arena arena = {0};
    mien_tree *tree;
    mien_net *net;
    snprintf(path, sizeof path, "%s/%s", getenv("MIEN_RECIPES"), file);
    if (mien_tree_load(&tree, &arena, path) != MIEN_OK)
        fail_msg("%s", mien_error());
    const mien_net_spec spec = {.model = mien_tree_get(tree, "model"),
                                .loss = mien_tree_get(tree, "loss"),
                                .input = {1, 3, 112, 112},
                                .classes = 100};
    if (mien_net_open(&net, &spec) != MIEN_OK) fail_msg("%s", mien_error());
    check_plan(net, file, 16, true, false);
    check_plan(net, file, 16, false, false);
    mien_net_close(net);
    mien_arena_close(&arena);
}

static void program__plans_the_reference_networks(void **state) {
    (void)state;
    if (!getenv("MIEN_RECIPES")) {
        print_message("MIEN_RECIPES is not set\n");
        skip();
    }
    try_recipe("mobilefacenet.yaml");
    try_recipe("iresnet18.yaml");
}

static void program__reorders_a_value_once(void **state) {
    (void)state;
    world o;
    mien_program *p;
    const example e = {
        "wide joins",
        "- conv: {out: 16, kernel: 3}\n- name: a\n"
        "- repeat: {times: 40, body: [concat: [a, a, a, a, a, a, "
        "a]]}\n- conv: {out: 3, kernel: 3}\n- flatten\n"
        "- dense: {out: classes}\n",
        "cross_entropy",
        {2, 3, 5, 5},
        3};
    open_world(&o, &e, 1);
    assert_int_equal(mien_program_open(&p, o.net, 2, true, false), MIEN_OK);
    int reorders = 0;
    for (int i = 0; i < p->n_steps; i++)
        reorders += p->steps[i].step.ops == &mien_step_reorder;
    assert_true(reorders <= 1);
    check_reads(p, e.name);
    mien_program_close(p);
    close_world(&o);
}

static void program__wants_every_output_used(void **state) {
    (void)state;
    world o;
    mien_program *p;
    const example e = {"unused",
                       "- {relu: , name: dead}\n- from: input\n- flatten\n"
                       "- dense: {out: classes}\n",
                       "cross_entropy",
                       {2, 3, 4, 4},
                       3};
    open_world(&o, &e, 1);
    assert_int_equal(mien_program_open(&p, o.net, 2, true, false), MIEN_EINVAL);
    assert_null(p);
    assert_string_equal(mien_error(),
                        "nothing uses the output of layer 'dead'");
    close_world(&o);
}

static void program__refuses_batches_that_do_not_fit(void **state) {
    (void)state;
    world o;
    mien_program *p;
    open_world(&o, &examples[0], 1);
    assert_int_equal(mien_program_open(&p, o.net, 1 << 28, true, false),
                     MIEN_ELIMIT);
    assert_null(p);
    assert_int_equal(mien_program_open(&p, o.net, 0, true, false), MIEN_ELIMIT);
    close_world(&o);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(program__buffers_hold_what_each_step_reads),
        cmocka_unit_test(program__does_not_depend_on_what_memory_held),
        cmocka_unit_test(program__plans_the_reference_networks),
        cmocka_unit_test(program__reorders_a_value_once),
        cmocka_unit_test(program__wants_every_output_used),
        cmocka_unit_test(program__refuses_batches_that_do_not_fit),
    };
    if (mien_cpu_isa() != MIEN_ISA_SCALAR) mien_dnnl_use_gemm();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
