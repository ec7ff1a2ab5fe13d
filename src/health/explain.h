/* SPDX-License-Identifier: Apache-2.0 */
/* explain.h - parts of mien_health_explain(). Private to explain*.c. */
#ifndef MIEN_HEALTH_EXPLAIN_H
#define MIEN_HEALTH_EXPLAIN_H

#include "base/buf.h"
#include "health/past.h"

/* The last part of a path, as the run is called. */
const char *mien_run_name(const char *run);

/* For a person, then as one JSON object. */
mien_status mien_explain_text(mien_buf *out, const mien_past *past,
                              const char *name);
mien_status mien_explain_json(mien_buf *out, const mien_past *past,
                              const char *name);

#endif
