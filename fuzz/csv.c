/* SPDX-License-Identifier: Apache-2.0 */
/* csv.c - fuzz tables of text. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "data/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    char *text = calloc(1, size + 1);
    if (!text) abort();
    if (size) memcpy(text, bytes, size);
    mien_csv csv = {.at = text, .name = "fuzz", .separator = ','};
    mien_status status;
    while (mien_csv_next(&csv, &status)) {
        if (csv.count < 1 || csv.count > MIEN_CSV_FIELDS) abort();
        for (int i = 0; i < csv.count; i++)
            if (csv.fields[i] + strlen(csv.fields[i]) > text + size) abort();
    }
    free(text);
    return 0;
}
