/* SPDX-License-Identifier: Apache-2.0 */
/* album_picture.c - who is in a picture of an album, and the picture. */
#include <stdio.h>

#include "base/file.h"
#include "synth/album.h"
#include "synth/draw.h"

/* Numbers of the people that are in one photo only, and of the shots that
 * groups are made of. People and photos of people stay below. */
#define FIRST_DISTRACTOR 0x1000000u
#define FIRST_GROUP_SHOT 0x100000u

/* Draws of a group: past all that a person takes of `number`. */
#define GROUP_DRAW 0xffff0000u

void mien_album_name(char out[MIEN_ALBUM_NAME], uint32_t number) {
    if (number < FIRST_DISTRACTOR)
        snprintf(out, MIEN_ALBUM_NAME, "p%04u", number);
    else
        snprintf(out, MIEN_ALBUM_NAME, "d%06u", number - FIRST_DISTRACTOR);
}

static void plan_face(mien_album_picture *p, const mien_album *a,
                      uint32_t number, uint32_t photo) {
    mien_album_face *face = &p->face[p->n++];
    const uint64_t seed = a->o.seed;
    face->number = number;
    mien_album_name(face->who, number);
    mien_person_draw(&face->person, seed, number);
    mien_shot_draw(&face->shot, &face->person, seed, number, photo, a->kind);
}

static void plan_portrait(mien_album_picture *p, const mien_album *a,
                          int number) {
    const int person = number / a->o.photos + 1;
    const int photo = number % a->o.photos + 1;
    plan_face(p, a, (uint32_t)person, (uint32_t)photo);
    const char *who = p->face[0].who;
    snprintf(p->file, sizeof p->file, "people/%s/%s_%04d.%s", who, who, photo,
             a->o.format);
}

static void plan_distractor(mien_album_picture *p, const mien_album *a,
                            int number) {
    plan_face(p, a, FIRST_DISTRACTOR + (uint32_t)number + 1, 1);
    snprintf(p->file, sizeof p->file, "distractors/%s.%s", p->face[0].who,
             a->o.format);
}

static bool present(const mien_album_picture *p, uint32_t number) {
    for (int i = 0; i < p->n; i++)
        if (p->face[i].number == number) return true;
    return false;
}

/* Faces of a group are a quarter as large in their picture as a portrait's: a
 * blur that those bear would wipe them out. */
static void soften(mien_shot *shot) {
    shot->shake[0] *= 0.25f;
    shot->shake[1] *= 0.25f;
    shot->defocus *= 0.25f;
}

/* Two people or more, nobody twice. */
static void plan_group(mien_album_picture *p, const mien_album *a, int number) {
    mien_rng rng =
        mien_rng_at(a->o.seed, MIEN_RNG_SYNTH, (uint32_t)number, GROUP_DRAW);
    int most = a->o.group_people;
    if (most > a->o.people) most = a->o.people;
    const int n = 2 + (int)mien_rng_below(&rng, (uint32_t)(most - 1));
    while (p->n < n) {
        const uint32_t who = 1 + mien_rng_below(&rng, (uint32_t)a->o.people);
        if (present(p, who)) continue;
        plan_face(p, a, who, FIRST_GROUP_SHOT + (uint32_t)number);
    }
    soften(&p->face[0].shot);
    p->width = 4 * a->o.size < 4096 ? 4 * a->o.size : 4096;
    p->height = p->width * 9 / 16;
    snprintf(p->file, sizeof p->file, "groups/g%04d.%s", number + 1,
             a->o.format);
}

void mien_album_plan(mien_album_picture *out, const mien_album *album,
                     int number) {
    const int lone = album->portraits + album->o.distractors;
    out->n = 0;
    out->width = out->height = album->o.size;
    if (number < album->portraits)
        plan_portrait(out, album, number);
    else if (number < lone)
        plan_distractor(out, album, number - album->portraits);
    else
        plan_group(out, album, number - lone);
}

/* ---- making it -------------------------------------------------------- */

static mien_status render_group(mien_image **out, mien_album_picture *p,
                                mien_studio *studio) {
    const mien_person *person[MIEN_ALBUM_GROUP_MOST];
    uint32_t number[MIEN_ALBUM_GROUP_MOST];
    mien_shot shot[MIEN_ALBUM_GROUP_MOST];
    mien_photo_face truth[MIEN_ALBUM_GROUP_MOST];
    for (int i = 0; i < p->n; i++) {
        person[i] = &p->face[i].person;
        number[i] = p->face[i].number;
        shot[i] = p->face[i].shot;
    }
    const mien_group group = {p->n, p->width, p->height, person, number, shot};
    MIEN_TRY(mien_photo_group(studio, out, truth, &group));
    for (int i = 0; i < p->n; i++) p->face[i].truth = truth[i];
    return MIEN_OK;
}

static mien_status render(mien_image **out, mien_album_picture *p,
                          mien_studio *studio) {
    if (p->n > 1) return render_group(out, p, studio);
    mien_album_face *f = &p->face[0];
    MIEN_TRY(mien_photo_portrait(studio, out, &f->truth, &f->person, &f->shot,
                                 p->width));
    f->truth.person = f->number;
    return MIEN_OK;
}

static mien_status make_grey(mien_image **image) {
    mien_image *grey;
    MIEN_TRY(mien_image_convert(&grey, *image, 1));
    mien_image_free(*image);
    *image = grey;
    return MIEN_OK;
}

/* The picture's path, its folder being there. */
static mien_status make_path(char path[MIEN_ALBUM_MOST_PATH],
                             const mien_album *album, const char *file) {
    MIEN_TRY(mien_path_join(path, MIEN_ALBUM_MOST_PATH, album->folder, file));
    size_t slash = 0;
    for (size_t i = 0; path[i]; i++)
        if (path[i] == '/') slash = i;
    path[slash] = 0;
    const mien_status status = mien_make_dirs(path);
    path[slash] = '/';
    return status;
}

mien_status mien_album_make(mien_album_picture *picture,
                            const mien_album *album, mien_studio *studio) {
    char path[MIEN_ALBUM_MOST_PATH];
    mien_image *image = NULL;
    MIEN_TRY(make_path(path, album, picture->file));
    mien_status status = render(&image, picture, studio);
    if (status == MIEN_OK && album->o.grey) status = make_grey(&image);
    if (status == MIEN_OK)
        status = mien_image_save(image, path, picture->face[0].shot.quality);
    mien_image_free(image);
    return status;
}
