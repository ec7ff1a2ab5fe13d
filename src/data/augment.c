/* SPDX-License-Identifier: Apache-2.0 */
/* augment.c - read the list of augmentations and run it on a photo. */
#include "data/augment.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "image/pixels.h"

#define MIEN_AUGMENT(name) extern const mien_augment_ops mien_augment_##name;
#include "data/augments.def"
#undef MIEN_AUGMENT

static const mien_augment_ops *const table[] = {
#define MIEN_AUGMENT(name) &mien_augment_##name,
#include "data/augments.def"
#undef MIEN_AUGMENT
};
enum { N_AUGMENTS = sizeof(table) / sizeof(table[0]) };

typedef struct step {
    const mien_augment_ops *ops;
    const void *config; /* begins with float p */
} step;

struct mien_augmenter {
    int count;
    step *steps;
    mien_mixup mixup;
    bool mixes;
};

const mien_augment_ops *const *mien_augments(int *count) {
    *count = N_AUGMENTS;
    return table;
}

int mien_augmenter_count(const mien_augmenter *augmenter) {
    return augmenter->count;
}

bool mien_augmenter_moves(const mien_augmenter *augmenter) {
    for (int i = 0; i < augmenter->count; i++)
        if (augmenter->steps[i].ops->place) return true;
    return false;
}

const mien_mixup *mien_augmenter_mixup(const mien_augmenter *augmenter) {
    return augmenter->mixes ? &augmenter->mixup : NULL;
}

/* ---- read the list ---------------------------------------------------- */

static mien_status fail_unknown(const mien_tree *item, const char *name) {
    const char *names[N_AUGMENTS + 1] = {"mixup"};
    for (int i = 0; i < N_AUGMENTS; i++) names[i + 1] = table[i]->name;
    const char *near = mien_nearest(name, names, N_AUGMENTS + 1);
    return mien_tree_fail(item, "augment: there is no '%s'%s%s%s", name,
                          near ? "; did you mean '" : "", near ? near : "",
                          near ? "'?" : "");
}

static mien_status read_step(mien_augmenter *a, const char *name,
                             const mien_tree *item, const mien_tree *options,
                             mien_arena *arena) {
    const mien_augment_ops *ops = NULL;
    for (int i = 0; i < N_AUGMENTS && !ops; i++)
        if (strcmp(table[i]->name, name) == 0) ops = table[i];
    if (!ops) return fail_unknown(item, name);
    void *config = mien_arena_alloc(arena, 1, ops->config_size);
    const char *what = mien_arena_printf(arena, "augment: %s", name);
    if (!config || !what) return MIEN_ENOMEM;
    MIEN_TRY(mien_params_read(config, ops->params, options, NULL, arena, what));
    a->steps[a->count++] = (step){ops, config};
    return MIEN_OK;
}

/* An item is a name, or a map of one name to its options. */
static mien_status read_item(mien_augmenter *a, const mien_tree *item,
                             mien_arena *arena) {
    const mien_tree *options = NULL;
    const char *name = item->text;
    if (item->kind == MIEN_TREE_MAP && item->count == 1) {
        name = item->first->key;
        options = item->first->kind == MIEN_TREE_NULL ? NULL : item->first;
    } else if (item->kind != MIEN_TREE_SCALAR) {
        return mien_tree_fail(item,
                              "augment: want a name or one 'name: options'");
    }
    if (strcmp(name, "mixup") != 0)
        return read_step(a, name, item, options, arena);
    if (a->mixes) return mien_tree_fail(item, "augment: mixup is there twice");
    a->mixes = true;
    return mien_mixup_read(&a->mixup, options, arena);
}

mien_status mien_augmenter_open(mien_augmenter **out, const mien_tree *list,
                                mien_arena *arena) {
    *out = NULL;
    if (list && list->kind == MIEN_TREE_NULL) list = NULL;
    if (list && list->kind != MIEN_TREE_LIST)
        return mien_tree_fail(list,
                              "augment: want a list, as in [flip, "
                              "rotate: 10]");
    const int count = list ? list->count : 0;
    mien_augmenter *a = mien_arena_alloc(arena, 1, sizeof(*a));
    if (!a) return MIEN_ENOMEM;
    a->steps = mien_arena_alloc(arena, (size_t)count + 1, sizeof(step));
    if (!a->steps) return MIEN_ENOMEM;
    for (const mien_tree *i = list ? list->first : NULL; i; i = i->next)
        MIEN_TRY(read_item(a, i, arena));
    *out = a;
    return MIEN_OK;
}

/* ---- run it ----------------------------------------------------------- */

static const double identity[6] = {1, 0, 0, 0, 1, 0};

/* Look the photo up through m, if it moves anything, and begin afresh. */
static mien_status settle(mien_image *image, double m[6]) {
    if (memcmp(m, identity, sizeof(identity)) == 0) return MIEN_OK;
    mien_warp warp = {.border = MIEN_BORDER_REPLICATE};
    memcpy(warp.m, m, sizeof(warp.m));
    memcpy(m, identity, sizeof(identity));
    mien_image *moved;
    MIEN_TRY(
        mien_image_warp(&moved, image, &warp, image->width, image->height));
    mien_augment_take(image, moved);
    return MIEN_OK;
}

mien_status mien_augmenter_apply(const mien_augmenter *augmenter,
                                 mien_image *image, uint64_t seed,
                                 uint32_t epoch, uint32_t sample) {
    mien_rng rng = mien_rng_at(seed, MIEN_RNG_AUGMENT, epoch, sample);
    double m[6];
    memcpy(m, identity, sizeof(identity));
    for (int i = 0; i < augmenter->count; i++) {
        const step *s = &augmenter->steps[i];
        const float p = *(const float *)s->config;
        if (mien_rng_uniform(&rng) >= p) continue;
        if (s->ops->place) {
            s->ops->place(m, image, s->config, &rng);
            continue;
        }
        MIEN_TRY(settle(image, m));
        MIEN_TRY(s->ops->apply(image, s->config, &rng));
    }
    return settle(image, m);
}

/* ---- for augmentations ------------------------------------------------ */

void mien_augment_place(double m[6], const double next[6]) {
    double r[6];
    for (int i = 0; i < 6; i += 3) {
        r[i] = m[i] * next[0] + m[i + 1] * next[3];
        r[i + 1] = m[i] * next[1] + m[i + 1] * next[4];
        r[i + 2] = m[i] * next[2] + m[i + 1] * next[5] + m[i + 2];
    }
    memcpy(m, r, sizeof(r));
}

/* u = C + R(-angle) (x - C) / factor */
void mien_augment_place_about(double m[6], const mien_image *image,
                              double radians, double factor) {
    const double x = (image->width - 1) / 2.0, y = (image->height - 1) / 2.0;
    const double c = cos(radians) / factor, s = sin(radians) / factor;
    mien_augment_place(
        m, (double[6]){c, s, x - c * x - s * y, -s, c, y + s * x - c * y});
}

void mien_augment_levels(mien_image *image, float scale, float offset) {
    uint8_t level[256];
    for (int v = 0; v < 256; v++)
        level[v] = mien_byte(scale * (float)v + offset);
    const int n = image->width * image->channels;
    for (int y = 0; y < image->height; y++) {
        uint8_t *row = mien_image_at(image, 0, y);
        for (int i = 0; i < n; i++) row[i] = level[row[i]];
    }
}

void mien_augment_colours(mien_image *image, const float m[9]) {
    if (image->channels != 3) return;
    for (int y = 0; y < image->height; y++) {
        uint8_t *p = mien_image_at(image, 0, y);
        for (int x = 0; x < image->width; x++, p += 3) {
            const float r = p[0], g = p[1], b = p[2];
            for (int c = 0; c < 3; c++)
                p[c] = mien_byte(m[3 * c] * r + m[3 * c + 1] * g +
                                 m[3 * c + 2] * b);
        }
    }
}

void mien_augment_take(mien_image *image, mien_image *made) {
    assert(made->width == image->width && made->height == image->height);
    assert(made->channels == image->channels);
    for (int y = 0; y < image->height; y++)
        memcpy(mien_image_at(image, 0, y), mien_image_at(made, 0, y),
               made->stride);
    mien_image_free(made);
}

float mien_augment_factor(mien_rng *rng, float by) {
    return (float)mien_rng_range(rng, 1 - by, 1 + by);
}
