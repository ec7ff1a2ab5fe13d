/* SPDX-License-Identifier: Apache-2.0 */
/* writer.c - a file that appears under its name only when it is complete.
 *
 * The order of a commit is what survives a power cut: the bytes (fsync), then
 * the name (rename, which replaces atomically), then the folder (fsync). */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

#define BUFFER_BYTES ((size_t)65536)

struct mien_writer {
    int fd;
    char *path, *temporary, *folder;
    size_t used;        /* bytes waiting in `buffer` */
    mien_status status; /* the first failure, kept for the commit */
    int code;           /* and its errno */
    uint8_t buffer[BUFFER_BYTES];
};

/* Bytes that still fit on the pretended disk; negative: no such limit. */
static atomic_int_fast64_t room_left = -1;

void mien_file_full_after(int64_t bytes) {
    atomic_store(&room_left, bytes < 0 ? -1 : bytes);
}

static ssize_t write_some(int fd, const void *bytes, size_t size) {
    const int_fast64_t left = atomic_load(&room_left);
    if (left == 0 && size > 0) {
        errno = ENOSPC;
        return -1;
    }
    if (left > 0 && size > (size_t)left) size = (size_t)left;
    const ssize_t done = write(fd, bytes, size);
    if (left > 0 && done > 0) atomic_fetch_sub(&room_left, done);
    return done;
}

static mien_status fail_writer(mien_writer *writer) {
    writer->code = errno;
    writer->status = mien_fail_errno("cannot write", writer->path);
    return writer->status;
}

static mien_status put_now(mien_writer *writer, const uint8_t *bytes,
                           size_t size) {
    while (size > 0) {
        const ssize_t done = write_some(writer->fd, bytes, size);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return fail_writer(writer);
        bytes += done;
        size -= (size_t)done;
    }
    return MIEN_OK;
}

static mien_status flush(mien_writer *writer) {
    const size_t size = writer->used;
    writer->used = 0;
    return put_now(writer, writer->buffer, size);
}

/* A leftover of a crashed process with our number is replaced. */
static int open_temporary(const char *path) {
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
    int fd = open(path, flags, 0666);
    if (fd < 0 && errno == EEXIST && unlink(path) == 0)
        fd = open(path, flags, 0666);
    return fd;
}

static char *name_temporary(const char *path) {
    static atomic_uint opened;
    char suffix[64];
    snprintf(suffix, sizeof(suffix), ".tmp-%ld-%u", (long)getpid(),
             atomic_fetch_add(&opened, 1));
    const size_t head = strlen(path), tail = strlen(suffix) + 1;
    char *name = mien_alloc(head + tail, 1);
    if (!name) return NULL;
    memcpy(name, path, head);
    memcpy(name + head, suffix, tail);
    return name;
}

static char *name_folder(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? mien_strndup(path, (size_t)(slash - path) + 1)
                 : mien_strdup(".");
}

mien_status mien_writer_open(mien_writer **out, const char *path) {
    *out = NULL;
    mien_writer *writer = mien_alloc(1, sizeof(*writer));
    if (!writer) return MIEN_ENOMEM;
    mien_status status = MIEN_ENOMEM;
    writer->fd = -1;
    writer->path = mien_strdup(path);
    if (!writer->path) goto out;
    writer->folder = name_folder(path);
    if (!writer->folder) goto out;
    writer->temporary = name_temporary(path);
    if (!writer->temporary) goto out;
    writer->fd = open_temporary(writer->temporary);
    status = writer->fd < 0 ? fail_writer(writer) : MIEN_OK;
out:
    if (status != MIEN_OK)
        mien_writer_close(writer);
    else
        *out = writer;
    return status;
}

mien_status mien_writer_put(mien_writer *writer, const void *bytes,
                            size_t size) {
    if (writer->status != MIEN_OK) return writer->status;
    if (size > BUFFER_BYTES - writer->used) MIEN_TRY(flush(writer));
    if (size > BUFFER_BYTES) return put_now(writer, bytes, size);
    if (size > 0) memcpy(writer->buffer + writer->used, bytes, size);
    writer->used += size;
    return MIEN_OK;
}

/* Some file systems cannot sync a folder and say EINVAL: nothing to be done. */
static mien_status sync_folder(const char *path) {
    const int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    mien_status status = MIEN_OK;
    if (fd < 0 || (fsync(fd) != 0 && errno != EINVAL))
        status = mien_fail_errno("cannot sync", path);
    if (fd >= 0) close(fd);
    return status;
}

static mien_status finish(mien_writer *writer) {
    if (writer->status != MIEN_OK) {
        errno = writer->code;
        return mien_fail_errno("cannot write", writer->path);
    }
    MIEN_TRY(flush(writer));
    if (fsync(writer->fd) != 0) return fail_writer(writer);
    const int closed = close(writer->fd);
    writer->fd = -1;
    if (closed != 0 || rename(writer->temporary, writer->path) != 0) {
        const mien_status status = fail_writer(writer);
        unlink(writer->temporary);
        return status;
    }
    return sync_folder(writer->folder);
}

mien_status mien_writer_commit(mien_writer *writer) {
    assert(writer);
    const mien_status status = finish(writer);
    mien_writer_close(writer);
    return status;
}

void mien_writer_close(mien_writer *writer) {
    if (!writer) return;
    if (writer->fd >= 0) {
        close(writer->fd);
        unlink(writer->temporary);
    }
    mien_free(writer->temporary);
    mien_free(writer->folder);
    mien_free(writer->path);
    mien_free(writer);
}

mien_status mien_file_write(const char *path, const void *bytes, size_t size) {
    mien_writer *writer;
    MIEN_TRY(mien_writer_open(&writer, path));
    mien_writer_put(writer, bytes, size); /* the commit reports it */
    return mien_writer_commit(writer);
}
