/* SPDX-License-Identifier: Apache-2.0 */
/* plan.c - what --dry-run prints. */
#include <stdio.h>

#include "train/trainer.h"

/* "64x56x56", or "128" for a vector. */
static const char *shape_text(char *out, size_t room, mien_shape s) {
    if (s.h == 1 && s.w == 1)
        snprintf(out, room, "%d", s.c);
    else
        snprintf(out, room, "%dx%dx%d", s.c, s.h, s.w);
    return out;
}

static mien_status describe_rows(mien_buf *out, const mien_trainer *t,
                                 double *macs) {
    MIEN_TRY(mien_buf_printf(out, "%-22s %-26s %-14s %13s %11s %10s %9s\n",
                             "layer", "kind", "kernel", "output", "weights",
                             "MMACs", "MiB"));
    for (int i = 0; i < mien_runner_rows(t->run); i++) {
        const mien_plan_row row = mien_runner_row(t->run, i);
        char shape[48];
        *macs += row.macs;
        MIEN_TRY(mien_buf_printf(
            out, "%-22s %-26s %-14s %13s %11zu %10.2f %9.2f\n", row.name,
            row.group, row.kernel, shape_text(shape, sizeof shape, row.out),
            row.weights, 1e-6 * row.macs, (double)row.bytes / (1 << 20)));
    }
    return MIEN_OK;
}

static mien_status describe_totals(mien_buf *out, const mien_trainer *t,
                                   double macs) {
    const mien_train_settings *s = &t->recipe.train;
    const mien_weights *w = &t->net->weights;
    size_t trained = 0, of_loss = 0;
    for (int i = 0; i < w->n_trained; i++) {
        trained += w->items[i].count;
        if (w->items[i].node == MIEN_OF_LOSS) of_loss += w->items[i].count;
    }
    const double mib = 1 << 20;
    const double slots = (double)t->update.stepper.n_slots *
                         (double)t->update.stepper.size * sizeof(float);
    MIEN_TRY(
        mien_buf_printf(out,
                        "\n%zu weights (%zu of them the loss's), %.1f million "
                        "multiply-adds an image forward\n",
                        trained, of_loss, 1e-6 * macs));
    MIEN_TRY(mien_buf_printf(
        out,
        "memory: %.1f MiB to train, %.1f MiB to validate, %.1f MiB "
        "weights, %.1f MiB optimiser\n",
        (double)mien_runner_bytes(t->run) / mib,
        (double)mien_runner_bytes(t->check) / mib,
        (double)w->size * sizeof(float) / mib, slots / mib));
    MIEN_TRY(mien_buf_printf(
        out,
        "data: %lld to train on, %lld to validate, %lld to test, %d "
        "classes\n",
        (long long)mien_source_samples(t->source, MIEN_TRAIN),
        (long long)mien_source_samples(t->source, MIEN_VAL),
        (long long)mien_source_samples(t->source, MIEN_TEST),
        t->source->data->reader->classes));
    return mien_buf_printf(
        out,
        "plan: %d epochs of %lld steps, batch %d in %d shards on %d "
        "threads, optimiser %s\n",
        mien_recipe_epochs(&t->recipe), (long long)mien_trainer_steps(t),
        s->batch, s->shards, s->threads, t->update.optim.row->name);
}

mien_status mien_trainer_describe(mien_buf *out, const mien_trainer *t) {
    double macs = 0;
    MIEN_TRY(describe_rows(out, t, &macs));
    return describe_totals(out, t, macs);
}
