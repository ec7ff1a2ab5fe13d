/* SPDX-License-Identifier: Apache-2.0 */
/* autoclip.c - the whole gradient to a percentile of the norms so far.
 *
 *   h <- h + {|g|},   g <- g min(1, T / (|g| + 1e-6)),   T = percentile(h, p)
 *
 * As published, this step's norm counts and norms enter as they are, before
 * clipping: with p = 10 most steps are clipped and the length of a step hardly
 * varies, with p = 90 only the longest are. Other than the published code we
 * keep the last `window` norms, not all, and a step that is not finite never
 * enters: there a single NaN stays in the history for good.
 * Source: Seetharaman, Wichern, Pardo, Le Roux, AutoClip: adaptive gradient
 * clipping for source separation networks, MLSP 2020 (arXiv:2007.14469). */
#include "optim/clip.h"
#include "optim/clips/history.h"

typedef struct config {
    double p;
    int window, least;
} config;

static const mien_param params[] = {
    {"p", "percentile of the norms that is the greatest", offsetof(config, p),
     0, 100, 10, .kind = MIEN_DOUBLE},
    {"window", "norms remembered", offsetof(config, window), 1, 100000, 1000,
     .kind = MIEN_INT},
    {"least", "norms needed before it clips, at most the window",
     offsetof(config, least), 1, 100000, 20, .kind = MIEN_INT},
    {0},
};

static size_t n_state(const void *cfg) {
    return mien_history_size(((const config *)cfg)->window);
}

static int apply(const mien_clip_pass *p, mien_clip_report *report) {
    const config *cfg = p->config;
    const int least = cfg->least < cfg->window ? cfg->least : cfg->window;
    mien_history_add(p->state, cfg->window, p->total);
    if (mien_history_count(p->state, cfg->window) < least) return 0;
    report->threshold = mien_history_percentile(p->state, cfg->window, cfg->p);
    return p->total > report->threshold ? mien_clip_to(p, report->threshold)
                                        : 0;
}

const mien_clip_ops mien_clip_autoclip = {
    .row = {.name = "autoclip",
            .summary = "the whole gradient to a percentile of its past norms",
            .params = params,
            .config_size = sizeof(config)},
    .n_state = n_state,
    .apply = apply,
};
