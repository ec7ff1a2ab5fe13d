/* SPDX-License-Identifier: Apache-2.0 */
/* mse.c - squared differences from a target vector, or from the one-hot label.
 *
 *   mean:      L = (1/d) sum_k (x_k - t_k)^2    dL/dx_k = (2/d) (x_k - t_k)
 *   half_sum:  L = 1/2   sum_k (x_k - t_k)^2    dL/dx_k = x_k - t_k
 *
 * for one sample, then the mean over samples; `mean` is PyTorch's MSELoss.
 * From labels, t is one-hot, or under mixup the two shares; class weights
 * multiply a sample's loss by the weight of its label (mixed alike). */
#include "nn/losses/parts.h"

typedef struct config {
    int form;
} config;

enum { MEAN, HALF_SUM };

static const mien_param params[] = {
    {"form", "the mean over values, or half their sum", offsetof(config, form),
     .base = MEAN, .kind = MIEN_CHOICE, .choices = "mean|half_sum"},
    {0},
};

static mien_status plan(mien_loss_plan *plan, const void *cfg) {
    (void)cfg;
    const int wanted = plan->vector > 0 ? plan->vector : plan->classes;
    if (plan->d != wanted)
        return mien_fail(
            MIEN_ESHAPE,
            "mse: the network answers %d values a sample, but "
            "the %s %d",
            plan->d, plan->vector > 0 ? "targets have" : "classes are", wanted);
    plan->scores = plan->vector > 0 ? 0 : plan->d;
    plan->n_kept = (size_t)plan->n * plan->d; /* differences */
    plan->n_kept += (size_t)plan->n;          /* weights of samples */
    return MIEN_OK;
}

/* diff = x - t; returns the weight of the sample. */
static real difference(real *diff, const mien_loss_pass *p, int i) {
    const size_t at = (size_t)i * p->d;
    if (p->target) {
        for (int k = 0; k < p->d; k++)
            diff[k] = p->x[at + k] - p->target[at + k];
        return 1;
    }
    mien_term terms[2];
    const int n = mien_label_terms(terms, p, i);
    real weight = 0;
    for (int k = 0; k < p->d; k++) diff[k] = p->x[at + k];
    for (int j = 0; j < n; j++) {
        diff[terms[j].label] -= terms[j].share;
        weight += terms[j].weight;
    }
    return weight;
}

static real scale_of(const mien_loss_pass *p) {
    const int form = ((const config *)p->config)->form;
    return form == MEAN ? 1 / (real)p->d : (real)0.5;
}

static void forward(mien_loss_pass *p) {
    real *weight = p->kept + (size_t)p->n * p->d;
    double sum = 0;
    for (int i = 0; i < p->n; i++) {
        real *diff = p->kept + (size_t)i * p->d;
        weight[i] = difference(diff, p, i);
        double square = 0;
        for (int k = 0; k < p->d; k++) square += (double)diff[k] * diff[k];
        sum += weight[i] * square;
    }
    if (p->scores)
        for (size_t i = 0; i < (size_t)p->n * p->d; i++) p->scores[i] = p->x[i];
    p->loss = sum * scale_of(p) / p->batch;
}

static void backward(mien_loss_pass *p) {
    const real *weight = p->kept + (size_t)p->n * p->d;
    for (int i = 0; i < p->n; i++) {
        const real scale = 2 * scale_of(p) * weight[i] / (real)p->batch;
        for (int k = 0; k < p->d; k++)
            p->dx[(size_t)i * p->d + k] = scale * p->kept[(size_t)i * p->d + k];
    }
}

const mien_loss_ops MIEN_LOSS_NAME(mse) = {
    .name = "mse",
    .summary = "squared differences from a vector or the one-hot label",
    .params = params,
    .config_size = sizeof(config),
    .mixes = true,
    .weighs = true,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
