/* SPDX-License-Identifier: Apache-2.0 */
/* truth.c - what is true of the faces in a picture, as text.
 *
 * Pixels are written to a tenth, angles to a hundredth of a degree: finer
 * than any detector, and the same text on every machine. */
#include "base/buf.h"
#include "synth/album.h"
#include "synth/backdrop.h"
#include "synth/hair.h"
#include "synth/wear.h"

/* ---- pieces of JSON --------------------------------------------------- */

static mien_status put_points(mien_buf *out, const char *key, const mien_vec *p,
                              int n) {
    MIEN_TRY(mien_buf_printf(out, ", \"%s\": [", key));
    for (int i = 0; i < n; i++)
        MIEN_TRY(mien_buf_printf(out, "%s%.1f, %.1f", i ? ", " : "",
                                 (double)p[i].x, (double)p[i].y));
    return mien_buf_printf(out, "]");
}

static mien_status put_seen(mien_buf *out, const uint8_t *seen) {
    MIEN_TRY(mien_buf_printf(out, ", \"seen\": ["));
    for (int i = 0; i < MIEN_LANDMARKS; i++)
        MIEN_TRY(mien_buf_printf(out, "%s%d", i ? ", " : "", seen[i]));
    return mien_buf_printf(out, "]");
}

static mien_status put_name(mien_buf *out, const char *key, const char *name) {
    if (!name) return mien_buf_printf(out, ", \"%s\": null", key);
    return mien_buf_printf(out, ", \"%s\": \"%s\"", key, name);
}

static mien_status put_wears(mien_buf *out, const mien_shot *shot) {
    MIEN_TRY(mien_buf_printf(out, ", \"wears\": ["));
    for (int i = 0; i < MIEN_SHOT_WEARS && shot->wear[i]; i++)
        MIEN_TRY(mien_buf_printf(out, "%s\"%s\"", i ? ", " : "",
                                 shot->wear[i]->name));
    return mien_buf_printf(out, "]");
}

/* ---- a face ----------------------------------------------------------- */

static mien_status put_expression(mien_buf *out, const mien_expression *e) {
    return mien_buf_printf(
        out,
        ", \"smile\": %.2f, \"open\": %.2f, \"closed\": [%.2f, %.2f], "
        "\"brows\": %.2f, \"gaze\": [%.2f, %.2f]",
        (double)e->smile, (double)e->open, (double)e->closed[0],
        (double)e->closed[1], (double)e->brows, (double)e->gaze[0],
        (double)e->gaze[1]);
}

static mien_status put_shot(mien_buf *out, const mien_shot *s) {
    MIEN_TRY(put_wears(out, s));
    MIEN_TRY(put_name(out, "lamp", s->lamp ? s->lamp->name : NULL));
    MIEN_TRY(put_name(out, "backdrop", s->backdrop ? s->backdrop->name : NULL));
    return mien_buf_printf(
        out,
        ", \"exposure\": %.2f, \"shake\": [%.2f, %.2f], \"defocus\": %.2f, "
        "\"noise\": %.4f",
        (double)s->exposure, (double)s->shake[0], (double)s->shake[1],
        (double)s->defocus, (double)s->noise);
}

static mien_status put_person(mien_buf *out, const mien_person *p) {
    MIEN_TRY(put_name(out, "hair", p->hair ? p->hair->name : NULL));
    MIEN_TRY(put_name(out, "beard", p->beard ? p->beard->name : NULL));
    return mien_buf_printf(
        out, ", \"age\": %.0f, \"sex\": %.2f, \"tone\": %.2f",
        (double)p->trait[MIEN_TRAIT_age], (double)p->trait[MIEN_TRAIT_sex],
        (double)p->trait[MIEN_TRAIT_tone]);
}

static mien_status put_face(mien_buf *out, const mien_album_face *f) {
    const mien_photo_face *t = &f->truth;
    MIEN_TRY(mien_buf_printf(
        out, ", \"person\": \"%s\", \"box\": [%.1f, %.1f, %.1f, %.1f]", f->who,
        (double)t->x, (double)t->y, (double)t->width, (double)t->height));
    MIEN_TRY(put_points(out, "five", t->five, 5));
    MIEN_TRY(mien_buf_printf(
        out,
        ", \"yaw\": %.2f, \"pitch\": %.2f, \"roll\": %.2f, \"hidden\": %.3f, "
        "\"light_ratio\": %.2f, \"distance\": %.0f",
        (double)t->pose.yaw, (double)t->pose.pitch, (double)t->pose.roll,
        (double)t->hidden, (double)t->light_ratio, (double)t->five[2].z));
    MIEN_TRY(put_expression(out, &t->expression));
    MIEN_TRY(put_shot(out, &f->shot));
    MIEN_TRY(put_person(out, &f->person));
    MIEN_TRY(put_points(out, "points", t->point, MIEN_LANDMARKS));
    return put_seen(out, t->seen);
}

const char *mien_album_kind(const mien_album *album) {
    static const char *const kinds[] = {
        [MIEN_SHOT_FRONTAL] = "frontal",
        [MIEN_SHOT_USUAL] = "usual",
        [MIEN_SHOT_HARD] = "hard",
    };
    return kinds[album->kind];
}

mien_status mien_truth_lines(mien_buf *out, const mien_album_picture *picture,
                             const mien_album *album) {
    for (int i = 0; i < picture->n; i++) {
        MIEN_TRY(
            mien_buf_printf(out,
                            "{\"file\": \"%s\", \"width\": %d, \"height\": %d, "
                            "\"kind\": \"%s\"",
                            picture->file, picture->width, picture->height,
                            mien_album_kind(album)));
        MIEN_TRY(put_face(out, &picture->face[i]));
        MIEN_TRY(mien_buf_printf(out, "}\n"));
    }
    return MIEN_OK;
}

mien_status mien_truth_labels(mien_buf *out,
                              const mien_album_picture *picture) {
    MIEN_TRY(mien_buf_printf(out, "# %s %d %d\n", picture->file, picture->width,
                             picture->height));
    for (int i = 0; i < picture->n; i++) {
        const mien_photo_face *t = &picture->face[i].truth;
        MIEN_TRY(mien_buf_printf(out, "%.1f %.1f %.1f %.1f\n", (double)t->x,
                                 (double)t->y, (double)(t->x + t->width),
                                 (double)(t->y + t->height)));
    }
    return MIEN_OK;
}
