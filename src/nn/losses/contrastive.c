/* SPDX-License-Identifier: Apache-2.0 */
/* contrastive.c - pull pairs of one person together, push others apart.
 *
 *   q = |x_i - x_j|^2        D = sqrt(q + e^2)
 *   same label:    L = q / 2                    dL/dq = 1/2
 *   other label:   L = max(0, margin - D)^2 / 2   dL/dq = -(margin - D) / (2 D)
 *
 * over all pairs i < j of the shard: their mean, times the shard's share of
 * the batch. e = 1e-4 makes the derivative of D finite where two samples
 * coincide; there it has no direction and is 0. Embeddings are first scaled
 * to unit length unless `normalise` is off (the paper does not).
 * Source: Hadsell, Chopra, LeCun, Dimensionality reduction by learning an
 * invariant mapping, CVPR 2006, equations 2 to 4. */
#include "nn/losses/parts.h"

static const mien_param params[] = {
    {"margin", "distance beyond which strangers are left alone",
     offsetof(mien_pair_config, margin), 0, 1e6, 1},
    {"normalise", "scale embeddings to unit length first",
     offsetof(mien_pair_config, normalise), .base = 1, .kind = MIEN_BOOL},
    {0},
};

static mien_status plan(mien_loss_plan *plan, const void *cfg) {
    (void)cfg;
    plan->n_kept = mien_pairs_size(plan);
    return MIEN_OK;
}

/* Add one pair's loss to *loss, return dL/dq. */
static real pair(double *loss, real q, bool same, real margin) {
    const real e = (real)1e-4;
    if (same) {
        *loss += q / 2;
        return (real)0.5;
    }
    const real far = sqrt(q + e * e);
    if (far >= margin) return 0;
    *loss += (margin - far) * (margin - far) / 2;
    return -(margin - far) / (2 * far);
}

static void forward(mien_loss_pass *p) {
    const real margin = ((const mien_pair_config *)p->config)->margin;
    const int n = p->n, d = p->d;
    const double pairs = n > 1 ? 0.5 * n * (n - 1.0) : 1;
    const double scale = n / pairs / p->batch;
    double sum = mien_poison(p->x, (size_t)n * d);
    const mien_pairs s = mien_pairs_begin(p);
    for (int i = 0; i < n; i++)
        for (int j = i + 1; j < n; j++) {
            const real q = mien_square_distance(s.y + (size_t)i * d,
                                                s.y + (size_t)j * d, d);
            const bool same = p->label[i] == p->label[j];
            s.g[(size_t)i * n + j] = scale * pair(&sum, q, same, margin);
        }
    p->loss = sum * scale;
}

const mien_loss_ops MIEN_LOSS_NAME(contrastive) = {
    .name = "contrastive",
    .summary = "pull pairs of one person together, push others apart",
    .params = params,
    .config_size = sizeof(mien_pair_config),
    .needs_labels = true,
    .embedding = true,
    .plan = plan,
    .forward = forward,
    .backward = mien_pairs_backward,
};
