/* SPDX-License-Identifier: Apache-2.0 */
/* test_tree.c - recipes: parsed, refused with their line, set, written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/tree.h"

static const char *const recipe =
    "# a comment\n"
    "data: {reader: npy, test: 0.2}\n"
    "model:\n"
    "  - conv: {out: 32, kernel: [3, 5]}\n"
    "  - relu\n"
    "  - maxpool: 2\n"
    "  - dense:\n"
    "      out: classes\n"
    "empty:\n"
    "text: \"two\\nlines: and 'quotes'\"\n"
    "none: ~\n"
    "word: 'null'\n";

static mien_tree *parse(mien_arena *arena, const char *text) {
    mien_tree *root;
    const mien_status status =
        mien_tree_parse(&root, arena, text, strlen(text), "r.yaml");
    if (status != MIEN_OK) fail_msg("%s", mien_error());
    return root;
}

static void assert_same(const mien_tree *a, const mien_tree *b) {
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->count, b->count);
    assert_int_equal(!a->text, !b->text);
    if (a->text) assert_string_equal(a->text, b->text);
    assert_int_equal(!a->key, !b->key);
    if (a->key) assert_string_equal(a->key, b->key);
    const mien_tree *x = a->first, *y = b->first;
    for (; x && y; x = x->next, y = y->next) assert_same(x, y);
    assert_true(!x && !y);
}

static void parse__knows_kinds_keys_and_lines(void **state) {
    (void)state;
    mien_arena arena = {0};
    const mien_tree *root = parse(&arena, recipe);
    assert_int_equal(root->kind, MIEN_TREE_MAP);
    assert_int_equal(root->count, 6);
    const mien_tree *model = mien_tree_get(root, "model");
    assert_int_equal(model->kind, MIEN_TREE_LIST);
    assert_int_equal(model->count, 4);
    assert_int_equal(model->line, 3);
    const mien_tree *conv = mien_tree_get(model->first, "conv");
    assert_int_equal(conv->line, 4);
    assert_string_equal(conv->file, "r.yaml");
    const mien_tree *kernel = mien_tree_get(conv, "kernel");
    assert_string_equal(kernel->first->next->text, "5");
    const mien_tree *dense =
        mien_tree_get(model->first->next->next->next, "dense");
    assert_int_equal(dense->line, 7);
    assert_string_equal(mien_tree_get(dense, "out")->text, "classes");
    assert_int_equal(mien_tree_get(dense, "out")->line, 8);
    assert_null(mien_tree_get(dense, "outs"));
    assert_null(mien_tree_get(model, "conv"));
    assert_null(mien_tree_get(NULL, "conv"));
    mien_arena_close(&arena);
}

static void parse__tells_null_from_text(void **state) {
    (void)state;
    mien_arena arena = {0};
    const mien_tree *root = parse(&arena, recipe);
    assert_int_equal(mien_tree_get(root, "empty")->kind, MIEN_TREE_NULL);
    assert_int_equal(mien_tree_get(root, "none")->kind, MIEN_TREE_NULL);
    assert_int_equal(mien_tree_get(root, "word")->kind, MIEN_TREE_SCALAR);
    assert_string_equal(mien_tree_get(root, "text")->text,
                        "two\nlines: and 'quotes'");
    assert_int_equal(parse(&arena, "")->kind, MIEN_TREE_NULL);
    assert_int_equal(parse(&arena, "# nothing\n")->kind, MIEN_TREE_NULL);
    mien_arena_close(&arena);
}

static void parse__refuses_with_file_and_line(void **state) {
    (void)state;
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"a: 1\nb: [1, 2\nc: 3\n", "r.yaml:3: "},
        {"a: 1\nb: 2\na: 3\n", "r.yaml:3: 'a' is already set in line 1"},
        {"a: 1\nb: !!int 3\n", "r.yaml:2: tags"},
        {"a: *nobody\n", "r.yaml:1: "},
        {"a: &x [1, *x]\n", "r.yaml:1: an alias"},
        {"a: 1\n---\nb: 2\n", "r.yaml:2: a second document"},
        {"? [1, 2]\n: 3\n", "r.yaml:1: a key"},
        {"a: \"x\\0y\"\n", "r.yaml:1: a zero byte"},
        {"a: 1\n\tb: 2\n", "r.yaml:2: "},
        {"a: \xff\xfe\n", "r.yaml:"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        mien_arena arena = {0};
        mien_tree *root;
        assert_int_equal(mien_tree_parse(&root, &arena, cases[i].text,
                                         strlen(cases[i].text), "r.yaml"),
                         MIEN_EFORMAT);
        assert_null(root);
        if (!strstr(mien_error(), cases[i].message))
            fail_msg("case %zu: %s", i, mien_error());
        mien_arena_close(&arena);
    }
}

static mien_status parse_nested(int depth) {
    mien_arena arena = {0};
    mien_tree *root;
    char text[201];
    memset(text, '[', (size_t)depth);
    memset(text + depth, ']', (size_t)depth);
    const mien_status status =
        mien_tree_parse(&root, &arena, text, 2 * (size_t)depth, "r.yaml");
    mien_arena_close(&arena);
    return status;
}

static void parse__takes_32_levels_and_no_more(void **state) {
    (void)state;
    assert_int_equal(parse_nested(32), MIEN_OK);
    assert_int_equal(parse_nested(33), MIEN_EFORMAT);
    assert_non_null(strstr(mien_error(), "deeper"));
    assert_int_equal(parse_nested(100), MIEN_EFORMAT);
}

static void parse__aliases_copy_and_cannot_explode(void **state) {
    (void)state;
    mien_arena arena = {0};
    mien_tree *root = parse(&arena, "a: &x {k: [1, 2]}\nb: *x\nc: [*x, 3]\n");
    assert_string_equal(
        mien_tree_get(mien_tree_get(root, "b"), "k")->first->text, "1");
    assert_ptr_not_equal(mien_tree_get(root, "a")->first,
                         mien_tree_get(root, "b")->first);
    assert_null(mien_tree_get(root, "c")->first->key);
    char text[2048];
    size_t used = 0;
    used += (size_t)sprintf(text, "a0: &a0 [x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 20; i++)
        used +=
            (size_t)sprintf(text + used, "a%d: &a%d [*a%d, *a%d, *a%d, *a%d]\n",
                            i, i, i - 1, i - 1, i - 1, i - 1);
    assert_int_equal(mien_tree_parse(&root, &arena, text, used, "r.yaml"),
                     MIEN_EFORMAT);
    assert_non_null(strstr(mien_error(), "too many values"));
    mien_arena_close(&arena);
}

static void parse__survives_any_cut_and_any_byte(void **state) {
    (void)state;
    const size_t size = strlen(recipe);
    char text[512];
    for (size_t i = 0; i < size; i++) {
        mien_arena arena = {0};
        mien_tree *root;
        mien_tree_parse(&root, &arena, recipe, i, "cut");
        for (int bit = 0; bit < 8; bit++) {
            memcpy(text, recipe, size);
            text[i] = (char)(text[i] ^ (1 << bit));
            mien_tree_parse(&root, &arena, text, size, "flipped");
        }
        mien_arena_close(&arena);
    }
}

static void parse__survives_no_memory(void **state) {
    (void)state;
    mien_status status = MIEN_ENOMEM;
    for (int n = 0; status != MIEN_OK; n++) {
        mien_arena arena = {0};
        mien_tree *root;
        mien_mem_fail_after(n);
        status = mien_tree_parse(&root, &arena, recipe, strlen(recipe), "r");
        assert_true(status == MIEN_OK || status == MIEN_ENOMEM);
        mien_arena_close(&arena);
    }
    mien_mem_fail_after(-1);
}

static void load__names_the_absent_file(void **state) {
    (void)state;
    mien_arena arena = {0};
    mien_tree *root;
    assert_int_equal(mien_tree_load(&root, &arena, "no/such.yaml"),
                     MIEN_ENOTFOUND);
    assert_non_null(strstr(mien_error(), "no/such.yaml"));
    mien_arena_close(&arena);
}

static void emit__reads_back_the_same(void **state) {
    (void)state;
    static const char *const texts[] = {
        NULL, /* the recipe above */
        "[]",
        "{}",
        "~",
        "word",
        "[{a: []}, {b: {}}, [[]], ~, '~', 'null', '', ' x ', '#', 'a: b']",
        "{'': 1, 'a b': 2, '- x': 3, 'null': 4, \"n\\nl\": 5}",
        "[\"\\x01\\t\\e\", \"\\u00e9\\U0001F600\", '*a', '&a', '!t', '%', '@']",
        "[\"trailing \\n\\n\", \"\\n lead\", '---', '...', '-', '?', ':']",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        mien_arena arena = {0};
        mien_buf out = {.cap = 1 << 16};
        const mien_tree *before = parse(&arena, texts[i] ? texts[i] : recipe);
        assert_int_equal(mien_tree_emit(&out, before), MIEN_OK);
        assert_same(parse(&arena, (char *)out.data), before);
        mien_buf_close(&out);
        mien_arena_close(&arena);
    }
}

static void emit__fails_cleanly(void **state) {
    (void)state;
    mien_arena arena = {0};
    const mien_tree *root = parse(&arena, recipe);
    mien_buf small = {.cap = 40};
    assert_int_equal(mien_tree_emit(&small, root), MIEN_ELIMIT);
    mien_buf_close(&small);
    mien_buf out = {.cap = 1 << 16};
    mien_mem_fail_after(0);
    assert_int_equal(mien_tree_emit(&out, root), MIEN_ENOMEM);
    mien_mem_fail_after(-1);
    mien_buf_close(&out);
    mien_arena_close(&arena);
}

static void copy__shares_no_node(void **state) {
    (void)state;
    mien_arena arena = {0};
    mien_tree *root = parse(&arena, recipe);
    mien_tree *copy = mien_tree_copy(&arena, root);
    assert_same(root, copy);
    assert_int_equal(mien_tree_set(copy, &arena, "data.test=0.5"), MIEN_OK);
    assert_string_equal(
        mien_tree_get(mien_tree_get(root, "data"), "test")->text, "0.2");
    mien_arena_close(&arena);
}

/* Sets one value, then compares with what the recipe should now say. */
static void assert_set(const char *before, const char *assignment,
                       const char *after) {
    mien_arena arena = {0};
    mien_tree *root = parse(&arena, before);
    if (mien_tree_set(root, &arena, assignment) != MIEN_OK)
        fail_msg("%s", mien_error());
    assert_same(root, parse(&arena, after));
    mien_arena_close(&arena);
}

static void set__replaces_makes_and_indexes(void **state) {
    (void)state;
    assert_set("{a: {b: 1, c: 2}, d: 3}", "a.b=7", "{a: {b: 7, c: 2}, d: 3}");
    assert_set("{a: 1}", "b.c.d=x", "{a: 1, b: {c: {d: x}}}");
    assert_set("{a: 1}", "a=", "{a: ~}");
    assert_set("{a: {b: 1}}", "a=[1, {x: 2}]", "{a: [1, {x: 2}]}");
    assert_set("{m: [{conv: {out: 1}}, relu]}", "m.0.conv.out=16",
               "{m: [{conv: {out: 16}}, relu]}");
    assert_set("{m: [a, b]}", "m.1=c", "{m: [a, c]}");
    assert_set("{a: }", "a.b=1", "{a: {b: 1}}");
    assert_set("", "a=1", "{a: 1}");
    assert_set("{loss: cosface}", "loss.cosface.scale=30",
               "{loss: {cosface: {scale: 30}}}");
    assert_set("{a: 1}", "a=b=c", "{a: b=c}");
}

static void set__refuses_and_names_the_assignment(void **state) {
    (void)state;
    static const char *const bad[] = {
        "a",
        "=1",
        "a..b=1",
        ".a=1",
        "a.=1",
        "s.x=1",
        "list.2=1",
        "list.x=1",
        "list.-1=1",
        "a=[1",
        "list.99999999999999999999=1",
        "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a=1",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        mien_arena arena = {0};
        mien_tree *root = parse(&arena, "{s: text, list: [1, 2], a: {}}");
        assert_true(mien_tree_set(root, &arena, bad[i]) < 0);
        if (!strstr(mien_error(), bad[i])) fail_msg("%s", mien_error());
        mien_arena_close(&arena);
    }
}

static void set__survives_no_memory(void **state) {
    (void)state;
    for (int n = 0; n < 3; n++) {
        mien_arena arena = {0};
        char text[20000] = "loss.cosface.x="; /* needs blocks of its own */
        mien_tree *root = parse(&arena, "{loss: cosface}");
        memset(text + 15, 'v', 19000);
        mien_mem_fail_after(n);
        assert_int_equal(mien_tree_set(root, &arena, text), MIEN_ENOMEM);
        mien_mem_fail_after(-1);
        assert_string_equal(mien_tree_get(root, "loss")->text, "cosface");
        mien_arena_close(&arena);
    }
}

static void tree_fail__names_file_and_line(void **state) {
    (void)state;
    mien_arena arena = {0};
    mien_tree *root = parse(&arena, "a: 1\nb: 2\n");
    assert_int_equal(mien_tree_fail(mien_tree_get(root, "b"), "x %d", 5),
                     MIEN_EINVAL);
    assert_string_equal(mien_error(), "r.yaml:2: x 5");
    assert_int_equal(mien_tree_set(root, &arena, "b=3"), MIEN_OK);
    mien_tree_fail(mien_tree_get(root, "b"), "x");
    assert_string_equal(mien_error(), "--set: x");
    mien_tree_fail(NULL, "x");
    assert_string_equal(mien_error(), "x");
    mien_arena_close(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parse__knows_kinds_keys_and_lines),
        cmocka_unit_test(parse__tells_null_from_text),
        cmocka_unit_test(parse__refuses_with_file_and_line),
        cmocka_unit_test(parse__takes_32_levels_and_no_more),
        cmocka_unit_test(parse__aliases_copy_and_cannot_explode),
        cmocka_unit_test(parse__survives_any_cut_and_any_byte),
        cmocka_unit_test(parse__survives_no_memory),
        cmocka_unit_test(load__names_the_absent_file),
        cmocka_unit_test(emit__reads_back_the_same),
        cmocka_unit_test(emit__fails_cleanly),
        cmocka_unit_test(copy__shares_no_node),
        cmocka_unit_test(set__replaces_makes_and_indexes),
        cmocka_unit_test(set__refuses_and_names_the_assignment),
        cmocka_unit_test(set__survives_no_memory),
        cmocka_unit_test(tree_fail__names_file_and_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
