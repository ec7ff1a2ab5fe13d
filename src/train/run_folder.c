/* SPDX-License-Identifier: Apache-2.0 */
/* run_folder.c - where a run keeps its files.
 *
 * Without --out a new run takes runs/<recipe>, or -2, -3 and so on behind it;
 * a resumed one takes the latest of them. */
#include <stdio.h>

#include "base/file.h"
#include "train/doctor.h"
#include "train/recorder.h"

enum { MAX_RUNS = 10000, MAX_RECIPE = 4 << 20 };

static void numbered(char out[MIEN_PATH_ROOM], const char *name, int i) {
    if (i == 1)
        snprintf(out, MIEN_PATH_ROOM, "runs/%s", name);
    else
        snprintf(out, MIEN_PATH_ROOM, "runs/%s-%d", name, i);
}

static mien_status choose(char folder[MIEN_PATH_ROOM], const char *name,
                          const mien_train_options *o) {
    int i = 1;
    if (o->out) {
        const int n = snprintf(folder, MIEN_PATH_ROOM, "%s", o->out);
        if (n < 1 || n >= MIEN_PATH_ROOM - 64)
            return mien_fail(MIEN_EINVAL,
                             "the name of the run folder is "
                             "empty or too long");
        return MIEN_OK;
    }
    for (; i < MAX_RUNS; i++) {
        numbered(folder, name, i);
        if (!mien_dir_exists(folder)) break;
    }
    if (o->resume && i > 1) numbered(folder, name, i - 1);
    return MIEN_OK;
}

mien_status mien_run_folder_find(char folder[MIEN_PATH_ROOM],
                                 const char *recipe,
                                 const mien_train_options *options) {
    mien_recipe r;
    const mien_overrides set = {.set = options->set,
                                .n_set = options->n_set,
                                .data = options->data};
    MIEN_TRY(mien_recipe_open(&r, recipe, &set));
    const mien_status status = choose(folder, r.name, options);
    mien_recipe_close(&r);
    return status;
}

static mien_status write_recipe(const mien_trainer *t) {
    char path[MIEN_PATH_ROOM + 16];
    mien_buf text = {.cap = MAX_RECIPE};
    snprintf(path, sizeof path, "%s/recipe.yaml", t->folder);
    mien_status status = mien_recipe_emit(&text, &t->recipe);
    if (status == MIEN_OK) status = mien_file_write(path, text.data, text.size);
    mien_buf_close(&text);
    return status;
}

/* In the folder of the attempt before, whose states are of another recipe. */
static mien_status begin_again(const mien_trainer *t) {
    if (mien_file_exists(t->checkpoint))
        MIEN_TRY(mien_file_remove(t->checkpoint));
    if (mien_file_exists(t->model)) MIEN_TRY(mien_file_remove(t->model));
    MIEN_TRY(mien_recorder_clear(t->folder));
    return write_recipe(t);
}

mien_status mien_run_folder_open(mien_trainer *t) {
    const mien_doctor *d = t->mode.doctor;
    if (t->mode.attempt && d && *d->folder) /* the one of the attempts before */
        snprintf(t->folder, sizeof t->folder, "%s", d->folder);
    else
        MIEN_TRY(choose(t->folder, t->recipe.name, &t->options));
    snprintf(t->model, sizeof t->model, "%.*s/model.safetensors",
             MIEN_PATH_ROOM - 64, t->folder);
    snprintf(t->checkpoint, sizeof t->checkpoint, "%.*s/last.safetensors",
             MIEN_PATH_ROOM - 64, t->folder);
    if (t->options.resume) return MIEN_OK;
    if (t->mode.attempt) return begin_again(t);
    if (mien_file_exists(t->checkpoint) || mien_file_exists(t->model))
        return mien_fail(MIEN_EINVAL,
                         "%s holds a run already: --resume goes "
                         "on with it, another --out begins a new one",
                         t->folder);
    MIEN_TRY(mien_make_dirs(t->folder));
    return write_recipe(t);
}
