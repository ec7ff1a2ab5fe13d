/* SPDX-License-Identifier: Apache-2.0 */
/* wider.c - fuzz WIDER FACE's list of boxes and, behind a line "==", a list of
 * faces that count. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "eval/wider_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check(const mien_wider_list *l) {
    int faces = 0;
    for (int i = 0; i < l->photos; i++) {
        if (l->photo[i].first != faces || strstr(l->photo[i].path, ".."))
            abort();
        faces += l->photo[i].count;
    }
    if (faces != l->faces) abort();
    for (int i = 0; i < faces; i++)
        if (!(l->face[i].width >= 0 && l->face[i].height >= 0)) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    mien_wider_list l = {0};
    char nothing[] = "";
    char *text = mien_strndup(size ? (const char *)bytes : nothing, size);
    if (!text) return 0;
    char *level = strstr(text, "\n==\n");
    if (level) {
        *level = 0;
        level += 4;
    }
    if (mien_wider_parse(&l, text, "fuzz", 16) == MIEN_OK) {
        check(&l);
        if (level && l.photos) mien_wider_parse_level(&l, level, "fuzz", 1);
    }
    mien_wider_list_close(&l);
    mien_free(text);
    return 0;
}
