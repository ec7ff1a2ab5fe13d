/* SPDX-License-Identifier: Apache-2.0 */
/* doctor_memory.c - write and read doctor.json. */
#include "train/doctor_memory.h"

#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"

/* ---- what was tried --------------------------------------------------- */

static const char proposal[] = " proposed";

static bool was_tried(const mien_doctor *d, const char *key) {
    for (int i = 0; i < d->n_tried; i++)
        if (!strcmp(d->tried[i], key)) return true;
    return false;
}

mien_status mien_doctor_note(bool *is_new, mien_doctor *d, const char *remedy,
                             const mien_prescription *form, bool allowed) {
    const char *key =
        allowed ? mien_arena_printf(&d->arena, "%s %d", remedy, d->n_changes)
                : mien_arena_printf(&d->arena, "%s%s", remedy, proposal);
    for (int i = 0; key && i < form->n; i++)
        key = mien_arena_printf(&d->arena, "%s %s", key, form->changes[i]);
    if (!key) return MIEN_ENOMEM;
    *is_new = !was_tried(d, key) && d->n_tried < MIEN_DOCTOR_TRIED;
    if (*is_new) d->tried[d->n_tried++] = key;
    return MIEN_OK;
}

void mien_doctor_name_tried(char out[MIEN_SAY_ROOM], const mien_doctor *d,
                            bool proposed) {
    char name[MIEN_REMEDY_NAME];
    *out = 0;
    for (int i = 0; i < d->n_tried; i++) {
        const char *key = d->tried[i];
        const size_t n = strcspn(key, " ");
        const bool is_proposal =
            !strncmp(key + n, proposal, sizeof proposal - 1);
        snprintf(name, sizeof name, "%.*s", (int)n, key);
        if (is_proposal != proposed || mien_remedy_listed(out, name)) continue;
        const size_t used = strlen(out);
        snprintf(out + used, MIEN_SAY_ROOM - used, "%s%s", used ? ", " : "",
                 name);
    }
}

/* ---- doctor.json ------------------------------------------------------ */

static json_t *texts(const char *const *list, int n) {
    json_t *array = json_array();
    for (int i = 0; i < n; i++)
        json_array_append_new(array, json_string(list[i]));
    return array;
}

static void path_of(char out[MIEN_PATH_ROOM + 16], const char *folder) {
    snprintf(out, MIEN_PATH_ROOM + 16, "%s/doctor.json", folder);
}

mien_status mien_doctor_remember(mien_doctor *d, const mien_trainer *t) {
    char path[MIEN_PATH_ROOM + 16];
    MIEN_TRY(mien_file_remove(t->checkpoint));
    path_of(path, t->folder);
    snprintf(d->folder, sizeof d->folder, "%s", t->folder);
    json_t *all = json_pack("{s:i, s:o, s:o}", "attempt", d->attempt + 1,
                            "changes", texts(d->changes, d->n_changes), "tried",
                            texts(d->tried, d->n_tried));
    char *text = all ? json_dumps(all, JSON_INDENT(2)) : NULL;
    json_decref(all);
    if (!text) return MIEN_ENOMEM;
    const mien_status status = mien_file_write(path, text, strlen(text));
    free(text);
    return status;
}

static mien_status recall_list(mien_doctor *d, const json_t *array,
                               const char **list, int *n) {
    const size_t most = MIEN_DOCTOR_CHANGES;
    if (!json_is_array(array))
        return mien_fail(MIEN_EFORMAT,
                         "doctor.json: changes and tried are lists of texts");
    for (size_t i = 0; i < json_array_size(array) && i < most; i++) {
        const char *text = json_string_value(json_array_get(array, i));
        if (!text)
            return mien_fail(MIEN_EFORMAT,
                             "doctor.json: entry %zu of a list is no text", i);
        list[*n] = mien_arena_strdup(&d->arena, text);
        if (!list[(*n)++]) return MIEN_ENOMEM;
    }
    return MIEN_OK;
}

static mien_status read_memory(mien_doctor *d, const char *path) {
    json_error_t error;
    json_t *all = json_load_file(path, 0, &error);
    if (!all)
        return mien_fail(MIEN_EFORMAT, "%s:%d: %s", path, error.line,
                         error.text);
    const json_int_t attempt =
        json_integer_value(json_object_get(all, "attempt"));
    mien_status status = MIEN_OK;
    if (attempt < 1 || attempt > INT_MAX - 1)
        status =
            mien_fail(MIEN_EFORMAT, "%s: attempt is a number from 1 on", path);
    d->attempt = (int)attempt;
    if (status == MIEN_OK)
        status = recall_list(d, json_object_get(all, "changes"), d->changes,
                             &d->n_changes);
    if (status == MIEN_OK)
        status = recall_list(d, json_object_get(all, "tried"), d->tried,
                             &d->n_tried);
    json_decref(all);
    return status;
}

mien_status mien_doctor_recall(mien_doctor *d) {
    char folder[MIEN_PATH_ROOM], path[MIEN_PATH_ROOM + 32];
    MIEN_TRY(mien_run_folder_find(folder, d->recipe, &d->options));
    path_of(path, folder);
    if (!mien_file_exists(path)) return MIEN_OK;
    MIEN_TRY(read_memory(d, path));
    snprintf(path, sizeof path, "%s/last.safetensors", folder);
    if (!d->attempt || mien_file_exists(path)) return MIEN_OK;
    /* Nothing of this attempt was saved: another one begins. */
    memcpy(d->folder, folder, sizeof folder);
    d->options.resume = false;
    d->attempt++;
    return MIEN_OK;
}
