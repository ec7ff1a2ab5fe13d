/* SPDX-License-Identifier: Apache-2.0 */
/* pairs.c - fuzz lists of pairs. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "eval/pairs.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* What was read is what a run relies on. */
static void check(const mien_pairs *p) {
    for (int i = 0; i < p->n; i++) {
        const mien_pair *pair = &p->items[i];
        if (pair->fold < 0 || pair->fold >= p->folds) abort();
        for (int k = 0; k < 2; k++)
            if (pair->picture[k] < 0 || pair->picture[k] >= p->n_pictures)
                abort();
        if (pair->picture[0] == pair->picture[1]) abort();
    }
    for (int i = 0; i < p->n_pictures; i++) {
        const char *path = p->pictures[i].path;
        if (path[0] == '.' || strchr(path, '/') != strrchr(path, '/')) abort();
        if (i && strcmp(p->pictures[i - 1].path, path) >= 0) abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    mien_pairs pairs;
    const mien_status status =
        mien_pairs_parse(&pairs, (const char *)bytes, size, "fuzz");
    if (status == MIEN_OK) check(&pairs);
    if (status != MIEN_OK && pairs.items) abort();
    mien_pairs_close(&pairs);
    return 0;
}
