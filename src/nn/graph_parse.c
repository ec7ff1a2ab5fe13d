/* SPDX-License-Identifier: Apache-2.0 */
/* graph_parse.c - a recipe's `model:` list becomes nodes. */
#include <string.h>

#include "nn/graph.h"

enum { MAX_LABELS = 256, MAX_REPEAT = 1000, MAX_DEPTH = 8, MAX_ITEMS = 65536 };

/* A name, the node that bears it now, and how many have borne it. */
typedef struct label {
    const char *name;
    int node, bearers;
} label;

typedef struct parser {
    mien_graph *graph;
    const mien_var *vars;
    int current; /* the node that the next item is fed by */
    int n_items; /* so far, repeats included */
    int n_labels;
    label labels[MAX_LABELS];
    int *seen; /* nodes so far of each kind of layer, for their names */
} parser;

static mien_status find_label(int *node, const parser *p, const mien_tree *at,
                              const char *name) {
    const char *known[MAX_LABELS + 1] = {"input"};
    if (!strcmp(name, "input")) {
        *node = MIEN_GRAPH_INPUT;
        return MIEN_OK;
    }
    for (int i = 0; i < p->n_labels; i++) {
        known[i + 1] = p->labels[i].name;
        if (strcmp(p->labels[i].name, name)) continue;
        *node = p->labels[i].node;
        return MIEN_OK;
    }
    const char *near = mien_nearest(name, known, p->n_labels + 1);
    return mien_tree_fail(at, "nothing above is named '%s'%s%s%s", name,
                          near ? "; did you mean '" : "", near ? near : "",
                          near ? "'?" : "");
}

static mien_status check_name(const mien_tree *at) {
    if (at->kind != MIEN_TREE_SCALAR || !*at->text)
        return mien_tree_fail(at, "name: wants one word");
    if (!strcmp(at->text, "input"))
        return mien_tree_fail(at, "name: 'input' is the network's input");
    if (!strcmp(at->text, "loss"))
        return mien_tree_fail(at,
                              "name: 'loss' is what owns the loss's "
                              "weights");
    return MIEN_OK;
}

/* Its index, or n_labels. */
static int label_called(const parser *p, const char *name) {
    int i = 0;
    while (i < p->n_labels && strcmp(p->labels[i].name, name)) i++;
    return i;
}

static mien_status set_label(parser *p, const mien_tree *at) {
    const int i = label_called(p, at->text);
    if (i == MAX_LABELS)
        return mien_tree_fail(at, "more than %d names", MAX_LABELS);
    if (i == p->n_labels) {
        char *name = mien_arena_strdup(&p->graph->arena, at->text);
        if (!name) return MIEN_ENOMEM;
        p->labels[p->n_labels++] = (label){.name = name};
    }
    p->labels[i].node = p->current;
    p->labels[i].bearers++;
    return MIEN_OK;
}

/* The inputs of a joining layer: the current node, then the named ones. */
static mien_status join_inputs(parser *p, mien_graph_node *node,
                               const mien_tree *value) {
    const mien_tree *t =
        value && value->kind == MIEN_TREE_LIST ? value->first : value;
    for (; t; t = value->kind == MIEN_TREE_LIST ? t->next : NULL) {
        if (t->kind != MIEN_TREE_SCALAR)
            return mien_tree_fail(value,
                                  "wants the name of an output above, "
                                  "or a list of names");
        if (node->plan.n_in == MIEN_MAX_INPUTS)
            return mien_tree_fail(t, "at most %d outputs can be joined",
                                  MIEN_MAX_INPUTS);
        MIEN_TRY(find_label(&node->in[node->plan.n_in++], p, t, t->text));
    }
    return MIEN_OK;
}

static bool name_taken(const mien_graph *g, const char *name) {
    for (int i = 0; i < g->n_nodes; i++)
        if (!strcmp(g->nodes[i].name, name)) return true;
    return false;
}

/* "conv3", or the recipe's name; its second bearer is "name_2". */
static mien_status name_node(parser *p, mien_graph_node *node,
                             const char *layer, const mien_tree *given) {
    mien_arena *arena = &p->graph->arena;
    const int k = ++p->seen[node->layer];
    const char *name = given ? mien_arena_strdup(arena, given->text)
                             : mien_arena_printf(arena, "%s%d", layer, k);
    if (!name) return MIEN_ENOMEM;
    const int i = label_called(p, name);
    int number = i < p->n_labels ? p->labels[i].bearers : 1;
    node->name = name;
    while (node->name && name_taken(p->graph, node->name))
        node->name = mien_arena_printf(arena, "%s_%d", name, ++number);
    return node->name ? MIEN_OK : MIEN_ENOMEM;
}

/* `value` is NULL for a layer named alone. */
static mien_status read_config(parser *p, mien_graph_node *node,
                               const mien_layer_ops *ops,
                               const mien_tree *value) {
    if (!ops->config_size) {
        if (value && (value->first || value->kind == MIEN_TREE_SCALAR) &&
            ops->max_inputs < 2)
            return mien_tree_fail(value, "%s has no options", ops->name);
        return MIEN_OK;
    }
    void *config = mien_arena_alloc(&p->graph->arena, 1, ops->config_size);
    if (!config) return MIEN_ENOMEM;
    node->config = config;
    return mien_params_read(config, ops->params,
                            ops->max_inputs < 2 ? value : NULL, p->vars,
                            &p->graph->arena, ops->name);
}

static mien_status add_layer(parser *p, int layer, const mien_tree *at,
                             const mien_tree *value, const mien_tree *name) {
    mien_graph *g = p->graph;
    int count;
    const mien_layer_ops *ops = mien_layers(&count)[layer];
    if (g->n_nodes == MIEN_MAX_NODES)
        return mien_tree_fail(at, "more than %d layers", MIEN_MAX_NODES);
    mien_graph_node *node = &g->nodes[g->n_nodes];
    *node = (mien_graph_node){.layer = layer, .in = {p->current}};
    node->plan.n_in = 1;
    if (ops->max_inputs > 1) MIEN_TRY(join_inputs(p, node, value));
    if (ops->min_inputs > node->plan.n_in)
        return mien_tree_fail(at, "%s wants the name of another output above",
                              ops->name);
    mien_status status = read_config(p, node, ops, value);
    if (status == MIEN_EINVAL && !value)
        return mien_fail_in(status, "%s:%d", at->file, at->line);
    MIEN_TRY(status);
    MIEN_TRY(name_node(p, node, ops->name, name));
    p->current = g->n_nodes++;
    status = mien_graph_plan_node(g, node);
    if (status != MIEN_OK)
        return mien_fail_in(status, "%s:%d", at->file, at->line);
    return MIEN_OK;
}

static int layer_named(const char *name) {
    int count;
    const mien_layer_ops *const *layers = mien_layers(&count);
    for (int i = 0; i < count; i++)
        if (!strcmp(layers[i]->name, name)) return i;
    return -1;
}

static mien_status unknown_layer(const mien_tree *at, const char *name) {
    const char *known[256];
    int count, n = 0;
    const mien_layer_ops *const *layers = mien_layers(&count);
    for (; n < count && n < 250; n++) known[n] = layers[n]->name;
    known[n++] = "repeat";
    known[n++] = "name";
    known[n++] = "from";
    const char *near = mien_nearest(name, known, n);
    return mien_tree_fail(at, "no layer is called '%s'%s%s%s", name,
                          near ? "; did you mean '" : "", near ? near : "",
                          near ? "'?" : "");
}

static mien_status parse_items(parser *p, const mien_tree *list, int depth);

static mien_status parse_repeat(parser *p, const mien_tree *repeat, int depth) {
    typedef struct config {
        int times;
        const mien_tree *body;
    } config;
    static const mien_param params[] = {
        {"times", "how often", offsetof(config, times), 1, MAX_REPEAT, 1,
         .kind = MIEN_INT, .required = true},
        {"body", "the items", offsetof(config, body), .kind = MIEN_TREE,
         .required = true},
        {0}};
    config c = {0};
    MIEN_TRY(mien_params_read(&c, params, repeat, p->vars, &p->graph->arena,
                              "repeat"));
    for (int i = 0; i < c.times; i++)
        MIEN_TRY(parse_items(p, c.body, depth + 1));
    return MIEN_OK;
}

/* A map: at most one layer or repeat, and `name` and `from` beside it. */
static mien_status parse_map(parser *p, const mien_tree *item, int depth) {
    const mien_tree *name = NULL, *from = NULL, *what = NULL;
    for (const mien_tree *t = item->first; t; t = t->next) {
        if (!strcmp(t->key, "name"))
            name = t;
        else if (!strcmp(t->key, "from"))
            from = t;
        else if (what)
            return mien_tree_fail(t,
                                  "'%s' and '%s' are two layers: give each "
                                  "an item of its own",
                                  what->key, t->key);
        else
            what = t;
    }
    if (!item->first) return mien_tree_fail(item, "wants a layer");
    if (name) MIEN_TRY(check_name(name));
    if (from) {
        if (from->kind != MIEN_TREE_SCALAR)
            return mien_tree_fail(from, "from: wants one name");
        MIEN_TRY(find_label(&p->current, p, from, from->text));
    }
    if (what && !strcmp(what->key, "repeat")) {
        MIEN_TRY(parse_repeat(p, what, depth));
    } else if (what) {
        const int layer = layer_named(what->key);
        if (layer < 0) return unknown_layer(what, what->key);
        MIEN_TRY(add_layer(p, layer, what, what, name));
    }
    return name ? set_label(p, name) : MIEN_OK;
}

static mien_status parse_items(parser *p, const mien_tree *list, int depth) {
    if (!list || list->kind != MIEN_TREE_LIST || !list->first)
        return list ? mien_tree_fail(list, "wants a list of layers")
                    : mien_fail(MIEN_EINVAL, "the recipe has no model:");
    if (depth > MAX_DEPTH)
        return mien_tree_fail(list, "repeats are nested more than %d deep",
                              MAX_DEPTH);
    for (const mien_tree *t = list->first; t; t = t->next) {
        if (++p->n_items > MAX_ITEMS)
            return mien_tree_fail(t, "more than %d items, repeats included",
                                  MAX_ITEMS);
        if (t->kind == MIEN_TREE_MAP) {
            MIEN_TRY(parse_map(p, t, depth));
        } else if (t->kind == MIEN_TREE_SCALAR) {
            const int layer = layer_named(t->text);
            if (layer < 0) return unknown_layer(t, t->text);
            MIEN_TRY(add_layer(p, layer, t, NULL, NULL));
        } else {
            return mien_tree_fail(t, "wants a layer");
        }
    }
    return MIEN_OK;
}

mien_status mien_graph_open(mien_graph *graph, const mien_tree *model,
                            mien_shape input, const mien_var *vars) {
    *graph = (mien_graph){.input = input};
    parser p = {.graph = graph, .vars = vars, .current = MIEN_GRAPH_INPUT};
    int count;
    mien_layers(&count);
    MIEN_TRY(mien_graph_check_input(input));
    graph->nodes =
        mien_arena_alloc(&graph->arena, MIEN_MAX_NODES, sizeof *graph->nodes);
    p.seen = mien_arena_alloc(&graph->arena, (size_t)count + 1, sizeof(int));
    mien_status status = MIEN_ENOMEM;
    if (graph->nodes && p.seen) status = parse_items(&p, model, 0);
    if (status == MIEN_OK &&
        (!graph->n_nodes || p.current != graph->n_nodes - 1))
        status = mien_tree_fail(model,
                                "the last item must be a layer: its "
                                "output is the network's");
    if (status != MIEN_OK) mien_graph_close(graph);
    return status;
}
