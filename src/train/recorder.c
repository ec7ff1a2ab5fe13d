/* SPDX-License-Identifier: Apache-2.0 */
/* recorder.c - the flight recorder: what was before something went wrong. */
#include "train/recorder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

enum { PREFIX = sizeof MIEN_RECORDER_PREFIX - 1 };

int64_t mien_recorder_step(const char *name) {
    char *end;
    if (strncmp(name, MIEN_RECORDER_PREFIX, PREFIX)) return -1;
    if (name[PREFIX] < '0' || name[PREFIX] > '9') return -1;
    const long long step = strtoll(name + PREFIX, &end, 10);
    return strcmp(end, ".safetensors") ? -1 : (int64_t)step;
}

static mien_status remove_file(const char *folder, const char *name) {
    char path[MIEN_PATH_ROOM];
    MIEN_TRY(mien_path_join(path, sizeof path, folder, name));
    return mien_file_remove(path);
}

/* The file of the lowest step among names that are left; counts them. */
static int lowest(const mien_names *names, int *count) {
    int first = -1;
    *count = 0;
    for (size_t i = 0; i < names->count; i++) {
        const int64_t step = mien_recorder_step(names->items[i]);
        if (step < 0) continue;
        ++*count;
        if (first < 0 || step < mien_recorder_step(names->items[first]))
            first = (int)i;
    }
    return first;
}

/* Remove those of the lowest steps until at most `keep` are there. */
static mien_status thin(const char *folder, int keep) {
    mien_names names;
    mien_status status = MIEN_OK;
    int count;
    MIEN_TRY(mien_dir_list(&names, folder));
    for (int i = lowest(&names, &count); status == MIEN_OK && count > keep;
         i = lowest(&names, &count)) {
        status = remove_file(folder, names.items[i]);
        names.items[i][0] = 0; /* gone: no name of ours any more */
    }
    mien_names_close(&names);
    return status;
}

mien_status mien_recorder_dump(const mien_trainer *t,
                               const mien_snapshot *snapshot,
                               const char *reason) {
    char name[64], path[MIEN_PATH_ROOM];
    if (!t->folder[0]) return MIEN_OK;
    snprintf(name, sizeof name, MIEN_RECORDER_PREFIX "%08lld.safetensors",
             (long long)snapshot->at.step);
    MIEN_TRY(mien_path_join(path, sizeof path, t->folder, name));
    const mien_status status =
        mien_trainer_write_state(path, t, snapshot, reason);
    if (status != MIEN_OK)
        return mien_fail_in(status, "keeping what was before step %lld",
                            (long long)t->at.step);
    return thin(t->folder, MIEN_RECORDER_FILES);
}

mien_status mien_recorder_clear(const char *folder) { return thin(folder, 0); }
