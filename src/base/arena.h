/* SPDX-License-Identifier: Apache-2.0 */
/* arena.h - many small allocations that live and die together.
 *
 *   mien_arena arena = {0};
 *   char *name = mien_arena_strdup(&arena, "conv1");
 *   mien_arena_close(&arena);  (frees all of it) */
#ifndef MIEN_BASE_ARENA_H
#define MIEN_BASE_ARENA_H

#include <stddef.h>

typedef struct mien_arena {
    struct mien_arena_block *head;
    size_t total; /* bytes handed out */
} mien_arena;

/* Zeroed, 16-byte aligned; NULL with mien_error() set when out of memory. */
void *mien_arena_alloc(mien_arena *arena, size_t count, size_t size);
char *mien_arena_strdup(mien_arena *arena, const char *text);
char *mien_arena_printf(mien_arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void mien_arena_close(mien_arena *arena);

#endif
