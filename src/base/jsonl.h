/* SPDX-License-Identifier: Apache-2.0 */
/* jsonl.h - append JSON objects to a file, one a line.
 *
 *   mien_jsonl j;
 *   MIEN_TRY(mien_jsonl_open(&j, "runs/a/log.jsonl", 0));
 *   mien_jsonl_begin(&j, "step");              ({"kind": "step")
 *   mien_jsonl_int(&j, "step", 17);
 *   mien_jsonl_list(&j, "norms");
 *   for (...) mien_jsonl_real(&j, NULL, norm[i]);
 *   mien_jsonl_list_end(&j);
 *   mien_jsonl_end(&j);
 *   mien_jsonl_close(&j);
 *
 * A key of NULL: the value is an entry of the list that is open. A line that
 * cannot be written is lost with one warning: a log is no reason to stop a
 * training. Numbers that are not finite are written as null. */
#ifndef MIEN_BASE_JSONL_H
#define MIEN_BASE_JSONL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/fail.h"

typedef struct mien_jsonl {
    FILE *file; /* NULL: everything is dropped */
    char name[32];
    bool warned;
    bool first;    /* nothing is before the next value: no comma */
    int64_t bytes; /* in the file */
} mien_jsonl;

/* Continue the file after its first `keep` bytes; what follows is cut off. A
 * path of NULL writes nowhere and is fine.
 *
 * Errors: MIEN_EIO, MIEN_ENOTFOUND, MIEN_EDATA for a file shorter than `keep`;
 *         *j is then closed. */
mien_status mien_jsonl_open(mien_jsonl *j, const char *path, int64_t keep);

void mien_jsonl_begin(mien_jsonl *j, const char *kind);
void mien_jsonl_int(mien_jsonl *j, const char *key, int64_t value);
void mien_jsonl_bool(mien_jsonl *j, const char *key, bool value);
void mien_jsonl_real(mien_jsonl *j, const char *key, double value);  /* %.9g */
void mien_jsonl_exact(mien_jsonl *j, const char *key, double value); /* %.17g */

/* NULL is written as null; bytes that are no UTF-8 as U+FFFD. */
void mien_jsonl_text(mien_jsonl *j, const char *key, const char *text);
void mien_jsonl_list(mien_jsonl *j, const char *key);
void mien_jsonl_list_end(mien_jsonl *j);
void mien_jsonl_end(mien_jsonl *j);
void mien_jsonl_flush(mien_jsonl *j); /* down to the file */
void mien_jsonl_close(mien_jsonl *j);

#endif
