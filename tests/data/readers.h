/* SPDX-License-Identifier: Apache-2.0 */
/* readers.h - open a reader, or a whole dataset, from one line of YAML.
 *
 * Include after scratch.h. */
#ifndef MIEN_TESTS_DATA_READERS_H
#define MIEN_TESTS_DATA_READERS_H

#include "data/dataset.h"
#include "shared_data.h"

static mien_arena yaml_arena;

static inline const mien_tree *yaml(const char *text) {
    mien_tree *tree;
    assert_int_equal(
        mien_tree_parse(&tree, &yaml_arena, text, strlen(text), "test.yaml"),
        MIEN_OK);
    return tree;
}

/* A dataset whose `data:` is the map in `format`, printed with its paths; grey
 * 8 x 8 input unless changed. Frees what an earlier call parsed. */
static const char *yaml_input = "{size: [8, 8, 1], scale: 1}";
static const char *yaml_augment = NULL;

__attribute__((format(printf, 2, 3))) static inline mien_status open_data(
    mien_dataset **out, const char *format, ...) {
    char text[4096];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    mien_arena_close(&yaml_arena);
    return mien_dataset_open(out, yaml(text), yaml(yaml_input),
                             yaml_augment ? yaml(yaml_augment) : NULL);
}

/* The last call failed so, and said so. */
static inline void said(mien_status got, mien_status want, const char *words) {
    if (got != want) fail_msg("status %d (%s)", got, mien_error());
    if (!strstr(mien_error(), words))
        fail_msg("\"%s\" lacks \"%s\"", mien_error(), words);
}

/* A grey PGM in the scratch folder, all pixels of one value. */
static inline const char *write_pgm(const char *name, int width, int height,
                                    int value) {
    uint8_t bytes[20000];
    const int n =
        snprintf((char *)bytes, 64, "P5\n%d %d\n255\n", width, height);
    const size_t size = (size_t)n + (size_t)(width * height);
    assert_true(size <= sizeof bytes);
    memset(bytes + n, value, (size_t)(width * height));
    return scratch_write(name, bytes, size);
}

/* Sample i's first pixel. */
static inline int first_pixel(const mien_reader *r, int i) {
    mien_sample s;
    assert_int_equal(r->ops->decode(&s, r, i, (mien_want){0}), MIEN_OK);
    const int value = s.image ? s.image->pixels[0] : (int)s.floats[0];
    mien_sample_close(&s);
    return value;
}

#endif
