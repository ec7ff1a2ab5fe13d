/* SPDX-License-Identifier: Apache-2.0 */
/* ward.h - trainings that the doctor looks after, and what they leave behind.
 *
 *   mien_train_result *r = ward_train(blobs_recipe("..."), "run", options);
 *   assert_int_equal(ward_acts("run", "lsuv", true), 1);
 *   ward_is_sound("run");                           (no bad number in a file)
 *
 * Include after blobs.h. */
#ifndef MIEN_TESTS_TRAIN_WARD_H
#define MIEN_TESTS_TRAIN_WARD_H

#include "base/finite.h"
#include "base/file.h"
#include "tensor/safetensors.h"

/* 36 samples to train on, 12 to test on: three steps of 12. */
static inline int ward_setup(void **state) {
    if (scratch_open(state)) return -1;
    blobs_folder(3, 16);
    return 0;
}

static inline const char *ward_path(const char *out, const char *name) {
    char path[256];
    snprintf(path, sizeof path, "%s/%s", out, name);
    return scratch(path);
}

/* It must go through; the caller frees the result. */
static inline mien_train_result *ward_train(const char *recipe, const char *out,
                                            mien_train_options options) {
    mien_train_result *r;
    if (blobs_train(&r, recipe, out, options) != MIEN_OK)
        fail_msg("%s", mien_error());
    return r;
}

/* Lines of a file of the run that hold both texts; `b` may be NULL. */
static inline int ward_count(const char *out, const char *file, const char *a,
                             const char *b) {
    size_t n;
    int count = 0;
    char *text = (char *)scratch_read(ward_path(out, file), &n);
    text[n] = 0;
    for (char *line = text, *end; line; line = end ? end + 1 : NULL) {
        end = strchr(line, '\n');
        if (end) *end = 0;
        count += strstr(line, a) && (!b || strstr(line, b));
    }
    free(text);
    return count;
}

/* The same of its journal. */
static inline int ward_lines(const char *out, const char *a, const char *b) {
    return ward_count(out, "health.jsonl", a, b);
}

/* Acts with a remedy, those that were kept or those that were not. */
static inline int ward_acts(const char *out, const char *remedy, bool kept) {
    char name[64];
    snprintf(name, sizeof name, "\"remedy\": \"%s\"", remedy);
    return ward_lines(out, name, kept ? "\"kept\": true" : "\"kept\": false");
}

/* Every weight and state in every model and checkpoint is finite; returns how
 * many files there were. */
static inline int ward_is_sound(const char *out) {
    mien_names names;
    int files = 0;
    assert_int_equal(mien_dir_list(&names, scratch(out)), MIEN_OK);
    for (size_t i = 0; i < names.count; i++) {
        mien_safetensors *file;
        int n;
        if (!strstr(names.items[i], ".safetensors")) continue;
        assert_int_equal(
            mien_safetensors_open(&file, ward_path(out, names.items[i]), true),
            MIEN_OK);
        const mien_tensor *all = mien_safetensors_tensors(file, &n);
        for (int k = 0; k < n; k++) {
            const size_t size = mien_tensor_count(&all[k]);
            if (all[k].dtype == MIEN_F32 &&
                mien_first_bad(all[k].data, size) < size)
                fail_msg("%s: %s is not finite", names.items[i], all[k].name);
        }
        mien_safetensors_close(file);
        files++;
    }
    mien_names_close(&names);
    return files;
}

#endif
