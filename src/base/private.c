/* SPDX-License-Identifier: Apache-2.0 */
/* private.c - files for their owner alone, and a lock between processes. */
#include "base/private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"

static bool put_all(int fd, const uint8_t *bytes, size_t size) {
    while (size > 0) {
        const ssize_t done = write(fd, bytes, size);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return false;
        bytes += done;
        size -= (size_t)done;
    }
    return fsync(fd) == 0;
}

/* Under another name first, so that nobody meets half of it. link() replaces
 * nothing. */
static mien_status create_by(const char *temporary, const char *path,
                             const void *bytes, size_t size) {
    unlink(temporary); /* of a process that was killed */
    const int fd =
        open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return mien_fail_errno("cannot create", path);
    const bool done = put_all(fd, bytes, size) && link(temporary, path) == 0;
    const mien_status status =
        done ? MIEN_OK : mien_fail_errno("cannot create", path);
    close(fd);
    unlink(temporary);
    return status;
}

mien_status mien_private_create(const char *path, const void *bytes,
                                size_t size) {
    mien_buf temporary = {.cap = 8192};
    mien_status status =
        mien_buf_printf(&temporary, "%s.tmp-%ld", path, (long)getpid());
    if (status == MIEN_OK)
        status = create_by((const char *)temporary.data, path, bytes, size);
    mien_buf_close(&temporary);
    return status;
}

mien_status mien_private_read(mien_buf *buf, const char *path) {
    struct stat info;
    if (stat(path, &info) != 0) return mien_fail_errno("cannot open", path);
    if (info.st_mode & (S_IRWXG | S_IRWXO))
        return mien_fail(MIEN_EINVAL,
                         "%s is open to others (mode %03o); "
                         "make it yours alone: chmod 600",
                         path, (unsigned)info.st_mode & 0777);
    return mien_file_read(buf, path);
}

static bool put_zeros(int fd, off_t size) {
    static const uint8_t zeros[4096];
    for (off_t done = 0; done < size; done += (off_t)sizeof zeros) {
        const off_t left = size - done;
        const size_t n =
            left < (off_t)sizeof zeros ? (size_t)left : sizeof zeros;
        if (!put_all(fd, zeros, n)) return false;
    }
    return true;
}

mien_status mien_private_wipe(const char *path) {
    struct stat info;
    const int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) return MIEN_OK;
    if (fd < 0) return mien_fail_errno("cannot open", path);
    const bool wiped = fstat(fd, &info) == 0 && put_zeros(fd, info.st_size);
    const mien_status status =
        wiped ? MIEN_OK : mien_fail_errno("cannot overwrite", path);
    close(fd);
    return status == MIEN_OK ? mien_file_remove(path) : status;
}

static void rest(void) {
    const struct timespec moment = {.tv_nsec = 20 * 1000 * 1000};
    nanosleep(&moment, NULL);
}

mien_status mien_lock_take(mien_lock *out, const char *path, double seconds) {
    *out = (mien_lock){0};
    const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return mien_fail_errno("cannot open", path);
    const double begun = mien_clock();
    while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        const int code = errno;
        const bool held = code == EWOULDBLOCK || code == EINTR;
        if (held && mien_clock() - begun < seconds) {
            rest();
            continue;
        }
        close(fd);
        errno = code;
        return held ? mien_fail(MIEN_EIO, "another process holds %s", path)
                    : mien_fail_errno("cannot lock", path);
    }
    out->handle = fd + 1;
    return MIEN_OK;
}

void mien_lock_drop(mien_lock *lock) {
    if (lock->handle > 0) close(lock->handle - 1);
    *lock = (mien_lock){0};
}
