/* SPDX-License-Identifier: Apache-2.0 */
/* test_graph.c - lists of layers: every form, every error, every limit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "nn/graph.h"

static const mien_var vars[] = {{"classes", 7}, {0}};
static const mien_shape small = {2, 3, 8, 6};

/* A graph from text; the tree goes with the arena. */
typedef struct opened {
    mien_arena arena;
    mien_graph graph;
} opened;

static mien_status open_text(opened *o, const char *text, mien_shape input) {
    mien_tree *tree = NULL;
    *o = (opened){0};
    MIEN_TRY(mien_tree_parse(&tree, &o->arena, text, strlen(text), "list"));
    return mien_graph_open(&o->graph, tree, input, vars);
}

static void must_open(opened *o, const char *text) {
    if (open_text(o, text, small) != MIEN_OK) fail_msg("%s", mien_error());
}

static void close_opened(opened *o) {
    mien_graph_close(&o->graph);
    mien_arena_close(&o->arena);
}

static const mien_graph_node *node_of(const opened *o, const char *name) {
    for (int i = 0; i < o->graph.n_nodes; i++)
        if (!strcmp(o->graph.nodes[i].name, name)) return &o->graph.nodes[i];
    fail_msg("no node '%s'", name);
    return NULL;
}

static void assert_out(mien_shape s, int c, int h, int w) {
    assert_int_equal(s.c, c);
    assert_int_equal(s.h, h);
    assert_int_equal(s.w, w);
}

/* "conv1 relu1 ...", each with what feeds it: "relu1(0)". */
static void describe(char *out, size_t room, const mien_graph *g) {
    *out = 0;
    for (int i = 0; i < g->n_nodes; i++) {
        size_t n = strlen(out);
        snprintf(out + n, room - n, "%s%s(", i ? " " : "", g->nodes[i].name);
        for (int k = 0; k < g->nodes[i].plan.n_in; k++) {
            n = strlen(out);
            snprintf(out + n, room - n, "%s%d", k ? "," : "",
                     g->nodes[i].in[k]);
        }
        n = strlen(out);
        snprintf(out + n, room - n, ")");
    }
}

static const struct {
    const char *model, *nodes;
} forms[] = {
    {"[relu]", "relu1(-1)"},
    {"- conv: {out: 4, kernel: 3}\n- relu\n- flatten\n- dense: 5\n",
     "conv1(-1) relu1(0) flatten1(1) dense1(2)"},
    {"- relu:\n- tanh: {}\n- {elu: , name: e}\n", "relu1(-1) tanh1(0) e(1)"},
    {"- {relu: , name: a}\n- tanh\n- add: a\n", "a(-1) tanh1(0) add1(1,0)"},
    {"- relu\n- name: a\n- tanh\n- from: a\n- relu\n- add: a\n",
     "relu1(-1) tanh1(0) relu2(0) add1(2,0)"},
    {"- relu\n- {name: a}\n- {tanh: , from: a, name: b}\n- {concat: [a, b]}\n",
     "relu1(-1) b(0) concat1(1,0,1)"},
    {"- {from: input, relu: }\n- add: [input, input]\n",
     "relu1(-1) add1(0,-1,-1)"},
    {"- name: x\n- relu\n- add: x\n- {from: x, relu: , name: y}\n- add: x\n",
     "relu1(-1) add1(0,-1) y(-1) add2(2,-1)"},
    {"- repeat: {times: 2, body: [relu, tanh]}\n",
     "relu1(-1) tanh1(0) relu2(1) tanh2(2)"},
    {"- relu\n- repeat:\n    times: 2\n    body:\n      - name: x\n"
     "      - {tanh: , name: t}\n      - add: x\n",
     "relu1(-1) t(0) add1(1,0) t_2(2) add2(3,2)"},
    {"- repeat: {times: 2, body: [{repeat: {times: 2, body: [relu]}}, tanh]}\n",
     "relu1(-1) relu2(0) tanh1(1) relu3(2) relu4(3) tanh2(4)"},
    {"- {repeat: {times: 2, body: [relu]}, name: r}\n- tanh\n- add: r\n",
     "relu1(-1) relu2(0) tanh1(1) add1(2,1)"},
    {"- {relu: , name: a}\n- {tanh: , name: a}\n- add: a\n- {elu: , name: a}\n",
     "a(-1) a_2(0) add1(1,1) a_3(2)"},
    {"- {tanh: , name: relu1}\n- relu\n- {relu: , name: relu1_2}\n",
     "relu1(-1) relu1_2(0) relu1_2_2(1)"},
};

static void graph__reads_every_form(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        opened o;
        char nodes[512];
        must_open(&o, forms[i].model);
        describe(nodes, sizeof nodes, &o.graph);
        assert_string_equal(nodes, forms[i].nodes);
        close_opened(&o);
    }
}

static void graph__infers_shapes(void **state) {
    (void)state;
    opened o;
    must_open(&o,
              "- conv: {out: 4, kernel: [3, 2], stride: [2, 1], pad: 1x0}\n"
              "- {conv: {out: 4, kernel: [1, 4], pad: 0x2x0x2}, name: a}\n- "
              "{maxpool: 2, name: m}\n- {upsample: 2, name: u}\n"
              "- {concat: a, name: c}\n- {globalpool: , name: g}\n"
              "- flatten\n- dense: {out: classes}\n");
    assert_out(node_of(&o, "conv1")->plan.out, 4, 4, 5);
    assert_out(node_of(&o, "m")->plan.out, 4, 2, 3);
    assert_out(node_of(&o, "u")->plan.out, 4, 4, 6);
    assert_out(node_of(&o, "c")->plan.out, 8, 4, 6);
    assert_out(node_of(&o, "g")->plan.out, 8, 1, 1);
    assert_out(mien_graph_shape(&o.graph, MIEN_GRAPH_INPUT), 3, 8, 6);
    assert_int_equal(mien_graph_output(&o.graph).n, 2);
    close_opened(&o);
}

static void graph__knows_variables(void **state) {
    (void)state;
    opened o;
    must_open(&o, "- flatten\n- dense: {out: classes}\n");
    assert_out(mien_graph_output(&o.graph), 7, 1, 1);
    close_opened(&o);
}

/* The sentence that opening gives; the graph must then be empty. */
static const char *refusal(const char *text, mien_shape input,
                           mien_status status) {
    opened o;
    const mien_status got = open_text(&o, text, input);
    if (got == MIEN_OK) fail_msg("accepted: %s", text);
    if (got != status) fail_msg("status %d: %s", (int)got, mien_error());
    assert_null(o.graph.nodes);
    assert_int_equal(o.graph.n_nodes, 0);
    close_opened(&o);
    return mien_error();
}

static const struct {
    const char *model;
    mien_status status;
    const char *sentence;
} mistakes[] = {
    {"- relu\n- convv: {out: 3}\n", MIEN_EINVAL,
     "list:2: no layer is called 'convv'; did you mean 'conv'?"},
    {"- rellu\n", MIEN_EINVAL,
     "list:1: no layer is called 'rellu'; did you mean 'relu'?"},
    {"- zzzzzzzz\n", MIEN_EINVAL, "list:1: no layer is called 'zzzzzzzz'"},
    {"- repeatt: {times: 2, body: [relu]}\n", MIEN_EINVAL,
     "list:1: no layer is called 'repeatt'; did you mean 'repeat'?"},
    {"- relu\n- conv: {out: 3, kernal: 3}\n", MIEN_EINVAL,
     "list:2: conv: unknown option 'kernal'; did you mean 'kernel'?"},
    {"- conv: {out: 3, kernel: 65}\n", MIEN_EINVAL,
     "list:1: conv: kernel = 65 is outside 1..64"},
    {"- conv: {out: 0, kernel: 3}\n", MIEN_EINVAL,
     "list:1: conv: out = 0 is outside 1..65536"},
    {"- conv: {out: three, kernel: 3}\n", MIEN_EINVAL,
     "list:1: conv: out is 'three'; want a whole number or one of: classes"},
    {"- conv: {out: klasses, kernel: 3}\n", MIEN_EINVAL,
     "list:1: conv: out is 'klasses'; want a whole number or one of: classes "
     "(did you mean 'classes'?)"},
    {"- conv: {out: 4, kernel: 3, pad: samme}\n", MIEN_EINVAL,
     "list:1: conv 'conv1': pad: 'samme' is not valid, same, N, RxC or top x "
     "left x bottom x right with numbers from 0 to 1024"},
    {"- conv\n", MIEN_EINVAL,
     "list:1: conv: 'out' is missing (channels that come out)"},
    {"- conv: {kernel: 3}\n", MIEN_EINVAL,
     "list:1: conv: 'out' is missing (channels that come out)"},
    {"- relu: 3\n", MIEN_EINVAL, "list:1: relu has no options"},
    {"- relu: {slope: 3}\n", MIEN_EINVAL, "list:1: relu has no options"},
    {"- relu\n- conv: {out: 4, kernel: [9, 3]}\n", MIEN_ESHAPE,
     "list:2: conv 'conv1': kernel 9x3 does not fit its input 8x6 with pad: "
     "valid"},
    {"- relu\n- {maxpool: 7, name: big}\n", MIEN_ESHAPE,
     "list:2: maxpool 'big': kernel 7x7 does not fit its input 8x6 with pad: "
     "valid"},
    {"- conv: {out: 4, kernel: 3, groups: 2}\n", MIEN_ESHAPE,
     "list:1: conv 'conv1': 3 channels in and 4 out cannot both be cut into 2 "
     "groups"},
    {"- name: a\n- conv: {out: 3, kernel: 3}\n- {add: a, name: sum}\n",
     MIEN_ESHAPE,
     "list:3: add 'sum': input 1 is 3x6x4, input 2 is 3x8x6; they must be "
     "equal"},
    {"- name: a\n- conv: {out: 3, kernel: 3}\n- concat: a\n", MIEN_ESHAPE,
     "list:3: concat 'concat1': input 1 is 3x6x4, input 2 is 3x8x6; rows and "
     "columns must be equal"},
    {"- {relu: , name: block}\n- add: blok\n", MIEN_EINVAL,
     "list:2: nothing above is named 'blok'; did you mean 'block'?"},
    {"- relu\n- from: nowhere\n- relu\n", MIEN_EINVAL,
     "list:2: nothing above is named 'nowhere'"},
    {"- relu\n- add\n", MIEN_EINVAL,
     "list:2: add wants the name of another output above"},
    {"- relu\n- add:\n", MIEN_EINVAL,
     "list:2: wants the name of an output above, or a list of names"},
    {"- relu\n- add: {a: 1}\n", MIEN_EINVAL,
     "list:2: wants the name of an output above, or a list of names"},
    {"- relu\n- add: [input, [input]]\n", MIEN_EINVAL,
     "list:2: wants the name of an output above, or a list of names"},
    {"- relu\n- add: []\n", MIEN_EINVAL,
     "list:2: add wants the name of another output above"},
    {"- relu\n- add: [input, input, input, input, input, input, input, "
     "input]\n",
     MIEN_EINVAL, "list:2: at most 8 outputs can be joined"},
    {"- {relu: , tanh: }\n", MIEN_EINVAL,
     "list:1: 'relu' and 'tanh' are two layers: give each an item of its own"},
    {"- []\n", MIEN_EINVAL, "list:1: wants a layer"},
    {"- {}\n", MIEN_EINVAL, "list:1: wants a layer"},
    {"- ~\n", MIEN_EINVAL, "list:1: wants a layer"},
    {"[]", MIEN_EINVAL, "list:1: wants a list of layers"},
    {"{}", MIEN_EINVAL, "list:1: wants a list of layers"},
    {"relu", MIEN_EINVAL, "list:1: wants a list of layers"},
    {"- relu\n- {tanh: , name: [a]}\n", MIEN_EINVAL,
     "list:2: name: wants one word"},
    {"- relu\n- {tanh: , name: ''}\n", MIEN_EINVAL,
     "list:2: name: wants one word"},
    {"- relu\n- name: input\n", MIEN_EINVAL,
     "list:2: name: 'input' is the network's input"},
    {"- {relu: , name: loss}\n", MIEN_EINVAL,
     "list:1: name: 'loss' is what owns the loss's weights"},
    {"- relu\n- {from: [a], relu: }\n", MIEN_EINVAL,
     "list:2: from: wants one name"},
    {"- repeat: {times: 2}\n", MIEN_EINVAL,
     "list:1: repeat: 'body' is missing (the items)"},
    {"- repeat: {times: 0, body: [relu]}\n", MIEN_EINVAL,
     "list:1: repeat: times = 0 is outside 1..1000"},
    {"- repeat: {times: 1001, body: [relu]}\n", MIEN_EINVAL,
     "list:1: repeat: times = 1001 is outside 1..1000"},
    {"- repeat: {times: 2, body: relu}\n", MIEN_EINVAL,
     "list:1: wants a list of layers"},
    {"- repeat: {times: 2, body: []}\n", MIEN_EINVAL,
     "list:1: wants a list of layers"},
    {"- relu\n- name: a\n- from: input\n", MIEN_EINVAL,
     "list:1: the last item must be a layer: its output is the network's"},
    {"- name: a\n", MIEN_EINVAL,
     "list:1: the last item must be a layer: its output is the network's"},
    {"- from: input\n", MIEN_EINVAL,
     "list:1: the last item must be a layer: its output is the network's"},
};

static void graph__says_what_is_wrong_and_where(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++)
        assert_string_equal(
            refusal(mistakes[i].model, small, mistakes[i].status),
            mistakes[i].sentence);
}

/* Append, or stop the test. */
static void put(mien_buf *text, const char *format, int number) {
    if (mien_buf_printf(text, format, number) != MIEN_OK) fail();
}

static void graph__bounds_layers_names_and_repeats(void **state) {
    (void)state;
    mien_buf text = {.cap = 1 << 20};
    assert_string_equal(
        refusal("- repeat: {times: 1000, body: [relu, tanh, relu, tanh]}\n"
                "- repeat: {times: 97, body: [relu]}\n",
                small, MIEN_EINVAL),
        "list:2: more than 4096 layers");
    assert_string_equal(
        refusal("- repeat: {times: 1000, body: [repeat: {times: 66, body: "
                "[from: input]}]}\n",
                small, MIEN_EINVAL),
        "list:1: more than 65536 items, repeats included");
    for (int i = 0; i < 10; i++) put(&text, "[{repeat: {times: 1, body: ", i);
    put(&text, "[relu]", 0);
    for (int i = 0; i < 10; i++) put(&text, "}}]", i);
    assert_string_equal(refusal((char *)text.data, small, MIEN_EINVAL),
                        "list:1: repeats are nested more than 8 deep");
    text.size = 0;
    for (int i = 0; i < 257; i++) put(&text, "- {relu: , name: n%d}\n", i);
    assert_string_equal(refusal((char *)text.data, small, MIEN_EINVAL),
                        "list:257: more than 256 names");
    mien_buf_close(&text);
}

static void graph__takes_as_many_layers_as_it_says(void **state) {
    (void)state;
    opened o;
    must_open(&o,
              "- repeat: {times: 1000, body: [{relu: , name: r}, tanh, relu, "
              "tanh]}\n- repeat: {times: 96, body: [elu]}\n");
    assert_int_equal(o.graph.n_nodes, MIEN_MAX_NODES);
    assert_string_equal(o.graph.nodes[3996].name, "r_1000");
    close_opened(&o);
}

static void graph__refuses_sizes_that_overflow(void **state) {
    (void)state;
    const mien_shape wide = {1, 65536, 1024, 31}, none = {1, 3, 0, 4};
    const mien_shape huge = {65536, 65536, 65536, 65536};
    assert_string_equal(refusal("- relu\n", huge, MIEN_ELIMIT),
                        "a batch of 65536 images of 65536x65536x65536: it "
                        "must have 1 to 2147483647 values");
    refusal("- relu\n", none, MIEN_ELIMIT);
    assert_string_equal(
        refusal("- relu\n- upsample\n", wide, MIEN_ELIMIT),
        "list:2: layer 'upsample1' would give 1x65536x2048x62 values; the "
        "most is 2147483647");
    assert_string_equal(
        refusal("- repeat: {times: 40, body: [upsample: 16]}\n", small,
                MIEN_ELIMIT),
        "list:1: layer 'upsample3' would give 2x3x32768x24576 values; the "
        "most is 2147483647: try fewer images a batch");
    refusal("- repeat: {times: 40, body: [{concat: input, name: c}]}\n", wide,
            MIEN_ELIMIT);
    refusal("- {concat: [input, input, input, input]}\n",
            (mien_shape){1, 1 << 29, 1, 1}, MIEN_ELIMIT);
    refusal("- conv: {out: 65536, kernel: 64, pad: 1024}\n",
            (mien_shape){1, 65536, 1, 1}, MIEN_ELIMIT);
    refusal("- deconv: {out: 65536, kernel: 64, stride: 64}\n",
            (mien_shape){1, 1, 1000, 1000}, MIEN_ELIMIT);
}

static void graph__without_a_model_says_so(void **state) {
    (void)state;
    mien_graph graph;
    assert_int_equal(mien_graph_open(&graph, NULL, small, NULL), MIEN_EINVAL);
    assert_string_equal(mien_error(), "the recipe has no model:");
}

static void graph__copies_for_another_batch(void **state) {
    (void)state;
    opened o;
    mien_graph copy;
    const mien_shape five = {5, 3, 8, 6}, tiny = {1, 3, 2, 2};
    must_open(&o, "- conv: {out: 4, kernel: 3}\n- {bn: , name: b}\n");
    assert_int_equal(mien_graph_copy(&copy, &o.graph, five, true), MIEN_OK);
    assert_true(copy.train);
    assert_int_equal(mien_graph_output(&copy).n, 5);
    assert_string_equal(copy.nodes[1].name, "b");
    mien_graph_close(&copy);
    assert_int_equal(mien_graph_copy(&copy, &o.graph, tiny, true), MIEN_ESHAPE);
    assert_int_equal(copy.n_nodes, 0);
    close_opened(&o);
}

static void graph__survives_failing_allocations(void **state) {
    (void)state;
    const char *text =
        "- {conv: {out: 4, kernel: 3, pad: 1x2}, name: a}\n"
        "- repeat: {times: 3, body: [bn, {relu: , name: a}]}\n"
        "- {concat: a, name: b}\n- flatten\n- dense: classes\n";
    mien_arena arena = {0};
    mien_tree *tree;
    assert_int_equal(mien_tree_parse(&tree, &arena, text, strlen(text), "list"),
                     MIEN_OK);
    for (int n = 0;; n++) {
        mien_graph graph;
        mien_mem_fail_after(n);
        const mien_status status = mien_graph_open(&graph, tree, small, vars);
        mien_mem_fail_after(-1);
        if (status == MIEN_OK) assert_true(n > 1);
        if (status != MIEN_OK) assert_int_equal(status, MIEN_ENOMEM);
        mien_graph_close(&graph);
        if (status == MIEN_OK) break;
    }
    mien_arena_close(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(graph__reads_every_form),
        cmocka_unit_test(graph__infers_shapes),
        cmocka_unit_test(graph__knows_variables),
        cmocka_unit_test(graph__says_what_is_wrong_and_where),
        cmocka_unit_test(graph__bounds_layers_names_and_repeats),
        cmocka_unit_test(graph__takes_as_many_layers_as_it_says),
        cmocka_unit_test(graph__refuses_sizes_that_overflow),
        cmocka_unit_test(graph__without_a_model_says_so),
        cmocka_unit_test(graph__copies_for_another_batch),
        cmocka_unit_test(graph__survives_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
