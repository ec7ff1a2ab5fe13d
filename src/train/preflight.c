/* SPDX-License-Identifier: Apache-2.0 */
/* preflight.c - examine data, input and settings before the first step. */
#include "train/preflight.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/finite.h"
#include "data/examine.h"
#include "train/doctor.h"

enum {
    LEAST_EXAMINED = 400,
    MOST_EXAMINED = 2000,
    ORDER_BATCHES = 10,
    LEAST_OF_NORM = 4, /* samples that batch norm can live with */
    LARGE_BATCH = 256, /* a larger one leaves few steps */
    FEW_STEPS = 150,
    PLAIN_DEPTH = 30
};
static const double input_rms = 10, input_max = 20, input_least = 1e-3;
static const double long_memory = 0.95, least_eps = 1e-12;
static const double copied = 0.2, ordered = 0.5, noisy = 0.25;

typedef struct report {
    mien_finding *list;
    int *n;
} report;

static void say(report r, mien_severity severity, mien_cause cause,
                const char *format, ...) __attribute__((format(printf, 4, 5)));

static void say(report r, mien_severity severity, mien_cause cause,
                const char *format, ...) {
    va_list args;
    if (*r.n == MIEN_MAX_FINDINGS) return;
    mien_finding *f = &r.list[(*r.n)++];
    *f = (mien_finding){
        .detector = "preflight", .severity = severity, .cause = cause};
    va_start(args, format);
    vsnprintf(f->text, sizeof f->text, format, args);
    va_end(args);
}

/* ---- the input -------------------------------------------------------- */

typedef struct first_batch {
    mien_probe all;
    int channels;
    float low[MIEN_MOST_CHANNELS], high[MIEN_MOST_CHANNELS];
    double mean[MIEN_MOST_CHANNELS], deviation[MIEN_MOST_CHANNELS];
} first_batch;

static void measure_channel(first_batch *out, const mien_batch *b, mien_shape s,
                            int c) {
    const size_t plane = (size_t)s.h * (size_t)s.w;
    double sum = 0, squares = 0, n = 0;
    for (int i = 0; i < b->n; i++) {
        const float *x = b->x + ((size_t)i * (size_t)s.c + (size_t)c) * plane;
        for (size_t k = 0; k < plane; k++) {
            if (mien_bad_f32(x[k])) continue;
            sum += x[k];
            squares += (double)x[k] * x[k];
            n++;
        }
    }
    const double mean = n > 0 ? sum / n : 0;
    const double variance = n > 0 ? squares / n - mean * mean : 0;
    out->mean[c] = mean;
    out->deviation[c] = sqrt(variance > 0 ? variance : 0);
}

static mien_status look_at_first(first_batch *out, mien_trainer *t) {
    mien_batch batch;
    mien_shape shape = t->net->graph.input;
    *out = (first_batch){.channels = shape.c};
    MIEN_TRY(mien_source_begin(t->source, 0, 0));
    MIEN_TRY(mien_source_next(t->source, &batch));
    shape.n = batch.n;
    mien_probe_plain(&out->all, batch.x, shape, out->low, out->high);
    for (int c = 0; c < shape.c && c < MIEN_MOST_CHANNELS; c++)
        measure_channel(out, &batch, shape, c);
    return MIEN_OK;
}

static void judge_input(report r, const first_batch *f) {
    const mien_probe *p = &f->all;
    if (p->non_finite)
        say(r, MIEN_WARN, MIEN_CAUSE_INPUT_BAD,
            "the first batch has %lld values that are not finite, the first "
            "in sample %d",
            (long long)p->non_finite, p->first_bad);
    if (p->rms > input_rms || p->max > input_max ||
        (p->rms < input_least && p->max > 0))
        say(r, MIEN_FAIL, MIEN_CAUSE_INPUT_RANGE,
            "the input has rms %.3g and reaches %.3g: networks are made for "
            "values around 1",
            p->rms, p->max);
    for (int c = 0; c < f->channels && p->max > 0; c++)
        if (f->low[c] == f->high[c])
            say(r, MIEN_WARN, MIEN_CAUSE_FLAT_CHANNEL,
                "channel %d of the input is %.3g everywhere in the first "
                "batch",
                c, (double)f->low[c]);
}

/* ---- the data --------------------------------------------------------- */

static mien_status judge_labels(report r, mien_trainer *t) {
    mien_labels_found labels;
    MIEN_TRY(mien_examine_labels(&labels, t->source->data));
    if (labels.present != 1) return MIEN_OK;
    say(r, MIEN_FAIL, MIEN_CAUSE_ONE_CLASS,
        "all %d training samples have the same label: there is nothing to "
        "learn; check the labels",
        labels.samples);
    return MIEN_OK;
}

/* To look at a sample costs less than to train on it: 1 % of those that will
 * be trained on is next to nothing. */
static int samples_to_examine(const mien_trainer *t) {
    const int64_t share = mien_source_samples(t->source, MIEN_TRAIN) *
                          mien_recipe_epochs(&t->recipe) / 100;
    if (share < LEAST_EXAMINED) return LEAST_EXAMINED;
    return share < MOST_EXAMINED ? (int)share : MOST_EXAMINED;
}

static mien_status judge_copies(report r, mien_trainer *t) {
    mien_copies_found copies;
    MIEN_TRY(
        mien_examine_copies(&copies, t->source->data, samples_to_examine(t)));
    if (copies.share <= 0.01) return MIEN_OK;
    say(r, copies.share > copied ? MIEN_FAIL : MIEN_WARN, MIEN_CAUSE_DUPLICATES,
        "%.0f %% of %d training samples looked at are exact copies of "
        "others",
        100 * copies.share, copies.looked_at);
    return MIEN_OK;
}

static mien_status judge_order(report r, mien_trainer *t) {
    mien_order_found order;
    MIEN_TRY(mien_examine_order(&order, t->source->data, t->recipe.train.batch,
                                ORDER_BATCHES));
    if (order.chosen || !(order.distinct < ordered * order.expected))
        return MIEN_OK;
    say(r, MIEN_FAIL, MIEN_CAUSE_CLASS_ORDER,
        "a batch has %.1f classes on average, drawn at random it would have "
        "%.1f",
        order.distinct, order.expected);
    return MIEN_OK;
}

static mien_status judge_noise(report r, mien_trainer *t) {
    mien_noise_found noise;
    MIEN_TRY(
        mien_examine_noise(&noise, t->source->data, samples_to_examine(t)));
    if (noise.pairs < MIEN_NOISE_PAIRS || noise.share < noisy) return MIEN_OK;
    say(r, MIEN_FAIL, MIEN_CAUSE_LABEL_NOISE,
        "%.0f %% of %d pairs of pictures that are each other's nearest have "
        "different labels",
        100 * noise.share, noise.pairs);
    return MIEN_OK;
}

static mien_status judge_data(report r, mien_trainer *t) {
    if (!t->net->spec.classes || !t->net->loss->needs_labels) return MIEN_OK;
    MIEN_TRY(judge_labels(r, t));
    MIEN_TRY(judge_copies(r, t));
    MIEN_TRY(judge_order(r, t));
    return judge_noise(r, t);
}

/* ---- settings --------------------------------------------------------- */

static int64_t all_steps(const mien_trainer *t) {
    return mien_trainer_steps(t) * mien_recipe_epochs(&t->recipe);
}

static bool has_batch_norm(const mien_net *net) {
    int count;
    const mien_layer_ops *const *layers = mien_layers(&count);
    for (int i = 0; i < net->graph.n_nodes; i++)
        if (!strcmp(layers[net->graph.nodes[i].layer]->name, "bn")) return true;
    return false;
}

static double setting(const mien_patient *p, const char *key, double base) {
    char path[96];
    snprintf(path, sizeof path, "optim.%s.%s", p->optimiser, key);
    return mien_patient_number(p, path, base);
}

static void judge_optimiser(report r, const mien_patient *p) {
    const double momentum = setting(p, "momentum", 0);
    const double memory = 1 / (1 - momentum);
    if (momentum > long_memory && memory > (double)p->steps / 4)
        say(r, MIEN_FAIL, MIEN_CAUSE_MOMENTUM,
            "momentum %g averages over %.0f steps, and there are only %lld",
            momentum, memory, (long long)p->steps);
    const double eps = setting(p, "eps", 1);
    if (eps < least_eps)
        say(r, MIEN_WARN, MIEN_CAUSE_EPSILON,
            "eps %g is below what the rounding of gradients leaves: weights "
            "that hardly have a gradient move as far as the others",
            eps);
}

static void judge_batch(report r, const mien_trainer *t,
                        const mien_patient *p) {
    const int64_t effective = (int64_t)p->batch * p->accumulate;
    const int shard = p->batch / t->recipe.train.shards;
    if (shard < LEAST_OF_NORM && has_batch_norm(t->net))
        say(r, MIEN_FAIL, MIEN_CAUSE_SMALL_BATCH,
            "batch norm sees %d sample%s at a time: its mean and deviation "
            "are noise",
            shard, shard == 1 ? "" : "s");
    if (effective > LARGE_BATCH && p->steps < FEW_STEPS &&
        !mien_optim_ops_of(&t->update.optim)->full_batch)
        say(r, MIEN_FAIL, MIEN_CAUSE_LARGE_BATCH,
            "%lld samples a step leave %lld steps in all", (long long)effective,
            (long long)p->steps);
}

static void judge_precision(report r, const mien_recipe *recipe) {
    const mien_precision_settings *p = &recipe->precision;
    if (p->type == MIEN_PRECISION_F16 && p->loss_scale == 1)
        say(r, MIEN_WARN, MIEN_CAUSE_UNDERFLOW,
            "fp16 without a loss scale: gradients below 6e-8 become 0");
    if (p->type != MIEN_PRECISION_F32 && !p->master)
        say(r, MIEN_WARN, MIEN_CAUSE_STALL,
            "weights of 16 bits without float32 ones beside them: updates "
            "below their rounding are lost");
}

/* Weighted layers in a network none of whose layers joins two paths. */
static int plain_depth(const mien_net *net) {
    int depth = 0;
    for (int i = 0; i < net->graph.n_nodes; i++) {
        const mien_layer_plan *plan = &net->graph.nodes[i].plan;
        if (plan->n_in > 1) return 0;
        depth +=
            plan->n_weights > 0 && plan->weights[0].role == MIEN_ROLE_WEIGHT;
    }
    return depth;
}

static void judge_depth(report r, const mien_net *net) {
    const int depth = plain_depth(net);
    if (depth <= PLAIN_DEPTH) return;
    say(r, MIEN_FAIL, MIEN_CAUSE_DEPTH,
        "%d layers with weights one after another and no skip around them: "
        "plain stacks of more than %d hardly train",
        depth, PLAIN_DEPTH);
}

/* ---- together --------------------------------------------------------- */

mien_status mien_preflight_patient(mien_patient *out, mien_trainer *t) {
    first_batch first;
    const mien_input *in = &t->source->data->input;
    MIEN_TRY(look_at_first(&first, t));
    *out = (mien_patient){.arena = &t->mode.doctor->arena,
                          .recipe = t->recipe.root,
                          .optimiser = t->update.optim.row->name,
                          .loss = t->net->loss->name,
                          .lr = mien_base_lr(&t->update.optim),
                          .gentle_lr = t->care->gentle_lr,
                          .steps = all_steps(t),
                          .batch = t->recipe.train.batch,
                          .accumulate = t->recipe.train.accumulate,
                          .channels = first.channels};
    if (out->channels > MIEN_MOST_CHANNELS) out->channels = 0;
    for (int c = 0; c < out->channels; c++) {
        const double flat = first.deviation[c] > 0 ? first.deviation[c] : 1;
        out->mean[c] = in->mean[c] + in->std[c] * first.mean[c];
        out->std[c] = in->std[c] * flat;
    }
    /* Whoever trains next begins where the training is. */
    return mien_source_begin(t->source, t->at.epoch, t->at.batch);
}

mien_status mien_preflight(mien_trainer *t, mien_finding *found, int *n) {
    const report r = {found, n};
    mien_arena arena = {0};
    first_batch first;
    mien_patient p = {.arena = &arena,
                      .recipe = t->recipe.root,
                      .optimiser = t->update.optim.row->name,
                      .steps = all_steps(t),
                      .batch = t->recipe.train.batch,
                      .accumulate = t->recipe.train.accumulate};
    MIEN_TRY(judge_data(r, t));
    MIEN_TRY(look_at_first(&first, t));
    judge_input(r, &first);
    judge_optimiser(r, &p);
    judge_batch(r, t, &p);
    judge_depth(r, t->net);
    judge_precision(r, &t->recipe);
    mien_arena_close(&arena);
    return MIEN_OK;
}
