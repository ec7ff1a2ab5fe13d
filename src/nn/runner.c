/* SPDX-License-Identifier: Apache-2.0 */
/* runner.c - shards of a batch on threads, their gradients added in a tree. */
#include "nn/runner.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "nn/dnnl/conv.h"
#include "nn/runner_state.h"

enum { MAX_SHARDS = 64, SLICE = 1 << 16 /* values a reduction task adds */ };

static int shard_size(const mien_runner *run) {
    return run->options.batch / run->options.shards;
}

static mien_loss_pass loss_pass(const mien_runner *run, int shard,
                                const mien_worker *worker, const float *y) {
    const mien_runner_state *st = run->state;
    const mien_batch *b = st->batch;
    const mien_weights *w = &run->net->weights;
    const int m = shard_size(run), at = shard * m;
    mien_loss_pass p = {
        .config = run->net->loss_config,
        .n = b->n - at < m ? b->n - at : m,
        .batch = b->n,
        .d = st->loss.d,
        .classes = st->loss.classes,
        .x = y,
        .label = b->label ? b->label + at : NULL,
        .mixed = b->mixed ? b->mixed + at : NULL,
        .share = b->share ? b->share + at : NULL,
        .vector = st->loss.vector,
        .target = b->target ? b->target + (size_t)at * st->loss.vector : NULL,
        .class_weight = b->class_weight,
        .kept = worker->loss_kept,
        .scratch = worker->loss_scratch,
        .progress = b->progress,
        .seed = b->seed,
        .step = b->step,
        .sample = (uint32_t)at};
    if (st->scores) p.scores = st->scores + (size_t)at * st->loss.scores;
    for (int k = 0; k < MIEN_MAX_WEIGHTS; k++) {
        const int index = w->of_node[w->n_nodes][k];
        if (index < 0) continue;
        const mien_weight *weight = &w->items[index];
        p.w[k] = worker->program->weights + weight->offset;
        if (!st->backward) continue;
        p.dw[k] = st->shards[shard].gradient + weight->offset;
        memset(p.dw[k], 0, weight->count * sizeof(float));
    }
    return p;
}

/* A shard's input: the batch's own rows, or a copy filled up with zeros. */
static const float *shard_input(const mien_runner *run, int shard,
                                const mien_worker *worker) {
    const mien_batch *b = run->state->batch;
    const int m = shard_size(run), at = shard * m;
    const mien_shape in = run->net->graph.input;
    const size_t image = (size_t)in.c * (size_t)in.h * (size_t)in.w;
    const float *x = b->x + (size_t)at * image;
    if (b->n - at >= m) return x;
    const size_t filled = (size_t)(b->n - at) * image;
    memcpy(worker->staging, x, filled * sizeof(float));
    memset(worker->staging + filled, 0,
           ((size_t)m * image - filled) * sizeof(float));
    return worker->staging;
}

/* Whether a batch says what the loss asks for. Only losses that tell samples
 * apart by themselves have neither targets nor scores. */
static bool has_truth(const mien_runner *run, const mien_batch *batch) {
    const mien_loss_ops *loss = run->net->loss;
    if (!loss) return false;
    if (loss->needs_labels && !batch->label) return false;
    if (loss->needs_vector) return batch->target != NULL;
    if (loss->needs_labels) return true;
    if (run->state->loss.vector > 0) return batch->target != NULL;
    return batch->label || !run->state->loss.scores;
}

/* In inference the loss is computed if the batch has labels or targets. */
static bool wants_loss(const mien_runner *run) {
    const mien_batch *batch = run->state->batch;
    return has_truth(run, batch) &&
           (run->state->backward || batch->label || batch->target);
}

static mien_status run_shard(void *context, int shard, int index) {
    mien_runner *run = context;
    mien_runner_state *st = run->state;
    mien_worker *worker = &st->workers[index];
    mien_shard *s = &st->shards[shard];
    const int m = shard_size(run), at = shard * m;
    s->loss = 0;
    if (st->watched) mien_runner_start_probes(run, s);
    if (at >= st->batch->n) return MIEN_OK;
    mien_dnnl_enter();
    const mien_shard_run r = {.x = shard_input(run, shard, worker),
                              .dweights = s->gradient,
                              .stats = s->stats,
                              .measured = st->watched ? s->measured : NULL,
                              .precision = run->options.precision,
                              .seed = st->batch->seed,
                              .step = st->batch->step,
                              .sample = (uint32_t)at};
    const float *y = mien_program_forward(worker->program, &r);
    const int n = st->batch->n - at < m ? st->batch->n - at : m;
    const size_t width = (size_t)mien_net_width(run->net);
    memcpy(st->y + (size_t)at * width, y, (size_t)n * width * sizeof *y);
    if (!wants_loss(run)) return MIEN_OK;
    mien_loss_pass p = loss_pass(run, shard, worker, y);
    run->net->loss->forward(&p);
    s->loss = p.loss;
    if (!st->backward) return MIEN_OK;
    p.dx = mien_program_dy(worker->program);
    run->net->loss->backward(&p);
    mien_runner_scale_loss(run, &p);
    mien_program_backward(worker->program, &r);
    mien_runner_finish_gradient(run, s);
    return MIEN_OK;
}

static mien_status refresh_worker(void *context, int task, int index) {
    (void)index;
    mien_dnnl_enter();
    mien_program_refresh(
        ((mien_runner *)context)->state->workers[task].program);
    return MIEN_OK;
}

static mien_status refresh(mien_runner *run) {
    mien_weights_apply(&run->net->weights);
    mien_runner_round_weights(run);
    return mien_pool_run(run->pool, run->state->n_workers, refresh_worker, run);
}

/* One slice of the gradient: ((g0 + g1) + (g2 + g3)) + ..., whatever the
 * number of threads. */
static mien_status reduce_slice(void *context, int task, int index) {
    (void)index;
    mien_runner *run = context;
    const size_t size = run->net->weights.size_trained;
    const size_t from = (size_t)task * SLICE;
    const size_t to = from + SLICE < size ? from + SLICE : size;
    for (int stride = 1; stride < run->options.shards; stride *= 2)
        for (int i = 0; i + stride < run->options.shards; i += 2 * stride) {
            float *a = run->state->shards[i].gradient;
            const float *b = run->state->shards[i + stride].gradient;
            for (size_t k = from; k < to; k++) a[k] += b[k];
        }
    return MIEN_OK;
}

static mien_status reduce(mien_runner *run) {
    const size_t size = run->net->weights.size_trained;
    if (run->options.shards > 1)
        MIEN_TRY(mien_pool_run(run->pool, (int)((size + SLICE - 1) / SLICE),
                               reduce_slice, run));
    mien_weights_gradient(&run->net->weights, run->gradient);
    return MIEN_OK;
}

/* running += rate * (mean over the shards - running) */
static void blend_node(mien_runner *run, int node) {
    const mien_program *p = run->state->workers[0].program;
    const mien_layer_plan *plan = &p->graph.nodes[node].plan;
    mien_weights *w = &run->net->weights;
    size_t at = p->stats_at[node];
    for (int k = 0; k < plan->n_weights; k++) {
        const mien_weight *weight = &w->items[w->of_node[node][k]];
        if (weight->spec.role != MIEN_ROLE_RUNNING) continue;
        float *running = w->values + weight->offset;
        for (size_t i = 0; i < weight->count; i++, at++) {
            double mean = 0;
            for (int s = 0; s < run->options.shards; s++)
                mean += run->state->shards[s].stats[at];
            mean /= run->options.shards;
            running[i] += plan->stats_rate * ((float)mean - running[i]);
        }
    }
}

mien_status mien_runner_commit(mien_runner *run) {
    if (!run->state->backward)
        return mien_fail(MIEN_EINVAL, "no training step to accept");
    const mien_program *p = run->state->workers[0].program;
    for (int i = 0; i < p->graph.n_nodes; i++)
        if (p->graph.nodes[i].plan.n_stats) blend_node(run, i);
    return MIEN_OK;
}

/* Losses with scores take a label as the index of one. */
static mien_status check_labels(const mien_runner *run, const int32_t *label,
                                int n) {
    const int classes = run->net->spec.classes;
    if (!run->state->loss.scores || !label) return MIEN_OK;
    for (int i = 0; i < n; i++)
        if (label[i] < 0 || label[i] >= classes)
            return mien_fail(MIEN_EINVAL,
                             "sample %d of the batch has label %d, where the "
                             "network knows 0 to %d",
                             i, (int)label[i], classes - 1);
    return MIEN_OK;
}

static mien_status run_batch(mien_runner *run, const mien_batch *batch,
                             mien_result *result, bool backward) {
    mien_runner_state *st = run->state;
    MIEN_TRY(check_labels(run, batch->label, batch->n));
    MIEN_TRY(check_labels(run, batch->mixed, batch->n));
    st->batch = batch;
    st->backward = backward;
    st->watched = st->watch && backward;
    MIEN_TRY(mien_pool_run(run->pool, run->options.shards, run_shard, run));
    *result = (mien_result){.y = st->y,
                            .scores = st->scores,
                            .width = mien_net_width(run->net),
                            .n_scores = st->loss.scores};
    for (int s = 0; s < run->options.shards; s++)
        result->loss += st->shards[s].loss;
    if (st->watched) mien_runner_merge_probes(run);
    return MIEN_OK;
}

mien_status mien_runner_step(mien_runner *run, const mien_batch *batch,
                             mien_result *result) {
    if (!run->options.train)
        return mien_fail(MIEN_EINVAL, "this runner was not opened to train");
    if (!run->net->loss)
        return mien_fail(MIEN_EINVAL, "a network without a loss cannot train");
    if (!has_truth(run, batch))
        return mien_fail(MIEN_EINVAL, "the batch has no %s, which %s wants",
                         run->net->loss->needs_labels && !batch->label
                             ? "labels"
                             : "targets",
                         run->net->loss->name);
    if (batch->n != run->options.batch)
        return mien_fail(MIEN_EINVAL,
                         "a training batch of %d samples, where "
                         "%d were planned",
                         batch->n, run->options.batch);
    if (!(batch->loss_scale >= 0) || isinf(batch->loss_scale))
        return mien_fail(MIEN_EINVAL,
                         "a loss scale of %g; it must be above 0, or 0 for "
                         "none",
                         (double)batch->loss_scale);
    MIEN_TRY(refresh(run));
    MIEN_TRY(run_batch(run, batch, result, true));
    return reduce(run);
}

mien_status mien_runner_infer(mien_runner *run, const mien_batch *batch,
                              mien_result *result) {
    if (run->options.train)
        return mien_fail(MIEN_EINVAL, "this runner was opened to train");
    if (batch->n < 1 || batch->n > run->options.batch)
        return mien_fail(MIEN_EINVAL,
                         "a batch of %d samples, where 1 to %d "
                         "were planned",
                         batch->n, run->options.batch);
    if (!run->options.frozen) MIEN_TRY(refresh(run));
    return run_batch(run, batch, result, false);
}

static mien_status open_loss(mien_runner *run) {
    mien_runner_state *st = run->state;
    const int n = shard_size(run);
    /* A loss over pairs trains on even shards but must not stop inference. */
    st->loss = (mien_loss_plan){.n = run->options.train ? n : n + n % 2,
                                .d = mien_net_width(run->net),
                                .classes = run->net->spec.classes,
                                .vector = run->net->spec.vector};
    if (!run->net->loss) return MIEN_OK;
    MIEN_TRY(run->net->loss->plan(&st->loss, run->net->loss_config));
    if (!st->loss.scores) return MIEN_OK;
    st->scores = mien_alloc((size_t)run->options.batch,
                            (size_t)st->loss.scores * sizeof(float));
    return st->scores ? MIEN_OK : MIEN_ENOMEM;
}

/* What is rounded to 16 bits between layers cannot be folded. */
static mien_status open_program(mien_program **out, const mien_runner *run,
                                int n) {
    const mien_runner_options *o = &run->options;
    if (o->frozen && !o->train && !o->plain &&
        o->precision == MIEN_PRECISION_F32)
        return mien_program_open_frozen(out, run->net, n);
    return mien_program_open(out, run->net, n, o->train, o->plain);
}

static mien_status open_worker(mien_runner *run, mien_worker *worker) {
    const mien_loss_plan *loss = &run->state->loss;
    const int n = shard_size(run);
    MIEN_TRY(open_program(&worker->program, run, n));
    if (run->state->rounded) worker->program->weights = run->state->rounded;
    worker->loss_kept = mien_alloc(loss->n_kept + 1, sizeof(float));
    worker->loss_scratch = mien_alloc(loss->n_scratch + 1, sizeof(float));
    if (!worker->loss_kept || !worker->loss_scratch) return MIEN_ENOMEM;
    if (run->options.train) return MIEN_OK;
    worker->staging = mien_alloc(mien_shape_count(worker->program->graph.input),
                                 sizeof(float));
    return worker->staging ? MIEN_OK : MIEN_ENOMEM;
}

static mien_status open_shard(mien_runner *run, mien_shard *shard) {
    if (!run->options.train) return MIEN_OK;
    const size_t n_stats = run->state->workers[0].program->n_stats;
    shard->gradient =
        mien_alloc(run->net->weights.size_trained + 1, sizeof(float));
    shard->stats = mien_alloc(n_stats + 1, sizeof(float));
    return shard->gradient && shard->stats ? MIEN_OK : MIEN_ENOMEM;
}

static mien_status open_all(mien_runner *run) {
    const mien_runner_options *o = &run->options;
    mien_runner_state *st = run->state;
    st->n_workers = o->threads < o->shards ? o->threads : o->shards;
    MIEN_TRY(mien_pool_open(&run->pool, st->n_workers));
    st->workers = mien_alloc((size_t)st->n_workers, sizeof *st->workers);
    st->shards = mien_alloc((size_t)o->shards, sizeof *st->shards);
    st->y = mien_alloc((size_t)o->batch,
                       (size_t)mien_net_width(run->net) * sizeof(float));
    if (!st->workers || !st->shards || !st->y) return MIEN_ENOMEM;
    if (o->precision != MIEN_PRECISION_F32) {
        st->rounded = mien_alloc(run->net->weights.size + 1, sizeof(float));
        if (!st->rounded) return MIEN_ENOMEM;
    }
    MIEN_TRY(open_loss(run));
    for (int i = 0; i < st->n_workers; i++)
        MIEN_TRY(open_worker(run, &st->workers[i]));
    for (int i = 0; i < o->shards; i++)
        MIEN_TRY(open_shard(run, &st->shards[i]));
    run->gradient = st->shards[0].gradient;
    return o->frozen ? refresh(run) : MIEN_OK;
}

static mien_status check_options(mien_runner_options *o) {
    if (o->shards == 0) o->shards = 1;
    if (o->threads == 0) o->threads = 1;
    if (o->batch < 1 || o->shards < 1 || o->shards > MAX_SHARDS ||
        o->threads < 1)
        return mien_fail(MIEN_EINVAL,
                         "batch %d, shards %d, threads %d: each "
                         "must be at least 1, shards at most %d",
                         o->batch, o->shards, o->threads, MAX_SHARDS);
    if (o->batch % o->shards)
        return mien_fail(MIEN_EINVAL,
                         "a batch of %d cannot be cut into %d "
                         "equal shards",
                         o->batch, o->shards);
    return MIEN_OK;
}

mien_status mien_runner_open(mien_runner **out, mien_net *net,
                             const mien_runner_options *options) {
    *out = NULL;
    mien_runner_options checked = *options;
    MIEN_TRY(check_options(&checked));
    mien_runner *run = mien_alloc(1, sizeof *run);
    if (!run) return MIEN_ENOMEM;
    run->net = net;
    run->options = checked;
    run->state = mien_alloc(1, sizeof *run->state);
    if (!checked.plain && mien_cpu_isa() != MIEN_ISA_SCALAR)
        mien_dnnl_use_gemm();
    const mien_status status = run->state ? open_all(run) : MIEN_ENOMEM;
    if (status != MIEN_OK) {
        mien_runner_close(run);
        return status;
    }
    *out = run;
    return MIEN_OK;
}

static void close_worker(mien_worker *w) {
    mien_program_close(w->program);
    mien_free(w->staging);
    mien_free(w->loss_kept);
    mien_free(w->loss_scratch);
}

void mien_runner_close(mien_runner *run) {
    if (!run) return;
    mien_runner_state *st = run->state;
    for (int i = 0; st && st->workers && i < st->n_workers; i++)
        close_worker(&st->workers[i]);
    for (int i = 0; st && st->shards && i < run->options.shards; i++) {
        mien_free(st->shards[i].gradient);
        mien_free(st->shards[i].stats);
    }
    if (st) {
        mien_free(st->workers);
        mien_free(st->shards);
        mien_free(st->y);
        mien_free(st->scores);
        mien_free(st->rounded);
        mien_arena_close(&st->probe_arena);
    }
    mien_free(st);
    mien_pool_close(run->pool);
    mien_free(run);
}
