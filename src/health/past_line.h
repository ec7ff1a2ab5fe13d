/* SPDX-License-Identifier: Apache-2.0 */
/* past_line.h - one line of health.jsonl into a past. Private to past*.c. */
#ifndef MIEN_HEALTH_PAST_LINE_H
#define MIEN_HEALTH_PAST_LINE_H

#include <jansson.h>

#include "base/fail.h"
#include "health/past.h"

/* A line that is being read. */
typedef struct mien_past_line {
    mien_past *past;
    mien_past_attempt *attempt; /* NULL: no rows yet */
    const json_t *root;
    const char *where; /* file and line, for messages */
    int64_t step;
    double at;
} mien_past_line;

/* Read it into the past. A kind that is not known is passed over: a newer
 * version may have written it. */
mien_status mien_past_read_line(mien_past *past, const char *text, size_t size,
                                const char *where);

/* past_events.c: the kinds that it reads. */
mien_status mien_past_finding_line(mien_past_line *l);
mien_status mien_past_act_line(mien_past_line *l);
mien_status mien_past_quarantine_line(mien_past_line *l);
mien_status mien_past_sweep_line(mien_past_line *l);
mien_status mien_past_verdict_line(mien_past_line *l);

/* ---- fields ----------------------------------------------------------- */

/* Absent and null are NaN: keys may come with a newer version. */
double mien_past_number(const mien_past_line *l, const char *key);
double mien_past_number_of(const json_t *value);
int64_t mien_past_whole(const mien_past_line *l, const char *key,
                        int64_t otherwise);
bool mien_past_true(const mien_past_line *l, const char *key);

/* "" when it is absent or null; the line's own. */
const char *mien_past_text(const mien_past_line *l, const char *key);

/* A copy in the past's arena; NULL: out of memory. */
const char *mien_past_keep(const mien_past_line *l, const char *value);

/* MIEN_EFORMAT, "file line 3: what". */
mien_status mien_past_fail(const mien_past_line *l, const char *what);

/* A list; one of n entries; one of n texts, or of however many numbers, copied
 * into the past's arena. Errors: MIEN_EFORMAT, MIEN_ENOMEM. */
mien_status mien_past_list(const mien_past_line *l, const char *key,
                           const json_t **out);
mien_status mien_past_list_of(const mien_past_line *l, const char *key, int n,
                              const json_t **out);
mien_status mien_past_texts(const mien_past_line *l, const char *key, int n,
                            const char ***out);
mien_status mien_past_numbers(const mien_past_line *l, const char *key, int *n,
                              double **out);

#endif
