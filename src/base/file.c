/* SPDX-License-Identifier: Apache-2.0 */
/* file.c - read, map and list files; folders and paths. */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

#define CHUNK ((size_t)65536)

static mien_status open_to_read(int *fd, struct stat *info, const char *path) {
    *fd = open(path, O_RDONLY | O_CLOEXEC);
    if (*fd < 0) return mien_fail_errno("cannot open", path);
    if (fstat(*fd, info) != 0) {
        const mien_status status = mien_fail_errno("cannot examine", path);
        close(*fd);
        return status;
    }
    return MIEN_OK;
}

static mien_status read_all(mien_buf *buf, int fd, const char *path) {
    for (;;) {
        const size_t before = buf->size;
        /* One byte over the cap is asked for, to tell full from too long. */
        size_t want = buf->cap - before;
        char extra;
        if (want > CHUNK) want = CHUNK;
        if (want > 0) MIEN_TRY(mien_buf_resize(buf, before + want));
        const ssize_t got =
            want > 0 ? read(fd, buf->data + before, want) : read(fd, &extra, 1);
        buf->size = before;
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return mien_fail_errno("cannot read", path);
        if (got == 0) return mien_buf_resize(buf, before);
        if (want == 0)
            return mien_fail(MIEN_ELIMIT, "%s is over the limit of %zu bytes",
                             path, buf->cap);
        buf->size = before + (size_t)got;
    }
}

mien_status mien_file_read(mien_buf *buf, const char *path) {
    int fd;
    struct stat info;
    MIEN_TRY(open_to_read(&fd, &info, path));
    mien_status status = MIEN_OK;
    buf->size = 0;
    if (S_ISREG(info.st_mode) && info.st_size > 0) {
        const size_t size = (size_t)info.st_size;
        if (size > buf->cap)
            status =
                mien_fail(MIEN_ELIMIT, "%s has %zu bytes; the limit is %zu",
                          path, size, buf->cap);
        else /* room at once, then read */
            status = mien_buf_resize(buf, size);
        buf->size = 0;
    }
    if (status == MIEN_OK) status = read_all(buf, fd, path);
    close(fd);
    return status;
}

mien_status mien_map_open(mien_map *out, const char *path) {
    int fd;
    struct stat info;
    *out = (mien_map){0};
    MIEN_TRY(open_to_read(&fd, &info, path));
    mien_status status = MIEN_OK;
    if (!S_ISREG(info.st_mode)) {
        status = mien_fail(MIEN_EINVAL, "%s is not a regular file", path);
    } else if (info.st_size > 0) {
        void *p =
            mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (p == MAP_FAILED)
            status = mien_fail_errno("cannot map", path);
        else
            *out = (mien_map){.data = p, .size = (size_t)info.st_size};
    }
    close(fd);
    return status;
}

void mien_map_close(mien_map *map) {
    if (map->data) munmap((void *)(uintptr_t)map->data, map->size);
    *map = (mien_map){0};
}

static int compare_names(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static mien_status add_name(mien_names *names, size_t *room, const char *name) {
    if (names->count == *room) {
        const size_t more = *room ? 2 * *room : 64;
        char **items = mien_realloc(names->items, more, sizeof(*items));
        if (!items) return MIEN_ENOMEM;
        names->items = items;
        *room = more;
    }
    char *copy = mien_strdup(name);
    if (!copy) return MIEN_ENOMEM;
    names->items[names->count++] = copy;
    return MIEN_OK;
}

mien_status mien_dir_list(mien_names *out, const char *path) {
    *out = (mien_names){0};
    DIR *dir = opendir(path);
    if (!dir) return mien_fail_errno("cannot list", path);
    mien_status status = MIEN_OK;
    size_t room = 0;
    while (status == MIEN_OK) {
        errno = 0;
        const struct dirent *entry = readdir(dir);
        if (!entry && errno != 0) status = mien_fail_errno("cannot list", path);
        if (!entry) break;
        if (entry->d_name[0] != '.')
            status = add_name(out, &room, entry->d_name);
    }
    closedir(dir);
    if (status != MIEN_OK)
        mien_names_close(out);
    else if (out->count > 0)
        qsort(out->items, out->count, sizeof(*out->items), compare_names);
    return status;
}

void mien_names_close(mien_names *names) {
    for (size_t i = 0; i < names->count; i++) mien_free(names->items[i]);
    mien_free(names->items);
    *names = (mien_names){0};
}

bool mien_file_exists(const char *path) {
    struct stat info;
    return stat(path, &info) == 0 && !S_ISDIR(info.st_mode);
}

mien_status mien_file_size(uint64_t *out, const char *path) {
    struct stat info;
    if (stat(path, &info) != 0) return mien_fail_errno("cannot find", path);
    if (!S_ISREG(info.st_mode))
        return mien_fail(MIEN_EINVAL, "%s is not a regular file", path);
    *out = (uint64_t)info.st_size;
    return MIEN_OK;
}

bool mien_dir_exists(const char *path) {
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

mien_status mien_make_dirs(const char *path) {
    char *copy = mien_strdup(path);
    if (!copy) return MIEN_ENOMEM;
    mien_status status = MIEN_OK;
    for (char *p = copy; *p && status == MIEN_OK;) {
        p += strspn(p, "/");
        p += strcspn(p, "/");
        const char kept = *p;
        *p = 0;
        if (mkdir(copy, 0777) != 0 && !mien_dir_exists(copy))
            status = mien_fail_errno("cannot make folder", copy);
        *p = kept;
    }
    mien_free(copy);
    return status;
}

mien_status mien_file_remove(const char *path) {
    if (unlink(path) != 0 && errno != ENOENT)
        return mien_fail_errno("cannot remove", path);
    return MIEN_OK;
}

mien_status mien_file_truncate(const char *path, uint64_t size) {
    uint64_t now;
    MIEN_TRY(mien_file_size(&now, path));
    if (now < size)
        return mien_fail(MIEN_EDATA, "%s has only %llu bytes of %llu", path,
                         (unsigned long long)now, (unsigned long long)size);
    if (truncate(path, (off_t)size) != 0)
        return mien_fail_errno("cannot cut", path);
    return MIEN_OK;
}

mien_status mien_file_link(const char *path, const char *second) {
    MIEN_TRY(mien_file_remove(second));
    if (link(path, second) != 0) return mien_fail_errno("cannot link", second);
    return MIEN_OK;
}

mien_status mien_path_join(char *out, size_t room, const char *folder,
                           const char *name) {
    const size_t length = strlen(folder);
    const char *slash = length > 0 && folder[length - 1] != '/' ? "/" : "";
    const int n = name[0] == '/'
                      ? snprintf(out, room, "%s", name)
                      : snprintf(out, room, "%s%s%s", folder, slash, name);
    if (n < 0 || (size_t)n >= room)
        return mien_fail(MIEN_ELIMIT, "the path %s/%s is over %zu bytes",
                         folder, name, room);
    return MIEN_OK;
}
