/* SPDX-License-Identifier: Apache-2.0 */
/* blobs.h - a tiny data set for tests of training: photos of 12x12 pixels, a
 * bright blob on noise, whose colour and place tell its class.
 *
 *   blobs_folder(3, 8);                       ("photos", 3 classes of 8)
 *   const char *recipe = blobs_recipe("train: {epochs: 3, batch: 8}");
 *
 * Include after scratch.h. */
#ifndef MIEN_TESTS_TRAIN_BLOBS_H
#define MIEN_TESTS_TRAIN_BLOBS_H

#include "base/rng.h"
#include "mien/train.h"

enum { BLOB_SIDE = 12 };

static inline void blob_pixels(uint8_t *p, int class_index, int photo) {
    mien_rng rng = mien_rng_at(1, MIEN_RNG_TEST, (uint32_t)class_index,
                               (uint32_t)photo);
    const int x0 = 2 + 3 * (class_index % 3), y0 = 2 + 2 * (class_index % 4);
    for (int i = 0; i < 3 * BLOB_SIDE * BLOB_SIDE; i++) {
        const int x = i / 3 % BLOB_SIDE, y = i / 3 / BLOB_SIDE;
        const bool in = x >= x0 && x < x0 + 4 && y >= y0 && y < y0 + 4;
        const int base = in && i % 3 == class_index % 3 ? 180 : 40;
        p[i] = (uint8_t)(base + (int)mien_rng_below(&rng, 60));
    }
}

/* photos/<class>/<photo>.ppm */
static inline void blobs_folder(int classes, int photos) {
    uint8_t file[64 + 3 * BLOB_SIDE * BLOB_SIDE];
    scratch_folder("photos");
    for (int c = 0; c < classes; c++) {
        char name[64];
        snprintf(name, sizeof name, "photos/c%02d", c);
        scratch_folder(name);
        for (int i = 0; i < photos; i++) {
            snprintf(name, sizeof name, "photos/c%02d/%03d.ppm", c, i);
            const int n = snprintf((char *)file, 64, "P6\n%d %d\n255\n",
                                   BLOB_SIDE, BLOB_SIDE);
            blob_pixels(file + n, c, i);
            scratch_write(name, file,
                          (size_t)n + 3 * BLOB_SIDE * BLOB_SIDE);
        }
    }
}

#define BLOBS_MODEL                                                         \
    "model:\n"                                                              \
    "  - conv: {out: 8, kernel: 3}\n"                                       \
    "  - bn\n"                                                              \
    "  - relu\n"                                                            \
    "  - maxpool: 2\n"                                                      \
    "  - flatten\n"                                                         \
    "  - dropout: 0.2\n"                                                    \
    "  - dense: {out: classes}\n"

/* recipe.yaml on that folder; `rest` replaces optimiser, train and so on. */
static inline const char *blobs_recipe(const char *rest) {
    static char path[512];
    char text[4096];
    snprintf(text, sizeof text,
             "data: {reader: folder, path: %s, test: 0.25, seed: 3}\n"
             "input: {size: [12, 12, 3]}\n" BLOBS_MODEL
             "loss: cross_entropy\n%s\n",
             scratch("photos"), rest);
    snprintf(path, sizeof path, "%s", scratch_text("recipe.yaml", text));
    return path;
}

/* Train into the folder `out` of the scratch folder. */
static inline mien_status blobs_train(mien_train_result **result,
                                      const char *recipe, const char *out,
                                      mien_train_options options) {
    options.out = scratch(out);
    return mien_train_run(result, recipe, &options);
}

/* The same, and what it ended with: the hash of the weights. */
static inline const char *blobs_hash(const char *recipe, const char *out,
                                     mien_train_options options) {
    static char hashes[4][80];
    static int next;
    char *hash = hashes[next++ % 4];
    mien_train_result *r;
    if (blobs_train(&r, recipe, out, options) != MIEN_OK)
        fail_msg("%s", mien_error());
    snprintf(hash, sizeof hashes[0], "%s",
             mien_train_summary_of(r)->weights_hash);
    mien_train_result_free(r);
    return hash;
}

/* It must fail so, and say so. */
static inline void blobs_refused(const char *recipe, const char *out,
                                 mien_train_options options, mien_status want,
                                 const char *sentence) {
    mien_train_result *r;
    const mien_status status = blobs_train(&r, recipe, out, options);
    if (status == MIEN_OK) mien_train_result_free(r);
    if (status != want || !strstr(mien_error(), sentence))
        fail_msg("status %d, not %d, with: %s", status, want, mien_error());
    assert_null(r);
}

#endif
