/* SPDX-License-Identifier: Apache-2.0 */
/* units.c - activations that always pass some gradient on.
 *
 * relu, sigmoid and tanh between layers become leaky_relu of slope .1, whose
 * derivative is nowhere 0. */
#include <string.h>

#include "health/remedy.h"

static bool flat(const char *name) {
    return name && (!strcmp(name, "relu") || !strcmp(name, "sigmoid") ||
                    !strcmp(name, "tanh"));
}

/* In a copy of the model: the items called so, at any depth. */
static int replace(mien_tree *item) {
    static const char leaky[] = "leaky_relu";
    int n = 0;
    for (mien_tree *child = item->first; child; child = child->next) {
        if (child->kind == MIEN_TREE_SCALAR && flat(child->text) &&
            (!child->key || !strcmp(child->key, "layer"))) {
            child->text = leaky;
            n++;
        } else if (flat(child->key)) {
            child->key = leaky;
            n++;
        } else {
            n += replace(child);
        }
    }
    return n;
}

static mien_status prescribe(mien_prescription *out, const mien_patient *p,
                             const mien_finding *finding) {
    (void)finding;
    const mien_tree *model = mien_tree_get(p->recipe, "model");
    mien_tree *copy = mien_tree_copy(p->arena, model);
    if (!copy) return MIEN_ENOMEM;
    if (!replace(copy)) return MIEN_OK;
    MIEN_TRY(mien_prescribe(out, p->arena, "init=lsuv"));
    return mien_prescribe_model(out, p, copy);
}

const mien_remedy_ops mien_remedy_units = {
    .name = "units",
    .summary = "leaky_relu in place of relu, sigmoid and tanh",
    .treats = {MIEN_CAUSE_DEAD, MIEN_CAUSE_SATURATED},
    .structural = true,
    .prescribe = prescribe,
};
