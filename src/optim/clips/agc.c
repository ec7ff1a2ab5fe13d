/* SPDX-License-Identifier: Apache-2.0 */
/* agc.c - adaptive gradient clipping: each unit's gradient in proportion to
 * the unit's weights.
 *
 *   G_u <- G_u lambda max(|W_u|, eps) / |G_u|
 *                               where |G_u| > lambda max(|W_u|, eps)
 *
 * A unit is a row of the first extent: an output channel, a neuron, a class
 * centre; biases, gains and other vectors are one unit as a whole. The paper
 * leaves out the last layer, and so do we unless `head` is on: the tensors of
 * the loss and of the last dense layer. There is no one threshold to report.
 * Source: Brock, De, Smith, Simonyan, High-performance large-scale image
 * recognition without normalization, ICML 2021 (arXiv:2102.06171), eq. 3. */
#include <string.h>

#include "optim/clip.h"

typedef struct config {
    double lambda, eps;
    bool head;
} config;

static const mien_param params[] = {
    {"lambda", "greatest |g| of a unit as a share of its |w|",
     offsetof(config, lambda), 1e-9, 1e6, 0.01, .kind = MIEN_DOUBLE},
    {"eps", "|w| counts as at least this", offsetof(config, eps), 1e-12, 1e6,
     1e-3, .kind = MIEN_DOUBLE},
    {"head", "clip the loss's tensors and the last dense layer too",
     offsetof(config, head), .kind = MIEN_BOOL},
    {0},
};

static bool of_loss(const mien_trained *t) {
    return strncmp(t->name, "loss.", 5) == 0;
}

/* The network's last matrix, or NULL. */
static const mien_trained *last_dense(const mien_clip_pass *p) {
    for (int i = p->n - 1; i >= 0; i--) {
        const mien_trained *t = &p->tensors[i];
        if (t->role == MIEN_ROLE_WEIGHT && t->dims.count == 2 && !of_loss(t))
            return t;
    }
    return NULL;
}

/* Both "fc2.weight" and "fc2.bias" are of layer "fc2". */
static bool same_layer(const char *a, const char *b) {
    const char *dot = strrchr(a, '.');
    const size_t n = dot ? (size_t)(dot - a) + 1 : strlen(a) + 1;
    return strncmp(a, b, n) == 0;
}

static bool clip_tensor(const config *cfg, const mien_trained *t) {
    const bool vector = t->dims.count < 2;
    const int units = vector ? 1 : mien_units(t);
    const size_t size = vector ? t->n : mien_unit_size(t);
    bool changed = false;
    for (int u = 0; u < units; u++) {
        float *g = t->g + (size_t)u * size;
        const double w = mien_norm2(t->w + (size_t)u * size, size);
        const double most = cfg->lambda * (w > cfg->eps ? w : cfg->eps);
        const double norm = mien_norm2(g, size);
        if (!(norm > most)) continue;
        mien_scale(g, size, most / norm);
        changed = true;
    }
    return changed;
}

static int apply(const mien_clip_pass *p, mien_clip_report *report) {
    const config *cfg = p->config;
    const mien_trained *last = cfg->head ? NULL : last_dense(p);
    int changed = 0;
    (void)report;
    for (int i = 0; i < p->n; i++) {
        const mien_trained *t = &p->tensors[i];
        if (!cfg->head && of_loss(t)) continue;
        if (last && same_layer(last->name, t->name)) continue;
        changed += clip_tensor(cfg, t);
    }
    return changed;
}

const mien_clip_ops mien_clip_agc = {
    .row = {.name = "agc",
            .summary = "each unit's gradient to a share of its weights",
            .params = params,
            .config_size = sizeof(config)},
    .apply = apply,
};
