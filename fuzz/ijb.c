/* SPDX-License-Identifier: Apache-2.0 */
/* ijb.c - fuzz the lists of IJB; the first byte says which. */
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "eval/ijb_lists.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* What points are checked against. */
static void read_points(mien_ijb_lists *l, char *text) {
    char pictures[] = "1.jpg 1 1\n2.jpg 1 2\n";
    if (mien_ijb_parse_pictures(l, pictures, "fuzz") != MIEN_OK) return;
    mien_ijb_parse_points(l, text, "fuzz");
}

static void read_subjects(mien_ijb_lists *l, char *text) {
    mien_ijb_subjects *s = &l->probes;
    if (mien_ijb_parse_subjects(s, &l->arena, text, "fuzz") != MIEN_OK) return;
    if (s->n < 1) abort();
    for (int i = 1; i < s->n; i++)
        if (s->item[i - 1].template >= s->item[i].template) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    mien_ijb_lists l = {0};
    if (!size) return 0;
    char *text = mien_strndup((const char *)bytes + 1, size - 1);
    if (!text) return 0;
    switch (bytes[0]) {
        case 'p': mien_ijb_parse_pictures(&l, text, "fuzz"); break;
        case 'f': read_points(&l, text); break;
        case 't': mien_ijb_parse_pairs(&l, text, "fuzz"); break;
        default: read_subjects(&l, text); break;
    }
    for (int i = 0; i < l.pictures; i++)
        if (!l.picture[i].name || l.picture[i].template <0) abort();
    mien_ijb_lists_close(&l);
    mien_free(text);
    return 0;
}
