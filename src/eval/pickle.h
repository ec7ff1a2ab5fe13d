/* SPDX-License-Identifier: Apache-2.0 */
/* pickle.h - the verification sets of the ArcFace line: a Python pickle of
 * (list of JPEG files, list of truth values), and nothing else.
 *
 *   mien_pickle p;
 *   MIEN_TRY(mien_pickle_parse(&p, bytes, size, "agedb_30.bin"));
 *   ... p.picture[2 * i], p.picture[2 * i + 1], p.same[i]
 *   mien_pickle_close(&p);
 *
 * A pickle is a program for a machine that can call any function of Python;
 * here are only its opcodes that make lists, byte strings, truth values and
 * one pair, of protocols 2 to 4. Nothing is executed; any other opcode is
 * refused by name.
 * Source: Lib/pickletools.py of CPython. */
#ifndef MIEN_EVAL_PICKLE_H
#define MIEN_EVAL_PICKLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fail.h"

typedef struct mien_pickle_bytes {
    const uint8_t *data; /* in what was parsed */
    size_t size;
} mien_pickle_bytes;

typedef struct mien_pickle {
    mien_pickle_bytes *picture; /* two a pair */
    bool *same;                 /* one a pair */
    int pictures, pairs;
} mien_pickle;

/* Owns:   *out is the caller's; it points into `bytes`.
 * Errors: MIEN_EUNSUPPORTED names an opcode that is not allowed and where it
 *         is; MIEN_EFORMAT for a pickle that ends early, uses what is not
 *         there or holds something else; MIEN_ELIMIT; MIEN_ENOMEM; *out is
 *         then empty. */
mien_status mien_pickle_parse(mien_pickle *out, const uint8_t *bytes,
                              size_t size, const char *name);
void mien_pickle_close(mien_pickle *pickle);

#endif
