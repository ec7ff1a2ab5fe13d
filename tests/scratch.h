/* SPDX-License-Identifier: Apache-2.0 */
/* scratch.h - a temporary folder for the files a test makes.
 *
 *   scratch_open();                    (in the group's setup)
 *   const char *p = scratch("a.npy");  (a path in it; 8 live at a time)
 *   scratch_close();                   (removes it with all it holds)
 *
 * Include after cmocka.h. */
#ifndef MIEN_TESTS_SCRATCH_H
#define MIEN_TESTS_SCRATCH_H

#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char scratch_root[64];

static inline int scratch_open(void **state) {
    (void)state;
    snprintf(scratch_root, sizeof scratch_root, "/tmp/mien-test-XXXXXX");
    return mkdtemp(scratch_root) ? 0 : -1;
}

static inline int scratch_remove_one(const char *path, const struct stat *info,
                                     int kind, struct FTW *at) {
    (void)info;
    (void)kind;
    (void)at;
    return remove(path);
}

static inline int scratch_close(void **state) {
    (void)state;
    return nftw(scratch_root, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static inline const char *scratch(const char *name) {
    static char paths[8][512];
    static int next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", scratch_root, name);
    return path;
}

/* Make a folder in it; returns its path. */
static inline const char *scratch_folder(const char *name) {
    const char *path = scratch(name);
    mkdir(path, 0777);
    return path;
}

static inline const char *scratch_write(const char *name, const void *bytes,
                                        size_t size) {
    const char *path = scratch(name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, size, f), size);
    fclose(f);
    return path;
}

static inline const char *scratch_text(const char *name, const char *text) {
    return scratch_write(name, text, strlen(text));
}

/* The whole file; the caller frees it. */
static inline uint8_t *scratch_read(const char *path, size_t *size) {
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    fseek(f, 0, SEEK_END);
    *size = (size_t)ftell(f);
    rewind(f);
    uint8_t *bytes = malloc(*size + 1);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, *size, f), *size);
    fclose(f);
    return bytes;
}

#endif
