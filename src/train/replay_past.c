/* SPDX-License-Identifier: Apache-2.0 */
/* replay_past.c - what a run folder tells of the way to a step. */
#include "train/replay_past.h"

#include <string.h>

#include "base/file.h"
#include "train/recorder.h"

static mien_status find_step(mien_replay_past *p, const char *path,
                             int64_t step) {
    int64_t first = -1, last = -1;
    p->wanted = mien_logged_find(&p->log, step);
    if (p->wanted) return MIEN_OK;
    for (size_t i = 0; i < p->log.n; i++) {
        const mien_logged_step *s = &p->log.steps[i];
        if (s->attempt != p->log.attempt) continue;
        if (first < 0) first = s->step;
        if (s->step > last) last = s->step;
    }
    if (first < 0)
        return mien_fail(MIEN_ENOTFOUND, "%s: there is no step in it", path);
    return mien_fail(MIEN_ENOTFOUND,
                     "%s: the run did not make a step %lld; it made %lld to "
                     "%lld",
                     path, (long long)step, (long long)first, (long long)last);
}

/* ---- rollbacks -------------------------------------------------------- */

/* An attempt that has no list of its layers yet is the first. */
static int attempt_of(const mien_past *past, const mien_past_act *a) {
    if (a->attempt < 0 || a->attempt >= past->n_attempts) return 0;
    return past->attempts[a->attempt].number;
}

static mien_status find_backs(mien_replay_past *p, const char *path) {
    mien_past *past;
    if (!mien_file_exists(path)) return MIEN_OK; /* health: off */
    MIEN_TRY(mien_past_read(&past, path));
    for (int i = 0; i < past->n_acts; i++) {
        const mien_past_act *a = &past->acts[i];
        if (attempt_of(past, a) != p->log.attempt || !a->kept ||
            strcmp(a->remedy, "rollback") || a->step >= p->wanted->step ||
            p->n_backs == MIEN_REPLAY_BACKS)
            continue;
        p->backs[p->n_backs++] = (mien_replay_back){a->step, a->from};
    }
    mien_past_free(past);
    return MIEN_OK;
}

/* ---- checkpoints ------------------------------------------------------ */

static bool is_checkpoint(const char *name) {
    const size_t n = strlen(name), tail = strlen(".safetensors");
    if (n < tail || strcmp(name + n - tail, ".safetensors")) return false;
    return !strcmp(name, "last.safetensors") || !strncmp(name, "epoch-", 6) ||
           mien_recorder_step(name) >= 0;
}

/* Between it and the step that is wanted the log must go on from it: no step
 * before it again, as in a new attempt, and no way back to before it. */
static bool leads_there(const mien_replay_past *p, const mien_position *at) {
    if (at->step > p->wanted->step || at->log_bytes > p->wanted->offset)
        return false;
    for (const mien_logged_step *s = p->wanted;
         s >= p->log.steps && s->offset >= at->log_bytes; s--)
        if (s->step < at->step) return false;
    for (int i = 0; i < p->n_backs; i++)
        if (p->backs[i].after >= at->step && p->backs[i].from < at->step)
            return false;
    return true;
}

/* A file that cannot be read is passed over: another one may do. */
static bool position_of(mien_position *at, const char *path) {
    mien_safetensors *file;
    if (mien_safetensors_open(&file, path, false) != MIEN_OK) return false;
    const char *text = mien_safetensors_meta(file, MIEN_POSITION_KEY);
    const bool good = text && mien_position_parse(at, text, path) == MIEN_OK;
    mien_safetensors_close(file);
    return good;
}

static mien_status choose(mien_replay_past *p, const char *run) {
    mien_names names;
    mien_status status = MIEN_OK;
    MIEN_TRY(mien_dir_list(&names, run));
    for (size_t i = 0; status == MIEN_OK && i < names.count; i++) {
        char path[MIEN_PATH_ROOM];
        mien_position at;
        if (!is_checkpoint(names.items[i])) continue;
        status = mien_path_join(path, sizeof path, run, names.items[i]);
        if (status != MIEN_OK || !position_of(&at, path) ||
            !leads_there(p, &at) || at.step <= p->from)
            continue;
        p->from = at.step;
        memcpy(p->checkpoint, path, sizeof path);
    }
    mien_names_close(&names);
    return status;
}

static mien_status read_all(mien_replay_past *p, const char *run,
                            int64_t step) {
    char path[MIEN_PATH_ROOM];
    MIEN_TRY(mien_path_join(path, sizeof path, run, "log.jsonl"));
    MIEN_TRY(mien_logged_read(&p->log, path));
    MIEN_TRY(find_step(p, path, step));
    MIEN_TRY(mien_path_join(path, sizeof path, run, "health.jsonl"));
    MIEN_TRY(find_backs(p, path));
    return choose(p, run);
}

mien_status mien_replay_past_open(mien_replay_past *p, const char *run,
                                  int64_t step) {
    *p = (mien_replay_past){0};
    const mien_status status = read_all(p, run, step);
    if (status != MIEN_OK) mien_replay_past_close(p);
    return status;
}

void mien_replay_past_close(mien_replay_past *p) {
    mien_logged_close(&p->log);
    *p = (mien_replay_past){0};
}
