/* SPDX-License-Identifier: Apache-2.0 */
/* people_fixture.h - generated people, a list of pairs of them, and a network
 * trained to tell them apart.
 *
 * A person is a pattern of coloured stripes; their pictures differ by noise
 * and brightness. */
#ifndef TESTS_EVAL_PEOPLE_FIXTURE_H
#define TESTS_EVAL_PEOPLE_FIXTURE_H

#include "eval_test.h"
#include "mien/eval.h"
#include "mien/image.h"
#include "mien/train.h"
#include "scratch.h"

enum { PEOPLE = 24, PICTURES = 4, SIDE = 32 };

static char people[128], model_file[160], pairs_file[128];

static mien_image *picture_of(int person, int number, int side) {
    mien_image *image;
    mien_rng own = mien_rng_at(5, MIEN_RNG_TEST, (uint32_t)person, 0);
    mien_rng rng =
        mien_rng_at(6, MIEN_RNG_TEST, (uint32_t)person, (uint32_t)number);
    uint8_t colours[4][3];
    for (int i = 0; i < 12; i++)
        colours[i / 3][i % 3] = (uint8_t)(30 + mien_rng_below(&own, 160));
    const int light = (int)mien_rng_below(&rng, 20);
    assert_ok(mien_image_new(&image, side, side, 3));
    for (int y = 0; y < side; y++)
        for (int x = 0; x < 3 * side; x++)
            image->pixels[(size_t)y * image->stride + (size_t)x] =
                (uint8_t)(colours[4 * (x / 3) / side][x % 3] + light +
                          (int)mien_rng_below(&rng, 30));
    return image;
}

static void save_picture(const char *folder, int person, int number, int side) {
    char path[256];
    mien_image *image = picture_of(person, number, side);
    snprintf(path, sizeof path, "%s/p%02d", folder, person);
    mkdir(path, 0777);
    snprintf(path, sizeof path, "%s/p%02d/p%02d_%04d.jpg", folder, person,
             person, number);
    assert_ok(mien_image_save(image, path, 95));
    mien_image_free(image);
}

/* Like view 1: 20 pairs of the same and 20 of different people. */
static void write_pairs(void) {
    char text[4096] = "20\n";
    size_t at = strlen(text);
    for (int i = 0; i < 20; i++)
        at += (size_t)snprintf(text + at, sizeof text - at, "p%02d\t%d\t%d\n",
                               i % PEOPLE, 1 + i % 3, 4);
    for (int i = 0; i < 20; i++)
        at += (size_t)snprintf(text + at, sizeof text - at,
                               "p%02d\t%d\tp%02d\t%d\n", i % PEOPLE, 1,
                               (i + 1 + i % 5) % PEOPLE, 2);
    snprintf(pairs_file, sizeof pairs_file, "%s",
             scratch_text("pairs.txt", text));
}

static int train_embedding(void) {
    static const char recipe[] =
        "data: {reader: folder, path: %s, seed: 3}\n"
        "input: {size: [16, 16, 3], scale: 1, mean: [127.5], std: [127.5]}\n"
        "model:\n"
        "  - conv: {out: 8, kernel: 3, stride: 2, pad: 1, bias: false}\n"
        "  - bn\n  - prelu\n  - flatten\n"
        "  - dense: {out: 16, bias: false}\n  - bn\n"
        "loss: {cosface: {s: 16, m: 0.1}}\noptim: {adam: {lr: 0.01}}\n"
        "train: {epochs: 8, batch: 16}\n";
    char text[1024];
    mien_train_options o;
    mien_train_result *r;
    mien_train_defaults(&o);
    snprintf(text, sizeof text, recipe, people);
    o.out = scratch("run");
    if (mien_train_run(&r, scratch_text("recipe.yaml", text), &o) != MIEN_OK) {
        fprintf(stderr, "%s\n", mien_error());
        return -1;
    }
    mien_train_result_free(r);
    return 0;
}

static int setup(void **state) {
    if (scratch_open(state)) return -1;
    snprintf(people, sizeof people, "%s", scratch_folder("people"));
    snprintf(model_file, sizeof model_file, "%s", scratch("run"));
    for (int p = 0; p < PEOPLE; p++)
        for (int i = 1; i <= PICTURES; i++) save_picture(people, p, i, SIDE);
    write_pairs();
    return train_embedding();
}

#endif
