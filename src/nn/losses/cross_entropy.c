/* SPDX-License-Identifier: Apache-2.0 */
/* cross_entropy.c - softmax and the negative log-likelihood of the label.
 *
 *   p = softmax(x)      L = sum_c q_c (-log p_c)      dL/dx_c = Q p_c - q_c
 *   q_c = (1 - e) sum_t s_t w_t [c = t] + (e / C) w_c        Q = sum_c q_c
 *
 * t runs over the label (share s = 1) or the two labels of mixup, w are the
 * class weights, e the smoothing, C the classes.
 *
 * The sum over samples is divided by the size of the batch. PyTorch's
 * "mean" divides by the sum of the labels' weights instead, which one shard
 * cannot know; the two agree when the weights of a batch average 1.
 * Source: Szegedy et al., Rethinking the inception architecture, CVPR 2016,
 * section 7 (smoothing; arXiv:1512.00567). Zhang et al., mixup, ICLR 2018
 * (arXiv:1710.09412). */
#include "nn/losses/parts.h"

typedef struct config {
    float smoothing;
} config;

static const mien_param params[] = {
    {"smoothing", "share of the label spread over all classes",
     offsetof(config, smoothing), 0, 1, 0},
    {0},
};

static mien_status plan(mien_loss_plan *plan, const void *cfg) {
    (void)cfg;
    if (plan->classes < 1 || plan->d != plan->classes)
        return mien_fail(MIEN_ESHAPE,
                         "cross_entropy: the network answers %d values a "
                         "sample, but the data have %d classes",
                         plan->d, plan->classes);
    plan->scores = plan->classes;
    plan->n_kept = (size_t)plan->n * plan->d;
    return MIEN_OK;
}

/* What q is made of, for one sample. */
typedef struct target {
    mien_term terms[2];
    int n_terms;
    real keep, spread; /* 1 - e and e / C */
    const float *class_weight;
} target;

static target target_of(const mien_loss_pass *p, int i) {
    const real e = ((const config *)p->config)->smoothing;
    target t = {.keep = 1 - e,
                .spread = e / (real)p->d,
                .class_weight = p->class_weight};
    t.n_terms = mien_label_terms(t.terms, p, i);
    return t;
}

static real spread_on(const target *t, int c) {
    return t->class_weight ? t->spread * t->class_weight[c] : t->spread;
}

static double row_loss(const target *t, mien_softmax s, const real *x, int d) {
    double loss = 0;
    for (int k = 0; k < t->n_terms; k++)
        loss += t->keep * t->terms[k].weight *
                (s.log_sum + (s.max - x[t->terms[k].label]));
    if (t->spread > 0)
        for (int c = 0; c < d; c++)
            loss += spread_on(t, c) * (s.log_sum + (s.max - x[c]));
    return loss;
}

static void forward(mien_loss_pass *p) {
    double sum = 0;
    for (int i = 0; i < p->n; i++) {
        const real *x = p->x + (size_t)i * p->d;
        const target t = target_of(p, i);
        const mien_softmax s =
            mien_softmax_row(p->kept + (size_t)i * p->d, x, p->d);
        sum += row_loss(&t, s, x, p->d);
        if (p->scores)
            for (int c = 0; c < p->d; c++)
                p->scores[(size_t)i * p->d + c] = x[c];
    }
    p->loss = sum / p->batch;
}

static void backward(mien_loss_pass *p) {
    for (int i = 0; i < p->n; i++) {
        real *dx = p->dx + (size_t)i * p->d;
        const real *prob = p->kept + (size_t)i * p->d;
        const target t = target_of(p, i);
        real total = 0;
        for (int k = 0; k < t.n_terms; k++) total += t.keep * t.terms[k].weight;
        if (t.spread > 0)
            for (int c = 0; c < p->d; c++) total += spread_on(&t, c);
        for (int c = 0; c < p->d; c++)
            dx[c] = total * prob[c] - spread_on(&t, c);
        for (int k = 0; k < t.n_terms; k++)
            dx[t.terms[k].label] -= t.keep * t.terms[k].weight;
        for (int c = 0; c < p->d; c++) dx[c] /= (real)p->batch;
    }
}

const mien_loss_ops MIEN_LOSS_NAME(cross_entropy) = {
    .name = "cross_entropy",
    .summary = "softmax and the log-likelihood of the label",
    .params = params,
    .config_size = sizeof(config),
    .needs_labels = true,
    .mixes = true,
    .weighs = true,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
