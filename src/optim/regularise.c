/* SPDX-License-Identifier: Apache-2.0 */
/* regularise.c - penalties on the size of weights.
 *
 *   R = l1 sum |w| + l2 sum w^2       dR/dw = l1 sign(w) + 2 l2 w
 *
 * sign(0) = 0. As in Keras there is no half before the squares, so that the
 * gradient of l2 is PyTorch's weight decay of twice the strength.
 * Source: Zou & Hastie, Regularization and variable selection via the elastic
 * net, JRSS B 67(2), 2005. */
#include "optim/regulariser.h"

#include <math.h>

double mien_elastic(const void *config, const float *w, float *g, size_t n) {
    const mien_regulariser_config *cfg = config;
    const float l1 = (float)cfg->l1, l2 = (float)(2 * cfg->l2);
    double sum = 0;
    if (cfg->l1 > 0)
        for (size_t i = 0; i < n; i++) sum += fabs((double)w[i]);
    const double value = cfg->l1 * sum + cfg->l2 * mien_sum_squares(w, n);
    for (size_t i = 0; g && i < n; i++) {
        const float sign = (float)((w[i] > 0) - (w[i] < 0));
        g[i] += l1 * sign + l2 * w[i];
    }
    return value;
}

double mien_regularise(const mien_choice *choice, const mien_trained *tensor) {
    const mien_regulariser_ops *ops = (const void *)choice->row;
    if (tensor->role != MIEN_ROLE_WEIGHT) return 0;
    return ops->add(choice->config, tensor->w, tensor->g, tensor->n);
}
