/* SPDX-License-Identifier: Apache-2.0 */
/* safetensors_read.c - open, check and verify a file of tensors. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tensor/safetensors.h"

#define MAX_DEPTH 4 /* the format needs three */

struct mien_safetensors {
    mien_map map; /* data = NULL when the bytes are somebody else's */
    const uint8_t *bytes;
    size_t header; /* length of the JSON text, which begins at byte 8 */
    size_t data;   /* bytes behind it */
    char *name;
    json_t *json; /* holds the strings */
    mien_tensor *tensors;
    int count;
    mien_meta *metas;
    int meta_count;
};

/* The parser recurses, so deep nesting is refused before it sees it. */
static bool too_deep(const char *text, size_t size) {
    int depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < size; i++) {
        const char c = text[i];
        if (quoted) {
            if (c == '\\') i++;
            if (c == '"') quoted = false;
        } else if (c == '"') {
            quoted = true;
        } else if (c == '{' || c == '[') {
            if (++depth > MAX_DEPTH) return true;
        } else if (c == '}' || c == ']') {
            depth--;
        }
    }
    return false;
}

static mien_status find_header(mien_safetensors *f, size_t size) {
    if (size < 8)
        return mien_fail(MIEN_EFORMAT,
                         "%s: %zu bytes are too few for a "
                         "safetensors file",
                         f->name, size);
    uint64_t length;
    memcpy(&length, f->bytes, sizeof length);
    if (length > size - 8)
        return mien_fail(MIEN_EFORMAT,
                         "%s: no safetensors file or cut short: "
                         "a header of %llu bytes in a file of %zu",
                         f->name, (unsigned long long)length, size);
    if (length > MIEN_SAFETENSORS_MAX_HEADER)
        return mien_fail(MIEN_ELIMIT,
                         "%s: a header of %llu bytes; at most "
                         "%zu are read",
                         f->name, (unsigned long long)length,
                         MIEN_SAFETENSORS_MAX_HEADER);
    f->header = (size_t)length;
    f->data = size - 8 - f->header;
    return MIEN_OK;
}

static mien_status parse_json(mien_safetensors *f) {
    const char *text = (const char *)f->bytes + 8;
    if (f->header == 0 || text[0] != '{')
        return mien_fail(MIEN_EFORMAT,
                         "%s: no safetensors file: its header "
                         "does not begin with '{'",
                         f->name);
    if (too_deep(text, f->header))
        return mien_fail(MIEN_EFORMAT, "%s: the header nests more than %d deep",
                         f->name, MAX_DEPTH);
    json_error_t error;
    f->json = json_loadb(text, f->header, JSON_REJECT_DUPLICATES, &error);
    if (f->json) return MIEN_OK;
    if (json_error_code(&error) == json_error_out_of_memory)
        return mien_fail(MIEN_ENOMEM, "%s: out of memory in its header",
                         f->name);
    return mien_fail(MIEN_EFORMAT, "%s: header, byte %d: %s", f->name,
                     error.position, error.text);
}

static mien_status read_metas(mien_safetensors *f, json_t *map) {
    if (!json_is_object(map))
        return mien_fail(MIEN_EFORMAT, "%s: __metadata__ is no map", f->name);
    f->metas = mien_alloc(json_object_size(map) + 1, sizeof *f->metas);
    if (!f->metas) return MIEN_ENOMEM;
    const char *key;
    json_t *value;
    json_object_foreach(map, key, value) {
        if (!json_is_string(value))
            return mien_fail(MIEN_EFORMAT,
                             "%s: __metadata__: '%s' is no "
                             "string",
                             f->name, key);
        f->metas[f->meta_count++] = (mien_meta){key, json_string_value(value)};
    }
    return MIEN_OK;
}

static mien_status bad(const mien_safetensors *f, const mien_tensor *t,
                       const char *what) {
    return mien_fail(MIEN_EFORMAT, "%s: tensor '%s': %s", f->name, t->name,
                     what);
}

/* A whole number of at least 0, or false. */
static bool read_size(size_t *out, const json_t *number) {
    if (!json_is_integer(number) || json_integer_value(number) < 0)
        return false;
    *out = (size_t)json_integer_value(number);
    return true;
}

static mien_status read_dtype(const mien_safetensors *f, mien_tensor *t,
                              const json_t *value) {
    const char *text = json_string_value(value);
    if (!text) return bad(f, t, "its dtype is no string");
    for (int i = 0; i < MIEN_DTYPES; i++) {
        if (strcmp(text, mien_dtype_text((mien_dtype)i))) continue;
        t->dtype = (mien_dtype)i;
        return MIEN_OK;
    }
    return mien_fail(MIEN_EUNSUPPORTED,
                     "%s: tensor '%s': dtype %.16s is not "
                     "known",
                     f->name, t->name, text);
}

static mien_status read_shape(const mien_safetensors *f, mien_tensor *t,
                              const json_t *list) {
    if (!json_is_array(list)) return bad(f, t, "its shape is no list");
    if (json_array_size(list) > MIEN_MAX_RANK)
        return bad(f, t, "it has more than 8 extents");
    t->rank = (int)json_array_size(list);
    for (int i = 0; i < t->rank; i++)
        if (!read_size(&t->shape[i], json_array_get(list, (size_t)i)))
            return bad(f, t, "an extent is no whole number of at least 0");
    return MIEN_OK;
}

static mien_status read_place(const mien_safetensors *f, mien_tensor *t,
                              const json_t *list) {
    size_t begin, end;
    if (json_array_size(list) != 2 ||
        !read_size(&begin, json_array_get(list, 0)) ||
        !read_size(&end, json_array_get(list, 1)))
        return bad(f, t, "its data_offsets are not [begin, end]");
    if (begin > end || end > f->data)
        return bad(f, t, "its data_offsets are not within the file");
    if (!mien_tensor_measure(t) || t->bytes != end - begin)
        return bad(f, t, "its data_offsets do not fit its shape");
    t->data = f->bytes + 8 + f->header + begin;
    return MIEN_OK;
}

static mien_status read_tensor(mien_safetensors *f, mien_tensor *t,
                               const json_t *map) {
    if (!json_is_object(map) || json_object_size(map) != 3)
        return bad(f, t, "it is not a map of dtype, shape and data_offsets");
    MIEN_TRY(read_dtype(f, t, json_object_get(map, "dtype")));
    MIEN_TRY(read_shape(f, t, json_object_get(map, "shape")));
    return read_place(f, t, json_object_get(map, "data_offsets"));
}

static mien_status read_entries(mien_safetensors *f) {
    f->tensors = mien_alloc(json_object_size(f->json) + 1, sizeof *f->tensors);
    if (!f->tensors) return MIEN_ENOMEM;
    const char *key;
    json_t *value;
    json_object_foreach(f->json, key, value) {
        if (!strcmp(key, "__metadata__")) {
            MIEN_TRY(read_metas(f, value));
            continue;
        }
        mien_tensor *t = &f->tensors[f->count++];
        t->name = key;
        MIEN_TRY(read_tensor(f, t, value));
    }
    return MIEN_OK;
}

/* Empty tensors before the one that begins at the same byte. */
static int by_place(const void *a, const void *b) {
    const mien_tensor *x = a, *y = b;
    if (x->data != y->data) return (x->data > y->data) - (x->data < y->data);
    if (x->bytes != y->bytes) return x->bytes < y->bytes ? -1 : 1;
    return strcmp(x->name, y->name);
}

static mien_status check_places(mien_safetensors *f) {
    qsort(f->tensors, (size_t)f->count, sizeof *f->tensors, by_place);
    const uint8_t *at = f->bytes + 8 + f->header;
    for (int i = 0; i < f->count; i++) {
        if (f->tensors[i].data != at)
            return bad(f, &f->tensors[i],
                       "its data overlap others or leave a gap before them");
        at += f->tensors[i].bytes;
    }
    if (at != f->bytes + 8 + f->header + f->data)
        return mien_fail(MIEN_EFORMAT, "%s: %zu bytes behind the last tensor",
                         f->name,
                         (size_t)(f->bytes + 8 + f->header + f->data - at));
    return MIEN_OK;
}

static mien_status parse(mien_safetensors *f, const uint8_t *bytes,
                         size_t size) {
    f->bytes = bytes;
    MIEN_TRY(find_header(f, size));
    MIEN_TRY(parse_json(f));
    MIEN_TRY(read_entries(f));
    return check_places(f);
}

static mien_safetensors *start(const char *name) {
    mien_safetensors *f = mien_alloc(1, sizeof *f);
    if (!f) return NULL;
    f->name = mien_strdup(name);
    if (f->name) return f;
    mien_free(f);
    return NULL;
}

static mien_status finish(mien_safetensors **out, mien_safetensors *f,
                          mien_status status) {
    if (status != MIEN_OK) {
        mien_safetensors_close(f);
        f = NULL;
    }
    *out = f;
    return status;
}

mien_status mien_safetensors_parse(mien_safetensors **out, const uint8_t *bytes,
                                   size_t size, const char *name) {
    mien_safetensors *f = start(name);
    return finish(out, f, f ? parse(f, bytes, size) : MIEN_ENOMEM);
}

mien_status mien_safetensors_open(mien_safetensors **out, const char *path,
                                  bool sealed) {
    mien_safetensors *f = start(path);
    mien_status status = f ? mien_map_open(&f->map, path) : MIEN_ENOMEM;
    if (status == MIEN_OK) status = parse(f, f->map.data, f->map.size);
    if (status == MIEN_OK && sealed) status = mien_safetensors_verify(f);
    return finish(out, f, status);
}

void mien_safetensors_close(mien_safetensors *file) {
    if (!file) return;
    json_decref(file->json);
    mien_map_close(&file->map);
    mien_free(file->tensors);
    mien_free(file->metas);
    mien_free(file->name);
    mien_free(file);
}

/* Hash what lies before the data, with the digits of the seal as zeros. The
 * quotes cannot occur inside a JSON string, so the first hit is the key. */
static bool hash_header(char hex[MIEN_HASH_HEX], const mien_safetensors *f) {
    static const char key[] = "\"" MIEN_SEAL_HEADER "\":\"";
    const size_t digits = MIEN_HASH_HEX - 1;
    const uint8_t *end = f->bytes + 8 + f->header;
    const uint8_t *hit =
        memmem(f->bytes, (size_t)(end - f->bytes), key, sizeof key - 1);
    if (!hit) return false;
    hit += sizeof key - 1;
    if ((size_t)(end - hit) < digits) return false;
    char zeros[MIEN_HASH_HEX];
    memset(zeros, '0', digits);
    mien_hash hash;
    mien_hash_begin(&hash);
    mien_hash_add(&hash, f->bytes, (size_t)(hit - f->bytes));
    mien_hash_add(&hash, zeros, digits);
    hit += digits;
    mien_hash_add(&hash, hit, (size_t)(end - hit));
    mien_hash_end(&hash, hex);
    return true;
}

mien_status mien_safetensors_verify(const mien_safetensors *file) {
    const char *tensors = mien_safetensors_meta(file, MIEN_SEAL_TENSORS);
    const char *header = mien_safetensors_meta(file, MIEN_SEAL_HEADER);
    char hex[MIEN_HASH_HEX];
    if (!tensors || !header || !hash_header(hex, file))
        return mien_fail(MIEN_ECORRUPT,
                         "%s: it carries no seal of mien, or a "
                         "damaged one",
                         file->name);
    if (strcmp(hex, header))
        return mien_fail(MIEN_ECORRUPT,
                         "%s: its header was changed after it "
                         "was written",
                         file->name);
    MIEN_TRY(mien_tensors_hash(hex, file->tensors, file->count));
    if (strcmp(hex, tensors))
        return mien_fail(MIEN_ECORRUPT,
                         "%s: its tensors were changed after "
                         "it was written",
                         file->name);
    return MIEN_OK;
}

const mien_tensor *mien_safetensors_tensors(const mien_safetensors *file,
                                            int *count) {
    *count = file->count;
    return file->tensors;
}

const mien_tensor *mien_safetensors_find(const mien_safetensors *file,
                                         const char *name) {
    for (int i = 0; i < file->count; i++)
        if (!strcmp(file->tensors[i].name, name)) return &file->tensors[i];
    return NULL;
}

const mien_meta *mien_safetensors_metas(const mien_safetensors *file,
                                        int *count) {
    *count = file->meta_count;
    return file->metas;
}

const char *mien_safetensors_meta(const mien_safetensors *file,
                                  const char *key) {
    for (int i = 0; i < file->meta_count; i++)
        if (!strcmp(file->metas[i].key, key)) return file->metas[i].value;
    return NULL;
}
