/* SPDX-License-Identifier: Apache-2.0 */
/* binary_cross_entropy.c - sigmoid and the log-likelihood of yes or no.
 *
 *   L = u softplus(-x) + v softplus(x)
 *   dL/dx = v sigmoid(x) - u sigmoid(-x)
 *
 * u and v are the weights of yes and no. With a label t of 0 or 1, smoothed
 * to t' = (1 - e) t + e / 2, u = sum s w t' and v = sum s w (1 - t') over the
 * label or the two of mixup (share s, class weight w). With a target vector,
 * each of its values t in 0..1 gives u = t', v = 1 - t'.
 *
 * x are logits: a sigmoid after the network would be one too many. The loss
 * is the mean over samples and over the d answers of each, as PyTorch's
 * binary_cross_entropy_with_logits. softplus(x) = max(x, 0) +
 * log1p(exp(-|x|)) neither overflows nor cancels. */
#include "nn/losses/parts.h"

typedef struct config {
    float smoothing;
} config;

static const mien_param params[] = {
    {"smoothing", "share of the target moved to one half",
     offsetof(config, smoothing), 0, 1, 0},
    {0},
};

static mien_status plan(mien_loss_plan *plan, const void *cfg) {
    (void)cfg;
    if (plan->vector > 0 && plan->vector != plan->d)
        return mien_fail(MIEN_ESHAPE,
                         "binary_cross_entropy: the network answers %d values "
                         "a sample, but the targets have %d",
                         plan->d, plan->vector);
    if (plan->vector == 0 && (plan->d != 1 || plan->classes != 2))
        return mien_fail(MIEN_ESHAPE,
                         "binary_cross_entropy: labels need 1 value a sample "
                         "and 2 classes; here are %d and %d",
                         plan->d, plan->classes);
    plan->scores = plan->d == 1 ? 1 : 0;
    return MIEN_OK;
}

typedef struct odds {
    real yes, no;
} odds;

static odds odds_of(const mien_loss_pass *p, int i, int k) {
    const real e = ((const config *)p->config)->smoothing;
    if (p->target) {
        const real t = (1 - e) * p->target[(size_t)i * p->d + k] + e / 2;
        return (odds){t, 1 - t};
    }
    mien_term terms[2];
    odds sum = {0, 0};
    const int n = mien_label_terms(terms, p, i);
    for (int j = 0; j < n; j++) {
        const real t = (1 - e) * (real)terms[j].label + e / 2;
        sum.yes += terms[j].weight * t;
        sum.no += terms[j].weight * (1 - t);
    }
    return sum;
}

static real softplus(real x) {
    const real size = x < 0 ? -x : x;
    return (x <= 0 ? 0 : x) + log1p(exp(-size));
}

static real sigmoid(real x) {
    const real e = exp(x < 0 ? x : -x); /* never overflows */
    return x < 0 ? e / (1 + e) : 1 / (1 + e);
}

static void forward(mien_loss_pass *p) {
    double sum = 0;
    for (int i = 0; i < p->n; i++)
        for (int k = 0; k < p->d; k++) {
            const real x = p->x[(size_t)i * p->d + k];
            const odds o = odds_of(p, i, k);
            sum += o.yes * softplus(-x) + o.no * softplus(x);
        }
    if (p->scores)
        for (int i = 0; i < p->n; i++) p->scores[i] = p->x[i];
    p->loss = sum / p->batch / p->d;
}

static void backward(mien_loss_pass *p) {
    const real scale = 1 / ((real)p->batch * (real)p->d);
    for (int i = 0; i < p->n; i++)
        for (int k = 0; k < p->d; k++) {
            const size_t at = (size_t)i * p->d + k;
            const odds o = odds_of(p, i, k);
            p->dx[at] =
                scale * (o.no * sigmoid(p->x[at]) - o.yes * sigmoid(-p->x[at]));
        }
}

const mien_loss_ops MIEN_LOSS_NAME(binary_cross_entropy) = {
    .name = "binary_cross_entropy",
    .summary = "sigmoid and the log-likelihood of yes or no",
    .params = params,
    .config_size = sizeof(config),
    .mixes = true,
    .weighs = true,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
