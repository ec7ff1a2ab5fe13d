/* SPDX-License-Identifier: Apache-2.0 */
/* triplet.c - an anchor nearer to its own than to strangers, by a margin.
 *
 *   q(a, b) = |x_a - x_b|^2       L = max(0, q(a, p) - q(a, n) + margin)
 *   where L > 0: dL/dq(a, p) = 1, dL/dq(a, n) = -1
 *
 * for every ordered pair (a, p) of one label in the shard. Its negative n is
 * mined: among samples of other labels farther from a than p is, the nearest,
 * if it lies within the margin ("semi-hard"); where there is none, the nearest
 * of all samples of other labels ("hardest"). The loss is the mean over the
 * pairs that have a negative, times the shard's share of the batch; a
 * shard without such pairs adds 0. Embeddings are first scaled to unit length
 * unless `normalise` is off.
 * Source: Schroff, Kalenichenko, Philbin, FaceNet, CVPR 2015, section 3.2
 * (arXiv:1503.03832). */
#include "nn/losses/parts.h"

static const mien_param params[] = {
    {"margin", "least gap between square distances",
     offsetof(mien_pair_config, margin), 0, 1e6, 0.2},
    {"normalise", "scale embeddings to unit length first",
     offsetof(mien_pair_config, normalise), .base = 1, .kind = MIEN_BOOL},
    {0},
};

static mien_status plan(mien_loss_plan *plan, const void *cfg) {
    (void)cfg;
    plan->n_kept = mien_pairs_size(plan);
    plan->n_scratch = (size_t)plan->n * (size_t)plan->n; /* distances */
    return MIEN_OK;
}

/* The negative for anchor a with a positive at q_ap, or -1. */
static int mine(const mien_loss_pass *p, const real *q, int a, real q_ap) {
    const real margin = ((const mien_pair_config *)p->config)->margin;
    int semi = -1, hard = -1;
    for (int j = 0; j < p->n; j++) {
        if (p->label[j] == p->label[a]) continue;
        if (hard < 0 || q[j] < q[hard]) hard = j;
        if (q[j] > q_ap && (semi < 0 || q[j] < q[semi])) semi = j;
    }
    return semi >= 0 && q[semi] < q_ap + margin ? semi : hard;
}

/* Losses of all pairs into *sum, their derivatives into g; returns how many
 * pairs have a negative. */
static int all_pairs(double *sum, real *g, const mien_loss_pass *p) {
    const real margin = ((const mien_pair_config *)p->config)->margin;
    const int n = p->n;
    int count = 0;
    for (int a = 0; a < n; a++) {
        const real *q = p->scratch + (size_t)a * n;
        for (int b = 0; b < n; b++) {
            if (a == b || p->label[a] != p->label[b]) continue;
            const int far = mine(p, q, a, q[b]);
            if (far < 0) continue;
            count++;
            const real gap = q[b] - q[far] + margin;
            if (gap <= 0) continue;
            *sum += gap;
            g[(size_t)a * n + b] += 1;
            g[(size_t)a * n + far] -= 1;
        }
    }
    return count;
}

static void forward(mien_loss_pass *p) {
    const int n = p->n, d = p->d;
    const size_t nn = (size_t)n * n;
    double sum = mien_poison(p->x, (size_t)n * d);
    const mien_pairs s = mien_pairs_begin(p);
    for (size_t k = 0; k < nn; k++)
        p->scratch[k] =
            mien_square_distance(s.y + k / n * d, s.y + k % n * d, d);
    const int count = all_pairs(&sum, s.g, p);
    const double scale = (double)n / p->batch / (count ? count : 1);
    for (size_t k = 0; k < nn; k++) s.g[k] *= scale;
    p->loss = sum * scale;
}

const mien_loss_ops MIEN_LOSS_NAME(triplet) = {
    .name = "triplet",
    .summary = "an anchor nearer to its own than to strangers, by a margin",
    .params = params,
    .config_size = sizeof(mien_pair_config),
    .needs_labels = true,
    .embedding = true,
    .plan = plan,
    .forward = forward,
    .backward = mien_pairs_backward,
};
