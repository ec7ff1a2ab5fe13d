/* SPDX-License-Identifier: Apache-2.0 */
/* shared_data.h - photos that lie beside the checkout on some machines.
 *
 *   const char *path = shared("orl");    (skips the test where they do not)
 *
 * Include after cmocka.h; compile with -DMIEN_SOURCE_ROOT="...". */
#ifndef MIEN_TESTS_SHARED_DATA_H
#define MIEN_TESTS_SHARED_DATA_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Where the shared data lie, or skip the test. */
static inline const char *shared(const char *name) {
    static char path[1024];
    const char *root = getenv("MIEN_SHARED_DATA");
    if (root)
        snprintf(path, sizeof path, "%s/%s", root, name);
    else
        snprintf(path, sizeof path, MIEN_SOURCE_ROOT "/../shared/data/%s",
                 name);
    if (access(path, R_OK) == 0) return path;
    print_message("skipped: %s is not there (set MIEN_SHARED_DATA)\n", path);
    skip();
    return NULL;
}

#endif
