/* SPDX-License-Identifier: Apache-2.0 */
/* account.h - how a run stands, in sentences: for the terminal and the page.
 *
 *   mien_buf text = {.cap = 1 << 16};
 *   MIEN_TRY(mien_account_paragraph(&text, past));
 *   mien_advice advice;
 *   mien_account_advise(&advice, past); */
#ifndef MIEN_HEALTH_ACCOUNT_H
#define MIEN_HEALTH_ACCOUNT_H

#include "base/buf.h"
#include "health/past.h"

typedef enum mien_account_state {
    MIEN_ACCOUNT_OPEN,     /* interrupted, or still running */
    MIEN_ACCOUNT_FINISHED, /* it reached its end */
    MIEN_ACCOUNT_STOPPED   /* by a diagnosis */
} mien_account_state;

mien_account_state mien_account_state_of(const mien_past *past);
const char *mien_account_state_name(mien_account_state state); /* "stopped" */

/* How it stands, what was wrong, what was done, what the user can do; plain
 * text, one paragraph. */
mien_status mien_account_paragraph(mien_buf *out, const mien_past *past);

enum { MIEN_ADVICE_MOST = 8, MIEN_ADVICE_ROOM = 480 };

/* What the user can do, the most urgent first. */
typedef struct mien_advice {
    int n;
    char items[MIEN_ADVICE_MOST][MIEN_ADVICE_ROOM];
} mien_advice;

void mien_account_advise(mien_advice *advice, const mien_past *past);

/* Append a change as a person reads it: a whole model rewritten is only named.
 */
mien_status mien_account_change(mien_buf *out, const char *change);

/* What a person can do about a cause; "" when nothing is known. */
const char *mien_cause_advice(mien_cause cause);

/* A finding or an act, in the order in which they came. */
typedef struct mien_account_event {
    const mien_past_finding *finding; /* one of the two is NULL */
    const mien_past_act *act;
    int number; /* of the act, from 1 */
} mien_account_event;

/* Events from the `i`-th on: false at the end. Start with i = {0, 0}. */
bool mien_account_next(mien_account_event *event, int i[2],
                       const mien_past *past);

#endif
