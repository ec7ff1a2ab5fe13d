/* SPDX-License-Identifier: Apache-2.0 */
/* replay_past.h - what a run folder tells of the way to a step.
 *
 *   mien_replay_past p;
 *   MIEN_TRY(mien_replay_past_open(&p, "runs/a", 412));
 *   if (p.checkpoint[0]) ... begin there, else with the recipe
 *   mien_replay_past_close(&p); */
#ifndef MIEN_TRAIN_REPLAY_PAST_H
#define MIEN_TRAIN_REPLAY_PAST_H

#include "health/past.h"
#include "train/logged.h"
#include "train/trainer.h"

/* The doctor went back: after step `after` the weights were those of a moment
 * when `from` steps had been done. */
typedef struct mien_replay_back {
    int64_t after, from;
} mien_replay_back;

enum { MIEN_REPLAY_BACKS = 64 };

typedef struct mien_replay_past {
    mien_logged log;
    const mien_logged_step *wanted;
    int n_backs; /* before the step that is wanted */
    mien_replay_back backs[MIEN_REPLAY_BACKS];
    char checkpoint[MIEN_PATH_ROOM]; /* "": there is none to begin at */
    int64_t from;                    /* steps done at it */
} mien_replay_past;

/* Read log.jsonl and health.jsonl, and choose the latest checkpoint
 * (last, epoch-*, blackbox-*) on the way to the step: one that the run did not
 * turn its back on since.
 *
 * Errors: MIEN_ENOTFOUND for a step that the last attempt did not make;
 *         MIEN_EFORMAT, MIEN_EIO, MIEN_ENOMEM. *p is then empty. */
mien_status mien_replay_past_open(mien_replay_past *p, const char *run,
                                  int64_t step);
void mien_replay_past_close(mien_replay_past *p);

#endif
