/* SPDX-License-Identifier: Apache-2.0 */
/* picks.c - what of a scan deserves a second look. */
#include "gallery/picks.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"

enum { FIRST_ROOM = 256 };

mien_status mien_picks_open(mien_picks *out, int top, float floor,
                            float margin) {
    *out = (mien_picks){.top = top,
                        .floor = floor,
                        .cut = floor,
                        .margin = margin,
                        .room = FIRST_ROOM};
    out->best = mien_alloc((size_t)top, sizeof *out->best);
    out->items = mien_alloc(FIRST_ROOM, sizeof *out->items);
    if (out->best && out->items) return MIEN_OK;
    mien_picks_close(out);
    return MIEN_ENOMEM;
}

void mien_picks_close(mien_picks *picks) {
    mien_free(picks->best);
    mien_free(picks->items);
    *picks = (mien_picks){0};
}

static mien_pick *lowest(const mien_picks *picks) {
    mien_pick *low = picks->best;
    for (int i = 1; i < picks->n_best; i++)
        if (picks->best[i].score < low->score) low = &picks->best[i];
    return low;
}

/* The place of a person among the best: theirs, a new one, the lowest's. */
static mien_pick *place_of(mien_picks *picks, int64_t person) {
    for (int i = 0; i < picks->n_best; i++)
        if (picks->best[i].person == person) return &picks->best[i];
    if (picks->n_best == picks->top) return lowest(picks);
    mien_pick *fresh = &picks->best[picks->n_best++];
    *fresh = (mien_pick){person, picks->floor};
    return fresh;
}

static void raise_cut(mien_picks *picks, int64_t person, float score) {
    if (score <= picks->cut) return;
    mien_pick *place = place_of(picks, person);
    if (score <= place->score) return;
    *place = (mien_pick){person, score};
    if (picks->n_best == picks->top) picks->cut = lowest(picks)->score;
}

static void drop_fallen(mien_picks *picks) {
    const float least = mien_picks_least(picks);
    size_t kept = 0;
    for (size_t i = 0; i < picks->n; i++)
        if (picks->items[i].score >= least)
            picks->items[kept++] = picks->items[i];
    picks->n = kept;
}

/* Room for one more; twice as much only if dropping does not halve it. */
static mien_status make_room(mien_picks *picks) {
    if (picks->n < picks->room) return MIEN_OK;
    drop_fallen(picks);
    if (picks->n <= picks->room / 2) return MIEN_OK;
    mien_candidate *more =
        mien_realloc(picks->items, 2 * picks->room, sizeof *more);
    if (!more) return MIEN_ENOMEM;
    picks->items = more;
    picks->room *= 2;
    return MIEN_OK;
}

mien_status mien_picks_offer(mien_picks *picks, const mien_candidate *item) {
    if (item->score < mien_picks_least(picks)) return MIEN_OK;
    MIEN_TRY(make_room(picks));
    picks->items[picks->n++] = *item;
    raise_cut(picks, item->person, item->score);
    return MIEN_OK;
}

mien_status mien_picks_join(mien_picks *picks, const mien_picks *other) {
    for (size_t i = 0; i < other->n; i++)
        MIEN_TRY(mien_picks_offer(picks, &other->items[i]));
    return MIEN_OK;
}

static int by_person(const void *x, const void *y) {
    const mien_candidate *a = x, *b = y;
    if (a->person != b->person) return a->person < b->person ? -1 : 1;
    if (a->score != b->score) return a->score > b->score ? -1 : 1;
    return a->id < b->id ? -1 : a->id > b->id;
}

void mien_picks_settle(mien_picks *picks) {
    drop_fallen(picks);
    if (picks->n == 0) return;
    qsort(picks->items, picks->n, sizeof *picks->items, by_person);
    size_t kept = 0;
    float best = 0;
    for (size_t i = 0; i < picks->n; i++) {
        const mien_candidate *c = &picks->items[i];
        const bool first = i == 0 || c->person != picks->items[i - 1].person;
        if (first) best = c->score;
        if (c->score >= best - picks->margin) picks->items[kept++] = *c;
    }
    picks->n = kept;
}
