/* SPDX-License-Identifier: Apache-2.0 */
/* split.c - deal samples or groups out to training, validation and test. */
#include "data/split.h"

#include "base/mem.h"
#include "base/rng.h"
#include "data/buckets.h"

typedef struct dealer {
    const mien_reader *r;
    const mien_split_config *c;
    int by;
    int classes;   /* 1 when they do not matter */
    int units;     /* in all */
    int32_t *unit; /* of each sample; -1: placed already */
    int32_t *kind; /* class of each unit; -1: none of its samples is left */
    uint8_t *part; /* of each unit */
    mien_buckets hands; /* the units of each class */
    double given[MIEN_PARTS], owed[MIEN_PARTS];
} dealer;

const char *mien_part_name(mien_part part) {
    static const char *const names[] = {"train", "validation", "test"};
    return names[part];
}

static mien_status check(dealer *d) {
    const mien_split_config *c = d->c;
    d->by = c->by;
    if (d->by == MIEN_BY_AUTO)
        d->by = d->r->groups ? MIEN_BY_GROUP : MIEN_BY_CLASS;
    if (d->by == MIEN_BY_GROUP && !d->r->groups)
        return mien_fail(MIEN_EINVAL,
                         "data: by: group, but the %s reader "
                         "knows no groups here",
                         d->r->ops->name);
    if (c->test + c->val > 0.95f)
        return mien_fail(MIEN_EINVAL,
                         "data: test %g and val %g leave less "
                         "than 0.05 to train on",
                         (double)c->test, (double)c->val);
    if (c->test_from >= 0 && (c->test > 0 || c->test_per_class > 0))
        return mien_fail(MIEN_EINVAL,
                         "data: test_from and a share or count "
                         "of the test are given; one of them is enough");
    if (c->test_from >= d->r->count || c->test_from == 0)
        return mien_fail(MIEN_EINVAL,
                         "data: test_from is %d; there are %d "
                         "samples, it must lie within them",
                         c->test_from, d->r->count);
    return MIEN_OK;
}

static mien_status prepare(dealer *d) {
    const mien_reader *r = d->r;
    const bool grouped = d->by == MIEN_BY_GROUP;
    d->classes = d->by == MIEN_BY_ANY ? 1 : r->classes;
    d->units = grouped ? r->n_groups : r->count;
    d->unit = mien_alloc((size_t)r->count, sizeof *d->unit);
    d->kind = mien_alloc((size_t)d->units, sizeof *d->kind);
    d->part = mien_alloc((size_t)d->units, sizeof *d->part);
    if (!d->unit || !d->kind || !d->part) return MIEN_ENOMEM;
    const int end = d->c->test_from >= 0 ? d->c->test_from : r->count;
    for (int u = 0; u < d->units; u++) d->kind[u] = -1;
    for (int i = 0; i < r->count; i++) {
        d->unit[i] = i >= end ? -1 : grouped ? r->groups[i] : i;
        if (d->unit[i] >= 0 && d->kind[d->unit[i]] < 0)
            d->kind[d->unit[i]] = d->by == MIEN_BY_ANY ? 0 : r->labels[i];
    }
    return mien_buckets_make(&d->hands, d->classes, d->kind, NULL, d->units);
}

/* How many of n units of a class go to a part: as many as keep the running
 * total at the share, or the number asked for. */
static int quota(dealer *d, mien_part part, int n) {
    const bool test = part == MIEN_TEST;
    const int fixed = test ? d->c->test_per_class : d->c->val_per_class;
    const float share = test ? d->c->test : d->c->val;
    if (fixed > 0) return fixed;
    d->owed[part] += (double)share * n;
    int take = (int)(d->owed[part] - d->given[part] + 0.5);
    if (take < 0) take = 0;
    d->given[part] += take;
    return take;
}

static mien_status too_few(const dealer *d, int k, int n, int wanted) {
    const char *unit = d->by == MIEN_BY_GROUP ? "group" : "photo";
    if (n == 1)
        return mien_fail(MIEN_EDATA,
                         "class %d has one %s, which cannot be "
                         "both trained on and tested; add more, leave the "
                         "class out (min_photos), or set data.by: any",
                         k, unit);
    return mien_fail(MIEN_EDATA,
                     "class %d has %d %ss; %d are to be held out, "
                     "which leaves none to train on",
                     k, n, unit, wanted);
}

static mien_status deal_class(dealer *d, int k, bool split) {
    const int n = mien_bucket_size(&d->hands, k);
    uint32_t *hand = d->hands.items + d->hands.start[k];
    if (n == 0 || !split) return MIEN_OK;
    if (n == 1) return too_few(d, k, n, 1);
    mien_rng rng =
        mien_rng_at((uint64_t)d->c->seed, MIEN_RNG_SPLIT, (uint32_t)k, 0);
    mien_rng_shuffle(&rng, hand, (size_t)n);
    int test = quota(d, MIEN_TEST, n), val = quota(d, MIEN_VAL, n);
    const bool fixed = d->c->test_per_class > 0 || d->c->val_per_class > 0;
    if (test + val >= n && fixed) return too_few(d, k, n, test + val);
    while (test + val >= n) { /* rounding: give one back */
        const mien_part part = val > 0 ? MIEN_VAL : MIEN_TEST;
        *(val > 0 ? &val : &test) -= 1;
        d->given[part] -= 1;
    }
    for (int i = 0; i < test + val; i++)
        d->part[hand[i]] = i < test ? MIEN_TEST : MIEN_VAL;
    return MIEN_OK;
}

static mien_status deal(dealer *d) {
    const mien_split_config *c = d->c;
    const bool split = c->test > 0 || c->val > 0 || c->test_per_class > 0 ||
                       c->val_per_class > 0;
    for (int k = 0; k < d->classes; k++) MIEN_TRY(deal_class(d, k, split));
    return MIEN_OK;
}

static mien_part part_of(const dealer *d, int i) {
    return d->unit[i] < 0 ? MIEN_TEST : (mien_part)d->part[d->unit[i]];
}

static mien_status collect(mien_split *out, const dealer *d,
                           mien_arena *arena) {
    const int n = d->r->count;
    for (int i = 0; i < n; i++) out->count[part_of(d, i)]++;
    for (int p = 0; p < MIEN_PARTS; p++) {
        out->items[p] = mien_arena_alloc(arena, (size_t)out->count[p] + 1,
                                         sizeof *out->items[p]);
        if (!out->items[p]) return MIEN_ENOMEM;
    }
    int at[MIEN_PARTS] = {0};
    for (int i = 0; i < n; i++) {
        const mien_part p = part_of(d, i);
        out->items[p][at[p]++] = (uint32_t)i;
    }
    return MIEN_OK;
}

mien_status mien_split_make(mien_split *out, const mien_reader *reader,
                            const mien_split_config *config,
                            mien_arena *arena) {
    dealer d = {.r = reader, .c = config};
    *out = (mien_split){0};
    mien_status status = check(&d);
    if (status == MIEN_OK) status = prepare(&d);
    if (status == MIEN_OK) status = deal(&d);
    if (status == MIEN_OK) status = collect(out, &d, arena);
    mien_free(d.unit);
    mien_free(d.kind);
    mien_free(d.part);
    mien_buckets_close(&d.hands);
    return status;
}
