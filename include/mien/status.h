/* SPDX-License-Identifier: Apache-2.0 */
/* status.h - what every call returns, and the sentence behind an error.
 *
 *   mien_image *image;
 *   if (mien_image_load(&image, "face.jpg", NULL) != MIEN_OK)
 *       fprintf(stderr, "%s\n", mien_error()); */
#ifndef MIEN_STATUS_H
#define MIEN_STATUS_H

typedef enum mien_status {
#define MIEN_STATUS(name, value, text, http, exit_code) MIEN_##name = (value),
#include "mien/status.def"
#undef MIEN_STATUS
} mien_status;

/* The sentence stored by this thread's last failed call; never NULL.
 *
 * Owns:   the library's; valid until this thread's next failing call.
 * Thread: each thread has its own. */
const char *mien_error(void);

/* The short text of a status, "invalid argument". */
const char *mien_status_text(mien_status status);

/* The HTTP status that answers a request that ended so. */
int mien_status_http(mien_status status);

/* The exit code of a program that ended so: 0, 1, 2 or 3. */
int mien_status_exit_code(mien_status status);

#endif
