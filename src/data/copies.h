/* SPDX-License-Identifier: Apache-2.0 */
/* copies.h - which samples are exact copies of others.
 *
 *   MIEN_TRY(mien_copies_find(first, reader, items, n));
 *   if (first[i] != i) ... items[i] is a copy of items[first[i]] ... */
#ifndef MIEN_DATA_COPIES_H
#define MIEN_DATA_COPIES_H

#include "data/reader.h"

/* For each of n samples the place in `items` of the first that is the same:
 * its own, if no earlier one is. The same are those whose stored bytes and
 * whose pixels are equal, whatever their labels. Reads all samples.
 *
 * Shapes: first n.
 * Errors: MIEN_EIO, MIEN_EFORMAT as the reader's; MIEN_ENOMEM. */
mien_status mien_copies_find(int *first, const mien_reader *reader,
                             const uint32_t *items, int n);

#endif
