/* SPDX-License-Identifier: Apache-2.0 */
/* photos.c - files, folders, patterns and stdin to a list of photos. */
#include "photos.h"

#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

enum { DEEPEST = 32, PATH_ROOM = 4096 };

/* More than any picture of 100 million pixels takes. */
#define MOST_READ ((size_t)512 << 20)

static const char *const extensions[] = {"jpg", "jpeg", "png", "webp",
                                         "pgm", "ppm",  "pnm"};

bool cli_is_picture(const char *name) {
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && i < sizeof extensions / sizeof *extensions; i++)
        if (!strcasecmp(dot + 1, extensions[i])) return true;
    return false;
}

static mien_status no_memory(void) {
    cli_complain("out of memory");
    return MIEN_ENOMEM;
}

static mien_status add(cli_photos *p, const char *path, const char *name) {
    const size_t room = (size_t)p->count + 1;
    cli_photo *grown = room & (room - 1) /* grows at powers of two */
                           ? p->item
                           : realloc(p->item, 2 * room * sizeof *grown);
    if (!grown) return no_memory();
    p->item = grown;
    cli_photo *new = &p->item[p->count];
    *new = (cli_photo){strdup(path), strdup(name)};
    p->count++;
    return new->path &&new->name ? MIEN_OK : no_memory();
}

/* ---- folders ---------------------------------------------------------- */

static mien_status add_folder(cli_photos *p, const char *folder, size_t root,
                              int depth);

static int visible(const struct dirent *entry) {
    return entry->d_name[0] != '.';
}

static mien_status add_entry(cli_photos *p, const char *path, size_t root,
                             int depth) {
    struct stat info;
    if (lstat(path, &info)) return MIEN_OK; /* gone meanwhile */
    if (S_ISDIR(info.st_mode))
        return depth < DEEPEST ? add_folder(p, path, root, depth + 1) : MIEN_OK;
    return cli_is_picture(path) ? add(p, path, path + root) : MIEN_OK;
}

static mien_status add_folder(cli_photos *p, const char *folder, size_t root,
                              int depth) {
    struct dirent **entries;
    mien_status status = MIEN_OK;
    const int n = scandir(folder, &entries, visible, alphasort);
    if (n < 0) {
        cli_complain("%s: %s", folder, strerror(errno));
        p->failed++;
        return MIEN_OK;
    }
    for (int i = 0; i < n; i++) {
        char path[PATH_ROOM];
        const int length =
            snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        if (length < PATH_ROOM && status == MIEN_OK)
            status = add_entry(p, path, root, depth);
        free(entries[i]);
    }
    free(entries);
    return status;
}

/* ---- words ------------------------------------------------------------ */

static const char *last_part(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* A folder, without the slashes that the shell's completion adds. */
static mien_status add_root(cli_photos *p, const char *word) {
    char root[PATH_ROOM];
    size_t length = strlen(word);
    while (length > 1 && word[length - 1] == '/') length--;
    if (length >= sizeof root) length = sizeof root - 1;
    memcpy(root, word, length);
    root[length] = 0;
    const int before = p->count, failed = p->failed;
    const mien_status status =
        add_folder(p, root, length + (root[length - 1] != '/'), 0);
    if (status == MIEN_OK && p->count == before && p->failed == failed) {
        cli_complain("%s: no pictures in this folder", word);
        p->failed++;
    }
    return status;
}

static mien_status add_path(cli_photos *p, const char *path) {
    struct stat info;
    if (!stat(path, &info) && S_ISDIR(info.st_mode)) return add_root(p, path);
    return add(p, path, last_part(path));
}

static mien_status add_pattern(cli_photos *p, const char *pattern) {
    glob_t found;
    mien_status status = MIEN_OK;
    const int failed = glob(pattern, 0, NULL, &found);
    if (failed == GLOB_NOSPACE) return no_memory();
    if (failed) {
        cli_complain("%s: no file is named so", pattern);
        p->failed++;
        return MIEN_OK;
    }
    for (size_t i = 0; i < found.gl_pathc && status == MIEN_OK; i++)
        status = add_path(p, found.gl_pathv[i]);
    globfree(&found);
    return status;
}

mien_status cli_photos_open(cli_photos *out, const cli_texts *words) {
    *out = (cli_photos){0};
    for (int i = 0; i < words->count; i++) {
        const char *word = words->items[i];
        struct stat info;
        mien_status status;
        if (!strcmp(word, "-"))
            status = add(out, word, "stdin");
        else if (strpbrk(word, "*?[") && stat(word, &info))
            status = add_pattern(out, word);
        else
            status = add_path(out, word);
        if (status != MIEN_OK) return status;
    }
    return MIEN_OK;
}

void cli_photos_close(cli_photos *photos) {
    for (int i = 0; i < photos->count; i++) {
        free(photos->item[i].path);
        free(photos->item[i].name);
    }
    free(photos->item);
    *photos = (cli_photos){0};
}

/* ---- reading ---------------------------------------------------------- */

mien_status cli_read_all(char **bytes, size_t *size, const char *path) {
    const bool standard = !strcmp(path, "-");
    FILE *file = standard ? stdin : fopen(path, "rb");
    size_t room = 1 << 16;
    *size = 0;
    *bytes = NULL;
    if (!file) return cli_complain("%s: %s", path, strerror(errno));
    *bytes = malloc(room);
    while (*bytes) {
        *size += fread(*bytes + *size, 1, room - *size, file);
        if (*size < room) break;
        char *grown = room < MOST_READ ? realloc(*bytes, room *= 2) : NULL;
        if (!grown) free(*bytes);
        *bytes = grown;
    }
    const bool failed = ferror(file);
    if (!standard) fclose(file);
    if (!*bytes)
        return cli_complain("%s: more than %zu bytes, or out of memory", path,
                            MOST_READ);
    if (!failed) return MIEN_OK;
    free(*bytes);
    *bytes = NULL;
    return cli_complain("%s: it cannot be read", path);
}

static mien_status load_stdin(mien_image **out) {
    char *bytes;
    size_t size;
    *out = NULL;
    mien_status status = cli_read_all(&bytes, &size, "-");
    if (status == MIEN_OK) {
        status = mien_image_decode(out, bytes, size, "stdin", NULL);
        if (status != MIEN_OK) cli_complain("%s", mien_error());
    }
    free(bytes);
    return status;
}

mien_status cli_photo_load(mien_image **out, cli_photos *photos, int i) {
    const char *path = photos->item[i].path;
    if (!strcmp(path, "-")) {
        const mien_status status = load_stdin(out);
        photos->failed += status != MIEN_OK;
        return status;
    }
    const mien_status status = mien_image_load(out, path, NULL);
    if (status == MIEN_OK) return status;
    cli_complain("%s", mien_error()); /* it names the file */
    photos->failed++;
    return status;
}

void cli_photo_failed(cli_photos *photos, int i) {
    cli_complain("%s: %s", photos->item[i].path, mien_error());
    photos->failed++;
}

mien_status cli_photos_status(const cli_photos *photos) {
    return photos->failed ? MIEN_EINVAL : MIEN_OK;
}

/* ---- writing ---------------------------------------------------------- */

mien_status cli_photo_out(char *out, size_t room, const char *folder,
                          const cli_photo *photo, const char *extension,
                          int number) {
    const char *dot = strrchr(photo->name, '.');
    const int stem =
        (int)(dot ? (size_t)(dot - photo->name) : strlen(photo->name));
    char count[16] = "";
    if (number) snprintf(count, sizeof count, "-%d", number);
    const size_t begin = strlen(folder) + 1;
    if ((size_t)snprintf(out, room, "%s/%.*s%s.%s", folder, stem, photo->name,
                         count, extension) >= room) {
        cli_complain("%s: the path of what is made of it is too long",
                     photo->path);
        return MIEN_ELIMIT;
    }
    for (char *c = out + begin; *c; c++)
        if (*c == '/') *c = '_';
    return MIEN_OK;
}

mien_status cli_make_folder(const char *path) {
    struct stat info;
    if (!mkdir(path, 0777)) return MIEN_OK;
    if (!stat(path, &info) && S_ISDIR(info.st_mode)) return MIEN_OK;
    return cli_complain("%s: the folder cannot be made: %s", path,
                        strerror(errno));
}

mien_status cli_photo_drawing(char *out, size_t room, const char *to,
                              const cli_photos *photos, int i) {
    if (photos->count == 1 && cli_is_picture(to)) {
        snprintf(out, room, "%s", to);
        return MIEN_OK;
    }
    const mien_status status = cli_make_folder(to);
    if (status != MIEN_OK) return status;
    return cli_photo_out(out, room, to, &photos->item[i], "jpg", 0);
}
