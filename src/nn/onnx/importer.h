/* SPDX-License-Identifier: Apache-2.0 */
/* importer.h - what the readers of operators work with.
 *
 * A value of the file is a constant, whose numbers are known, or what a layer
 * computes. A reader looks at a node's inputs and attributes, adds layers and
 * says what the outputs are:
 *
 *   static mien_status flatten(mien_onnx_node *n) { ... }
 *
 * Values are in the file's extents, the first of which is the batch of one;
 * a layer's shape (channels, rows, columns) holds the same numbers in the
 * same order, perhaps counted otherwise: mien_onnx_as() recounts them. */
#ifndef MIEN_NN_ONNX_IMPORTER_H
#define MIEN_NN_ONNX_IMPORTER_H

#include "nn/onnx/names.h"
#include "nn/onnx/onnx.h"
#include "nn/onnx/wire.h"

typedef struct mien_onnx_value {
    bool known; /* its node has been read */
    bool sole;  /* one node alone uses what computed it */
    int uses;   /* how many inputs and outputs of the file name it */
    int rank, d[MIEN_ONNX_RANK];
    size_t count;
    const float *reals; /* of a constant: one of these two */
    const int64_t *wholes;
    int layer; /* of no constant: the layer, or MIEN_GRAPH_INPUT */
} mien_onnx_value;

static inline bool mien_onnx_constant(const mien_onnx_value *v) {
    return v->reals || v->wholes;
}

/* A layer of the network to be. */
typedef struct mien_onnx_layer {
    mien_graph_node node;
    float *weights[MIEN_MAX_WEIGHTS]; /* of node.plan.weights, all set */
    bool needed;                      /* an output depends on it */
    int place;                        /* in the recipe, if it is needed */
    int label;    /* its name in the recipe, from 1; 0: it needs none */
    int last_use; /* the place of the last item that names it */
} mien_onnx_layer;

typedef struct mien_onnx_importer {
    mien_arena arena; /* values, constants, layers: gone after the import */
    const char *file; /* its name, for messages */
    Onnx__ModelProto *proto;
    int opset;
    size_t budget; /* bytes that the arena may grow to */
    mien_onnx_names names;
    mien_onnx_value *values; /* by the index of their name */
    mien_graph graph;        /* the input's shape; no nodes */
    int n_layers;
    mien_onnx_layer *layers; /* [MIEN_MAX_NODES] */
} mien_onnx_importer;

/* A node with its values looked up; an absent input is NULL. */
typedef struct mien_onnx_node {
    mien_onnx_importer *m;
    const Onnx__NodeProto *proto;
    int n_in, n_out;
    mien_onnx_value **in, **out;
} mien_onnx_node;

typedef struct mien_onnx_operator {
    const char *name;
    mien_status (*read)(mien_onnx_node *n);
    int least_in, most_in;
} mien_onnx_operator;

/* The value called so; NULL is the empty name. */
mien_onnx_value *mien_onnx_value_named(mien_onnx_importer *m, const char *name);

/* All of operators.def. */
const mien_onnx_operator *const *mien_onnx_operators(int *count);

/* Memory of the importer, within its budget; zeroed.
 *
 * Errors: MIEN_ELIMIT, MIEN_ENOMEM. */
mien_status mien_onnx_alloc(void **out, mien_onnx_importer *m, size_t count,
                            size_t size);

/* ---- attributes: NULL or the default where they are not given ---- */
const Onnx__AttributeProto *mien_onnx_attribute(const mien_onnx_node *n,
                                                const char *name);
int64_t mien_onnx_whole(const mien_onnx_node *n, const char *name,
                        int64_t base);
float mien_onnx_real(const mien_onnx_node *n, const char *name, float base);
bool mien_onnx_text_is(const mien_onnx_node *n, const char *name,
                       const char *base, const char *text);

/* A list of integers, from an attribute or, if that is NULL, from a constant
 * input (-1: none). *items is NULL and *count 0 where neither is there. */
mien_status mien_onnx_list(const int64_t **items, int *count,
                           const mien_onnx_node *n, const char *attribute,
                           int input);

/* An axis from -rank to rank - 1 made one from 0.
 *
 * Errors: MIEN_EFORMAT. */
mien_status mien_onnx_axis(int *out, int64_t axis, int rank);

/* ---- values ---- */
/* Decode a tensor of the file into *v. */
mien_status mien_onnx_decode(mien_onnx_value *v, mien_onnx_importer *m,
                             const Onnx__TensorProto *tensor);

/* Set the extents and the count.
 *
 * Errors: MIEN_EFORMAT for one below 0; MIEN_ELIMIT. */
mien_status mien_onnx_extents(mien_onnx_value *v, int rank, const int64_t *d);

/* Say that output 0 is the constant `v`; that it is what `layer` computes; or
 * that it is input 0, counted in other extents. */
mien_status mien_onnx_give_constant(mien_onnx_node *n,
                                    const mien_onnx_value *v);
mien_status mien_onnx_give_layer(mien_onnx_node *n, int layer, int rank,
                                 const int *d);
mien_status mien_onnx_give_view(mien_onnx_node *n, int rank, const int64_t *d);

/* The numbers of a constant as floats.
 *
 * Errors: MIEN_EUNSUPPORTED if it is none; `what` names it. */
mien_status mien_onnx_floats(const float **out, mien_onnx_node *n, int input,
                             const char *what);

/* Product of the extents from `first` to `last` - 1. */
int mien_onnx_product(const mien_onnx_value *v, int first, int last);

/* ---- layers ---- */
/* Add a layer; `options` is YAML flow, or NULL.
 *
 * Errors: as the layer's plan; MIEN_ELIMIT. */
mien_status mien_onnx_add(int *out, mien_onnx_node *n, const char *kind,
                          const char *options, const int *in, int n_in);

/* The same, of one input, with printf. */
mien_status mien_onnx_addf(int *out, mien_onnx_node *n, int in,
                           const char *kind, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Copy the values of its weight number `k`; there must be `count`. */
mien_status mien_onnx_set(mien_onnx_node *n, int layer, int k,
                          const float *values, size_t count);

mien_shape mien_onnx_shape(const mien_onnx_importer *m, int layer);

/* The layer, or a reshape of it, that has these channels, rows, columns. */
mien_status mien_onnx_as(int *out, mien_onnx_node *n, int layer, int c, int h,
                         int w);

/* Input `i`, which must be computed; as an image of rank 4. */
mien_status mien_onnx_computed(int *layer, const mien_onnx_node *n, int i);
mien_status mien_onnx_image(int *layer, mien_onnx_node *n, int i);

/* y = factor x + shift, one of each a channel: folded into the layer if that
 * is linear and nothing else uses it, an affine layer otherwise. */
typedef struct mien_onnx_line {
    int channels;
    const float *factor, *shift;
} mien_onnx_line;

mien_status mien_onnx_affine(int *out, mien_onnx_node *n, int layer,
                             const mien_onnx_line *line, bool may_fold);

/* How a constant spreads over a computed value: along its channels once the
 * layer is recounted.
 *
 * Errors: MIEN_EUNSUPPORTED if the constant is the larger one. */
mien_status mien_onnx_spread(int *layer, const float **per_channel,
                             mien_onnx_node *n, const mien_onnx_value *x,
                             const mien_onnx_value *constant);

/* ---- from a read file to a network ---- */
mien_status mien_onnx_finish(mien_onnx *out, mien_onnx_importer *m);

#endif
