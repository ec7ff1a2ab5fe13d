/* SPDX-License-Identifier: Apache-2.0 */
/* sum.c - several losses of one answer at once, each with its weight.
 *
 *   L = sum_k w_k L_k       dx = sum_k w_k dx_k       dW_k = w_k dL_k/dW_k
 *
 * loss: {sum: [distill, {arcface: {s: 32, m: 0.3}, weight: 0.1}]}
 *
 * Each keeps the weights it has by itself, which no two may call alike, and a
 * part of what is kept; working space is shared. Scores, for accuracy, are
 * those of the first that has any. */
#include <assert.h>
#include <string.h>

#include "nn/losses/parts.h"

enum { MOST = 4 };

typedef struct part {
    int row; /* in the table of losses, the same in float and double */
    const void *config;
    float weight;
} part;

typedef struct config {
    const mien_tree *losses;
    int n;
    part parts[MOST];
} config;

static const mien_param params[] = {
    {"losses", "a list of {name: {options}, weight: 1}, at most 4",
     offsetof(config, losses), .kind = MIEN_TREE, .required = true},
    {0},
};

static const mien_loss_ops *ops_of(const part *part) {
    int count;
    return mien_losses(&count)[part->row];
}

/* ---- the list --------------------------------------------------------- */

static const mien_param weight_params[] = {
    {"weight", "of this loss in the sum", offsetof(part, weight), 1e-6, 1e6, 1},
    {0},
};

/* The row called so, or -1; a sum within a sum is none. */
static int row_named(const char *name) {
    int count;
    const mien_loss_ops *const *table = mien_losses(&count);
    for (int i = 0; i < count; i++)
        if (!strcmp(table[i]->name, name) && !table[i]->open) return i;
    return -1;
}

/* A name, or {name: options, weight: w}. */
static mien_status read_part(part *out, const mien_tree *item,
                             mien_arena *arena) {
    const mien_tree *weight = mien_tree_get(item, "weight"), *options = NULL;
    const char *name = item->kind == MIEN_TREE_SCALAR ? item->text : NULL;
    if (item->kind == MIEN_TREE_MAP && item->count == 1 + (weight != NULL)) {
        options = item->first == weight ? weight->next : item->first;
        name = options->key;
    }
    if (!name)
        return mien_tree_fail(item,
                              "sum: an item is a loss, or {loss: {option: "
                              "value}, weight: w}");
    *out = (part){.row = row_named(name)};
    if (out->row < 0)
        return mien_tree_fail(item, "sum: no loss to be summed is called '%s'",
                              name);
    MIEN_TRY(mien_params_read(out, weight_params, weight, NULL, arena,
                              "sum: weight"));
    const mien_loss_ops *ops = ops_of(out);
    void *config = mien_arena_alloc(arena, 1, ops->config_size + 1);
    if (!config) return MIEN_ENOMEM;
    out->config = config;
    return mien_params_read(config, ops->params, options, NULL, arena, name);
}

/* The sum asks for whatever one of them asks for. */
static void join(mien_loss_ops *ops, const mien_loss_ops *one, bool first) {
    ops->needs_labels = ops->needs_labels || one->needs_labels;
    ops->needs_vector = ops->needs_vector || one->needs_vector;
    ops->twins = ops->twins || one->twins;
    ops->weighs = ops->weighs || one->weighs;
    ops->mixes = (first || ops->mixes) && one->mixes;
    ops->embedding = one->embedding;
}

static mien_status open_sum(mien_loss_ops *ops, void *cfg, mien_arena *arena) {
    config *c = cfg;
    const mien_tree *list = c->losses;
    if (list->kind != MIEN_TREE_LIST || list->count < 1 || list->count > MOST)
        return mien_tree_fail(list, "sum: wants a list of 1 to %d losses",
                              MOST);
    for (const mien_tree *item = list->first; item; item = item->next) {
        part *part = &c->parts[c->n++];
        MIEN_TRY(read_part(part, item, arena));
        const mien_loss_ops *one = ops_of(part);
        if (c->n > 1 && one->embedding != ops->embedding)
            return mien_tree_fail(
                item, "sum: %s is of %s, those before are of %s", one->name,
                one->embedding ? "embeddings" : "scores",
                one->embedding ? "scores" : "embeddings");
        join(ops, one, c->n == 1);
    }
    return MIEN_OK;
}

/* ---- the plan --------------------------------------------------------- */

/* What one of them wants for shards of n; pairs want even ones. */
static mien_status plan_part(mien_loss_plan *out, const part *part,
                             const mien_loss_plan *whole, int n) {
    *out = (mien_loss_plan){.n = n,
                            .d = whole->d,
                            .classes = whole->classes,
                            .vector = whole->vector};
    return ops_of(part)->plan(out, part->config);
}

static mien_status add_weights(mien_loss_plan *plan, const mien_loss_plan *one,
                               const char *name) {
    for (int i = 0; i < one->n_weights; i++) {
        const mien_weight_spec *w = &one->weights[i];
        for (int k = 0; k < plan->n_weights; k++)
            if (!strcmp(plan->weights[k].name, w->name))
                return mien_fail(MIEN_EINVAL,
                                 "sum: %s is the second loss with weights "
                                 "called '%s'",
                                 name, w->name);
        if (plan->n_weights == MIEN_MAX_WEIGHTS)
            return mien_fail(MIEN_ELIMIT, "sum: more than %d weights",
                             MIEN_MAX_WEIGHTS);
        plan->weights[plan->n_weights++] = *w;
    }
    return MIEN_OK;
}

static int even(int n) { return n + n % 2; }

static mien_status plan(mien_loss_plan *plan, const void *cfg) {
    const config *c = cfg;
    const size_t size = (size_t)plan->n * (size_t)plan->d;
    for (int k = 0; k < c->n; k++) {
        mien_loss_plan one;
        const char *name = ops_of(&c->parts[k])->name;
        MIEN_TRY(plan_part(&one, &c->parts[k], plan, plan->n));
        MIEN_TRY(plan_part(&one, &c->parts[k], plan, even(plan->n)));
        MIEN_TRY(add_weights(plan, &one, name));
        if (!plan->scores) plan->scores = one.scores;
        plan->n_kept += one.n_kept;
        if (one.n_scratch > plan->n_scratch) plan->n_scratch = one.n_scratch;
    }
    plan->n_scratch += size; /* dx of one */
    return MIEN_OK;
}

/* ---- the passes ------------------------------------------------------- */

/* Walks over the losses: each sees its own weights and kept values. */
typedef struct walk {
    const mien_loss_pass *whole;
    int k, weights;
    size_t kept;
    bool scored;
    mien_loss_plan plan; /* of the loss it is at */
    mien_loss_pass pass;
} walk;

/* The next loss, or NULL. Its plan was made before and cannot fail. */
static const part *next(walk *w) {
    const mien_loss_pass *p = w->whole;
    const config *c = p->config;
    const mien_loss_plan whole = {
        .d = p->d, .classes = p->classes, .vector = p->vector};
    if (w->k == c->n) return NULL;
    w->weights += w->plan.n_weights;
    w->kept += w->plan.n_kept;
    w->scored = w->scored || w->plan.scores;
    const part *part = &c->parts[w->k++];
    const mien_status status = plan_part(&w->plan, part, &whole, even(p->n));
    assert(status == MIEN_OK);
    (void)status;
    w->pass = *p;
    w->pass.config = part->config;
    w->pass.kept = p->kept + w->kept;
    w->pass.scores = w->scored || !w->plan.scores ? NULL : p->scores;
    for (int i = 0; i < MIEN_MAX_WEIGHTS; i++) {
        const bool own = i < w->plan.n_weights;
        w->pass.w[i] = own ? p->w[w->weights + i] : NULL;
        w->pass.dw[i] = own ? p->dw[w->weights + i] : NULL;
    }
    return part;
}

static void forward(mien_loss_pass *p) {
    walk w = {.whole = p};
    double sum = 0;
    for (const part *part; (part = next(&w));) {
        ops_of(part)->forward(&w.pass);
        sum += (double)part->weight * w.pass.loss;
    }
    p->loss = sum;
}

/* What it adds to dW is to count by its weight: what is there before is
 * divided by the weight, and all of it multiplied behind. */
static void scale_weights(const walk *w, real factor) {
    for (int i = 0; i < w->plan.n_weights; i++) {
        const size_t n = mien_dims_count(w->plan.weights[i].dims);
        for (size_t k = 0; w->pass.dw[i] && k < n; k++)
            w->pass.dw[i][k] *= factor;
    }
}

static void backward(mien_loss_pass *p) {
    const size_t size = (size_t)p->n * (size_t)p->d;
    walk w = {.whole = p};
    for (size_t i = 0; i < size; i++) p->dx[i] = 0;
    for (const part *part; (part = next(&w));) {
        w.pass.dx = p->scratch;
        w.pass.scratch = p->scratch + size;
        scale_weights(&w, 1 / (real)part->weight);
        ops_of(part)->backward(&w.pass);
        scale_weights(&w, (real)part->weight);
        for (size_t i = 0; i < size; i++)
            p->dx[i] += (real)part->weight * w.pass.dx[i];
    }
}

const mien_loss_ops MIEN_LOSS_NAME(sum) = {
    .name = "sum",
    .summary = "several losses of one answer, each with its weight",
    .params = params,
    .config_size = sizeof(config),
    .open = open_sum,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
