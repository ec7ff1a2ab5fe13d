/* SPDX-License-Identifier: Apache-2.0 */
/* recordio.c - fuzz record files, read from the first record to the last. */
#include <stdlib.h>

#include "data/recordio.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static volatile uint8_t sum;
    mien_record rec;
    uint64_t offset = 0;
    while (mien_record_read(&rec, bytes, size, offset, "fuzz") == MIEN_OK) {
        if (rec.next <= offset || rec.size > size) abort();
        for (size_t i = 0; i < rec.size; i++) sum ^= rec.body[i];
        offset = rec.next;
        mien_record_close(&rec);
    }
    (void)sum;
    return 0;
}
