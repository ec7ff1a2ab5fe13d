/* SPDX-License-Identifier: Apache-2.0 */
/* photos.h - the words of a command line as photos.
 *
 *   cli_photos photos;
 *   mien_status status = cli_photos_open(&photos, words);
 *   for (int i = 0; status == MIEN_OK && i < photos.count; i++) {
 *       mien_image *image;
 *       if (cli_photo_load(&image, &photos, i) != MIEN_OK) continue;
 *       ...
 *   }
 *   cli_photos_close(&photos);
 *
 * A word is a file, a folder (all pictures in it and below, by name), a
 * pattern with * ? [ ] that the shell left alone, or "-", one picture on
 * stdin. */
#ifndef MIEN_CLI_PHOTOS_H
#define MIEN_CLI_PHOTOS_H

#include "command.h"
#include "mien/image.h"

typedef struct cli_photo {
    char *path; /* "-" for stdin */
    char *name; /* below the folder that the word named; or the file's own */
} cli_photo;

typedef struct cli_photos {
    cli_photo *item;
    int count;
    int failed; /* so far: words without photos, photos that were refused */
} cli_photos;

/* What cannot be found is said on stderr and counted. cli_photos_close()
 * frees it, after a failure too.
 *
 * Errors: MIEN_ENOMEM. */
mien_status cli_photos_open(cli_photos *out, const cli_texts *words);
void cli_photos_close(cli_photos *photos);

/* Read a photo; what is wrong with it is said on stderr and counted. */
mien_status cli_photo_load(mien_image **out, cli_photos *photos, int i);

/* Say on stderr what just failed with photo i, and count it. */
void cli_photo_failed(cli_photos *photos, int i);

/* MIEN_OK, or MIEN_EINVAL if any failed. */
mien_status cli_photos_status(const cli_photos *photos);

/* "people/a.jpg" to "OUT/people_a.EXT", or with "-2" before the dot for a
 * number of 2 (0: none). Errors: MIEN_ELIMIT. */
mien_status cli_photo_out(char *out, size_t room, const char *folder,
                          const cli_photo *photo, const char *extension,
                          int number);

/* Where what is drawn on photo i goes: `to` itself for a single photo if it
 * looks like a file, else a file in the folder `to`, which is made. */
mien_status cli_photo_drawing(char *out, size_t room, const char *to,
                              const cli_photos *photos, int i);

/* Whether a name ends as pictures do. */
bool cli_is_picture(const char *name);

/* All bytes of a file, or of stdin for "-"; the caller frees them. What fails
 * is said, and *bytes is then NULL. */
mien_status cli_read_all(char **bytes, size_t *size, const char *path);

/* Make the folder if it is not there. */
mien_status cli_make_folder(const char *path);

#endif
