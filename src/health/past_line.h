/* SPDX-License-Identifier: Apache-2.0 */
/* past_line.h - one line of health.jsonl into a past. Private to past*.c. */
#ifndef MIEN_HEALTH_PAST_LINE_H
#define MIEN_HEALTH_PAST_LINE_H

#include "base/fail.h"
#include "health/past.h"

/* `where` names file and line in messages. A kind that is not known is passed
 * over: a newer version may have written it. */
mien_status mien_past_line(mien_past *past, const char *text, size_t size,
                           const char *where);

#endif
