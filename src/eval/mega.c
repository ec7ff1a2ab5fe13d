/* SPDX-License-Identifier: Apache-2.0 */
/* mega.c - products by blocks, maxima, and a heap of the best. */
#include "eval/mega.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "eval/roc.h"
#include "tensor/gemm.h"

mien_status mien_mega_open(mien_mega *m, const float *probe, int probes,
                           int length, int block) {
    *m = (mien_mega){
        .probes = probes, .length = length, .probe = probe, .block = block};
    m->scores = mien_alloc((size_t)probes * (size_t)block, sizeof *m->scores);
    return m->scores ? MIEN_OK : MIEN_ENOMEM;
}

mien_status mien_mega_sizes(mien_mega *m, const int *size, int sizes,
                            int64_t room) {
    memcpy(m->size, size, (size_t)sizes * sizeof *size);
    m->sizes = sizes;
    m->room = room;
    const size_t n = (size_t)sizes * (size_t)m->probes;
    m->most = mien_alloc(n, sizeof *m->most);
    m->best = mien_alloc((size_t)room, sizeof *m->best);
    if (!m->most || !m->best) return MIEN_ENOMEM;
    for (size_t i = 0; i < n; i++) m->most[i] = -INFINITY;
    return MIEN_OK;
}

void mien_mega_close(mien_mega *m) {
    mien_free(m->scores);
    mien_free(m->most);
    mien_free(m->best);
    *m = (mien_mega){0};
}

/* ---- the heap --------------------------------------------------------- */

static void sink(float *heap, int64_t n, int64_t at) {
    const float x = heap[at];
    for (int64_t child; (child = 2 * at + 1) < n; at = child) {
        if (child + 1 < n && heap[child + 1] < heap[child]) child++;
        if (heap[child] >= x) break;
        heap[at] = heap[child];
    }
    heap[at] = x;
}

static void keep(mien_mega *m, float x) {
    if (m->kept < m->room) {
        m->best[m->kept++] = x;
        if (m->kept == m->room)
            for (int64_t i = m->kept / 2; i-- > 0;) sink(m->best, m->kept, i);
        return;
    }
    if (!m->room || x <= m->best[0]) return;
    m->best[0] = x;
    sink(m->best, m->kept, 0);
}

/* ---- a block ---------------------------------------------------------- */

static bool is_zero(const float *x, int n) {
    for (int i = 0; i < n; i++)
        if (x[i] != 0) return false;
    return true;
}

/* One probe's scores; those of what failed are -1. */
static void take_row(mien_mega *m, int p, const bool *failed, int n) {
    float *row = m->scores + (size_t)p * (size_t)n;
    const bool none = failed[n];
    for (int j = 0; j < n; j++) {
        if (none || failed[j]) row[j] = (float)MIEN_SCORE_FAILED;
        keep(m, row[j]);
    }
    for (int k = 0; k < m->sizes; k++) {
        const int64_t left = m->size[k] - m->seen;
        float *most = &m->most[(size_t)k * (size_t)m->probes + (size_t)p];
        for (int j = 0; j < n && j < left; j++) *most = fmaxf(*most, row[j]);
    }
}

void mien_mega_add(mien_mega *m, const float *rows, int n) {
    bool failed[MIEN_MEGA_BLOCK + 1]; /* the last: the probe */
    const mien_gemm_args product = {.tb = true,
                                    .m = m->probes,
                                    .n = n,
                                    .k = m->length,
                                    .a = m->probe,
                                    .lda = m->length,
                                    .b = rows,
                                    .ldb = m->length,
                                    .c = m->scores,
                                    .ldc = n};
    mien_gemm(&product);
    for (int j = 0; j < n; j++)
        failed[j] = is_zero(rows + (size_t)j * (size_t)m->length, m->length);
    for (int p = 0; p < m->probes; p++) {
        failed[n] =
            is_zero(m->probe + (size_t)p * (size_t)m->length, m->length);
        take_row(m, p, failed, n);
    }
    m->seen += n;
}

/* ---- what came out ---------------------------------------------------- */

static int compare(const void *a, const void *b) {
    const float x = *(const float *)a, y = *(const float *)b;
    return (x < y) - (x > y);
}

double mien_mega_threshold(mien_mega *m, int64_t allowed) {
    if (m->kept <= allowed) return -2;
    qsort(m->best, (size_t)m->kept, sizeof *m->best, compare);
    return (double)m->best[allowed];
}

double mien_mega_pair(const mien_mega *m, int a, int b) {
    const float *x = m->probe + (size_t)a * (size_t)m->length;
    const float *y = m->probe + (size_t)b * (size_t)m->length;
    float dot = 0;
    if (is_zero(x, m->length) || is_zero(y, m->length))
        return MIEN_SCORE_FAILED;
    for (int i = 0; i < m->length; i++) dot += x[i] * y[i];
    return (double)dot;
}
