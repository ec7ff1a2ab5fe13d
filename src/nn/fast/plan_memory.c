/* SPDX-License-Identifier: Apache-2.0 */
/* plan_memory.c - all buffers in one block of memory, by when they live.
 *
 * Largest first, each buffer goes to the lowest offset at which it meets no
 * buffer that lives at the same time: the greedy-by-size rule, close to the
 * lower bound on networks like these.
 * Source: Pisarchyk & Lee, Efficient memory management for deep neural net
 * inference, 2020 (arXiv:2001.03288). */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "nn/fast/program.h"

enum { ALIGN = 64 };

static int larger_first(const void *a, const void *b) {
    const mien_buffer *x = *(mien_buffer *const *)a;
    const mien_buffer *y = *(mien_buffer *const *)b;
    if (x->bytes != y->bytes) return x->bytes < y->bytes ? 1 : -1;
    return x < y ? -1 : 1;
}

static bool meet_in_time(const mien_buffer *a, const mien_buffer *b) {
    return a->first <= b->last && b->first <= a->last;
}

/* The first gap among the placed ones, which are sorted by offset. */
static size_t find_gap(const mien_buffer *b, mien_buffer *const *placed,
                       int n) {
    size_t at = 0;
    for (int i = 0; i < n; i++) {
        if (!meet_in_time(b, placed[i])) continue;
        if (placed[i]->offset >= at + b->bytes) break;
        const size_t end = placed[i]->offset + placed[i]->bytes;
        if (end > at) at = end;
    }
    return at;
}

/* Put b among the n placed ones, which stay sorted by offset. */
static void insert(mien_buffer **placed, size_t n, mien_buffer *b) {
    size_t i = n;
    for (; i > 0 && placed[i - 1]->offset > b->offset; i--)
        placed[i] = placed[i - 1];
    placed[i] = b;
}

mien_status mien_program_plan_memory(mien_program *p) {
    const size_t n = (size_t)p->n_buffers;
    mien_buffer **order = mien_alloc(n + 1, sizeof *order);
    mien_buffer **placed = mien_alloc(n + 1, sizeof *placed);
    if (order && placed) {
        for (size_t i = 0; i < n; i++) {
            order[i] = &p->buffers[i];
            order[i]->bytes = (order[i]->bytes + ALIGN - 1) / ALIGN * ALIGN;
        }
        qsort(order, n, sizeof *order, larger_first);
        for (size_t i = 0; i < n; i++) {
            order[i]->offset = find_gap(order[i], placed, (int)i);
            const size_t end = order[i]->offset + order[i]->bytes;
            if (end > p->memory_size) p->memory_size = end;
            insert(placed, i, order[i]);
        }
        p->memory = mien_pages_alloc(p->memory_size);
    }
    mien_free(order);
    mien_free(placed);
    return p->memory ? MIEN_OK : MIEN_ENOMEM;
}
