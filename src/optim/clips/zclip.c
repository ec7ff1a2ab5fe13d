/* SPDX-License-Identifier: Apache-2.0 */
/* zclip.c - the whole gradient, where its norm is an outlier among the norms
 * before.
 *
 *   z = (|g| - mu) / (sigma + 1e-6)
 *   |g| -> T = mu + (z_thres^2 / z) sigma     where z > z_thres
 *   mu      <- alpha mu + (1 - alpha) n       n = |g|, or T where clipped
 *   sigma^2 <- alpha sigma^2 + (1 - alpha) (n - mu)^2      with the new mu
 *
 * The farther out a norm is, the shorter it becomes; T is between mu and
 * mu + z_thres sigma. The first `warmup` steps are not clipped and give the
 * mean and variance to begin with. The fixed bound that the published code has
 * besides is the clip global_norm. The threshold reported is
 * mu + z_thres sigma: what a norm has to pass to be clipped.
 * Source: Kumar, Owen, Chowdhury, Guera, ZClip: adaptive spike mitigation for
 * LLM pre-training, 2025 (arXiv:2504.02507). */
#include <math.h>

#include "optim/clip.h"

static const double least_sigma = 1e-6;

typedef struct config {
    double alpha, z_thres;
    int warmup;
} config;

static const mien_param params[] = {
    {"alpha", "what mean and variance keep at each step",
     offsetof(config, alpha), 0, 0.999999, 0.97, .kind = MIEN_DOUBLE},
    {"z_thres", "standard deviations above the mean that are an outlier",
     offsetof(config, z_thres), 1e-3, 1e6, 2.5, .kind = MIEN_DOUBLE},
    {"warmup", "steps that only give the first mean and variance",
     offsetof(config, warmup), 1, 100000, 25, .kind = MIEN_INT},
    {0},
};

enum { SEEN, MEAN, VARIANCE, STATE };

static size_t n_state(const void *cfg) {
    (void)cfg;
    return STATE;
}

/* Mean and population variance of what was seen, one norm at a time. */
static void warm_up(double *s, double norm) {
    const double off = norm - s[MEAN];
    s[SEEN]++;
    s[MEAN] += off / s[SEEN];
    s[VARIANCE] += (off * (norm - s[MEAN]) - s[VARIANCE]) / s[SEEN];
}

static void follow(double *s, double alpha, double norm) {
    s[MEAN] = alpha * s[MEAN] + (1 - alpha) * norm;
    const double off = norm - s[MEAN];
    s[VARIANCE] = alpha * s[VARIANCE] + (1 - alpha) * off * off;
}

static int apply(const mien_clip_pass *p, mien_clip_report *report) {
    const config *cfg = p->config;
    double *s = p->state;
    if (s[SEEN] < cfg->warmup) {
        warm_up(s, p->total);
        return 0;
    }
    const double mean = s[MEAN], sigma = sqrt(s[VARIANCE]);
    const double z = (p->total - mean) / (sigma + least_sigma);
    report->threshold = mean + cfg->z_thres * (sigma + least_sigma);
    if (!(z > cfg->z_thres)) {
        follow(s, cfg->alpha, p->total);
        return 0;
    }
    const double most = mean + cfg->z_thres * cfg->z_thres / z * sigma;
    follow(s, cfg->alpha, most);
    return mien_clip_to(p, most);
}

const mien_clip_ops mien_clip_zclip = {
    .row = {.name = "zclip",
            .summary = "the whole gradient where its norm is an outlier",
            .params = params,
            .config_size = sizeof(config)},
    .n_state = n_state,
    .apply = apply,
};
