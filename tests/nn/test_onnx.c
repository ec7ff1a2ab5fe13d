/* SPDX-License-Identifier: Apache-2.0 */
/* test_onnx.c - reading ONNX files: operators whose meaning depends on the
 * opset, what is folded, and files that are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>

#include "base/mem.h"
#include "nn/onnx/onnx.h"
#include "nn/twin.h"
#include "onnx_bytes.h"

#define INTS(...)  ((const int64_t[]){__VA_ARGS__})
#define REALS(...) ((const float[]){__VA_ARGS__})

/* A graph with input "x" and output "y"; open extents are 0. */
static void begin(bytes *graph, int64_t c, int64_t h, int64_t w) {
    *graph = (bytes){0};
    put_value(graph, GRAPH_INPUT, "x", 4, INTS(0, c, h, w));
    put_value(graph, GRAPH_OUTPUT, "y", 1, INTS(0));
}

static void add(bytes *graph, const bytes *node) {
    put_part(graph, GRAPH_NODE, node);
}

static void add_simple(bytes *graph, const char *op, const char *in,
                       const char *out) {
    bytes node = {0};
    put_node(&node, op, in, out);
    add(graph, &node);
}

static mien_status open_graph(mien_onnx *onnx, const bytes *graph, int opset) {
    bytes file = {0};
    finish(&file, graph, opset);
    return mien_onnx_open(onnx, file.data, file.size, "test.onnx", NULL);
}

/* The answer to x = 1, 2, 3, ... */
static void expect(const bytes *graph, int opset, int n, const float *want) {
    mien_onnx onnx;
    mien_twin_f32 *twin;
    if (open_graph(&onnx, graph, opset)) fail_msg("%s", mien_error());
    assert_int_equal(mien_twin_open_f32(&twin, onnx.net, 1, false), MIEN_OK);
    const mien_shape in = onnx.net->graph.input;
    for (int i = 0; i < in.c * in.h * in.w; i++) twin->input[i] = (float)i + 1;
    mien_twin_forward_f32(twin, &(mien_batch){.n = 1}, NULL);
    assert_int_equal(mien_net_width(onnx.net), n);
    const float *y = twin->y[onnx.net->graph.n_nodes - 1];
    for (int i = 0; i < n; i++)
        if (!(fabsf(y[i] - want[i]) <= 1e-5f * (1 + fabsf(want[i]))))
            fail_msg("y[%d] is %g, not %g\n%s", i, (double)y[i],
                     (double)want[i], onnx.model);
    mien_twin_close_f32(twin);
    mien_onnx_close(&onnx);
}

/* It is refused, and the message says so. */
static void expect_refused(const bytes *graph, int opset, mien_status status,
                           const char *says) {
    mien_onnx onnx;
    assert_int_equal(open_graph(&onnx, graph, opset), status);
    if (!strstr(mien_error(), says))
        fail_msg("'%s' does not say '%s'", mien_error(), says);
    assert_null(onnx.net);
}

static int layers_called(const mien_onnx *onnx, const char *name) {
    char key[32];
    int count = 0;
    snprintf(key, sizeof key, "%s: ", name);
    for (const char *at = onnx->model; (at = strstr(at, key)); at++) count++;
    return count;
}

/* ---- what operators mean ---- */

static void conv__with_dilation_and_bn_is_one_layer(void **state) {
    (void)state;
    bytes graph, conv = {0};
    mien_onnx onnx;
    begin(&graph, 1, 1, 3);
    put_tensor(&graph, "w", TYPE_FLOAT, 4, INTS(1, 1, 1, 2), REALS(1, 10));
    put_tensor(&graph, "a", TYPE_FLOAT, 1, INTS(1), REALS(2));
    put_tensor(&graph, "b", TYPE_FLOAT, 1, INTS(1), REALS(5));
    put_tensor(&graph, "m", TYPE_FLOAT, 1, INTS(1), REALS(1));
    put_tensor(&graph, "v", TYPE_FLOAT, 1, INTS(1), REALS(4));
    put_node(&conv, "Conv", "x w", "t");
    put_ints(&conv, "dilations", 2, INTS(1, 2));
    add(&graph, &conv);
    add_simple(&graph, "BatchNormalization", "t a b m v", "y");
    expect(&graph, 11, 1, REALS(2 * (1 + 30 - 1) / 2.f + 5));
    assert_int_equal(open_graph(&onnx, &graph, 11), MIEN_OK);
    assert_int_equal(onnx.net->graph.n_nodes, 1);
    assert_int_equal(layers_called(&onnx, "conv"), 1);
    mien_onnx_close(&onnx);
}

/* What else reads the convolution must see it before the normalisation. */
static void bn__is_not_folded_into_what_others_use(void **state) {
    (void)state;
    bytes graph;
    begin(&graph, 1, 1, 2);
    put_tensor(&graph, "w", TYPE_FLOAT, 4, INTS(1, 1, 1, 1), REALS(3));
    put_tensor(&graph, "two", TYPE_FLOAT, 0, NULL, REALS(2));
    add_simple(&graph, "Conv", "x w", "t");
    add_simple(&graph, "Mul", "t two", "u");
    add_simple(&graph, "Add", "t u", "y");
    expect(&graph, 13, 2, REALS(9, 18));
}

static void softmax__takes_all_axes_before_opset_13(void **state) {
    (void)state;
    bytes graph;
    const float two = 1 / (1 + expf(1));
    begin(&graph, 1, 2, 2);
    add_simple(&graph, "Softmax", "x", "y");
    expect(&graph, 13, 4, REALS(two, 1 - two, two, 1 - two));
    const float e[] = {1, expf(1), expf(2), expf(3)};
    const float sum = e[0] + e[1] + e[2] + e[3];
    expect(&graph, 11, 4,
           REALS(e[0] / sum, e[1] / sum, e[2] / sum, e[3] / sum));
}

static void slice__reads_attributes_and_inputs(void **state) {
    (void)state;
    bytes graph, node = {0};
    begin(&graph, 1, 2, 3);
    put_node(&node, "Slice", "x", "y");
    put_ints(&node, "axes", 1, INTS(3));
    put_ints(&node, "starts", 1, INTS(1));
    put_ints(&node, "ends", 1, INTS(INT64_MAX));
    add(&graph, &node);
    expect(&graph, 9, 4, REALS(2, 3, 5, 6));
    begin(&graph, 1, 2, 3);
    put_tensor(&graph, "s", TYPE_INT64, 2, INTS(1, 1), INTS(-1));
    put_tensor(&graph, "starts", TYPE_INT64, 1, INTS(1), INTS(-1));
    put_tensor(&graph, "ends", TYPE_INT64, 1, INTS(1), INTS(INT64_MIN));
    put_tensor(&graph, "axes", TYPE_INT64, 1, INTS(1), INTS(2));
    put_tensor(&graph, "steps", TYPE_INT64, 1, INTS(1), INTS(-1));
    add_simple(&graph, "Slice", "x starts ends axes steps", "y");
    expect(&graph, 13, 6, REALS(4, 5, 6, 1, 2, 3));
}

static void shapes__are_computed_while_reading(void **state) {
    (void)state;
    bytes graph, node = {0};
    mien_onnx onnx;
    begin(&graph, 1, 2, 3);
    put_tensor(&graph, "zero", TYPE_INT64, 0, NULL, INTS(0));
    put_tensor(&graph, "rest", TYPE_INT64, 1, INTS(1), INTS(-1));
    add_simple(&graph, "Relu", "x", "r");
    add_simple(&graph, "Shape", "r", "s");
    add_simple(&graph, "Gather", "s zero", "n");
    put_node(&node, "Unsqueeze", "n", "n1");
    put_ints(&node, "axes", 1, INTS(0));
    add(&graph, &node);
    bytes join = {0};
    put_node(&join, "Concat", "n1 rest", "to");
    put_int(&join, "axis", 0);
    add(&graph, &join);
    add_simple(&graph, "Reshape", "r to", "y");
    expect(&graph, 11, 6, REALS(1, 2, 3, 4, 5, 6));
    assert_int_equal(open_graph(&onnx, &graph, 11), MIEN_OK);
    assert_int_equal(onnx.net->graph.n_nodes, 1);
    assert_int_equal(onnx.outputs[0].rank, 2);
    assert_int_equal(onnx.outputs[0].d[1], 6);
    mien_onnx_close(&onnx);
}

static void constants__spread_along_any_axis(void **state) {
    (void)state;
    bytes graph;
    begin(&graph, 1, 2, 2);
    put_tensor(&graph, "row", TYPE_FLOAT, 1, INTS(2), REALS(10, 20));
    put_tensor(&graph, "one", TYPE_FLOAT, 0, NULL, REALS(1));
    add_simple(&graph, "Add", "x row", "t");
    add_simple(&graph, "Sub", "one t", "y");
    expect(&graph, 13, 4, REALS(-10, -21, -12, -23));
    begin(&graph, 1, 2, 2);
    put_tensor(&graph, "all", TYPE_FLOAT, 2, INTS(2, 2), REALS(1, 2, 3, 4));
    add_simple(&graph, "Div", "x all", "y");
    expect(&graph, 13, 4, REALS(1, 1, 1, 1));
}

static void concat__joins_along_any_axis(void **state) {
    (void)state;
    bytes graph, node = {0};
    begin(&graph, 1, 2, 2);
    add_simple(&graph, "Relu", "x", "r");
    put_node(&node, "Concat", "x r x", "y");
    put_int(&node, "axis", -1);
    add(&graph, &node);
    expect(&graph, 13, 12, REALS(1, 2, 1, 2, 1, 2, 3, 4, 3, 4, 3, 4));
}

static void pools__count_as_their_attributes_say(void **state) {
    (void)state;
    bytes graph, node = {0};
    begin(&graph, 1, 1, 3);
    put_node(&node, "AveragePool", "x", "y");
    put_ints(&node, "kernel_shape", 2, INTS(1, 2));
    put_ints(&node, "strides", 2, INTS(1, 2));
    put_ints(&node, "pads", 4, INTS(0, 1, 0, 0));
    add(&graph, &node);
    expect(&graph, 13, 2, REALS(1, 2.5f));
    put_int(&node, "count_include_pad", 1);
    begin(&graph, 1, 1, 3);
    add(&graph, &node);
    expect(&graph, 13, 2, REALS(.5f, 2.5f));
    bytes most = {0};
    put_node(&most, "MaxPool", "x", "y");
    put_ints(&most, "kernel_shape", 2, INTS(1, 2));
    put_ints(&most, "strides", 2, INTS(1, 2));
    begin(&graph, 1, 1, 3);
    add(&graph, &most);
    expect(&graph, 13, 1, REALS(2));
    put_int(&most, "ceil_mode", 1);
    begin(&graph, 1, 1, 3);
    add(&graph, &most);
    expect(&graph, 13, 2, REALS(2, 3));
}

static void gemm__and_matmul_multiply(void **state) {
    (void)state;
    bytes graph, node = {0};
    begin(&graph, 1, 1, 2);
    put_tensor(&graph, "w", TYPE_FLOAT, 2, INTS(2, 2), REALS(1, 2, 3, 4));
    put_tensor(&graph, "c", TYPE_FLOAT, 1, INTS(2), REALS(1, 10));
    add_simple(&graph, "Flatten", "x", "f");
    put_node(&node, "Gemm", "f w c", "y");
    put_real(&node, "alpha", 2);
    put_real(&node, "beta", .5f);
    put_int(&node, "transB", 1);
    add(&graph, &node);
    expect(&graph, 13, 2, REALS(2 * 5 + .5f, 2 * 11 + 5));
    begin(&graph, 1, 2, 2);
    put_tensor(&graph, "w", TYPE_FLOAT, 2, INTS(2, 1), REALS(1, 10));
    add_simple(&graph, "MatMul", "x w", "y");
    expect(&graph, 13, 2, REALS(21, 43));
}

static void resize__maps_pixels_as_its_mode_says(void **state) {
    (void)state;
    bytes graph, node = {0};
    put_node(&node, "Resize", "x - - sizes", "y");
    put_word(&node, "mode", "linear");
    put_word(&node, "coordinate_transformation_mode", "align_corners");
    begin(&graph, 1, 1, 2);
    put_tensor(&graph, "sizes", TYPE_INT64, 1, INTS(4), INTS(1, 1, 1, 3));
    add(&graph, &node);
    expect(&graph, 13, 3, REALS(1, 1.5f, 2));
    bytes old = {0};
    put_node(&old, "Resize", "x scales", "y");
    begin(&graph, 1, 1, 2);
    put_tensor(&graph, "scales", TYPE_FLOAT, 1, INTS(4), REALS(1, 1, 1, 2));
    add(&graph, &old);
    expect(&graph, 10, 4, REALS(1, 1, 2, 2));
}

/* ---- what is refused ---- */

static void unknown_operators__are_named(void **state) {
    (void)state;
    bytes graph;
    begin(&graph, 1, 2, 2);
    add_simple(&graph, "Einsum", "x", "y");
    expect_refused(&graph, 13, MIEN_EUNSUPPORTED,
                   "node 1 'the node' (Einsum, opset 13)");
}

static void other_domains__are_refused(void **state) {
    (void)state;
    bytes graph, node = {0};
    begin(&graph, 1, 2, 2);
    put_node(&node, "Relu", "x", "y");
    put_text(&node, NODE_DOMAIN, "com.example");
    add(&graph, &node);
    expect_refused(&graph, 13, MIEN_EUNSUPPORTED, "(Relu, opset 13)");
}

static void opsets__outside_9_to_17_are_refused(void **state) {
    (void)state;
    bytes graph;
    begin(&graph, 1, 2, 2);
    add_simple(&graph, "Relu", "x", "y");
    expect_refused(&graph, 8, MIEN_EUNSUPPORTED, "opset 8; 9 to 17");
    expect_refused(&graph, 18, MIEN_EUNSUPPORTED, "opset 18");
    expect(&graph, 17, 4, REALS(1, 2, 3, 4));
}

static void cycles__are_refused(void **state) {
    (void)state;
    bytes graph;
    begin(&graph, 1, 2, 2);
    add_simple(&graph, "Add", "x b", "a");
    add_simple(&graph, "Relu", "a", "b");
    add_simple(&graph, "Relu", "b", "y");
    expect_refused(&graph, 13, MIEN_EFORMAT, "a cycle, or a wrong order");
}

static void external_data__are_refused(void **state) {
    (void)state;
    bytes graph, tensor = {0}, entry = {0};
    begin(&graph, 1, 2, 2);
    put_text(&entry, 1, "location");
    put_text(&entry, 2, "../../etc/passwd");
    put_whole(&tensor, TENSOR_DIMS, 1);
    put_whole(&tensor, TENSOR_TYPE, TYPE_FLOAT);
    put_text(&tensor, TENSOR_NAME, "secret");
    put_part(&tensor, TENSOR_EXTERNAL, &entry);
    put_whole(&tensor, TENSOR_LOCATION, 1);
    put_part(&graph, GRAPH_TENSOR, &tensor);
    add_simple(&graph, "Add", "x secret", "y");
    expect_refused(&graph, 13, MIEN_EUNSUPPORTED,
                   "'secret' lies in another file");
}

static void open_sizes__are_asked_for(void **state) {
    (void)state;
    bytes graph, file = {0};
    mien_onnx onnx;
    begin(&graph, 1, 0, 0);
    add_simple(&graph, "Relu", "x", "y");
    expect_refused(&graph, 13, MIEN_EINVAL, "--size");
    finish(&file, &graph, 13);
    assert_int_equal(
        mien_onnx_open(&onnx, file.data, file.size, "test.onnx",
                       &(mien_onnx_options){.rows = 3, .columns = 5}),
        MIEN_OK);
    assert_int_equal(mien_net_width(onnx.net), 15);
    mien_onnx_close(&onnx);
}

static void sizes__that_lie_are_refused(void **state) {
    (void)state;
    bytes graph;
    begin(&graph, 1, 2, 2);
    put_tensor(&graph, "to", TYPE_INT64, 1, INTS(3),
               INTS(1 << 30, 1 << 30, 1 << 30));
    add_simple(&graph, "ConstantOfShape", "to", "c");
    add_simple(&graph, "Add", "x c", "y");
    expect_refused(&graph, 13, MIEN_ELIMIT, "numbers");
    begin(&graph, 1, 2, 2);
    put_tensor(&graph, "to", TYPE_INT64, 1, INTS(1), INTS(1 << 30));
    add_simple(&graph, "ConstantOfShape", "to", "c");
    add_simple(&graph, "Add", "x c", "y");
    expect_refused(&graph, 13, MIEN_ELIMIT, "bytes");
    begin(&graph, 1, 2, 2);
    bytes tensor = {0};
    put_whole(&tensor, TENSOR_DIMS, 1000);
    put_whole(&tensor, TENSOR_TYPE, TYPE_FLOAT);
    put_text(&tensor, TENSOR_NAME, "w");
    put_raw(&tensor, TENSOR_RAW, "abcd", 4);
    put_part(&graph, GRAPH_TENSOR, &tensor);
    add_simple(&graph, "Add", "x w", "y");
    expect_refused(&graph, 13, MIEN_EFORMAT, "should have 1000 numbers");
}

/* A node whose attribute is a graph with a node whose attribute ... */
static void deep_nests__are_refused_before_they_are_decoded(void **state) {
    (void)state;
    bytes inner = {0}, graph;
    for (int depth = 0; depth < 40; depth++) {
        bytes attribute = {0}, node = {0}, outer = {0};
        put_part(&attribute, ATTRIBUTE_G, &inner);
        put_part(&node, NODE_ATTRIBUTE, &attribute);
        put_part(&outer, GRAPH_NODE, &node);
        inner = outer;
    }
    graph = inner;
    expect_refused(&graph, 13, MIEN_EFORMAT, "nested too deep");
}

static void fill_small_file(bytes *file) {
    bytes graph, conv = {0};
    begin(&graph, 1, 4, 4);
    put_tensor(&graph, "w", TYPE_FLOAT, 4, INTS(2, 1, 1, 1), REALS(1, 2));
    put_tensor(&graph, "to", TYPE_INT64, 1, INTS(2), INTS(1, -1));
    put_node(&conv, "Conv", "x w", "t");
    put_ints(&conv, "strides", 2, INTS(2, 2));
    add(&graph, &conv);
    add_simple(&graph, "Relu", "t", "r");
    add_simple(&graph, "Reshape", "r to", "y");
    *file = (bytes){0};
    finish(file, &graph, 13);
}

static void broken_files__never_crash(void **state) {
    (void)state;
    bytes file;
    mien_onnx onnx;
    fill_small_file(&file);
    assert_int_equal(mien_onnx_open(&onnx, file.data, file.size, "whole", NULL),
                     MIEN_OK);
    mien_onnx_close(&onnx);
    for (size_t size = 0; size < file.size; size++)
        if (mien_onnx_open(&onnx, file.data, size, "cut", NULL) == MIEN_OK)
            mien_onnx_close(&onnx);
    for (size_t i = 0; i < file.size; i++)
        for (int bit = 0; bit < 8; bit++) {
            file.data[i] ^= (uint8_t)(1 << bit);
            if (mien_onnx_open(&onnx, file.data, file.size, "bit", NULL) ==
                MIEN_OK)
                mien_onnx_close(&onnx);
            file.data[i] ^= (uint8_t)(1 << bit);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conv__with_dilation_and_bn_is_one_layer),
        cmocka_unit_test(bn__is_not_folded_into_what_others_use),
        cmocka_unit_test(softmax__takes_all_axes_before_opset_13),
        cmocka_unit_test(slice__reads_attributes_and_inputs),
        cmocka_unit_test(shapes__are_computed_while_reading),
        cmocka_unit_test(constants__spread_along_any_axis),
        cmocka_unit_test(concat__joins_along_any_axis),
        cmocka_unit_test(pools__count_as_their_attributes_say),
        cmocka_unit_test(gemm__and_matmul_multiply),
        cmocka_unit_test(resize__maps_pixels_as_its_mode_says),
        cmocka_unit_test(unknown_operators__are_named),
        cmocka_unit_test(other_domains__are_refused),
        cmocka_unit_test(opsets__outside_9_to_17_are_refused),
        cmocka_unit_test(cycles__are_refused),
        cmocka_unit_test(external_data__are_refused),
        cmocka_unit_test(open_sizes__are_asked_for),
        cmocka_unit_test(sizes__that_lie_are_refused),
        cmocka_unit_test(deep_nests__are_refused_before_they_are_decoded),
        cmocka_unit_test(broken_files__never_crash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
