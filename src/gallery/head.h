/* SPDX-License-Identifier: Apache-2.0 */
/* head.h - the one record that says what a gallery is and what is in it.
 *
 * `digest` is the exclusive or of the seals of all people and templates: with
 * the counts it tells whether a record is missing or was put back. */
#ifndef MIEN_GALLERY_HEAD_H
#define MIEN_GALLERY_HEAD_H

#include "base/fail.h"
#include "base/hash.h"
#include "gallery/seal.h"

enum { MIEN_HEAD_MODEL = 64, MIEN_HEAD_BYTES = 240 };

typedef struct mien_head {
    uint8_t id[MIEN_GALLERY_ID];
    char contract[MIEN_HASH_HEX];
    char model[MIEN_HEAD_MODEL]; /* its name, for people */
    int width;
    uint64_t generation; /* counts changes */
    uint64_t layout;     /* counts those after which a row of the file of
                            vectors is gone or another person's */
    int64_t people, templates;
    int64_t last_person, last_template; /* the largest id so far */
    uint8_t digest[MIEN_SEAL_BYTES];
} mien_head;

/* Errors: MIEN_EINVAL for a contract that is no hash. */
mien_status mien_head_write(uint8_t out[MIEN_HEAD_BYTES], const mien_head *head,
                            const mien_keys *keys);

/* What contract and width a head states, before any key is known.
 *
 * Errors: MIEN_ECORRUPT, and MIEN_EUNSUPPORTED for a later version. */
mien_status mien_head_read(mien_head *out, const uint8_t *bytes, size_t size);

/* Whether it was written with these keys and not changed since. */
bool mien_head_sound(const uint8_t bytes[MIEN_HEAD_BYTES],
                     const mien_keys *keys);

/* Account for a record that comes or goes. */
void mien_head_toggle(mien_head *head, const uint8_t seal[MIEN_SEAL_BYTES]);

#endif
