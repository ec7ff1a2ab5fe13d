/* SPDX-License-Identifier: Apache-2.0 */
/* mem.c - the heap, with checked sizes and a switch that makes it fail. */
#include "base/mem.h"

#include <malloc.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/fail.h"

#define ALIGNMENT 64
#define HUGE_PAGE ((size_t)2 << 20)

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

bool mien_size_mul(size_t *out, size_t a, size_t b) {
    return !__builtin_mul_overflow(a, b, out);
}

bool mien_size_add(size_t *out, size_t a, size_t b) {
    return !__builtin_add_overflow(a, b, out);
}

static void *no_memory(size_t bytes) {
    mien_fail(MIEN_ENOMEM, "out of memory: %zu bytes wanted", bytes);
    return NULL;
}

/* `count` elements, not zeroed; the total goes to *bytes. */
static void *take(size_t *bytes, size_t count, size_t size) {
    void *p = NULL;
    if (!mien_size_mul(bytes, count, size) || *bytes > PTRDIFF_MAX) {
        mien_fail(MIEN_ENOMEM, "out of memory: %zu times %zu bytes is too much",
                  count, size);
        return NULL;
    }
    if (*bytes == 0) *bytes = 1;
    if (must_fail() || posix_memalign(&p, ALIGNMENT, *bytes) != 0)
        return no_memory(*bytes);
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

/* What a block of at least one huge page takes: whole ones. */
static size_t mapped(size_t bytes) {
    return (bytes + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
}

/* The system gives any page: take one huge page more, give back the ends. */
static void *map(size_t bytes) {
    char *start = mmap(NULL, bytes + HUGE_PAGE, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED) return NULL;
    const size_t head = -(uintptr_t)start % HUGE_PAGE;
    if (head) munmap(start, head);
    if (head < HUGE_PAGE) munmap(start + head + bytes, HUGE_PAGE - head);
    madvise(start + head, bytes, MADV_HUGEPAGE); /* or not: only slower */
    return start + head;
}

void *mien_pages_alloc(size_t bytes) {
    if (bytes < HUGE_PAGE) return mien_alloc(bytes, 1);
    if (must_fail() || bytes > PTRDIFF_MAX / 2) return no_memory(bytes);
    void *p = map(mapped(bytes));
    return p ? p : no_memory(bytes);
}

void mien_pages_free(void *p, size_t bytes) {
    if (bytes < HUGE_PAGE)
        free(p);
    else if (p)
        munmap(p, mapped(bytes));
}

char *mien_strndup(const char *text, size_t length) {
    length = strnlen(text, length);
    char *copy = mien_alloc(length + 1, 1);
    if (copy) memcpy(copy, text, length);
    return copy;
}

char *mien_strdup(const char *text) { return mien_strndup(text, strlen(text)); }

void mien_free(void *p) { free(p); }
