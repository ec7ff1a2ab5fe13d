/* SPDX-License-Identifier: Apache-2.0 */
/* faults.c - the table of faults, and all of a recipe's in a row. */
#include "train/fault.h"

#define MIEN_FAULT(name) extern const mien_fault_ops mien_fault_##name;
#include "train/faults.def"
#undef MIEN_FAULT
#define MIEN_FAULT(name) &mien_fault_##name.row,
static const mien_row *const rows[] = {
#include "train/faults.def"
};

const mien_table *mien_fault_table(void) {
    static const mien_table table = {"fault", rows, sizeof rows / sizeof *rows};
    return &table;
}

static const mien_fault_ops *ops_of(const mien_choice *choice) {
    return (const void *)choice->row;
}

mien_status mien_faults_open(mien_faults *f, const mien_tree *tree) {
    *f = (mien_faults){0};
    const mien_status status =
        mien_pick_all(&f->items, &f->n, mien_fault_table(), tree, &f->arena);
    if (status != MIEN_OK) mien_faults_close(f);
    return status;
}

void mien_faults_close(mien_faults *f) {
    mien_arena_close(&f->arena);
    *f = (mien_faults){0};
}

mien_status mien_faults_samples(const mien_faults *f, mien_dataset *data) {
    for (int i = 0; i < f->n; i++) {
        const mien_fault_ops *ops = ops_of(&f->items[i]);
        if (ops->samples) MIEN_TRY(ops->samples(data, f->items[i].config));
    }
    /* The recipe's cure must get to see what was broken after it. */
    return f->n ? mien_dataset_clean(data) : MIEN_OK;
}

void mien_faults_batch(const mien_faults *f, const mien_fault_batch *b) {
    for (int i = 0; i < f->n; i++) {
        const mien_fault_ops *ops = ops_of(&f->items[i]);
        if (ops->batch && (b->number >= 0 || ops->everywhere))
            ops->batch(b, f->items[i].config);
    }
}

void mien_faults_weights(const mien_faults *f, mien_weights *w) {
    for (int i = 0; i < f->n; i++) {
        const mien_fault_ops *ops = ops_of(&f->items[i]);
        if (ops->weights) ops->weights(w, f->items[i].config);
    }
    mien_weights_apply(w);
}

mien_status mien_faults_start(const mien_faults *f, const mien_fault_start *s) {
    for (int i = 0; i < f->n; i++) {
        const mien_fault_ops *ops = ops_of(&f->items[i]);
        if (ops->start) MIEN_TRY(ops->start(s, f->items[i].config));
    }
    return MIEN_OK;
}
