/* SPDX-License-Identifier: Apache-2.0 */
/* model.c - a trained network that answers. */
#include "mien/model.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "nn/quantize.h"
#include "nn/runner.h"
#include "train/known_answer.h"

/* Images run one by one, each in a thread of its own, because what lies
 * between two layers of one image stays in the caches. Many of them run a piece
 * at a time if that is what their losses compare, or if the weights are too
 * heavy to be read again for each. */
enum { PIECE = 32, FEW = 8, HEAVY = 4 << 20 /* weights */ };

struct mien_model {
    mien_model_parts parts;
    mien_model_facts facts;
    mien_runner *one;    /* an image a thread */
    mien_runner *many;   /* a piece; planned when it is first needed */
    int threads, scores; /* scores: of a sample */
    char seed[24];
};

static mien_status open_runner(mien_runner **out, mien_model *m, int batch) {
    const int shards = batch % m->threads ? 1 : m->threads;
    return mien_runner_open(out, m->parts.net,
                            &(mien_runner_options){.batch = batch,
                                                   .shards = shards,
                                                   .threads = m->threads,
                                                   .frozen = true});
}

static mien_model_kind kind_of(const mien_net *net,
                               const mien_model_card *card) {
    if (net->loss ? net->loss->embedding : card->embedding)
        return MIEN_MODEL_EMBEDDING;
    if (!net->loss) return MIEN_MODEL_VALUES;
    return mien_net_width(net) == 1 ? MIEN_MODEL_BINARY : MIEN_MODEL_CLASSES;
}

static void state_facts(mien_model *m) {
    const mien_model_card *c = &m->parts.card;
    const mien_input *in = &c->contract.input;
    mien_model_facts *f = &m->facts;
    snprintf(m->seed, sizeof m->seed, "%llu", (unsigned long long)c->seed);
    *f = (mien_model_facts){
        .kind = kind_of(m->parts.net, c),
        .width = mien_net_width(m->parts.net),
        .classes = c->classes,
        .rows = in->height,
        .columns = in->width,
        .channels = in->channels,
        .scale = in->scale,
        .alignment = c->contract.alignment,
        .colour_order = c->contract.colour_order,
        .recipe = c->model,
        .loss = c->loss,
        .weights_hash = m->parts.weights_hash,
        .recipe_hash = c->recipe_hash,
        .data_hash = c->data_hash,
        .teacher_hash = c->teacher_hash ? c->teacher_hash : "",
        .start_hash = c->start_hash ? c->start_hash : "",
        .seed = m->seed,
        .made_by = m->parts.made_by,
        .calibration = m->parts.calibration};
    memcpy(f->mean, in->mean, sizeof f->mean);
    memcpy(f->deviation, in->std, sizeof f->deviation);
    f->int8 = m->parts.net->ranges != NULL;
    for (int i = 0; i < m->parts.net->weights.n_trained; i++)
        f->weights += (int64_t)m->parts.net->weights.items[i].count;
}

/* Scores a sample, as the loss says. */
static mien_status count_scores(mien_model *m) {
    const mien_net *net = m->parts.net;
    mien_loss_plan plan = {.n = 1,
                           .d = mien_net_width(net),
                           .classes = m->parts.card.classes,
                           .vector = m->parts.card.vector};
    if (!net->loss) return MIEN_OK;
    MIEN_TRY(net->loss->plan(&plan, net->loss_config));
    m->scores = plan.scores;
    return MIEN_OK;
}

mien_status mien_model_load(mien_model **out, const char *path, int threads) {
    *out = NULL;
    mien_model *m = mien_alloc(1, sizeof *m);
    if (!m) return MIEN_ENOMEM;
    m->threads = threads > 0 ? threads : 1;
    mien_status status = mien_model_read(&m->parts, path);
    if (status == MIEN_OK) state_facts(m);
    if (status == MIEN_OK) status = count_scores(m);
    if (status == MIEN_OK) status = open_runner(&m->one, m, m->threads);
    if (status == MIEN_OK)
        status = mien_known_answer_check(m->one, &m->parts.card, path);
    if (status != MIEN_OK) {
        mien_model_free(m);
        return status;
    }
    *out = m;
    return MIEN_OK;
}

void mien_model_free(mien_model *m) {
    if (!m) return;
    mien_runner_close(m->one);
    mien_runner_close(m->many);
    mien_model_parts_close(&m->parts);
    mien_free(m);
}

/* The weights of the same layers planned for another size. */
static mien_status carry_weights(mien_net *to, const mien_net *from) {
    for (int i = 0; i < to->weights.n; i++) {
        const mien_weight *w = &to->weights.items[i];
        const mien_weight *old = mien_weights_find(&from->weights, w->name);
        if (!old || old->count != w->count)
            return mien_fail(MIEN_ESHAPE,
                             "the weights %s belong to the size that the "
                             "model was made for",
                             w->name);
        memcpy(to->weights.values + w->offset,
               from->weights.values + old->offset, w->count * sizeof(float));
    }
    mien_weights_apply(&to->weights);
    if (!from->ranges) return MIEN_OK;
    const size_t n = 2 * (size_t)(to->graph.n_nodes + 1);
    float *ranges = mien_arena_alloc(&to->graph.arena, n, sizeof *ranges);
    if (!ranges) return MIEN_ENOMEM;
    memcpy(ranges, from->ranges, n * sizeof *ranges);
    to->ranges = ranges;
    return MIEN_OK;
}

mien_status mien_model_resize(mien_model *m, int rows, int columns) {
    mien_input *in = &m->parts.card.contract.input;
    if (rows == in->height && columns == in->width) return MIEN_OK;
    mien_net *net, *old = m->parts.net;
    mien_runner *one = NULL;
    mien_net_spec spec = old->spec;
    spec.loss = NULL; /* it may belong to a size, and nobody asks for it */
    spec.input.h = rows;
    spec.input.w = columns;
    MIEN_TRY(mien_net_open(&net, &spec));
    mien_status status = carry_weights(net, old);
    m->parts.net = net;
    if (status == MIEN_OK) status = open_runner(&one, m, m->threads);
    if (status != MIEN_OK) {
        m->parts.net = old;
        mien_net_close(net);
        return status;
    }
    mien_runner_close(m->one);
    mien_runner_close(m->many);
    mien_net_close(old);
    m->one = one;
    m->many = NULL;
    m->scores = 0;
    in->height = m->facts.rows = rows;
    in->width = m->facts.columns = columns;
    m->facts.width = mien_net_width(net);
    return MIEN_OK;
}

mien_status mien_model_to_bytes(mien_model *m, const float *x, int n) {
    mien_runner *one;
    if (m->facts.int8) return MIEN_OK;
    MIEN_TRY(mien_net_quantize(m->parts.net, x, n));
    MIEN_TRY(open_runner(&one, m, m->threads));
    mien_runner_close(m->one);
    mien_runner_close(m->many);
    m->one = one;
    m->many = NULL;
    m->facts.int8 = true;
    return MIEN_OK;
}

const mien_model_facts *mien_model_info(const mien_model *m) {
    return &m->facts;
}

int mien_model_width(const mien_model *m) { return m->facts.width; }

size_t mien_model_plane(const mien_model *m) {
    return (size_t)m->facts.channels * (size_t)m->facts.rows *
           (size_t)m->facts.columns;
}

const char *mien_model_class_name(const mien_model *m, int i) {
    const mien_model_card *c = &m->parts.card;
    return c->class_names && i >= 0 && i < c->classes ? c->class_names[i]
                                                      : NULL;
}

int mien_model_scores(const mien_model *m) { return m->scores; }

const mien_model_output *mien_model_outputs(const mien_model *m, int *count) {
    *count = m->parts.card.n_outputs;
    return m->parts.card.outputs;
}

mien_status mien_model_prepare(const mien_model *m, const mien_image *image,
                               float *plane) {
    return mien_contract_fill(plane, &m->parts.card.contract, image);
}

/* Where the answers of a call go, and what they are compared with. */
typedef struct answers {
    const int32_t *label;
    float *y, *scores;
    double loss_sum;
} answers;

static void keep(answers *a, const mien_result *r, size_t at, int n) {
    const size_t width = (size_t)r->width, scores = (size_t)r->n_scores;
    if (a->y)
        memcpy(a->y + at * width, r->y, (size_t)n * width * sizeof(float));
    if (a->scores && r->scores)
        memcpy(a->scores + at * scores, r->scores,
               (size_t)n * scores * sizeof(float));
    a->loss_sum += r->loss * n;
}

static mien_status ask(mien_model *m, const float *x, int n, answers *a) {
    if (n < 1) return mien_fail(MIEN_EINVAL, "%d is no number of images", n);
    const bool together = n >= FEW && (a->label || m->facts.weights > HEAVY);
    const int most = together ? PIECE : m->threads;
    if (together && !m->many) MIEN_TRY(open_runner(&m->many, m, PIECE));
    for (int at = 0; at < n; at += most) {
        const int piece = n - at < most ? n - at : most;
        const mien_batch batch = {.n = piece,
                                  .x = x + (size_t)at * mien_model_plane(m),
                                  .label = a->label ? a->label + at : NULL,
                                  .progress = 1};
        mien_result result;
        MIEN_TRY(
            mien_runner_infer(together ? m->many : m->one, &batch, &result));
        keep(a, &result, (size_t)at, piece);
    }
    return MIEN_OK;
}

mien_status mien_model_forward(mien_model *m, const float *x, int n,
                               float *out) {
    return ask(m, x, n, &(answers){.y = out});
}

mien_status mien_model_score(mien_model *m, const float *x,
                             const int32_t *label, int n, double *loss,
                             float *scores) {
    answers a = {.label = label, .scores = scores};
    *loss = NAN;
    if (m->parts.net->loss && m->parts.net->loss->needs_vector)
        return mien_fail(MIEN_EUNSUPPORTED,
                         "the loss '%s' compares with "
                         "vectors, not with labels",
                         m->parts.net->loss->name);
    const int classes = m->facts.classes;
    for (int i = 0; i < n; i++)
        if (label[i] < 0 || label[i] >= classes)
            return mien_fail(MIEN_EINVAL,
                             "label %d of sample %d: the model "
                             "knows classes 0 to %d",
                             (int)label[i], i, classes - 1);
    MIEN_TRY(ask(m, x, n, &a));
    *loss = a.loss_sum / n;
    return MIEN_OK;
}
