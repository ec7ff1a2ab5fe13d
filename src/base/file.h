/* SPDX-License-Identifier: Apache-2.0 */
/* file.h - read, map, list, and write files so that nothing is half written.
 *
 *   mien_writer *w;
 *   MIEN_TRY(mien_writer_open(&w, "model.safetensors"));
 *   mien_writer_put(w, bytes, size);          (errors are remembered)
 *   MIEN_TRY(mien_writer_commit(w));          (fsync, rename, fsync folder) */
#ifndef MIEN_BASE_FILE_H
#define MIEN_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* The whole file; over buf->cap bytes is MIEN_ELIMIT. */
mien_status mien_file_read(mien_buf *buf, const char *path);

/* A read-only mapping; an empty file maps to data = NULL, size = 0. */
typedef struct mien_map {
    const uint8_t *data;
    size_t size;
} mien_map;

mien_status mien_map_open(mien_map *out, const char *path);
void mien_map_close(mien_map *map);

/* A file that appears under its name only when it is complete.
 *
 * Writes go to "path.tmp-PID-N"; a commit syncs and renames it, a close without
 * a commit removes it and leaves the old file as it was. After a failed put
 * the following ones do nothing and commit reports the first error. */
typedef struct mien_writer mien_writer;

mien_status mien_writer_open(mien_writer **out, const char *path);
mien_status mien_writer_put(mien_writer *writer, const void *bytes,
                            size_t size);
mien_status mien_writer_commit(mien_writer *writer); /* frees it, always */
void mien_writer_close(mien_writer *writer);         /* NULL is fine */

/* Let writers put `bytes` more on the disk and then find it full; negative
 * switches it off. For tests; process-wide. */
void mien_file_full_after(int64_t bytes);

/* All of it at once, by a writer. */
mien_status mien_file_write(const char *path, const void *bytes, size_t size);

/* Names (not paths) in a folder, sorted by strcmp, without those that start
 * with a dot. mien_names_close() frees them. */
typedef struct mien_names {
    char **items;
    size_t count;
} mien_names;

mien_status mien_dir_list(mien_names *out, const char *path);
void mien_names_close(mien_names *names);

bool mien_file_exists(const char *path);
bool mien_dir_exists(const char *path);
mien_status mien_file_size(uint64_t *out, const char *path); /* in bytes */
mien_status mien_make_dirs(const char *path);                /* as mkdir -p */
mien_status mien_file_remove(const char *path); /* absent is fine */

/* Cut off what lies behind `size` bytes; MIEN_EDATA if there are fewer. */
mien_status mien_file_truncate(const char *path, uint64_t size);

/* A second name for a file; an older bearer of it is replaced. */
mien_status mien_file_link(const char *path, const char *second);

/* "folder/name" into out; MIEN_ELIMIT when it does not fit. An absolute name
 * replaces the folder. */
mien_status mien_path_join(char *out, size_t room, const char *folder,
                           const char *name);

#endif
