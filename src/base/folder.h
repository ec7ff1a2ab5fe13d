/* SPDX-License-Identifier: Apache-2.0 */
/* folder.h - folders that come and go with what they hold.
 *
 *   char path[512];
 *   MIEN_TRY(mien_folder_temporary(path, sizeof path));
 *   MIEN_TRY(mien_folder_walk(path, look_at, context));
 *   mien_folder_remove(path); */
#ifndef MIEN_BASE_FOLDER_H
#define MIEN_BASE_FOLDER_H

#include <stddef.h>

#include "base/fail.h"

/* Make a new folder below $TMPDIR, or else /tmp.
 *
 * Errors: MIEN_EIO, MIEN_ENOSPACE; MIEN_ELIMIT when the room is too small. */
mien_status mien_folder_temporary(char *out, size_t room);

/* Call for every file in a folder and in the folders below it; the first
 * status other than MIEN_OK ends the walk. Links are not followed.
 *
 * Errors: that status; MIEN_ENOTFOUND, MIEN_EIO, MIEN_ELIMIT for a path of
 *         more than 4,000 characters. */
typedef mien_status (*mien_folder_visit)(void *context, const char *path);
mien_status mien_folder_walk(const char *path, mien_folder_visit visit,
                             void *context);

/* Remove a folder with all it holds; absent is fine.
 *
 * Errors: MIEN_EIO, MIEN_ELIMIT. */
mien_status mien_folder_remove(const char *path);

#endif
