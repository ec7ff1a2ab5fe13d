/* SPDX-License-Identifier: Apache-2.0 */
/* arena.c - many small allocations that live and die together. */
#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

#define BLOCK_BYTES ((size_t)16384)

/* The bytes follow the header; those from `used` on are still zero. */
struct mien_arena_block {
    struct mien_arena_block *next;
    size_t room, used;
    _Alignas(16) unsigned char bytes[];
};

static struct mien_arena_block *add_block(mien_arena *arena, size_t bytes) {
    const size_t head = sizeof(struct mien_arena_block);
    const size_t usual = BLOCK_BYTES - head;
    const size_t room = bytes > usual ? bytes : usual;
    size_t whole;
    if (!mien_size_add(&whole, room, head)) {
        mien_fail(MIEN_ENOMEM, "out of memory: %zu bytes wanted", bytes);
        return NULL;
    }
    struct mien_arena_block *block = mien_alloc(whole, 1);
    if (!block) return NULL;
    block->room = room;
    /* A large block goes behind the head, which may still have room. */
    if (arena->head && bytes >= BLOCK_BYTES / 2) {
        block->next = arena->head->next;
        arena->head->next = block;
    } else {
        block->next = arena->head;
        arena->head = block;
    }
    return block;
}

void *mien_arena_alloc(mien_arena *arena, size_t count, size_t size) {
    size_t bytes;
    if (!mien_size_mul(&bytes, count, size) ||
        !mien_size_add(&bytes, bytes, 15)) {
        mien_fail(MIEN_ENOMEM, "out of memory: %zu times %zu bytes is too much",
                  count, size);
        return NULL;
    }
    bytes = bytes < 16 ? 16 : bytes & ~(size_t)15;
    struct mien_arena_block *block = arena->head;
    if (!block || block->room - block->used < bytes) {
        block = add_block(arena, bytes);
        if (!block) return NULL;
    }
    void *p = block->bytes + block->used;
    block->used += bytes;
    arena->total += bytes;
    return p;
}

char *mien_arena_strdup(mien_arena *arena, const char *text) {
    const size_t size = strlen(text) + 1;
    char *copy = mien_arena_alloc(arena, size, 1);
    return copy ? memcpy(copy, text, size) : NULL;
}

char *mien_arena_printf(mien_arena *arena, const char *format, ...) {
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    const int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = NULL;
    if (length < 0)
        mien_fail(MIEN_EINVAL, "cannot format \"%s\"", format);
    else
        text = mien_arena_alloc(arena, (size_t)length + 1, 1);
    if (text) vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}

void mien_arena_close(mien_arena *arena) {
    struct mien_arena_block *block = arena->head;
    while (block) {
        struct mien_arena_block *next = block->next;
        mien_free(block);
        block = next;
    }
    *arena = (mien_arena){0};
}
