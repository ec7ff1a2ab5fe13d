/* SPDX-License-Identifier: Apache-2.0 */
/* position.c - a position as text: "key=value" pairs, floats in hexadecimal
 * so that every bit returns. */
#include "train/position.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/finite.h"

typedef struct entry {
    const char *key;
    size_t offset;
    bool real;
} entry;

#define COUNT(key, member) \
    { key, offsetof(mien_position, member), false }
#define REAL(key, member) \
    { key, offsetof(mien_position, member), true }

static const entry entries[] = {
    COUNT("stage", stage),
    COUNT("epoch", epoch),
    COUNT("stage_epoch", stage_epoch),
    COUNT("batch", batch),
    COUNT("step", step),
    COUNT("stage_step", stage_step),
    COUNT("skipped", skipped),
    COUNT("clipped", clipped),
    COUNT("skipped_in_row", skipped_in_row),
    COUNT("best_epoch", best_epoch),
    COUNT("stale", stale),
    COUNT("images", images),
    COUNT("log_bytes", log_bytes),
    COUNT("health_bytes", health_bytes),
    COUNT("rollbacks", rollbacks),
    COUNT("scaled_well", scaled_well),
    REAL("lr_factor", lr_factor),
    REAL("loss_scale", loss_scale),
    REAL("best", best),
    REAL("seen_loss", seen.loss_sum),
    COUNT("seen_samples", seen.samples),
    COUNT("seen_judged", seen.judged),
    COUNT("seen_ranked", seen.ranked),
    COUNT("seen_hits", seen.hits),
    COUNT("seen_hits5", seen.hits5),
};

enum { N_ENTRIES = sizeof entries / sizeof *entries };

mien_status mien_position_emit(char **out, mien_arena *arena,
                               const mien_position *position) {
    mien_buf text = {.cap = 65536};
    mien_status status = MIEN_OK;
    for (int i = 0; status == MIEN_OK && i < N_ENTRIES; i++) {
        const char *from = (const char *)position + entries[i].offset;
        status = entries[i].real
                     ? mien_buf_printf(&text, "%s=%a ", entries[i].key,
                                       *(const double *)from)
                     : mien_buf_printf(&text, "%s=%lld ", entries[i].key,
                                       (long long)*(const int64_t *)from);
    }
    if (status == MIEN_OK) {
        *out = mien_arena_strdup(arena, (const char *)text.data);
        if (!*out) status = MIEN_ENOMEM;
    }
    mien_buf_close(&text);
    return status;
}

/* What stands behind "key=", or NULL. */
static const char *value_of(const char *text, const char *key) {
    const size_t length = strlen(key);
    for (const char *at = text; (at = strstr(at, key)); at += length)
        if ((at == text || at[-1] == ' ') && at[length] == '=')
            return at + length + 1;
    return NULL;
}

mien_status mien_position_parse(mien_position *position, const char *text,
                                const char *path) {
    *position = (mien_position){0};
    for (int i = 0; i < N_ENTRIES; i++) {
        const char *value = value_of(text, entries[i].key);
        char *to = (char *)position + entries[i].offset, *end = NULL;
        bool good = value != NULL;
        if (good && entries[i].real) {
            *(double *)to = strtod(value, &end);
            good = !mien_bad_f64(*(double *)to);
        } else if (good) {
            *(int64_t *)to = strtoll(value, &end, 10);
            good = *(int64_t *)to >= 0 && *(int64_t *)to < INT64_MAX / 2;
        }
        if (!good || end == value || *end != ' ')
            return mien_fail(MIEN_EFORMAT,
                             "%s: the checkpoint's position has "
                             "no usable '%s'",
                             path, entries[i].key);
    }
    return MIEN_OK;
}
