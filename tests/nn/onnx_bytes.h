/* SPDX-License-Identifier: Apache-2.0 */
/* onnx_bytes.h - ONNX files written by hand, right and wrong, for tests.
 *
 *   bytes node = {0}, graph = {0}, file = {0};
 *   put_node(&node, "Relu", "x", "y");
 *   put_part(&graph, GRAPH_NODE, &node);
 *   finish(&file, &graph, 13);
 *
 * Include after cmocka.h. */
#ifndef MIEN_TESTS_ONNX_BYTES_H
#define MIEN_TESTS_ONNX_BYTES_H

#include <string.h>

typedef struct bytes {
    uint8_t data[1 << 14];
    size_t size;
} bytes;

/* Field numbers of the format. */
enum {
    MODEL_IR = 1,
    MODEL_GRAPH = 7,
    MODEL_OPSET = 8,
    GRAPH_NODE = 1,
    GRAPH_TENSOR = 5,
    GRAPH_INPUT = 11,
    GRAPH_OUTPUT = 12,
    NODE_INPUT = 1,
    NODE_OUTPUT = 2,
    NODE_NAME = 3,
    NODE_OP = 4,
    NODE_ATTRIBUTE = 5,
    NODE_DOMAIN = 7,
    ATTRIBUTE_NAME = 1,
    ATTRIBUTE_F = 2,
    ATTRIBUTE_I = 3,
    ATTRIBUTE_S = 4,
    ATTRIBUTE_T = 5,
    ATTRIBUTE_G = 6,
    ATTRIBUTE_INTS = 8,
    TENSOR_DIMS = 1,
    TENSOR_TYPE = 2,
    TENSOR_NAME = 8,
    TENSOR_RAW = 9,
    TENSOR_EXTERNAL = 13,
    TENSOR_LOCATION = 14,
    TYPE_FLOAT = 1,
    TYPE_INT64 = 7
};

static inline void put_byte(bytes *b, unsigned byte) {
    assert_true(b->size < sizeof b->data);
    b->data[b->size++] = (uint8_t)byte;
}

static inline void put_varint(bytes *b, uint64_t value) {
    for (; value >= 128; value >>= 7) put_byte(b, (value & 127) | 128);
    put_byte(b, (unsigned)value);
}

static inline void put_whole(bytes *b, unsigned field, int64_t value) {
    put_varint(b, field << 3);
    put_varint(b, (uint64_t)value);
}

static inline void put_float(bytes *b, unsigned field, float value) {
    uint8_t raw[4];
    memcpy(raw, &value, 4);
    put_varint(b, field << 3 | 5);
    for (int i = 0; i < 4; i++) put_byte(b, raw[i]);
}

static inline void put_raw(bytes *b, unsigned field, const void *data,
                           size_t size) {
    put_varint(b, field << 3 | 2);
    put_varint(b, size);
    for (size_t i = 0; i < size; i++) put_byte(b, ((const uint8_t *)data)[i]);
}

static inline void put_text(bytes *b, unsigned field, const char *text) {
    put_raw(b, field, text, strlen(text));
}

static inline void put_part(bytes *b, unsigned field, const bytes *part) {
    put_raw(b, field, part->data, part->size);
}

/* `in` is a list parted by spaces; "-" is an input left out. */
static inline void put_node(bytes *node, const char *op, const char *in,
                            const char *out) {
    while (*in) {
        const size_t length = strcspn(in, " ");
        put_raw(node, NODE_INPUT, in, length == 1 && *in == '-' ? 0 : length);
        in += length + (in[length] == ' ');
    }
    put_text(node, NODE_OUTPUT, out);
    put_text(node, NODE_NAME, "the node");
    put_text(node, NODE_OP, op);
}

static inline void put_ints(bytes *node, const char *name, int count,
                            const int64_t *values) {
    bytes a = {0};
    put_text(&a, ATTRIBUTE_NAME, name);
    for (int i = 0; i < count; i++) put_whole(&a, ATTRIBUTE_INTS, values[i]);
    put_part(node, NODE_ATTRIBUTE, &a);
}

static inline void put_int(bytes *node, const char *name, int64_t value) {
    bytes a = {0};
    put_text(&a, ATTRIBUTE_NAME, name);
    put_whole(&a, ATTRIBUTE_I, value);
    put_part(node, NODE_ATTRIBUTE, &a);
}

static inline void put_word(bytes *node, const char *name, const char *word) {
    bytes a = {0};
    put_text(&a, ATTRIBUTE_NAME, name);
    put_text(&a, ATTRIBUTE_S, word);
    put_part(node, NODE_ATTRIBUTE, &a);
}

static inline void put_real(bytes *node, const char *name, float value) {
    bytes a = {0};
    put_text(&a, ATTRIBUTE_NAME, name);
    put_float(&a, ATTRIBUTE_F, value);
    put_part(node, NODE_ATTRIBUTE, &a);
}

/* A constant of `rank` extents. */
static inline void put_tensor(bytes *graph, const char *name, int type,
                              int rank, const int64_t *d, const void *values) {
    bytes t = {0};
    size_t count = 1;
    for (int i = 0; i < rank; i++) {
        put_whole(&t, TENSOR_DIMS, d[i]);
        count *= (size_t)d[i];
    }
    put_whole(&t, TENSOR_TYPE, type);
    put_text(&t, TENSOR_NAME, name);
    put_raw(&t, TENSOR_RAW, values, count * (type == TYPE_INT64 ? 8 : 4));
    put_part(graph, GRAPH_TENSOR, &t);
}

/* An input or output of floats; an extent of 0 is left open. */
static inline void put_value(bytes *graph, unsigned field, const char *name,
                             int rank, const int64_t *d) {
    bytes shape = {0}, tensor = {0}, type = {0}, info = {0};
    for (int i = 0; i < rank; i++) {
        bytes dim = {0};
        if (d[i])
            put_whole(&dim, 1, d[i]);
        else
            put_text(&dim, 2, "open");
        put_part(&shape, 1, &dim);
    }
    put_whole(&tensor, 1, TYPE_FLOAT);
    put_part(&tensor, 2, &shape);
    put_part(&type, 1, &tensor);
    put_text(&info, 1, name);
    put_part(&info, 2, &type);
    put_part(graph, field, &info);
}

static inline void finish(bytes *file, const bytes *graph, int opset) {
    bytes version = {0};
    put_whole(&version, 2, opset);
    put_whole(file, MODEL_IR, 7);
    put_part(file, MODEL_GRAPH, graph);
    put_part(file, MODEL_OPSET, &version);
}

#endif
