/* SPDX-License-Identifier: Apache-2.0 */
/* folder.c - temporary folders, walks, and removal with all that is held. */
#include "base/folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

enum { PATH_ROOM = 4096, MAX_DEPTH = 64 };

mien_status mien_folder_temporary(char *out, size_t room) {
    const char *parent = getenv("TMPDIR");
    if (!parent || !*parent) parent = "/tmp";
    const int n = snprintf(out, room, "%s/mien-XXXXXX", parent);
    if (n < 0 || (size_t)n >= room)
        return mien_fail(MIEN_ELIMIT, "the path of TMPDIR is too long");
    if (!mkdtemp(out))
        return mien_fail_errno("cannot make a folder in", parent);
    return MIEN_OK;
}

/* A path that grows and shrinks on the way down and up again. */
typedef struct walk {
    char path[PATH_ROOM];
    int depth;
    bool remove; /* else visit */
    mien_folder_visit visit;
    void *context;
} walk;

static mien_status enter(walk *w);

static mien_status entry(walk *w, const char *name) {
    struct stat info;
    const size_t length = strlen(w->path);
    const int n =
        snprintf(w->path + length, sizeof w->path - length, "/%s", name);
    if (n < 0 || (size_t)n >= sizeof w->path - length || w->depth >= MAX_DEPTH)
        return mien_fail(MIEN_ELIMIT, "%.200s...: the path is too long",
                         w->path);
    mien_status status = MIEN_OK;
    if (lstat(w->path, &info))
        status = errno == ENOENT ? MIEN_OK
                                 : mien_fail_errno("cannot examine", w->path);
    else if (S_ISDIR(info.st_mode))
        status = enter(w);
    else if (w->remove)
        status = mien_file_remove(w->path);
    else if (S_ISREG(info.st_mode))
        status = w->visit(w->context, w->path);
    w->path[length] = 0;
    return status;
}

static mien_status enter(walk *w) {
    mien_status status = MIEN_OK;
    DIR *dir = opendir(w->path);
    if (!dir) return mien_fail_errno("cannot list", w->path);
    w->depth++;
    const struct dirent *e;
    while (status == MIEN_OK && (e = readdir(dir)))
        if (strcmp(e->d_name, ".") && strcmp(e->d_name, ".."))
            status = entry(w, e->d_name);
    w->depth--;
    closedir(dir);
    if (status == MIEN_OK && w->remove && rmdir(w->path))
        status = mien_fail_errno("cannot remove", w->path);
    return status;
}

static mien_status begin(walk *w, const char *path) {
    const int n = snprintf(w->path, sizeof w->path, "%s", path);
    if (n < 0 || (size_t)n >= sizeof w->path)
        return mien_fail(MIEN_ELIMIT, "%.200s...: the path is too long", path);
    return enter(w);
}

mien_status mien_folder_walk(const char *path, mien_folder_visit visit,
                             void *context) {
    walk w = {.visit = visit, .context = context};
    return begin(&w, path);
}

mien_status mien_folder_remove(const char *path) {
    walk w = {.remove = true};
    return mien_dir_exists(path) ? begin(&w, path) : MIEN_OK;
}
