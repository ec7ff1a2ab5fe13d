/* SPDX-License-Identifier: Apache-2.0 */
/* boxes.c - fuzz lists of faces. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "data/boxes.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    char *text = calloc(1, size + 1);
    if (!text) abort();
    if (size) memcpy(text, bytes, size);
    mien_boxes boxes = {0};
    (void)mien_boxes_parse(&boxes, text, "fuzz", "");
    for (int i = 0; i < boxes.photos; i++) {
        const mien_boxed_photo *p = &boxes.photo[i];
        if (p->width < 1 || p->height < 1 || !*p->path) abort();
        if (p->first < 0 || p->first + p->count > boxes.faces) abort();
    }
    for (int i = 0; i < boxes.faces; i++)
        if (!(boxes.face[i].width >= 0 && boxes.face[i].height >= 0)) abort();
    mien_boxes_close(&boxes);
    free(text);
    return 0;
}
