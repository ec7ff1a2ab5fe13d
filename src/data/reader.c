/* SPDX-License-Identifier: Apache-2.0 */
/* reader.c - the sources that readers.def lists, and what they share. */
#include "data/reader.h"

#include <string.h>

#include "base/mem.h"

#define MIEN_READER(name) extern const mien_reader_ops mien_reader_##name;
#include "data/readers.def"
#undef MIEN_READER

static const mien_reader_ops *const table[] = {
#define MIEN_READER(name) &mien_reader_##name,
#include "data/readers.def"
#undef MIEN_READER
};

const mien_reader_ops *const *mien_readers(int *count) {
    *count = (int)(sizeof table / sizeof *table);
    return table;
}

const mien_reader_ops *mien_reader_find(const char *name) {
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (!strcmp(table[i]->name, name)) return table[i];
    return NULL;
}

void mien_sample_close(mien_sample *sample) {
    mien_image_free(sample->image);
    mien_free(sample->floats);
    *sample = (mien_sample){0};
}

mien_status mien_reader_open(mien_reader **out, const mien_reader_ops *ops,
                             const void *config) {
    *out = NULL;
    mien_reader *r = mien_alloc(1, sizeof *r);
    if (!r) return MIEN_ENOMEM;
    r->ops = ops;
    const mien_status status = ops->open(r, config);
    if (status != MIEN_OK) {
        mien_reader_close(r);
        return status;
    }
    *out = r;
    return MIEN_OK;
}

void mien_reader_close(mien_reader *reader) {
    if (!reader) return;
    if (reader->ops->close) reader->ops->close(reader);
    mien_arena_close(&reader->arena);
    mien_free(reader);
}

mien_status mien_reader_path(const char **out, mien_reader *r, const char *path,
                             const char *name) {
    const size_t length = strlen(path);
    const char *slash = length && path[length - 1] != '/' ? "/" : "";
    *out = name[0] == '/'
               ? mien_arena_strdup(&r->arena, name)
               : mien_arena_printf(&r->arena, "%s%s%s", path, slash, name);
    return *out ? MIEN_OK : MIEN_ENOMEM;
}

mien_image_options mien_want_options(mien_want want) {
    mien_image_options options;
    mien_image_defaults(&options);
    options.channels = want.channels;
    options.target_width = want.width;
    options.target_height = want.height;
    return options;
}
