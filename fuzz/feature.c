/* SPDX-License-Identifier: Apache-2.0 */
/* feature.c - fuzz feature files. */
#include <stdint.h>
#include <stdlib.h>

#include "eval/feature_files.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    const uint8_t *values;
    int length;
    if (mien_feature_parse(&values, &length, bytes, size, "fuzz") != MIEN_OK)
        return 0;
    if (length < 1 || values < bytes ||
        values + 4 * (size_t)length != bytes + size)
        abort();
    return 0;
}
