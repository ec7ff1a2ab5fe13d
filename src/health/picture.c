/* SPDX-License-Identifier: Apache-2.0 */
/* picture.c - the table of pictures, and what all of them have. */
#include "health/picture.h"

#include <stdio.h>

#include "base/file.h"
#include "health/plot.h"

enum { EMPTY_HEIGHT = 130, PATH_ROOM = 4096 };

#define MIEN_PICTURE(name) extern const mien_picture_ops mien_picture_##name;
#include "health/pictures.def"
#undef MIEN_PICTURE

static const mien_picture_ops *const table[] = {
#define MIEN_PICTURE(name) &mien_picture_##name,
#include "health/pictures.def"
#undef MIEN_PICTURE
};

const mien_picture_ops *const *mien_pictures(int *count) {
    *count = (int)(sizeof table / sizeof *table);
    return table;
}

bool mien_picture_any(const mien_picture_ops *p, const mien_past *past,
                      int attempt) {
    return attempt >= 0 && attempt < past->n_attempts && p->any(past, attempt);
}

static int height_of(const mien_picture_ops *p, const mien_past *past,
                     int attempt) {
    return mien_picture_any(p, past, attempt) ? p->height(past, attempt)
                                              : EMPTY_HEIGHT;
}

static mien_status draw(mien_chart *c, const mien_picture_ops *p,
                        const mien_past *past, int attempt) {
    mien_plot_title(c, p->title);
    if (mien_picture_any(p, past, attempt)) return p->draw(c, past, attempt);
    mien_chart_text(c, MIEN_PLOT_WIDTH / 2, 84,
                    "Nothing of this kind was recorded.",
                    &(mien_lettering){.size = 13, .paint = mien_grey});
    return MIEN_OK;
}

mien_status mien_picture_save(const char *path, const mien_picture_ops *p,
                              const mien_past *past, int attempt) {
    mien_chart *c;
    MIEN_TRY(mien_chart_open(&c, path, MIEN_PLOT_WIDTH,
                             height_of(p, past, attempt)));
    const mien_status status = draw(c, p, past, attempt);
    if (status == MIEN_OK) return mien_chart_save(c);
    mien_chart_close(c);
    return status;
}

mien_status mien_picture_append(mien_buf *svg, const mien_picture_ops *p,
                                const mien_past *past, int attempt) {
    mien_chart *c;
    MIEN_TRY(mien_chart_open_memory(&c, false, MIEN_PLOT_WIDTH,
                                    height_of(p, past, attempt)));
    const mien_status status = draw(c, p, past, attempt);
    if (status == MIEN_OK) return mien_chart_append(c, svg);
    mien_chart_close(c);
    return status;
}

static mien_status save_into(const char *folder, const mien_picture_ops *p,
                             const mien_past *past, int attempt) {
    char name[64], path[PATH_ROOM];
    if (!mien_picture_any(p, past, attempt)) return MIEN_OK;
    if (p->whole)
        snprintf(name, sizeof name, "%s.png", p->name);
    else
        snprintf(name, sizeof name, "%s-%d.png", p->name, attempt + 1);
    MIEN_TRY(mien_path_join(path, sizeof path, folder, name));
    return mien_picture_save(path, p, past, attempt);
}

mien_status mien_pictures_save(const char *folder, const mien_past *past) {
    const int n = (int)(sizeof table / sizeof *table);
    MIEN_TRY(mien_make_dirs(folder));
    for (int i = 0; i < n; i++)
        for (int a = 0; a < past->n_attempts; a++)
            if (!table[i]->whole || a + 1 == past->n_attempts)
                MIEN_TRY(save_into(folder, table[i], past, a));
    return MIEN_OK;
}
