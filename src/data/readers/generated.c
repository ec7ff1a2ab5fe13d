/* SPDX-License-Identifier: Apache-2.0 */
/* generated.c - faces that nobody has, for where there are no photos.
 *
 * Photo k of person i is a function of (face_seed, i, k) and of the options
 * alone: no file is read and none is written. */
#include <limits.h>

#include "base/mem.h"
#include "data/portrait.h"
#include "data/reader.h"

enum { MOST = 10000000 };

typedef struct config {
    int people, photos, size, colour, seed;
    float noise, hard;
} config;

static const mien_param params[] = {
    {"people", "how many classes", offsetof(config, people), 2, 100000, 40,
     .kind = MIEN_INT},
    {"photos", "of each person", offsetof(config, photos), 1, 10000, 10,
     .kind = MIEN_INT},
    {"size", "height and width in pixels", offsetof(config, size), 8, 1024, 32,
     .kind = MIEN_INT},
    {"channels", "1: grey, 3: colour", offsetof(config, colour), .base = 1,
     .kind = MIEN_CHOICE, .choices = "1|3"},
    {"noise", "deviation of each pixel, black to white being 1",
     offsetof(config, noise), 0, 1, 0.03},
    {"hard", "how far photos of a person differ; 0: not at all",
     offsetof(config, hard), 0, 4, 1},
    {"face_seed", "of all faces", offsetof(config, seed), 0, INT_MAX, 1,
     .kind = MIEN_INT},
    {0},
};

static mien_status open_generated(mien_reader *r, const void *cfg) {
    const config *c = cfg;
    config *state = mien_arena_alloc(&r->arena, 1, sizeof *state);
    if (!state) return MIEN_ENOMEM;
    if (c->people > MOST / c->photos)
        return mien_fail(MIEN_ELIMIT,
                         "generated: %d people with %d photos each are too "
                         "many; %d photos in all are the most",
                         c->people, c->photos, MOST);
    *state = *c;
    r->state = state;
    r->classes = c->people;
    r->count = c->people * c->photos;
    r->labels =
        mien_arena_alloc(&r->arena, (size_t)r->count, sizeof *r->labels);
    if (!r->labels) return MIEN_ENOMEM;
    for (int i = 0; i < r->count; i++) r->labels[i] = i / c->photos;
    return MIEN_OK;
}

static mien_status decode(mien_sample *out, const mien_reader *r, int i,
                          mien_want want) {
    const config *c = r->state;
    const uint32_t person = (uint32_t)(i / c->photos);
    const uint32_t photo = (uint32_t)(i % c->photos);
    const uint64_t seed = (uint64_t)c->seed;
    mien_rng who = mien_rng_at(seed, MIEN_RNG_SYNTH, person, 0);
    mien_rng when = mien_rng_at(seed, MIEN_RNG_SYNTH, person, 1 + photo);
    mien_portrait p;
    (void)want;
    *out = (mien_sample){0};
    MIEN_TRY(mien_image_new(&out->image, c->size, c->size, c->colour ? 3 : 1));
    mien_portrait_person(&p, &who);
    mien_portrait_photo(&p, &when, c->hard);
    mien_portrait_draw(out->image, &p, c->noise, &when);
    return MIEN_OK;
}

/* Nothing is stored, so the pixels are what counts. */
static mien_status digest(mien_hash *hash, const mien_reader *r, int i) {
    mien_sample sample;
    MIEN_TRY(decode(&sample, r, i, (mien_want){0}));
    const mien_image *image = sample.image;
    for (int row = 0; row < image->height; row++)
        mien_hash_add(hash, image->pixels + (size_t)row * image->stride,
                      (size_t)(image->width * image->channels));
    mien_sample_close(&sample);
    return MIEN_OK;
}

const mien_reader_ops mien_reader_generated = {
    .name = "generated",
    .summary = "faces that nobody has, drawn from a seed",
    .params = params,
    .config_size = sizeof(config),
    .open = open_generated,
    .decode = decode,
    .digest = digest,
};
