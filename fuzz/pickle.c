/* SPDX-License-Identifier: Apache-2.0 */
/* pickle.c - fuzz pickles of pictures and truth values. */
#include <stdint.h>
#include <stdlib.h>

#include "eval/pickle.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static volatile uint8_t sum;
    mien_pickle p;
    const mien_status status = mien_pickle_parse(&p, bytes, size, "fuzz");
    if (status == MIEN_OK && (!p.pairs || p.pictures != 2 * p.pairs)) abort();
    if (status != MIEN_OK && p.picture) abort();
    for (int i = 0; i < p.pictures; i++)
        for (size_t k = 0; k < p.picture[i].size; k++)
            sum ^= p.picture[i].data[k];
    mien_pickle_close(&p);
    (void)sum;
    return 0;
}
