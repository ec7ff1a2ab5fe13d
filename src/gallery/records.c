/* SPDX-License-Identifier: Apache-2.0 */
/* records.c - what may be stored, and the seals of what is stored. */
#include <math.h>
#include <string.h>

#include "base/finite.h"
#include "gallery/pack.h"
#include "gallery/parts.h"

/* Bytes of the UTF-8 letter at `s`; 0: there is none. */
static int letter(const unsigned char *s) {
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const int n = s[0] < 0x80   ? 1
                  : s[0] < 0xc2 ? 0
                  : s[0] < 0xe0 ? 2
                  : s[0] < 0xf0 ? 3
                  : s[0] < 0xf5 ? 4
                                : 0;
    uint32_t code = n > 1 ? s[0] & (0x7fu >> n) : s[0];
    for (int i = 1; i < n; i++) {
        if ((s[i] & 0xc0) != 0x80) return 0;
        code = code << 6 | (s[i] & 0x3f);
    }
    if (n == 0 || code < least[n]) return 0;
    const bool surrogate = code >= 0xd800 && code < 0xe000;
    return surrogate || code > 0x10ffff ? 0 : n;
}

mien_status mien_check_text(const char *text, size_t most, const char *what) {
    if (strlen(text) > most)
        return mien_fail(MIEN_EINVAL, "%s has %zu bytes; %zu are the most",
                         what, strlen(text), most);
    for (const unsigned char *s = (const unsigned char *)text; *s;) {
        const int n = letter(s);
        if (n == 0)
            return mien_fail(MIEN_EINVAL, "%s '%s' is not UTF-8", what, text);
        if (*s < 0x20 || *s == 0x7f)
            return mien_fail(MIEN_EINVAL,
                             "%s '%s' has a control character in it", what,
                             text);
        s += n;
    }
    return MIEN_OK;
}

int mien_vector_kind(const float *x, int width) {
    double sum = 0;
    if (mien_first_bad(x, (size_t)width) < (size_t)width)
        return MIEN_VECTOR_BLANK;
    for (int i = 0; i < width; i++) sum += (double)x[i] * (double)x[i];
    if (sum == 0) return MIEN_VECTOR_BLANK;
    return fabs(sqrt(sum) - 1) > 1e-3 ? MIEN_VECTOR_LONG : MIEN_VECTOR_UNIT;
}

void mien_seal_person(mien_person_row *row, const mien_gallery *g) {
    uint8_t numbers[16];
    mien_pack(mien_pack(numbers, (uint64_t)row->id, 8), (uint64_t)row->added,
              8);
    const mien_seal_part parts[] = {{g->id, sizeof g->id},
                                    {numbers, sizeof numbers},
                                    {row->name, strlen(row->name)}};
    mien_seal_parts(row->seal, &g->keys, "person", parts, 3);
}

/* Nonce and tag stand for the encrypted vector between them. */
void mien_seal_template(mien_template_row *row, const mien_gallery *g) {
    uint8_t numbers[32], *at = numbers;
    uint64_t quality = 0;
    if (!isnan(row->quality)) memcpy(&quality, &row->quality, sizeof quality);
    at = mien_pack(at, (uint64_t)row->id, 8);
    at = mien_pack(at, (uint64_t)row->person, 8);
    at = mien_pack(at, (uint64_t)row->added, 8);
    mien_pack(at, isnan(row->quality) ? UINT64_MAX : quality, 8);
    const mien_seal_part parts[] = {
        {g->id, sizeof g->id},
        {numbers, sizeof numbers},
        {row->source, strlen(row->source)},
        {row->sealed, MIEN_SEAL_NONCE},
        {row->sealed + row->size - MIEN_SEAL_TAG, MIEN_SEAL_TAG}};
    mien_seal_parts(row->seal, &g->keys, "template", parts, 5);
}

mien_status mien_check_person(const mien_person_row *row,
                              const mien_gallery *g) {
    mien_person_row copy = *row;
    mien_seal_person(&copy, g);
    if (mien_seal_same(copy.seal, row->seal)) return MIEN_OK;
    return mien_fail(MIEN_ECORRUPT, "%s: person %lld ('%.60s') was changed",
                     g->path, (long long)row->id, row->name);
}

static mien_status changed(const mien_template_row *row,
                           const mien_gallery *g) {
    return mien_fail(MIEN_ECORRUPT,
                     "%s: template %lld of person %lld was changed", g->path,
                     (long long)row->id, (long long)row->person);
}

mien_status mien_check_template(const mien_template_row *row,
                                const mien_gallery *g) {
    mien_template_row copy = *row;
    if (row->size != mien_seal_size(g->width)) return changed(row, g);
    mien_seal_template(&copy, g);
    return mien_seal_same(copy.seal, row->seal) ? MIEN_OK : changed(row, g);
}

mien_status mien_open_template(float *x, const mien_template_row *row,
                               const mien_gallery *g) {
    const mien_seal_place place = {g->id, row->id, g->width};
    MIEN_TRY(mien_check_template(row, g));
    return mien_unseal_vector(x, &g->keys, &place, row->sealed)
               ? MIEN_OK
               : changed(row, g);
}
