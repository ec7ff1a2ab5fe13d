/* SPDX-License-Identifier: Apache-2.0 */
/* weights.c - the flat array of weights: layout, start, reparametrisation. */
#include "nn/weights.h"

#include <math.h>
#include <string.h>

#include "nn/reparam.h"

enum { ALIGNMENT = 16 };

/* Two rounds over the same list: the first counts, the second fills. */
typedef struct layout {
    mien_weights *w;
    bool fill;
    int n;
    size_t size;
} layout;

static mien_status place(layout *l, mien_weight weight) {
    size_t count = 1;
    for (int i = 0; i < weight.spec.dims.count; i++)
        if (!mien_size_mul(&count, count, (size_t)weight.spec.dims.d[i]))
            return mien_fail(MIEN_ELIMIT, "weights of '%s' are too many",
                             weight.name);
    weight.offset = l->size;
    weight.count = count;
    if (l->fill) l->w->items[l->n] = weight;
    l->n++;
    if (!mien_size_add(&l->size, l->size, count) ||
        !mien_size_add(&l->size, l->size, ALIGNMENT - 1))
        return mien_fail(MIEN_ELIMIT, "the network has too many weights");
    l->size -= l->size % ALIGNMENT;
    return MIEN_OK;
}

/* The gain that a reparametrised tensor trains beside its directions. */
static mien_status place_gain(layout *l, const mien_weight *of,
                              const char *name) {
    mien_weight gain = {.node = of->node, .spec = of->spec};
    gain.name = mien_arena_printf(&l->w->arena, "%s.gain", name);
    gain.spec.name = "gain";
    gain.spec.role = MIEN_ROLE_GAIN;
    gain.spec.dims = (mien_dims){1, {of->spec.dims.d[0]}};
    return gain.name ? place(l, gain) : MIEN_ENOMEM;
}

/* The tensors of one owner that are trained, or that are not. */
static mien_status place_owner(layout *l, int row, const char *name,
                               const mien_weight_spec *specs, int n,
                               int reparam, bool trained) {
    int count;
    const mien_reparam_ops *const *reparams = mien_reparams(&count);
    for (int k = 0; k < n; k++) {
        if ((specs[k].role != MIEN_ROLE_RUNNING) != trained) continue;
        mien_weight weight = {.spec = specs[k],
                              .node = row == l->w->n_nodes ? MIEN_OF_LOSS : row,
                              .reparam = k ? 0 : reparam,
                              .name = mien_arena_printf(&l->w->arena, "%s.%s",
                                                        name, specs[k].name)};
        if (!weight.name) return MIEN_ENOMEM;
        if (l->fill) l->w->of_node[row][k] = l->n;
        const int index = l->n;
        MIEN_TRY(place(l, weight));
        if (!weight.reparam || !reparams[weight.reparam - 1]->has_gain)
            continue;
        if (l->fill) l->w->items[index].gain_offset = l->size;
        MIEN_TRY(place_gain(l, &weight, name));
    }
    return MIEN_OK;
}

static mien_status place_all(layout *l, const mien_graph *graph,
                             const mien_loss_plan *loss) {
    l->n = 0;
    l->size = 0;
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < graph->n_nodes; i++) {
            const mien_graph_node *node = &graph->nodes[i];
            MIEN_TRY(place_owner(l, i, node->name, node->plan.weights,
                                 node->plan.n_weights, node->plan.reparam,
                                 round == 0));
        }
        if (loss)
            MIEN_TRY(place_owner(l, graph->n_nodes, "loss", loss->weights,
                                 loss->n_weights, 0, round == 0));
        if (round == 0) {
            l->w->n_trained = l->n;
            l->w->size_trained = l->size;
        }
    }
    l->w->n = l->n;
    l->w->size = l->size;
    return MIEN_OK;
}

static bool any_reparam(const mien_weights *w) {
    for (int i = 0; i < w->n; i++)
        if (w->items[i].reparam) return true;
    return false;
}

static mien_status allocate(mien_weights *w) {
    w->values = mien_alloc(w->size ? w->size : 1, sizeof(float));
    if (!w->values) return MIEN_ENOMEM;
    w->effective = w->values;
    if (!any_reparam(w)) return MIEN_OK;
    w->effective = mien_alloc(w->size, sizeof(float));
    return w->effective ? MIEN_OK : MIEN_ENOMEM;
}

mien_status mien_weights_open(mien_weights *w, const mien_graph *graph,
                              const mien_loss_plan *loss) {
    *w = (mien_weights){.n_nodes = graph->n_nodes};
    layout l = {.w = w};
    mien_status status = place_all(&l, graph, loss);
    if (status != MIEN_OK) goto out;
    status = MIEN_ENOMEM;
    w->items = mien_arena_alloc(&w->arena, (size_t)w->n + 1, sizeof *w->items);
    w->of_node = mien_arena_alloc(&w->arena, (size_t)graph->n_nodes + 1,
                                  sizeof *w->of_node);
    if (!w->items || !w->of_node) goto out;
    memset(w->of_node, -1, ((size_t)graph->n_nodes + 1) * sizeof *w->of_node);
    l.fill = true;
    status = place_all(&l, graph, loss);
    if (status == MIEN_OK) status = allocate(w);
out:
    if (status != MIEN_OK) mien_weights_close(w);
    return status;
}

static float start_of(const mien_weight_spec *spec) {
    switch (spec->role) {
        case MIEN_ROLE_GAIN: return 1;
        case MIEN_ROLE_SLOPE:
        case MIEN_ROLE_RUNNING: return spec->start;
        default: return 0;
    }
}

/* g = |v| makes the reparametrised weight start as v itself. */
static void start_gain(mien_weights *w, const mien_weight *weight) {
    const int units = weight->spec.dims.d[0];
    const size_t size = weight->count / (size_t)units;
    for (int u = 0; u < units; u++) {
        const float *v = w->values + weight->offset + (size_t)u * size;
        double sum = 0;
        for (size_t i = 0; i < size; i++) sum += (double)v[i] * v[i];
        w->values[weight->gain_offset + (size_t)u] = (float)sqrt(sum);
    }
}

mien_status mien_weights_init(mien_weights *w, const mien_init_ops *init,
                              const void *config, uint64_t seed) {
    for (int i = 0; i < w->n; i++) {
        const mien_weight *weight = &w->items[i];
        float *values = w->values + weight->offset;
        if (weight->spec.role == MIEN_ROLE_WEIGHT) {
            mien_rng rng = mien_rng_at(seed, MIEN_RNG_INIT, (uint32_t)i, 0);
            MIEN_TRY(init->fill(values, &weight->spec, config, &rng));
        } else {
            const float start = start_of(&weight->spec);
            for (size_t k = 0; k < weight->count; k++) values[k] = start;
        }
    }
    int count;
    for (int i = 0; i < w->n; i++)
        if (w->items[i].reparam &&
            mien_reparams(&count)[w->items[i].reparam - 1]->has_gain)
            start_gain(w, &w->items[i]);
    mien_weights_apply(w);
    return MIEN_OK;
}

static mien_reparam_pass pass_of(const mien_weights *w,
                                 const mien_weight *weight) {
    return (mien_reparam_pass){
        .units = weight->spec.dims.d[0],
        .size = (int)(weight->count / (size_t)weight->spec.dims.d[0]),
        .v = w->values + weight->offset,
        .g = w->values + weight->gain_offset,
        .w = w->effective + weight->offset};
}

void mien_weights_apply(mien_weights *w) {
    if (w->effective == w->values) return;
    int count;
    memcpy(w->effective, w->values, w->size * sizeof(float));
    for (int i = 0; i < w->n; i++) {
        if (!w->items[i].reparam) continue;
        const mien_reparam_pass p = pass_of(w, &w->items[i]);
        mien_reparams(&count)[w->items[i].reparam - 1]->forward(&p);
    }
}

void mien_weights_gradient(const mien_weights *w, float *gradient) {
    int count;
    for (int i = 0; i < w->n; i++) {
        const mien_weight *weight = &w->items[i];
        if (!weight->reparam) continue;
        mien_reparam_pass p = pass_of(w, weight);
        p.dw = p.dv = gradient + weight->offset;
        p.dg = gradient + weight->gain_offset;
        mien_reparams(&count)[weight->reparam - 1]->backward(&p);
    }
}

const mien_weight *mien_weights_find(const mien_weights *w, const char *name) {
    for (int i = 0; i < w->n; i++)
        if (!strcmp(w->items[i].name, name)) return &w->items[i];
    return NULL;
}

void mien_weights_close(mien_weights *w) {
    if (w->effective != w->values) mien_free(w->effective);
    mien_free(w->values);
    mien_arena_close(&w->arena);
    *w = (mien_weights){0};
}
