/* SPDX-License-Identifier: Apache-2.0 */
/* report_parts.h - sections of the report. Private to report*.c. */
#ifndef MIEN_HEALTH_REPORT_PARTS_H
#define MIEN_HEALTH_REPORT_PARTS_H

#include "base/buf.h"
#include "health/past.h"

/* Text as HTML: & < > " ' and control characters cannot do anything. */
mien_status mien_report_put(mien_buf *out, const char *text);

/* A section's heading with its anchor. */
mien_status mien_report_heading(mien_buf *out, const char *id,
                                const char *title);

mien_status mien_report_acts(mien_buf *out, const mien_past *past);
mien_status mien_report_findings(mien_buf *out, const mien_past *past);
mien_status mien_report_quarantines(mien_buf *out, const mien_past *past);

/* The layers of an attempt at its last probe. */
mien_status mien_report_layers(mien_buf *out, const mien_past *past,
                               int attempt);

/* The losses of a fork test as a small inline SVG. */
mien_status mien_report_fork(mien_buf *out, const mien_past_act *act);

#endif
