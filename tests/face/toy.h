/* SPDX-License-Identifier: Apache-2.0 */
/* toy.h - a detector and an embedder that are known to the last weight, and
 * photos for them.
 *
 * A face is a red square of 16 pixels within a pattern of grey blocks, which
 * is the person. The detector looks for red; the embedder projects the aligned
 * face on random directions.
 *
 * Include after cmocka.h and scratch.h. */
#ifndef MIEN_TESTS_FACE_TOY_H
#define MIEN_TESTS_FACE_TOY_H

#include "base/rng.h"
#include "mien/image.h"
#include "train/known_answer.h"

enum { TOY_SPOT = 16, TOY_BLOCK = 10, TOY_BLOCKS = 12 };

static const char toy_detector_model[] =
    "- name: photo\n"
    "- conv: {out: 15, kernel: 8, stride: 8}\n"
    "- flatten\n"
    "- name: fine\n"
    "- from: photo\n"
    "- conv: {out: 15, kernel: 16, stride: 16}\n"
    "- flatten\n"
    "- name: middle\n"
    "- from: photo\n"
    "- conv: {out: 15, kernel: 32, stride: 32}\n"
    "- flatten\n"
    "- name: coarse\n"
    "- from: fine\n"
    "- concat: [middle, coarse]\n";
static const char toy_detector_loss[] = "{detect: {rows: 64, columns: 64}}\n";
static const char toy_embedder_model[] =
    "- conv: {out: 16, kernel: 28, stride: 28, bias: false}\n"
    "- flatten\n";

static inline void toy_ok(mien_status status) {
    if (status != MIEN_OK) fail_msg("%s", mien_error());
}

/* ---- weights ---------------------------------------------------------- */

/* The first convolution: redness in plane 0, a box of 64 pixels and five
 * points around the cell in the others; the coarser ones see nothing. */
static inline void toy_set_detector(mien_net *net) {
    static const float bias[15] = {-10,   0,      0,     2.0794f, 2.0794f,
                                   -1.5f, -1.25f, 1.5f,  -1.25f,  0,
                                   0.5f,  -1.25f, 2.25f, 1.25f,   2.25f};
    for (int i = 0; i < net->weights.n; i++) {
        const mien_weight *w = &net->weights.items[i];
        float *x = net->weights.values + w->offset;
        memset(x, 0, w->count * sizeof *x);
        if (w->count == 15) {
            memcpy(x, bias, sizeof bias);
            if (i > 1) x[0] = -20;
        } else if (i <= 1) {
            for (int k = 0; k < 64; k++) {
                x[k] = 20 / 64.0f;
                x[64 + k] = x[128 + k] = -10 / 64.0f;
            }
        }
    }
}

static inline void toy_write(const char *path, const char *model,
                             const char *loss, int side, uint64_t seed) {
    mien_arena arena = {0};
    mien_tree *tree, *loss_tree = NULL;
    mien_net *net;
    mien_runner *run;
    float answer[MIEN_ANSWER_MAX];
    mien_model_card card = {
        .model = model,
        .loss = loss,
        .contract = {.input = {.height = side,
                               .width = side,
                               .channels = 3,
                               .scale = 255,
                               .std = {1, 1, 1}},
                     .colour_order = "rgb",
                     .alignment = *loss ? "none" : "umeyama112"},
        .recipe_hash = "",
        .data_hash = "",
        .embedding = !*loss,
        .answer = answer};
    if (!*loss)
        for (int i = 0; i < 3; i++) card.contract.input.mean[i] = 0.5f;
    toy_ok(mien_tree_parse(&tree, &arena, model, strlen(model), "toy"));
    if (*loss)
        toy_ok(mien_tree_parse(&loss_tree, &arena, loss, strlen(loss), "toy"));
    const mien_net_spec spec = {.model = tree,
                                .loss = loss_tree,
                                .input = {1, 3, side, side},
                                .vector = *loss ? 16 : 0};
    card.vector = spec.vector;
    toy_ok(mien_net_open(&net, &spec));
    toy_ok(mien_net_init(net, NULL, seed));
    if (*loss) toy_set_detector(net);
    toy_ok(mien_runner_open(&run, net, &(mien_runner_options){.batch = 1}));
    toy_ok(mien_known_answer(answer, &card.n_answer, run));
    mien_runner_close(run);
    toy_ok(mien_model_write(path, net, net->weights.values, &card, NULL));
    mien_net_close(net);
    mien_arena_close(&arena);
}

static inline void toy_write_detector(const char *path) {
    toy_write(path, toy_detector_model, toy_detector_loss, 64, 1);
}

static inline void toy_write_embedder(const char *path, uint64_t seed) {
    toy_write(path, toy_embedder_model, "", 112, seed);
}

/* ---- photos ----------------------------------------------------------- */

static inline mien_image *toy_photo(int width, int height) {
    mien_image *photo;
    toy_ok(mien_image_new(&photo, width, height, 3));
    mien_image_fill(photo, 0, 0, width, height, (mien_colour){90, 90, 90});
    return photo;
}

/* Put person `who` with the middle at (x, y), multiples of 8; `take` is the
 * photo, which differs a little from the others. */
static inline void toy_person(mien_image *photo, int x, int y, uint32_t who,
                              uint32_t take) {
    const int from = -TOY_BLOCK * TOY_BLOCKS / 2;
    mien_rng rng = mien_rng_at(who, MIEN_RNG_TEST, 1, 0);
    mien_rng noise = mien_rng_at(who, MIEN_RNG_TEST, 2, take);
    for (int i = 0; i < TOY_BLOCKS * TOY_BLOCKS; i++) {
        const int level = 40 + 170 * (int)mien_rng_below(&rng, 2) +
                          (int)mien_rng_below(&noise, 40);
        const uint8_t l = (uint8_t)level;
        mien_image_fill(photo, x + from + TOY_BLOCK * (i % TOY_BLOCKS),
                        y + from + TOY_BLOCK * (i / TOY_BLOCKS), TOY_BLOCK,
                        TOY_BLOCK, (mien_colour){l, l, l});
    }
    mien_image_fill(photo, x - TOY_SPOT / 2, y - TOY_SPOT / 2, TOY_SPOT,
                    TOY_SPOT, (mien_colour){255, 0, 0});
}

/* A photo of one person of 640x480, which is searched at its own size. */
static inline const char *toy_portrait(const char *name, uint32_t who,
                                       uint32_t take) {
    mien_image *photo = toy_photo(640, 480);
    toy_person(photo, 320, 240, who, take);
    const char *path = scratch(name);
    toy_ok(mien_image_save(photo, path, 0));
    mien_image_free(photo);
    return path;
}

#endif
