/* SPDX-License-Identifier: Apache-2.0 */
/* mem.c - the heap, with checked sizes and a switch that makes it fail. */
#include "base/mem.h"

#include <malloc.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

#define ALIGNMENT 64

/* How many more allocations succeed (negative: all), and how many happened. */
static atomic_int_fast64_t left = -1, made;

static bool must_fail(void) {
    atomic_fetch_add(&made, 1);
    int_fast64_t n = atomic_load(&left);
    while (n >= 0)
        if (atomic_compare_exchange_weak(&left, &n, n - 1)) return n == 0;
    return false;
}

int64_t mien_mem_fail_after(int64_t n) {
    atomic_store(&left, n < 0 ? -1 : n);
    return atomic_exchange(&made, 0);
}

bool mien_mul(size_t *out, size_t a, size_t b) {
    return !__builtin_mul_overflow(a, b, out);
}

bool mien_add(size_t *out, size_t a, size_t b) {
    return !__builtin_add_overflow(a, b, out);
}

/* `count` elements, not zeroed; the total goes to *bytes. */
static void *take(size_t *bytes, size_t count, size_t size) {
    void *p = NULL;
    if (!mien_mul(bytes, count, size) || *bytes > PTRDIFF_MAX) {
        mien_fail(MIEN_ENOMEM, "out of memory: %zu times %zu bytes is too much",
                  count, size);
        return NULL;
    }
    if (*bytes == 0) *bytes = 1;
    if (must_fail() || posix_memalign(&p, ALIGNMENT, *bytes) != 0) {
        mien_fail(MIEN_ENOMEM, "out of memory: %zu bytes wanted", *bytes);
        return NULL;
    }
    return p;
}

void *mien_alloc(size_t count, size_t size) {
    size_t bytes;
    void *p = take(&bytes, count, size);
    if (p) memset(p, 0, bytes);
    return p;
}

/* realloc() does not keep the alignment, so this always copies. */
void *mien_realloc(void *p, size_t count, size_t size) {
    size_t bytes;
    void *fresh = take(&bytes, count, size);
    if (!fresh || !p) return fresh;
    const size_t old = malloc_usable_size(p);
    memcpy(fresh, p, old < bytes ? old : bytes);
    free(p);
    return fresh;
}

char *mien_strndup(const char *text, size_t length) {
    length = strnlen(text, length);
    char *copy = mien_alloc(length + 1, 1);
    if (copy) memcpy(copy, text, length);
    return copy;
}

char *mien_strdup(const char *text) { return mien_strndup(text, strlen(text)); }

void mien_free(void *p) { free(p); }
