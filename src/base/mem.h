/* SPDX-License-Identifier: Apache-2.0 */
/* mem.h - the heap, with checked sizes and a switch that makes it fail.
 *
 * Everything in the library allocates here, so that the torture tests can
 * rerun a case with each allocation failing in turn. Memory is zeroed and
 * aligned to 64 bytes; a count times a size that overflows fails. */
#ifndef MIEN_BASE_MEM_H
#define MIEN_BASE_MEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* `count` zeroed elements of `size` bytes, or NULL with mien_error() set. */
void *mien_alloc(size_t count, size_t size) __attribute__((malloc));

/* Grow or shrink; the new tail is not zeroed. NULL leaves `p` as it was. */
void *mien_realloc(void *p, size_t count, size_t size);

/* Like mien_alloc(bytes, 1), for a block that a whole run works in: nothing is
 * touched before its first use, so even gigabytes come at once, and from
 * 2 MiB on the system is asked for huge pages. mien_pages_free() frees it and
 * wants the same size. */
void *mien_pages_alloc(size_t bytes) __attribute__((malloc));
void mien_pages_free(void *p, size_t bytes); /* NULL is fine */

char *mien_strdup(const char *text);
char *mien_strndup(const char *text, size_t length);
void mien_free(void *p); /* NULL is fine */

/* a*b and a+b that report overflow instead of wrapping: false = overflow. */
bool mien_size_mul(size_t *out, size_t a, size_t b);
bool mien_size_add(size_t *out, size_t a, size_t b);

/* Let `n` more allocations succeed and the next one fail, once; negative
 * switches it off. Returns how many allocations happened since the last call.
 * For tests; process-wide. */
int64_t mien_mem_fail_after(int64_t n);

#endif
