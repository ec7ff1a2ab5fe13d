/* SPDX-License-Identifier: Apache-2.0 */
/* private.h - files for their owner alone, and a lock between processes.
 *
 *   MIEN_TRY(mien_private_create("people.key", key, sizeof key));
 *   mien_lock lock;
 *   MIEN_TRY(mien_lock_take(&lock, "people.lock", 5));
 *   mien_lock_drop(&lock); */
#ifndef MIEN_BASE_PRIVATE_H
#define MIEN_BASE_PRIVATE_H

#include "base/buf.h"

/* Make a new file of mode 0600 and sync it.
 *
 * Errors: MIEN_EIO, also where a file is; MIEN_ENOTFOUND, MIEN_ENOSPACE. */
mien_status mien_private_create(const char *path, const void *bytes,
                                size_t size);

/* The whole file, refused if anybody but the owner may touch it.
 *
 * Errors: MIEN_EINVAL for its mode; as mien_file_read(). */
mien_status mien_private_read(mien_buf *buf, const char *path);

/* Overwrite a file with zeros, sync, and remove it; absent is fine. */
mien_status mien_private_wipe(const char *path);

/* Held by one process at a time, and let go when it ends, however it ends.
 * The file stays. */
typedef struct mien_lock {
    int handle; /* the descriptor + 1; 0: none */
} mien_lock;

/* Errors: MIEN_EIO when somebody else holds it for more than `seconds`, or the
 *         file cannot be made; *out is then none. */
mien_status mien_lock_take(mien_lock *out, const char *path, double seconds);
void mien_lock_drop(mien_lock *lock);

#endif
