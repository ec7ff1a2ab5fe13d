/* SPDX-License-Identifier: Apache-2.0 */
/* patches.c - face or not: photos of faces against patches of scenes.
 *
 * Class 1 is the photos below `path`: those in a sub-folder belong to one
 * person, those directly in it each to another. Class 0 is squares cut at
 * random from the photos in `scenes`; square k of scene s is a function of
 * (seed, s, k) alone. Each person and each scene is a group, so that a split
 * by group tests on people and scenes that training never saw. */
#include <limits.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "data/photos.h"

typedef struct config {
    const char *path, *scenes;
    int patches, seed;
    float side[2];
} config;

static const mien_param params[] = {
    {"path", "folder of face photos, or of one such folder a person",
     offsetof(config, path), .kind = MIEN_STRING, .required = true},
    {"scenes", "folder of photos without faces", offsetof(config, scenes),
     .kind = MIEN_STRING, .required = true},
    {"patches", "cut from each scene", offsetof(config, patches), 1, 10000, 2,
     .kind = MIEN_INT},
    {"side", "of a patch, least and most, as a share of its scene's shorter",
     offsetof(config, side), 0.01, 1, 0.5, .kind = MIEN_FLOAT2},
    {"patch_seed", "of where the patches lie", offsetof(config, seed), 0,
     INT_MAX, 1, .kind = MIEN_INT},
    {0},
};

typedef struct state {
    const mien_photo *photos; /* faces, then one entry a patch */
    int faces, patches, seed;
    float side[2];
} state;

static mien_status add_person(mien_photos *list, mien_reader *r,
                              const char *folder, const char *name) {
    char path[PATH_MAX];
    MIEN_TRY(mien_path_join(path, sizeof path, folder, name));
    if (!mien_dir_exists(path)) return MIEN_OK;
    const int before = list->count;
    MIEN_TRY(mien_photos_add_folder(list, r, path, 1, r->n_groups));
    r->n_groups += list->count > before;
    return MIEN_OK;
}

static mien_status add_faces(mien_photos *list, mien_reader *r,
                             const char *folder) {
    mien_names names;
    MIEN_TRY(mien_dir_list(&names, folder));
    mien_status status = MIEN_OK;
    for (size_t i = 0; i < names.count && status == MIEN_OK; i++)
        status = add_person(list, r, folder, names.items[i]);
    mien_names_close(&names);
    if (status == MIEN_OK)
        status = mien_photos_add_folder(list, r, folder, 1, -1);
    if (status == MIEN_OK && list->count == 0)
        status = mien_fail(MIEN_EDATA, "%s holds no photo of a face", folder);
    return status;
}

/* Each scene once for each of its patches. */
static mien_status add_scenes(mien_photos *list, mien_reader *r,
                              const config *c) {
    mien_photos scenes = {0};
    mien_status status = mien_photos_add_folder(&scenes, r, c->scenes, 0, -1);
    if (status == MIEN_OK && scenes.count == 0)
        status =
            mien_fail(MIEN_EDATA, "%s holds no photo of a scene", c->scenes);
    for (int i = 0; i < scenes.count && status == MIEN_OK; i++)
        for (int k = 0; k < c->patches && status == MIEN_OK; k++)
            status = mien_photos_append(list, &scenes.items[i]);
    mien_photos_close(&scenes);
    return status;
}

static mien_status fill(mien_reader *r, const config *c, mien_photos *list) {
    state *s = mien_arena_alloc(&r->arena, 1, sizeof *s);
    r->class_names = mien_arena_alloc(&r->arena, 2, sizeof *r->class_names);
    if (!s || !r->class_names) return MIEN_ENOMEM;
    r->classes = 2;
    r->class_names[0] = "scene";
    r->class_names[1] = "face";
    MIEN_TRY(add_faces(list, r, c->path));
    *s = (state){.faces = list->count,
                 .patches = c->patches,
                 .seed = c->seed,
                 .side = {c->side[0], c->side[1]}};
    MIEN_TRY(add_scenes(list, r, c));
    MIEN_TRY(mien_photos_hand_over(list, r, true));
    s->photos = r->state;
    r->state = s;
    return MIEN_OK;
}

static mien_status open_patches(mien_reader *r, const void *cfg) {
    const config *c = cfg;
    if (c->side[0] > c->side[1])
        return mien_fail(MIEN_EINVAL,
                         "patches: side: [%g, %g] is not [least, "
                         "most]",
                         (double)c->side[0], (double)c->side[1]);
    mien_photos list = {0};
    const mien_status status = fill(r, c, &list);
    mien_photos_close(&list);
    return status;
}

static mien_status cut_patch(mien_sample *out, const state *s, int i,
                             mien_want want) {
    const int scene = (i - s->faces) / s->patches;
    const int patch = (i - s->faces) % s->patches;
    mien_rng rng = mien_rng_at((uint64_t)s->seed, MIEN_RNG_PATCH,
                               (uint32_t)scene, (uint32_t)patch);
    const mien_image_options options =
        mien_want_options((mien_want){.channels = want.channels});
    mien_image *photo;
    MIEN_TRY(mien_image_load(&photo, s->photos[i].path, &options));
    const int w = photo->width, h = photo->height;
    const int shorter = w < h ? w : h;
    int side = (int)(mien_rng_range(&rng, s->side[0], s->side[1]) * shorter);
    if (side < 1) side = 1;
    const int x = (int)mien_rng_below(&rng, (uint32_t)(w - side + 1));
    const int y = (int)mien_rng_below(&rng, (uint32_t)(h - side + 1));
    const mien_status status =
        mien_image_crop(&out->image, photo, x, y, side, side);
    mien_image_free(photo);
    return status;
}

static mien_status decode(mien_sample *out, const mien_reader *r, int i,
                          mien_want want) {
    const state *s = r->state;
    *out = (mien_sample){0};
    return i < s->faces ? mien_photo_load(out, s->photos[i].path, want)
                        : cut_patch(out, s, i, want);
}

/* A scene's bytes count once, with its first patch. */
static mien_status digest(mien_hash *hash, const mien_reader *r, int i) {
    const state *s = r->state;
    if (i >= s->faces) {
        const int numbers[2] = {s->seed, s->patches};
        mien_hash_add(hash, numbers, sizeof numbers);
        mien_hash_add(hash, s->side, sizeof s->side);
        if ((i - s->faces) % s->patches) return MIEN_OK;
    }
    return mien_photo_digest(hash, s->photos[i].path);
}

const mien_reader_ops mien_reader_patches = {
    .name = "patches",
    .summary = "faces against patches of scenes",
    .params = params,
    .config_size = sizeof(config),
    .open = open_patches,
    .decode = decode,
    .digest = digest,
};
