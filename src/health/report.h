/* SPDX-License-Identifier: Apache-2.0 */
/* report.h - report.html: one page, complete in itself, about a run.
 *
 *   MIEN_TRY(mien_health_report("runs/a/report.html", "runs/a"));
 *
 * It holds its style and its pictures and wants no script and no network. What
 * it tells comes from health.jsonl alone: nothing of the data, no name of a
 * class, no path. */
#ifndef MIEN_HEALTH_REPORT_H
#define MIEN_HEALTH_REPORT_H

#include "base/buf.h"
#include "health/past.h"

/* Errors: MIEN_ENOTFOUND without a health.jsonl, MIEN_EFORMAT with the line
 *         that cannot be read, MIEN_EIO, MIEN_ENOSPACE, MIEN_ENOMEM. */
mien_status mien_health_report(const char *html_path, const char *run_folder);

/* The same of what was read already; `name` is what the run is called. */
mien_status mien_report_write(const char *html_path, const mien_past *past,
                              const char *name);

#endif
