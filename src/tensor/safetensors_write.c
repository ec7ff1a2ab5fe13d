/* SPDX-License-Identifier: Apache-2.0 */
/* safetensors_write.c - lay out, seal and write a file of tensors. */
#include <assert.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tensor/safetensors.h"

#define ALIGN 64

static const char no_digits[] =
    "0000000000000000000000000000000000000000000000000000000000000000";

/* Wide elements first, so that each tensor is aligned to its own type. */
static int by_layout(const void *a, const void *b) {
    const mien_tensor *x = *(const mien_tensor *const *)a;
    const mien_tensor *y = *(const mien_tensor *const *)b;
    const size_t p = mien_dtype_size(x->dtype), q = mien_dtype_size(y->dtype);
    if (p != q) return p > q ? -1 : 1;
    return strcmp(x->name, y->name);
}

/* Put `value` (which it takes over) into `map`, which must not have `key`. */
static mien_status put(json_t *map, const char *key, json_t *value) {
    if (!value)
        return mien_fail(MIEN_EINVAL,
                         "safetensors: '%s': not UTF-8, or out of "
                         "memory",
                         key);
    if (json_object_get(map, key)) {
        json_decref(value);
        return mien_fail(MIEN_EINVAL,
                         "safetensors: the name '%s' is given "
                         "twice or reserved",
                         key);
    }
    if (json_object_set_new(map, key, value) == 0) return MIEN_OK;
    return mien_fail(MIEN_EINVAL,
                     "safetensors: the name '%s' is not UTF-8, "
                     "or out of memory",
                     key);
}

static json_t *describe(const mien_tensor *t, size_t begin) {
    json_t *shape = json_array();
    for (int i = 0; i < t->rank; i++)
        if (json_array_append_new(shape, json_integer((json_int_t)t->shape[i])))
            break; /* then the array is short and checked for below */
    if (json_array_size(shape) != (size_t)t->rank) {
        json_decref(shape);
        return NULL;
    }
    return json_pack("{s:s, s:o, s:[I, I]}", "dtype", mien_dtype_text(t->dtype),
                     "shape", shape, "data_offsets", (json_int_t)begin,
                     (json_int_t)(begin + t->bytes));
}

static mien_status add_metas(json_t *root, const char *hash,
                             const mien_safetensors_content *content) {
    json_t *map = json_object();
    MIEN_TRY(put(root, "__metadata__", map)); /* it is root's from here on */
    MIEN_TRY(put(map, MIEN_SEAL_TENSORS, json_string(hash)));
    MIEN_TRY(put(map, MIEN_SEAL_HEADER, json_string(no_digits)));
    for (int i = 0; i < content->meta_count; i++)
        MIEN_TRY(put(map, content->metas[i].key,
                     json_string(content->metas[i].value)));
    return MIEN_OK;
}

static int append(const char *text, size_t size, void *buf) {
    return mien_buf_append(buf, text, size) == MIEN_OK ? 0 : -1;
}

/* Fill in the length and the spaces that align the data, then the hash. */
static mien_status seal(mien_buf *head) {
    while (head->size % ALIGN) MIEN_TRY(mien_buf_append(head, " ", 1));
    const uint64_t length = head->size - 8;
    memcpy(head->data, &length, sizeof length);
    char hex[MIEN_HASH_HEX];
    mien_hash_once(hex, head->data, head->size);
    static const char key[] = "\"" MIEN_SEAL_HEADER "\":\"";
    uint8_t *hit = memmem(head->data, head->size, key, sizeof key - 1);
    assert(hit);
    memcpy(hit + sizeof key - 1, hex, MIEN_HASH_HEX - 1);
    return MIEN_OK;
}

static mien_status build_head(mien_buf *head, json_t *root,
                              const mien_tensor *const *order,
                              const mien_safetensors_content *content) {
    char hash[MIEN_HASH_HEX];
    MIEN_TRY(mien_tensors_hash(hash, content->tensors, content->count));
    MIEN_TRY(add_metas(root, hash, content));
    size_t begin = 0;
    for (int i = 0; i < content->count; i++) {
        MIEN_TRY(put(root, order[i]->name, describe(order[i], begin)));
        begin += order[i]->bytes;
    }
    MIEN_TRY(mien_buf_resize(head, 8));
    if (json_dump_callback(root, append, head, JSON_COMPACT | JSON_SORT_KEYS))
        return mien_fail(MIEN_ENOMEM,
                         "safetensors: the header of %d tensors "
                         "is too long, or out of memory",
                         content->count);
    return seal(head);
}

static mien_status write_all(const char *path, const mien_buf *head,
                             const mien_tensor *const *order, int count) {
    mien_writer *writer;
    MIEN_TRY(mien_writer_open(&writer, path));
    mien_writer_put(writer, head->data, head->size);
    for (int i = 0; i < count; i++)
        mien_writer_put(writer, order[i]->data, order[i]->bytes);
    return mien_writer_commit(writer);
}

mien_status mien_safetensors_write(const char *path,
                                   const mien_safetensors_content *content) {
    const int count = content->count;
    mien_buf head = {.cap = MIEN_SAFETENSORS_MAX_HEADER};
    json_t *root = json_object();
    const mien_tensor **order = mien_alloc((size_t)count + 1, sizeof *order);
    mien_status status = order && root ? MIEN_OK : MIEN_ENOMEM;
    if (order && !root) mien_fail(MIEN_ENOMEM, "%s: out of memory", path);
    for (int i = 0; order && i < count; i++) order[i] = &content->tensors[i];
    if (order) qsort(order, (size_t)count, sizeof *order, by_layout);
    if (status == MIEN_OK) status = build_head(&head, root, order, content);
    if (status == MIEN_OK) status = write_all(path, &head, order, count);
    json_decref(root);
    mien_buf_close(&head);
    mien_free(order);
    return status;
}
