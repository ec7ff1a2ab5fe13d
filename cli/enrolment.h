/* SPDX-License-Identifier: Apache-2.0 */
/* enrolment.h - put people of photos into a gallery. */
#ifndef MIEN_CLI_ENROLMENT_H
#define MIEN_CLI_ENROLMENT_H

#include <jansson.h>

#include "eyes.h"
#include "mien/gallery.h"
#include "photos.h"

typedef struct cli_enrolment {
    cli_eyes *eyes;
    mien_gallery *gallery;
    double min_quality;
    json_t *list; /* takes {"person", "file", "template", "quality"}; or
                     NULL */
    bool quiet;   /* print nothing about what went well */
    int added, refused;
} cli_enrolment;

/* Open GALLERY for reading or for changes, of the contract of `embedder` (NULL:
 * whatever it has). What fails is said. */
mien_status cli_gallery_open(mien_gallery **out, const char *path, bool write,
                             bool create, const mien_embedder *embedder);

/* Open the gallery that the first word names, change it, close it. */
typedef mien_status (*cli_gallery_change)(mien_gallery *gallery,
                                          const char *const *words);
mien_status cli_gallery_do(const cli_texts *words, cli_gallery_change change);

/* The face that each photo is of, as `person`. What cannot be is said and
 * counted; only a gallery that fails ends it. */
mien_status cli_enrol_photos(cli_enrolment *e, const char *person,
                             const cli_texts *words);

/* A folder with a folder for each person, or with a picture named after
 * each. */
mien_status cli_enrol_people(cli_enrolment *e, const char *folder);

#endif
