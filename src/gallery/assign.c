/* SPDX-License-Identifier: Apache-2.0 */
/* assign.c - the faces of one photo, each person at most once.
 *
 * An assignment of least cost: rows are the faces, columns the people among
 * their matches and, for each face, one "nobody" of cost 0. Naming a person
 * costs (least - similarity), which is negative above `least`; what is below
 * is forbidden. Rows are added one by one along a shortest augmenting path.
 * Source: Jonker and Volgenant, A shortest augmenting path algorithm for dense
 * and sparse linear assignment problems, Computing 38, 1987. */
#include <stdlib.h>

#include "base/fail.h"
#include "base/mem.h"
#include "mien/gallery.h"

static const double forbidden = 1e9;

typedef struct table {
    int rows, people, columns; /* columns = people + rows */
    double *cost;              /* rows x columns */
    int *match;                /* rows x people: which of the row's matches */
    int64_t *ids;              /* of the people, sorted */
    double *u, *v, *distance;  /* potentials of rows and columns */
    int *owner, *way;          /* of a column: its row, the column before */
    bool *seen;
} table;

static int by_id(const void *x, const void *y) {
    const int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    return a < b ? -1 : a > b;
}

static const mien_match *match_of(const mien_matches *m, int row, int k) {
    return &m->items[(size_t)row * (size_t)m->top + (size_t)k];
}

/* Everybody who is a match of some face above `least`, once. */
static mien_status find_people(table *t, const mien_matches *m, float least) {
    size_t n = 0, all = 0;
    for (int r = 0; r < m->n; r++) all += (size_t)m->count[r];
    t->ids = mien_alloc(all, sizeof *t->ids);
    if (!t->ids) return MIEN_ENOMEM;
    for (int r = 0; r < m->n; r++)
        for (int k = 0; k < m->count[r]; k++)
            if (match_of(m, r, k)->similarity >= least)
                t->ids[n++] = match_of(m, r, k)->person;
    if (n) qsort(t->ids, n, sizeof *t->ids, by_id);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || t->ids[i] != t->ids[i - 1])
            t->ids[t->people++] = t->ids[i];
    return MIEN_OK;
}

static void set_costs(table *t, const mien_matches *m, float least) {
    for (int r = 0; r < t->rows; r++) {
        double *cost = t->cost + (size_t)r * (size_t)t->columns;
        int *match = t->match + (size_t)r * (size_t)t->people;
        for (int c = 0; c < t->columns; c++)
            cost[c] = c == t->people + r ? 0 : forbidden;
        for (int k = 0; k < m->count[r]; k++) {
            const mien_match *is = match_of(m, r, k);
            if (!(is->similarity >= least)) continue;
            const int64_t *id = bsearch(&is->person, t->ids, (size_t)t->people,
                                        sizeof *t->ids, by_id);
            /* The least bit is worth more than nobody. */
            cost[id - t->ids] = (double)least - (double)is->similarity - 1e-9;
            match[id - t->ids] = k;
        }
    }
}

static mien_status open_table(table *t, const mien_matches *m, float least) {
    t->rows = m->n;
    MIEN_TRY(find_people(t, m, least));
    t->columns = t->people + t->rows;
    const size_t rows = (size_t)t->rows, columns = (size_t)t->columns;
    t->cost = mien_alloc(rows * columns, sizeof *t->cost);
    t->match = mien_alloc(rows * (size_t)t->people, sizeof *t->match);
    t->u = mien_alloc(rows, sizeof *t->u);
    t->v = mien_alloc(columns, sizeof *t->v);
    t->distance = mien_alloc(columns, sizeof *t->distance);
    t->owner = mien_alloc(columns, sizeof *t->owner);
    t->way = mien_alloc(columns, sizeof *t->way);
    t->seen = mien_alloc(columns, sizeof *t->seen);
    if (!t->cost || !t->match || !t->u || !t->v || !t->distance || !t->owner ||
        !t->way || !t->seen)
        return MIEN_ENOMEM;
    for (int c = 0; c < t->columns; c++) t->owner[c] = -1;
    set_costs(t, m, least);
    return MIEN_OK;
}

static void close_table(table *t) {
    void *const all[] = {t->cost,     t->match, t->ids, t->u,   t->v,
                         t->distance, t->owner, t->way, t->seen};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) mien_free(all[i]);
}

/* Look from a row at all columns not seen yet; the nearest of them. */
static int step(table *t, int row, int from, double length) {
    const double *cost = t->cost + (size_t)row * (size_t)t->columns;
    int nearest = -1;
    for (int c = 0; c < t->columns; c++) {
        if (t->seen[c]) continue;
        const double d = length + cost[c] - t->u[row] - t->v[c];
        if (d < t->distance[c]) {
            t->distance[c] = d;
            t->way[c] = from;
        }
        if (nearest < 0 || t->distance[c] < t->distance[nearest]) nearest = c;
    }
    return nearest;
}

/* Give a row a column, others moving aside along the shortest way. */
static void add_row(table *t, int row) {
    double length = 0;
    int at = -1, now = row;
    for (int c = 0; c < t->columns; c++) {
        t->distance[c] = 1e300;
        t->seen[c] = false;
    }
    do {
        at = step(t, now, at, length);
        t->seen[at] = true;
        length = t->distance[at];
        now = t->owner[at];
    } while (now >= 0);
    t->u[row] += length;
    for (int c = 0; c < t->columns; c++) {
        if (!t->seen[c] || c == at) continue;
        t->u[t->owner[c]] += length - t->distance[c];
        t->v[c] -= length - t->distance[c];
    }
    while (at >= 0) {
        const int before = t->way[at];
        t->owner[at] = before < 0 ? row : t->owner[before];
        at = before;
    }
}

mien_status mien_matches_assign(int *out, const mien_matches *matches,
                                float least) {
    table t = {0};
    const mien_status status = open_table(&t, matches, least);
    for (int r = 0; status == MIEN_OK && r < t.rows; r++) {
        out[r] = -1;
        add_row(&t, r);
    }
    for (int c = 0; status == MIEN_OK && c < t.people; c++) {
        const int r = t.owner[c];
        if (r >= 0) out[r] = t.match[(size_t)r * (size_t)t.people + (size_t)c];
    }
    close_table(&t);
    return status;
}
