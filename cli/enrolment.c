/* SPDX-License-Identifier: Apache-2.0 */
/* enrolment.c - put people of photos into a gallery. */
#include "enrolment.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

mien_status cli_gallery_open(mien_gallery **out, const char *path, bool write,
                             bool create, const mien_embedder *embedder) {
    mien_gallery_options o;
    mien_gallery_defaults(&o);
    o.write = write, o.create = create;
    if (embedder) {
        o.contract = mien_embedder_contract(embedder);
        o.width = mien_embedder_width(embedder);
    }
    const mien_status status = mien_gallery_open(out, path, &o);
    if (status != MIEN_OK) cli_complain("%s", mien_error());
    return status;
}

mien_status cli_gallery_do(const cli_texts *words, cli_gallery_change change) {
    mien_gallery *gallery;
    mien_status status =
        cli_gallery_open(&gallery, words->items[0], true, false, NULL);
    if (status != MIEN_OK) return status;
    status = change(gallery, words->items);
    if (status != MIEN_OK && !cli_said()) cli_complain("%s", mien_error());
    mien_gallery_close(gallery);
    return status;
}

/* ---- one photo -------------------------------------------------------- */

static mien_status refuse(cli_enrolment *e, const char *path, const char *why) {
    e->refused++;
    cli_complain("%s: not enrolled: %s", path, why);
    return MIEN_OK;
}

static void report(cli_enrolment *e, const char *person, const char *path,
                   int64_t id, const mien_quality *quality) {
    e->added++;
    if (e->list)
        json_array_append_new(
            e->list, json_pack("{s:s, s:s, s:I, s:o}", "person", person, "file",
                               path, "template", (json_int_t)id, "quality",
                               cli_quality_json(quality)));
    else if (!e->quiet)
        printf("%s: %s, quality %.0f\n", person, path,
               (double)quality->overall);
}

static mien_status enrol_face(cli_enrolment *e, const char *person,
                              const char *path, const cli_sight *s) {
    char why[256];
    int64_t id;
    if (s->main < 0) return refuse(e, path, "no face was found");
    const mien_quality *q = &s->quality[s->main];
    if ((double)q->overall < e->min_quality) {
        char reasons[160];
        cli_quality_text(reasons, sizeof reasons, q);
        snprintf(why, sizeof why, "its quality is %.0f, below %.0f: %s",
                 (double)q->overall, e->min_quality, reasons);
        return refuse(e, path, why);
    }
    if (s->faces.count > 1 && !e->quiet)
        fprintf(stderr, "mien: %s: %d faces; taken is the one at %.0f, %.0f\n",
                path, s->faces.count, (double)s->faces.face[s->main].x,
                (double)s->faces.face[s->main].y);
    const mien_template t = {
        .values = s->embedding + (size_t)s->main * (size_t)e->eyes->width,
        .source = path,
        .quality = (double)q->overall};
    const mien_status status =
        mien_gallery_enrol(e->gallery, &id, person, &t, 1);
    if (status == MIEN_OK) report(e, person, path, id, q);
    if (status == MIEN_EDATA || status == MIEN_EINVAL)
        return refuse(e, path, mien_error());
    if (status != MIEN_OK) cli_complain("%s", mien_error());
    return status;
}

mien_status cli_enrol_photos(cli_enrolment *e, const char *person,
                             const cli_texts *words) {
    cli_photos photos;
    mien_status status = cli_photos_open(&photos, words);
    for (int i = 0; i < photos.count && status == MIEN_OK; i++) {
        mien_image *photo;
        cli_sight sight;
        if (cli_photo_load(&photo, &photos, i) != MIEN_OK) continue;
        if (cli_eyes_look(e->eyes, &sight, photo) == MIEN_OK)
            status = enrol_face(e, person, photos.item[i].path, &sight);
        else
            cli_photo_failed(&photos, i);
        cli_sight_free(&sight);
        mien_image_free(photo);
    }
    e->refused += photos.failed;
    cli_photos_close(&photos);
    return status;
}

/* ---- a folder of people ----------------------------------------------- */

static int visible(const struct dirent *entry) {
    return entry->d_name[0] != '.';
}

/* A folder is a person with photos; a picture is a person of its name. */
static mien_status enrol_entry(cli_enrolment *e, const char *folder,
                               const char *name) {
    char path[4096], person[256];
    struct stat info;
    const char *word = path;
    const cli_texts words = {&word, 1};
    const char *dot = strrchr(name, '.');
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >=
            (int)sizeof path ||
        stat(path, &info))
        return MIEN_OK;
    const bool is_folder = S_ISDIR(info.st_mode);
    if (!is_folder && !cli_is_picture(name)) return MIEN_OK;
    const int length =
        is_folder || !dot ? (int)strlen(name) : (int)(dot - name);
    snprintf(person, sizeof person, "%.*s", length, name);
    return cli_enrol_photos(e, person, &words);
}

mien_status cli_enrol_people(cli_enrolment *e, const char *folder) {
    struct dirent **entries;
    mien_status status = MIEN_OK;
    const int n = scandir(folder, &entries, visible, alphasort);
    if (n < 0) return cli_complain("%s: %s", folder, strerror(errno));
    for (int i = 0; i < n; i++) {
        if (status == MIEN_OK)
            status = enrol_entry(e, folder, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    return status;
}
