/* SPDX-License-Identifier: Apache-2.0 */
/* identify.c - enrol some photos of some people, search for all the others. */
#include <math.h>
#include <stdio.h>

#include "base/mem.h"
#include "base/rng.h"
#include "eval/people.h"
#include "eval/search.h"

void mien_identify_defaults(mien_identify_options *options) {
    *options = (mien_identify_options){.enrol = 1, .strangers = 0.5};
    mien_people_defaults(&options->photos);
}

typedef struct run {
    const mien_identify_options *options;
    mien_templates t;
    bool *stranger; /* of each person: never enrolled */
    int *photos;    /* of each person */
    mien_search_gallery gallery;
    float *values;
    bool *failed;
    int *person;
    double *best;
    mien_searches searches;
} run;

static mien_status check(const mien_identify_options *o) {
    if (o->enrol < 1 || !(o->strangers > 0 && o->strangers < 1))
        return mien_fail(MIEN_EINVAL,
                         "at least one photo is enrolled, and the share of "
                         "strangers is between 0 and 1");
    if (o->fpir < 0 || o->fpir > 1)
        return mien_fail(MIEN_EINVAL, "FPIR is a share, 0 to 1");
    return MIEN_OK;
}

static mien_status make_room(run *r) {
    const size_t people = (size_t)r->t.people, n = (size_t)r->t.e.n;
    const size_t width = (size_t)r->t.e.width;
    r->stranger = mien_alloc(people, sizeof *r->stranger);
    r->photos = mien_alloc(people, sizeof *r->photos);
    r->values = mien_alloc(n * width, sizeof *r->values);
    r->failed = mien_alloc(n, sizeof *r->failed);
    r->person = mien_alloc(n, sizeof *r->person);
    r->best = mien_alloc(people, sizeof *r->best);
    r->searches.item = mien_alloc(n, sizeof *r->searches.item);
    return r->stranger && r->photos && r->values && r->failed && r->person &&
                   r->best && r->searches.item
               ? MIEN_OK
               : MIEN_ENOMEM;
}

/* Who has too few photos to be enrolled and searched for is a stranger; of the
 * others as many, drawn by the seed, as the share still wants. */
static mien_status choose_strangers(run *r) {
    const mien_identify_options *o = r->options;
    const int people = r->t.people;
    uint32_t *order = mien_alloc((size_t)people, sizeof *order);
    int wanted = (int)lround(o->strangers * people), n = 0;
    if (!order) return MIEN_ENOMEM;
    for (int i = 0; i < r->t.e.n; i++) r->photos[r->t.person[i]]++;
    for (int p = 0; p < people; p++) {
        r->stranger[p] = r->photos[p] <= o->enrol;
        wanted -= r->stranger[p];
        if (!r->stranger[p]) order[n++] = (uint32_t)p;
    }
    mien_rng rng = mien_rng_at(o->seed, MIEN_RNG_EVAL, 0, 1);
    mien_rng_shuffle(&rng, order, (size_t)n);
    for (int i = 0; i < wanted && i < n; i++) r->stranger[order[i]] = true;
    mien_free(order);
    const int mated = n - (wanted > 0 ? wanted : 0);
    if (mated > 0 && mated < people) return MIEN_OK;
    return mien_fail(MIEN_EDATA,
                     "%d of %d people have more than %d photos: too few to "
                     "enrol some and have strangers",
                     n, people, o->enrol);
}

/* The first photos of everybody else. */
static void enrol(run *r) {
    mien_search_gallery *g = &r->gallery;
    const size_t width = (size_t)r->t.e.width;
    int last = -1, taken = 0;
    for (int i = 0; i < r->t.e.n; i++) {
        const int person = r->t.person[i];
        taken = person == last ? taken + 1 : 1;
        last = person;
        if (r->stranger[person] || taken > r->options->enrol) continue;
        for (size_t c = 0; c < width; c++)
            r->values[(size_t)g->n * width + c] =
                r->t.e.values[(size_t)i * width + c];
        r->failed[g->n] = r->t.e.failed[i];
        r->person[g->n++] = person;
    }
    g->values = r->values;
    g->failed = r->failed;
    g->person = r->person;
    g->width = r->t.e.width;
    g->people = r->t.people;
}

static mien_status search_all(run *r) {
    const size_t width = (size_t)r->t.e.width;
    int last = -1, taken = 0;
    for (int i = 0; i < r->t.e.n; i++) {
        const int person = r->t.person[i];
        taken = person == last ? taken + 1 : 1;
        last = person;
        if (!r->stranger[person] && taken <= r->options->enrol) continue;
        const float *probe =
            r->t.e.failed[i] ? NULL : r->t.e.values + (size_t)i * width;
        r->searches.item[r->searches.n++] =
            mien_search_one(&r->gallery, probe, person, r->best);
    }
    return mien_searches_sort(&r->searches);
}

static mien_status fill(run *r, mien_report *report) {
    const mien_identify_options *o = r->options;
    int enrolled = 0;
    for (int p = 0; p < r->t.people; p++) enrolled += !r->stranger[p];
    mien_templates_state(&r->t, report);
    mien_report_add(
        report, mien_figure_count("photos_enrolled", "photos each", o->enrol));
    mien_report_add(report, mien_figure_count("seed", "seed", (double)o->seed));
    return mien_searches_report(&r->searches, o->fpir, enrolled, report);
}

static void close_all(run *r) {
    mien_free(r->stranger);
    mien_free(r->photos);
    mien_free(r->values);
    mien_free(r->failed);
    mien_free(r->person);
    mien_free(r->best);
    mien_free(r->searches.item);
    mien_templates_close(&r->t);
}

mien_status mien_identify_run(mien_report **out,
                              const mien_identify_options *options) {
    run r = {.options = options};
    mien_report *report = NULL;
    *out = NULL;
    MIEN_TRY(check(options));
    mien_status status = mien_templates_make(&r.t, &options->photos, NULL);
    if (status == MIEN_OK) status = make_room(&r);
    if (status == MIEN_OK) status = choose_strangers(&r);
    if (status == MIEN_OK) {
        enrol(&r);
        status = search_all(&r);
    }
    if (status == MIEN_OK)
        status = mien_report_new(&report, "open-set identification");
    if (status == MIEN_OK) status = fill(&r, report);
    if (status == MIEN_OK)
        status = mien_report_finish(out, report);
    else
        mien_report_free(report);
    close_all(&r);
    return status;
}
