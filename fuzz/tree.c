/* SPDX-License-Identifier: Apache-2.0 */
/* tree.c - fuzz recipes: what parses must read back the same when written, as
 * YAML and as the options of a table. */
#include <stdlib.h>
#include <string.h>

#include "base/param.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

typedef struct config {
    int out, kernel[2], size[3], pad;
    float eps, scale[2];
    double seed;
    mien_floats betas;
    bool bias;
    const char *name;
    const mien_tree *inner;
} config;

#define AT(field) offsetof(config, field)

static const mien_param table[] = {
    {"out", "", AT(out), 1, 4096, 8, .kind = MIEN_INT},
    {"kernel", "", AT(kernel), 1, 64, 3, .kind = MIEN_INT2},
    {"size", "", AT(size), -1e6, 1e6, 1, .kind = MIEN_INT3},
    {"pad", "", AT(pad), .kind = MIEN_CHOICE, .choices = "valid|same"},
    {"eps", "", AT(eps), 1e-12, 1e-2, 1e-6},
    {"scale", "", AT(scale), -1e30, 1e30, 1, .kind = MIEN_FLOAT2},
    {"seed", "", AT(seed), -1e300, 1e300, .kind = MIEN_DOUBLE},
    {"betas", "", AT(betas), 0, 1, .kind = MIEN_FLOATS},
    {"bias", "", AT(bias), .kind = MIEN_BOOL},
    {"name", "", AT(name), .kind = MIEN_STRING},
    {"inner", "", AT(inner), .kind = MIEN_TREE},
    {0},
};

static void check(bool holds) {
    if (!holds) abort();
}

static void check_same_text(const char *a, const char *b) {
    check(!a == !b && (!a || strcmp(a, b) == 0));
}

static void check_same(const mien_tree *a, const mien_tree *b) {
    check(a->kind == b->kind && a->count == b->count);
    check_same_text(a->text, b->text);
    check_same_text(a->key, b->key);
    const mien_tree *x = a->first, *y = b->first;
    for (; x && y; x = x->next, y = y->next) check_same(x, y);
    check(!x && !y);
}

/* Written again, it is the same text: what was read is what was meant. */
static void try_options(const mien_tree *tree, mien_arena *arena) {
    config first, second;
    mien_tree *again;
    mien_buf a = {.cap = 1 << 24}, b = {.cap = 1 << 24};
    if (mien_params_read(&first, table, tree, NULL, arena, "fuzz") == MIEN_OK &&
        mien_params_emit(&a, table, &first) == MIEN_OK &&
        a.size <= 1 << 20) { /* quotes can make it too long to be read */
        check(mien_tree_parse(&again, arena, (char *)a.data, a.size, "again") ==
              MIEN_OK);
        check(mien_params_read(&second, table, again, NULL, arena, "again") ==
              MIEN_OK);
        check(mien_params_emit(&b, table, &second) == MIEN_OK);
        check_same_text((char *)a.data, (char *)b.data);
    }
    mien_buf_close(&a);
    mien_buf_close(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    mien_arena arena = {0};
    mien_tree *tree, *again;
    mien_buf out = {.cap = 1 << 24};
    if (mien_tree_parse(&tree, &arena, (const char *)bytes, size, "fuzz") ==
            MIEN_OK &&
        mien_tree_emit(&out, tree) == MIEN_OK && out.size <= 1 << 20) {
        check(mien_tree_parse(&again, &arena, (char *)out.data, out.size,
                              "again") == MIEN_OK);
        check_same(tree, again);
        try_options(tree, &arena);
    }
    mien_buf_close(&out);
    mien_arena_close(&arena);
    return 0;
}
