/* SPDX-License-Identifier: Apache-2.0 */
/* ijb.c - IJB-B and IJB-C, 1:1 and 1:N. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "eval/embed.h"
#include "eval/ijb_templates.h"
#include "eval/match_set.h"
#include "eval/search.h"
#include "face/contract.h"
#include "mien/eval.h"
#include "tensor/npy.h"

enum { MAX_PATH = 4096, LEVELS = 6 };

void mien_ijb_defaults(mien_ijb_options *options) {
    *options = (mien_ijb_options){.score = true, .threads = 1, .batch = 32};
}

typedef struct run {
    const mien_ijb_options *options;
    mien_ijb_lists lists;
    mien_model *model; /* NULL: features came without it */
    mien_embeddings e; /* of the model */
    mien_ijb_templates t;
    int failed; /* pictures */
    char hash[MIEN_HASH_HEX];
    mien_report *report;
} run;

/* ---- features --------------------------------------------------------- */

static mien_status check(const mien_ijb_options *o) {
    if (!o->meta || (o->model != NULL) == (o->features != NULL) ||
        (o->model && !o->data))
        return mien_fail(MIEN_EINVAL,
                         "the folder of lists is needed, and a model with a "
                         "folder of pictures or else a file of features");
    if (o->threads < 1 || o->batch < 1 || o->batch > 65536)
        return mien_fail(MIEN_EINVAL,
                         "threads and batch must be at least 1, "
                         "batch at most 65536");
    return MIEN_OK;
}

static mien_status open_model(run *r) {
    const mien_ijb_options *o = r->options;
    char path[MAX_PATH];
    if (!r->lists.points)
        return mien_fail(MIEN_ENOTFOUND,
                         "%s: no file *_name_5pts_score.txt in it, by which "
                         "pictures could be aligned",
                         o->meta);
    MIEN_TRY(mien_model_path(path, sizeof path, o->model));
    return mien_model_load(&r->model, path, o->threads);
}

static mien_status embed(run *r) {
    const mien_ijb_options *o = r->options;
    const size_t n = (size_t)r->lists.pictures;
    MIEN_TRY(open_model(r));
    mien_picture *picture = mien_alloc(n, sizeof *picture);
    mien_point(*each)[MIEN_ALIGN_POINTS] = mien_alloc(n, sizeof *each);
    mien_status status = picture && each ? MIEN_OK : MIEN_ENOMEM;
    for (size_t i = 0; i < n && status == MIEN_OK; i++) {
        const mien_ijb_picture *p = &r->lists.picture[i];
        picture[i] = (mien_picture){.path = p->name, .line = (int)i + 1};
        memcpy(each[i], p->points, sizeof each[i]);
    }
    const mien_picture_list list = {.name = o->meta,
                                    .noun = "this picture",
                                    .items = picture,
                                    .n = r->lists.pictures,
                                    .hash = r->lists.hash};
    const mien_embed_plan plan = {
        .folder = o->data,
        .align = MIEN_ALIGN_BY_POINTS,
        .each = (const mien_point(*)[MIEN_ALIGN_POINTS])each,
        .mirror = true,
        .tolerant = true,
        .raw = true,
        .threads = o->threads,
        .batch = o->batch};
    if (status == MIEN_OK)
        status = mien_embed_pictures(&r->e, r->model, &list, &plan);
    mien_free(picture);
    mien_free(each);
    MIEN_TRY(status);
    r->failed = r->e.n_failed;
    memcpy(r->hash, r->e.hash, sizeof r->hash);
    return mien_ijb_templates_make(&r->t, &r->lists, r->e.values, r->e.width,
                                   o->score);
}

static mien_status check_features(const mien_tensor *t, const run *r) {
    char text[MIEN_TENSOR_TEXT];
    if (t->dtype == MIEN_F32 && t->rank == 2 && t->shape[1] > 0 &&
        t->shape[1] <= 65536 && t->shape[0] == (size_t)r->lists.pictures)
        return MIEN_OK;
    mien_tensor_describe(text, t);
    return mien_fail(MIEN_ESHAPE,
                     "%s: %s; want F32 [%d, width], a row a "
                     "picture of the lists",
                     r->options->features, text, r->lists.pictures);
}

/* Rows that are not finite have failed, as a network's answers would. */
static mien_status take_features(run *r, const mien_tensor *t) {
    const size_t n = t->shape[0], width = t->shape[1];
    float *rows = mien_alloc(n * width, sizeof *rows);
    mien_hash hash;
    if (!rows) return MIEN_ENOMEM;
    memcpy(rows, t->data, t->bytes);
    for (size_t i = 0; i < n; i++) {
        float *row = rows + i * width;
        double sum = 0;
        for (size_t c = 0; c < width; c++) sum += fabs((double)row[c]);
        if (isfinite(sum) && sum > 0) continue;
        memset(row, 0, width * sizeof *row);
        r->failed++;
    }
    mien_hash_begin(&hash);
    mien_hash_add(&hash, r->lists.hash, MIEN_HASH_HEX);
    mien_hash_add(&hash, t->data, t->bytes);
    mien_hash_end(&hash, r->hash);
    const mien_status status = mien_ijb_templates_make(
        &r->t, &r->lists, rows, (int)width, r->options->score);
    mien_free(rows);
    return status;
}

static mien_status read_features(run *r) {
    mien_npy npy;
    MIEN_TRY(mien_npy_open(&npy, r->options->features));
    mien_status status = check_features(&npy.tensor, r);
    if (status == MIEN_OK) status = take_features(r, &npy.tensor);
    mien_npy_close(&npy);
    return status;
}

/* ---- 1:1 -------------------------------------------------------------- */

/* Whose templates are: those that pairs say are of one person, and so on. */
static int root_of(int *parent, int i) {
    while (parent[i] != i) i = parent[i] = parent[parent[i]];
    return i;
}

static mien_status find_people(int **out, const run *r) {
    int *parent = mien_alloc((size_t)r->t.n, sizeof *parent);
    *out = parent;
    if (!parent) return MIEN_ENOMEM;
    for (int i = 0; i < r->t.n; i++) parent[i] = i;
    for (int i = 0; i < r->lists.pairs; i++) {
        const mien_ijb_pair *p = &r->lists.pair[i];
        const int a = mien_ijb_templates_find(&r->t, p->a);
        const int b = mien_ijb_templates_find(&r->t, p->b);
        if (a < 0 || b < 0)
            return mien_fail(MIEN_EDATA, "pair %d: template %d has no picture",
                             i + 1, a < 0 ? p->a : p->b);
        if (p->same) parent[root_of(parent, a)] = root_of(parent, b);
    }
    for (int i = 0; i < r->t.n; i++) parent[i] = root_of(parent, i);
    return MIEN_OK;
}

static mien_status compare_pairs(mien_comparisons *c, const run *r,
                                 const int *person) {
    for (int i = 0; i < r->lists.pairs; i++) {
        const mien_ijb_pair *p = &r->lists.pair[i];
        const int a = mien_ijb_templates_find(&r->t, p->a);
        const int b = mien_ijb_templates_find(&r->t, p->b);
        if (!p->same && person[a] == person[b])
            return mien_fail(MIEN_EDATA,
                             "pair %d is of two people, but other pairs make "
                             "them one",
                             i + 1);
        MIEN_TRY(mien_comparisons_add(c, mien_ijb_templates_cosine(&r->t, a, b),
                                      person[a], person[b]));
    }
    return mien_comparisons_sort(c);
}

static mien_status add_tars(run *r, const mien_comparisons *c) {
    double level[LEVELS];
    mien_det_point at[LEVELS], drawn[LEVELS];
    const int levels = mien_rate_levels(level, c->impostors);
    const int draws = mien_bootstrap_draws(3 * (double)c->n);
    int *times = mien_alloc((size_t)c->people, sizeof *times);
    double *tar = mien_alloc((size_t)draws * LEVELS, sizeof *tar);
    mien_det_at(at, level, levels, c, NULL);
    for (int b = 0; b < draws && times && tar; b++) {
        mien_bootstrap_draw(times, c->people, b);
        mien_det_at(drawn, level, levels, c, times);
        for (int k = 0; k < levels; k++)
            tar[(size_t)k * (size_t)draws + (size_t)b] = 1 - drawn[k].fnmr;
        mien_progress("bootstrap", b + 1, draws, NULL);
    }
    mien_report_table(r->report, "tar", "1:1, all pairs");
    for (int k = 0; k < levels && times && tar; k++) {
        const double value = 1 - at[k].fnmr;
        mien_report_row(r->report);
        mien_report_cell(r->report, mien_figure_number("far", "FAR", level[k]));
        mien_report_cell(r->report, mien_figure_number("threshold", "threshold",
                                                       at[k].threshold));
        mien_report_cell(
            r->report, mien_figure_share(
                           "tar", "TAR", value,
                           mien_bootstrap_share(tar + (size_t)k * (size_t)draws,
                                                draws, value, c->people)));
    }
    if (levels < LEVELS)
        mien_report_note(r->report,
                         "%lld impostor pairs cannot show a FAR below %.3g",
                         (long long)c->impostors, 1.0 / (double)c->impostors);
    mien_bootstrap_state(r->report, "person", draws);
    const bool good = times && tar;
    mien_free(times);
    mien_free(tar);
    return good ? MIEN_OK : MIEN_ENOMEM;
}

static mien_status verify(run *r) {
    mien_comparisons c = {0};
    int *person;
    mien_status status = find_people(&person, r);
    if (status == MIEN_OK) status = compare_pairs(&c, r, person);
    if (status == MIEN_OK) {
        mien_report_add(r->report, mien_figure_count("genuines", "genuine",
                                                     (double)c.genuines));
        mien_report_add(r->report, mien_figure_count("impostors", "impostor",
                                                     (double)c.impostors));
        status = add_tars(r, &c);
    }
    if (status == MIEN_OK) status = mien_det_charts(&c, r->report);
    mien_comparisons_close(&c);
    mien_free(person);
    return status;
}

/* ---- 1:N -------------------------------------------------------------- */

/* Subjects of both galleries and the probes, numbered. */
typedef struct subjects {
    int *id;
    int n;
} subjects;

static int compare_ids(const void *a, const void *b) {
    const int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

static mien_status number_subjects(subjects *s, const mien_ijb_lists *l) {
    const mien_ijb_subjects *all[] = {&l->gallery[0], &l->gallery[1],
                                      &l->probes};
    int n = 0;
    s->id =
        mien_alloc((size_t)(all[0]->n + all[1]->n + all[2]->n), sizeof *s->id);
    if (!s->id) return MIEN_ENOMEM;
    for (int k = 0; k < 3; k++)
        for (int i = 0; i < all[k]->n; i++)
            s->id[n++] = all[k]->item[i].subject;
    qsort(s->id, (size_t)n, sizeof *s->id, compare_ids);
    for (int i = 0; i < n; i++)
        if (!i || s->id[i] != s->id[i - 1]) s->id[s->n++] = s->id[i];
    return MIEN_OK;
}

static int subject_number(const subjects *s, int id) {
    const int *at = bsearch(&id, s->id, (size_t)s->n, sizeof id, compare_ids);
    return (int)(at - s->id);
}

/* A gallery's own arrays. */
typedef struct enrolment {
    mien_search_gallery gallery;
    float *values;
    bool *failed;
    int *person;
    double *best;
} enrolment;

static mien_status enrol(enrolment *e, const run *r, const subjects *s,
                         const mien_ijb_subjects *list) {
    const size_t n = (size_t)list->n, width = (size_t)r->t.width;
    *e = (enrolment){0};
    e->values = mien_alloc(n * width, sizeof *e->values);
    e->failed = mien_alloc(n, sizeof *e->failed);
    e->person = mien_alloc(n, sizeof *e->person);
    e->best = mien_alloc((size_t)s->n, sizeof *e->best);
    if (!e->values || !e->failed || !e->person || !e->best) return MIEN_ENOMEM;
    for (size_t i = 0; i < n; i++) {
        const int at = mien_ijb_templates_find(&r->t, list->item[i].template);
        e->failed[i] = at < 0 || r->t.failed[at];
        e->person[i] = subject_number(s, list->item[i].subject);
        if (at >= 0)
            memcpy(e->values + i * width, r->t.values + (size_t)at * width,
                   width * sizeof *e->values);
    }
    e->gallery = (mien_search_gallery){e->values, e->failed,  e->person,
                                       list->n,   r->t.width, s->n};
    return MIEN_OK;
}

static void close_enrolment(enrolment *e) {
    mien_free(e->values);
    mien_free(e->failed);
    mien_free(e->person);
    mien_free(e->best);
}

static mien_status search_gallery(mien_searches *out, const run *r,
                                  const subjects *s, int gallery) {
    enrolment e;
    const mien_ijb_subjects *probes = &r->lists.probes;
    mien_status status = enrol(&e, r, s, &r->lists.gallery[gallery]);
    for (int i = 0; i < probes->n && status == MIEN_OK; i++) {
        const int at = mien_ijb_templates_find(&r->t, probes->item[i].template);
        const bool failed = at < 0 || r->t.failed[at];
        out->item[out->n++] = mien_search_one(
            &e.gallery,
            failed ? NULL : r->t.values + (size_t)at * (size_t)r->t.width,
            subject_number(s, probes->item[i].subject), e.best);
        mien_progress("search", i + 1, probes->n, NULL);
    }
    close_enrolment(&e);
    return status;
}

/* The searches of both galleries together. */
static mien_status identify(run *r) {
    subjects s = {0};
    mien_searches searches = {0};
    const int templates = r->lists.gallery[0].n + r->lists.gallery[1].n;
    mien_status status = number_subjects(&s, &r->lists);
    searches.item =
        mien_alloc(2 * (size_t)r->lists.probes.n, sizeof *searches.item);
    if (status == MIEN_OK && !searches.item) status = MIEN_ENOMEM;
    for (int k = 0; k < 2 && status == MIEN_OK; k++)
        status = search_gallery(&searches, r, &s, k);
    if (status == MIEN_OK) status = mien_searches_sort(&searches);
    if (status == MIEN_OK)
        status = mien_searches_report(&searches, 0, templates / 2, r->report);
    mien_free(searches.item);
    mien_free(s.id);
    return status;
}

/* ---- both ------------------------------------------------------------- */

static mien_status fill(run *r) {
    mien_report *t = r->report;
    mien_report_data(t, r->hash);
    mien_report_model(t, r->model);
    if (!r->model)
        mien_report_note(t,
                         "these are features that came without their model: "
                         "its contract is not known");
    mien_report_add(
        t, mien_figure_count("pictures", "pictures", r->lists.pictures));
    mien_report_add(t, mien_figure_count("failed", "failed", r->failed));
    mien_report_add(t, mien_figure_count("templates", "templates", r->t.n));
    mien_report_add(t, mien_figure_count("failed_templates", "failed templates",
                                         r->t.n_failed));
    mien_report_add(t, mien_figure_text("detector_score", "detector score",
                                        r->options->score ? "used" : "unused"));
    if (r->lists.pairs) MIEN_TRY(verify(r));
    if (r->lists.probes.n && r->lists.gallery[0].n && r->lists.gallery[1].n)
        MIEN_TRY(identify(r));
    return MIEN_OK;
}

mien_status mien_ijb_run(mien_report **out, const mien_ijb_options *options) {
    run r = {.options = options};
    *out = NULL;
    mien_status status = check(options);
    if (status == MIEN_OK)
        status = mien_ijb_lists_read(&r.lists, options->meta);
    if (status == MIEN_OK) status = mien_report_new(&r.report, "ijb");
    if (status == MIEN_OK)
        status = options->model ? embed(&r) : read_features(&r);
    if (status == MIEN_OK) status = fill(&r);
    if (status == MIEN_OK)
        status = mien_report_finish(out, r.report);
    else
        mien_report_free(r.report);
    mien_ijb_templates_close(&r.t);
    mien_embeddings_close(&r.e);
    mien_model_free(r.model);
    mien_ijb_lists_close(&r.lists);
    return status;
}
