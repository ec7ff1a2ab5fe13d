/* SPDX-License-Identifier: Apache-2.0 */
/* past_fields.c - fields of a line, by jansson. */
#include "health/past_line.h"

#include <math.h>

double mien_past_number_of(const json_t *value) {
    return json_is_number(value) ? json_number_value(value) : NAN;
}

/* Absent and null are NaN: keys may come with a newer version. */
double mien_past_number(const mien_past_line *l, const char *key) {
    return mien_past_number_of(json_object_get(l->root, key));
}

int64_t mien_past_whole(const mien_past_line *l, const char *key,
                        int64_t otherwise) {
    const json_t *value = json_object_get(l->root, key);
    return json_is_integer(value) ? json_integer_value(value) : otherwise;
}

bool mien_past_true(const mien_past_line *l, const char *key) {
    return json_is_true(json_object_get(l->root, key));
}

const char *mien_past_text(const mien_past_line *l, const char *key) {
    const char *value = json_string_value(json_object_get(l->root, key));
    return value ? value : "";
}

/* A copy in the past's arena; NULL: out of memory. */
const char *mien_past_keep(const mien_past_line *l, const char *value) {
    return mien_arena_strdup(&l->past->arena, value ? value : "");
}

mien_status mien_past_fail(const mien_past_line *l, const char *what) {
    return mien_fail(MIEN_EFORMAT, "%s: %s", l->where, what);
}

mien_status mien_past_list(const mien_past_line *l, const char *key,
                           const json_t **out) {
    *out = json_object_get(l->root, key);
    if (json_is_array(*out)) return MIEN_OK;
    return mien_fail(MIEN_EFORMAT, "%s: '%s' is not a list", l->where, key);
}

mien_status mien_past_list_of(const mien_past_line *l, const char *key, int n,
                              const json_t **out) {
    MIEN_TRY(mien_past_list(l, key, out));
    if ((int)json_array_size(*out) == n) return MIEN_OK;
    return mien_fail(MIEN_EFORMAT, "%s: '%s' has %zu entries, not %d", l->where,
                     key, json_array_size(*out), n);
}

mien_status mien_past_texts(const mien_past_line *l, const char *key, int n,
                            const char ***out) {
    const json_t *items;
    MIEN_TRY(mien_past_list_of(l, key, n, &items));
    *out = mien_arena_alloc(&l->past->arena, n ? n : 1, sizeof **out);
    if (!*out) return MIEN_ENOMEM;
    for (int i = 0; i < n; i++)
        if (!((*out)[i] = mien_past_keep(
                  l, json_string_value(json_array_get(items, i)))))
            return MIEN_ENOMEM;
    return MIEN_OK;
}

mien_status mien_past_numbers(const mien_past_line *l, const char *key, int *n,
                              double **out) {
    const json_t *items;
    MIEN_TRY(mien_past_list(l, key, &items));
    *n = (int)json_array_size(items);
    *out = mien_arena_alloc(&l->past->arena, *n ? *n : 1, sizeof **out);
    if (!*out) return MIEN_ENOMEM;
    for (int i = 0; i < *n; i++)
        (*out)[i] = mien_past_number_of(json_array_get(items, i));
    return MIEN_OK;
}
