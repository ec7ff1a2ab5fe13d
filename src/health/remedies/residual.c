/* SPDX-License-Identifier: Apache-2.0 */
/* residual.c - skips around every layer of a deep stack.
 *
 *   x <- x + a W act(norm(x))       where the stack had  x <- act(norm(W x))
 *
 * with a learned factor a for each channel that starts at 0: the stack begins
 * as the identity, whatever its depth, and forward signal and gradient have a
 * way past every block. Activations come first, so that nothing on the way
 * bends the sum; a stack without normalisation gets a layernorm before each,
 * which the sum of fifty blocks needs once they have grown. Only a `repeat` of
 * one weighted layer and what follows it can be treated: elsewhere sizes may
 * change.
 *
 * The embedding of a margin head gets a batch norm in the same go: rectified
 * features have a mean in common, so that the cosine between any two is near 1,
 * and batch norm takes it out.
 * Source: He et al., Identity mappings in deep residual networks, ECCV 2016
 * (arXiv:1603.05027); Bachlechner et al., ReZero, UAI 2021 (arXiv:2003.04887);
 * Deng et al., ArcFace, CVPR 2019 (arXiv:1801.07698), section 3.1. */
#include <stdlib.h>
#include <string.h>

#include "health/remedy.h"

#define SKIP "doctors_skip"

static bool weighted(const mien_tree *item) {
    return !strcmp(mien_remedy_kind(item), "dense") ||
           !strcmp(mien_remedy_kind(item), "conv");
}

/* A list item {key: text}. */
static mien_tree *pair(mien_arena *arena, const char *key, const char *text) {
    mien_tree *item = mien_arena_alloc(arena, 2, sizeof *item);
    if (!item) return NULL;
    item[0] = (mien_tree){.kind = MIEN_TREE_MAP, .file = "", .count = 1};
    item[1] = (mien_tree){
        .kind = MIEN_TREE_SCALAR, .key = key, .text = text, .file = ""};
    item[0].first = &item[1];
    return item;
}

static void append(mien_tree *list, mien_tree **tail, mien_tree *item) {
    item->next = NULL;
    if (*tail)
        (*tail)->next = item;
    else
        list->first = item;
    *tail = item;
    list->count++;
}

static bool normalises(const mien_tree *body) {
    for (const mien_tree *i = body->first; i; i = i->next)
        if (!strcmp(mien_remedy_kind(i), "bn") ||
            !strcmp(mien_remedy_kind(i), "layernorm"))
            return true;
    return false;
}

/* A body of one weighted layer first and what follows it: that goes first. */
static bool plain_body(const mien_tree *body) {
    int layers = 0;
    for (const mien_tree *i = body->first; i; i = i->next) {
        const char *kind = mien_remedy_kind(i);
        if (!strcmp(kind, "name") || !strcmp(kind, "add") ||
            !strcmp(kind, "from") || !strcmp(kind, "concat") ||
            !strcmp(kind, "repeat"))
            return false;
        layers += weighted(i);
    }
    return layers == 1 && weighted(body->first);
}

static mien_status skip_body(mien_tree *out, const mien_tree *body,
                             mien_arena *arena) {
    const bool bare = !normalises(body);
    mien_tree *tail = NULL;
    mien_tree *norm = bare ? mien_remedy_word(arena, "layernorm") : NULL;
    mien_tree *copy = mien_tree_copy(arena, body);
    mien_tree *name = pair(arena, "name", SKIP);
    mien_tree *scale = pair(arena, "scale", "0");
    mien_tree *add = pair(arena, "add", SKIP);
    if (!copy || !name || !scale || !add || (bare && !norm)) return MIEN_ENOMEM;
    mien_tree *layer = copy->first, *rest = layer->next;
    out->first = NULL;
    out->count = 0;
    append(out, &tail, name);
    if (bare) append(out, &tail, norm);
    while (rest) {
        mien_tree *next = rest->next;
        append(out, &tail, rest);
        rest = next;
    }
    append(out, &tail, layer);
    append(out, &tail, scale);
    append(out, &tail, add);
    return MIEN_OK;
}

/* `repeat` of a plain body in a copy of the model: the first round stays as it
 * is, since it may change the size; the others get their skip. */
static mien_status treat(mien_tree **at, mien_arena *arena, int *treated) {
    mien_tree *repeat = (*at)->first;
    mien_tree *times = (mien_tree *)mien_tree_get(repeat, "times");
    mien_tree *body = (mien_tree *)mien_tree_get(repeat, "body");
    if (!times || !times->text || !body || !plain_body(body)) return MIEN_OK;
    const long n = strtol(times->text, NULL, 10);
    if (n < 3) return MIEN_OK;
    mien_tree *first = mien_tree_copy(arena, body);
    times->text = mien_arena_printf(arena, "%ld", n - 1);
    if (!first || !times->text) return MIEN_ENOMEM;
    MIEN_TRY(skip_body(body, body, arena));
    mien_tree *last = first->first;
    while (last->next) last = last->next;
    last->next = *at;
    *at = first->first;
    *treated += (int)n - 1;
    return MIEN_OK;
}

/* A model (a copy) ends in batch norm then. */
static mien_status end_in_norm(mien_tree *model, mien_arena *arena) {
    mien_tree *last = model->first;
    while (last && last->next) last = last->next;
    if (!last || !strcmp(mien_remedy_kind(last), "bn")) return MIEN_OK;
    last->next = mien_remedy_word(arena, "bn");
    return last->next ? MIEN_OK : MIEN_ENOMEM;
}

static mien_status prescribe(mien_prescription *out, const mien_patient *p,
                             const mien_finding *finding) {
    (void)finding;
    int treated = 0;
    mien_tree *model =
        mien_tree_copy(p->arena, mien_tree_get(p->recipe, "model"));
    if (!model) return MIEN_ENOMEM;
    for (mien_tree **at = &model->first; *at;) {
        mien_tree *item = *at;
        if (!strcmp(mien_remedy_kind(item), "repeat"))
            MIEN_TRY(treat(at, p->arena, &treated));
        at = &item->next;
    }
    if (!treated) return MIEN_OK;
    if (mien_remedy_is_margin(p->loss)) MIEN_TRY(end_in_norm(model, p->arena));
    model->count = 0;
    for (const mien_tree *i = model->first; i; i = i->next) model->count++;
    MIEN_TRY(mien_prescribe(out, p->arena, "init=lsuv"));
    return mien_prescribe_model(out, p, model);
}

const mien_remedy_ops mien_remedy_residual = {
    .name = "residual",
    .summary = "skips around the layers of a deep stack",
    .treats = {MIEN_CAUSE_DEPTH, MIEN_CAUSE_INIT_SMALL, MIEN_CAUSE_SATURATED,
               MIEN_CAUSE_MARGIN},
    .structural = true,
    .consent = true,
    .prescribe = prescribe,
};
