/* SPDX-License-Identifier: Apache-2.0 */
/* fail.h - report an error in one sentence and pass it up.
 *
 *   if (kernel > height)
 *       return mien_fail(MIEN_ESHAPE, "conv 'stem': kernel %d does not fit "
 *                        "a height of %d", kernel, height);
 *   MIEN_TRY(plan_next(p)); */
#ifndef MIEN_BASE_FAIL_H
#define MIEN_BASE_FAIL_H

#include "mien/status.h"

/* Store a sentence for mien_error() and return `status`. The sentence names
 * the file, layer, line or field at fault and what would be right. */
mien_status mien_fail(mien_status status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Put "context: " before the sentence already stored; returns `status`. */
mien_status mien_fail_in(mien_status status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Store "operation path: strerror(errno)"; ENOSPC/EDQUOT become
 * MIEN_ENOSPACE, ENOENT MIEN_ENOTFOUND, the rest MIEN_EIO. */
mien_status mien_fail_errno(const char *operation, const char *path);

/* For functions that own nothing: return at the first failing call. */
#define MIEN_TRY(call)                                  \
    do {                                                \
        mien_status try_status_ = (call);               \
        if (try_status_ != MIEN_OK) return try_status_; \
    } while (0)

#endif
