/* SPDX-License-Identifier: Apache-2.0 */
/* lrfind.c - the sweep of sweep.h as the library offers it. */
#include "train/lrfind.h"

#include <string.h>

#include "base/mem.h"
#include "mien/health.h"

struct mien_lrfind {
    mien_sweep sweep;
    mien_lrfind_summary summary;
};

static void sum_up(mien_lrfind *f) {
    const mien_sweep *s = &f->sweep;
    f->summary = (mien_lrfind_summary){.n = s->n,
                                       .lr = s->lr,
                                       .loss = s->loss,
                                       .smooth = s->smooth,
                                       .best = s->best,
                                       .steepest = s->steepest,
                                       .diverged = s->diverged,
                                       .suggested = s->suggested,
                                       .recipe = s->recipe,
                                       .start = s->start,
                                       .why = s->why};
}

/* "recipes/mnist.yaml" is called mnist. */
static mien_status plot(const mien_sweep *s, const char *recipe,
                        const char *path) {
    const char *slash = strrchr(recipe, '/');
    const char *name = slash ? slash + 1 : recipe;
    const char *dot = strrchr(name, '.');
    char *copy =
        mien_strndup(name, dot > name ? (size_t)(dot - name) : strlen(name));
    if (!copy) return MIEN_ENOMEM;
    const mien_status status = mien_sweep_plot(s, path, copy);
    mien_free(copy);
    return status;
}

mien_status mien_lrfind_run(mien_lrfind **out, const char *recipe,
                            const mien_lrfind_options *options) {
    const mien_lrfind_options none = {0}, *o = options ? options : &none;
    *out = NULL;
    mien_lrfind *f = mien_alloc(1, sizeof *f);
    if (!f) return MIEN_ENOMEM;
    mien_status status =
        mien_sweep_run(&f->sweep, recipe,
                       &(mien_sweep_options){.set = o->set,
                                             .n_set = o->n_set,
                                             .data = o->data,
                                             .from = o->from,
                                             .to = o->to,
                                             .steps = o->steps});
    if (status == MIEN_OK && o->plot) status = plot(&f->sweep, recipe, o->plot);
    if (status != MIEN_OK) {
        mien_lrfind_free(f);
        return status;
    }
    sum_up(f);
    *out = f;
    return MIEN_OK;
}

const mien_lrfind_summary *mien_lrfind_summary_of(const mien_lrfind *find) {
    return &find->summary;
}

void mien_lrfind_free(mien_lrfind *find) {
    if (!find) return;
    mien_sweep_close(&find->sweep);
    mien_free(find);
}
