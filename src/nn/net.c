/* SPDX-License-Identifier: Apache-2.0 */
/* net.c - layers, loss and weights put together. */
#include "nn/net.h"

#include <string.h>

#include "base/mem.h"

const mien_loss_ops *mien_loss_named(const char *name) {
    int count;
    const mien_loss_ops *const *table = mien_losses(&count);
    for (int i = 0; i < count; i++)
        if (!strcmp(table[i]->name, name)) return table[i];
    return NULL;
}

const mien_init_ops *mien_init_named(const char *name) {
    int count;
    const mien_init_ops *const *table = mien_inits(&count);
    for (int i = 0; i < count; i++)
        if (!strcmp(table[i]->name, name)) return table[i];
    return NULL;
}

/* "name" or "{name: options}": which row is meant, and its options. */
static mien_status split_choice(const char **name, const mien_tree **options,
                                const mien_tree *tree, const char *what) {
    *options = NULL;
    if (tree->kind == MIEN_TREE_SCALAR) {
        *name = tree->text;
        return MIEN_OK;
    }
    if (tree->kind != MIEN_TREE_MAP || tree->count != 1)
        return mien_tree_fail(tree,
                              "%s: wants one name, or {name: {option: "
                              "value}}",
                              what);
    *name = tree->first->key;
    *options = tree->first;
    return MIEN_OK;
}

static mien_status unknown(const mien_tree *tree, const char *what,
                           const char *name, const char *near) {
    return mien_tree_fail(tree, "no %s is called '%s'%s%s%s", what, name,
                          near ? "; did you mean '" : "", near ? near : "",
                          near ? "'?" : "");
}

static mien_status unknown_loss(const mien_tree *tree, const char *name) {
    const char *known[64];
    int count, n = 0;
    const mien_loss_ops *const *table = mien_losses(&count);
    for (; n < count && n < 64; n++) known[n] = table[n]->name;
    return unknown(tree, "loss", name, mien_nearest(name, known, n));
}

static mien_status unknown_init(const mien_tree *tree, const char *name) {
    const char *known[64];
    int count, n = 0;
    const mien_init_ops *const *table = mien_inits(&count);
    for (; n < count && n < 64; n++) known[n] = table[n]->name;
    return unknown(tree, "initialiser", name, mien_nearest(name, known, n));
}

/* A row without a table has no options: any that are given are unknown. */
static mien_status read_options(void *config, const mien_param *params,
                                const mien_tree *options, mien_arena *arena,
                                const char *name) {
    static const mien_param none[] = {{0}};
    return mien_params_read(config, params ? params : none, options, NULL,
                            arena, name);
}

/* A loss that its options make what it is. */
static mien_status open_composed(mien_net *net, void *config) {
    mien_loss_ops *ops = mien_arena_alloc(&net->graph.arena, 1, sizeof *ops);
    if (!ops) return MIEN_ENOMEM;
    *ops = *net->loss;
    net->loss = ops;
    return ops->open(ops, config, &net->graph.arena);
}

static mien_status open_loss(mien_net *net) {
    const mien_tree *tree = net->spec.loss, *options;
    const char *name = NULL;
    MIEN_TRY(split_choice(&name, &options, tree, "loss"));
    net->loss = mien_loss_named(name);
    if (!net->loss) return unknown_loss(tree, name);
    void *config =
        mien_arena_alloc(&net->graph.arena, 1, net->loss->config_size + 1);
    if (!config) return MIEN_ENOMEM;
    net->loss_config = config;
    MIEN_TRY(read_options(config, net->loss->params, options, &net->graph.arena,
                          name));
    return net->loss->open ? open_composed(net, config) : MIEN_OK;
}

static mien_status open_weights(mien_net *net) {
    mien_loss_plan plan = {.n = 2, /* some losses compare samples */
                           .d = mien_net_width(net),
                           .classes = net->spec.classes,
                           .vector = net->spec.vector};
    if (net->loss) {
        mien_status status = net->loss->plan(&plan, net->loss_config);
        if (status != MIEN_OK)
            return mien_fail_in(status, "loss of the output of '%s'",
                                net->graph.nodes[net->graph.n_nodes - 1].name);
    }
    return mien_weights_open(&net->weights, &net->graph,
                             net->loss ? &plan : NULL);
}

mien_status mien_net_open(mien_net **out, const mien_net_spec *spec) {
    *out = NULL;
    mien_net *net = mien_alloc(1, sizeof *net);
    if (!net) return MIEN_ENOMEM;
    net->spec = *spec;
    net->spec.input.n = 1;
    const mien_var vars[] = {
        {"classes", spec->classes}, {"vector", spec->vector}, {0}};
    mien_status status =
        mien_graph_open(&net->graph, spec->model, net->spec.input, vars);
    if (status == MIEN_OK && spec->loss) status = open_loss(net);
    if (status == MIEN_OK) status = open_weights(net);
    if (status != MIEN_OK) {
        mien_net_close(net);
        return status;
    }
    *out = net;
    return MIEN_OK;
}

mien_status mien_net_init(mien_net *net, const mien_tree *init, uint64_t seed) {
    const char *name = "he_normal";
    const mien_tree *options = NULL;
    if (init) MIEN_TRY(split_choice(&name, &options, init, "init"));
    const mien_init_ops *ops = mien_init_named(name);
    if (!ops) return unknown_init(init, name);
    mien_arena arena = {0};
    mien_status status = MIEN_OK;
    void *config = mien_arena_alloc(&arena, 1, ops->config_size + 1);
    if (!config) status = MIEN_ENOMEM;
    if (status == MIEN_OK)
        status = read_options(config, ops->params, options, &arena, name);
    if (status == MIEN_OK)
        status = mien_weights_init(&net->weights, ops, config, seed);
    mien_arena_close(&arena);
    return status;
}

int mien_net_width(const mien_net *net) {
    const mien_shape s = mien_graph_output(&net->graph);
    return s.c * s.h * s.w;
}

void mien_net_close(mien_net *net) {
    if (!net) return;
    mien_weights_close(&net->weights);
    mien_graph_close(&net->graph);
    mien_free(net);
}
