/* SPDX-License-Identifier: Apache-2.0 */
/* exporter.h - what the writers of layers work with.
 *
 *   static mien_status write_relu(mien_onnx_way *w) {
 *       return mien_onnx_put(w, &(mien_onnx_item){"Relu", {w->in[0]}, w->out});
 *   }
 *
 * Values of the ONNX graph are batch x channels x rows x columns, or batch x
 * channels after a flatten or a dense layer. */
#ifndef MIEN_NN_ONNX_EXPORTER_H
#define MIEN_NN_ONNX_EXPORTER_H

#include "nn/onnx/onnx.h"
#include "nn/onnx/wire.h"

enum { MIEN_ONNX_ITEM_INPUTS = 9, MIEN_ONNX_ITEM_ATTRIBUTES = 6 };

typedef struct mien_onnx_exporter {
    mien_arena arena;
    const mien_net *net;
    Onnx__NodeProto **nodes;
    Onnx__TensorProto **tensors;
    size_t n_nodes, n_tensors, room; /* of each list */
    const char **values;             /* the name of what each node gives */
    int *ranks;                      /* 2 or 4, likewise */
} mien_onnx_exporter;

/* One layer on its way out. */
typedef struct mien_onnx_way {
    mien_onnx_exporter *e;
    const mien_graph_node *node;
    int index, rank; /* rank of its inputs; a writer may change it */
    const char *in[MIEN_MAX_INPUTS], *out;
    const float *weights[MIEN_MAX_WEIGHTS];
} mien_onnx_way;

/* An attribute: one integer, one float, a word, or a list of integers. */
typedef struct mien_onnx_given {
    const char *name;
    enum {
        MIEN_ONNX_INT,
        MIEN_ONNX_FLOAT,
        MIEN_ONNX_WORD,
        MIEN_ONNX_INTS
    } kind;
    int64_t i;
    float f;
    const char *word;
    int count;
    int64_t list[4];
} mien_onnx_given;

typedef struct mien_onnx_item {
    const char *op;
    const char *in[MIEN_ONNX_ITEM_INPUTS]; /* ends with NULL; "": left out */
    const char *out;
    mien_onnx_given given[MIEN_ONNX_ITEM_ATTRIBUTES]; /* ends with no name */
} mien_onnx_item;

typedef struct mien_onnx_writer {
    const char *layer;
    mien_status (*write)(mien_onnx_way *w);
} mien_onnx_writer;

/* The writers of one file in exports/; each list ends with {0}. */
extern const mien_onnx_writer mien_onnx_linear_writers[];
extern const mien_onnx_writer mien_onnx_value_writers[];
extern const mien_onnx_writer mien_onnx_order_writers[];
extern const mien_onnx_writer mien_onnx_window_writers[];

/* Append a node. */
mien_status mien_onnx_put(mien_onnx_way *w, const mien_onnx_item *item);

/* A name of its own for something between the nodes of one layer. */
mien_status mien_onnx_between(const char **out, mien_onnx_way *w,
                              const char *suffix);

/* Append a constant; *name is what nodes call it. The floats are not copied:
 * they must live until the file is packed. */
mien_status mien_onnx_put_floats(const char **name, mien_onnx_way *w,
                                 const char *suffix, const mien_dims *dims,
                                 const float *values);
mien_status mien_onnx_put_float(const char **name, mien_onnx_way *w,
                                const char *suffix, float value);
mien_status mien_onnx_put_wholes(const char **name, mien_onnx_way *w,
                                 const char *suffix, int count,
                                 const int64_t *values);

/* Floats that live as long as the exporter. */
float *mien_onnx_floats_kept(mien_onnx_way *w, size_t count);

/* Input 0 as batch x channels x rows x columns (4), or batch x values (2). */
mien_status mien_onnx_as_rank(mien_onnx_way *w, int rank);

/* Extents of one number a channel that spreads over the inputs' rank. */
mien_dims mien_onnx_per_channel(const mien_onnx_way *w);

#endif
