/* SPDX-License-Identifier: Apache-2.0 */
/* dataset.c - from a recipe's sections to open data. */
#include "data/dataset.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "data/contradictions.h"
#include "data/copies.h"

#define MAX_PARAMS 64

typedef struct config {
    const char *reader, *names, *targets;
    int classes, order, per_class, threads, cache, dedupe, contradictions;
    bool twins;
    mien_split_config split;
} config;

#define AT(field) offsetof(config, field)

const mien_param mien_data_params[] = {
    {"reader", "where samples come from", AT(reader), .kind = MIEN_STRING,
     .required = true},
    {"classes", "how many there are; 0: as found", AT(classes), 0,
     MIEN_MAX_CLASSES, 0, .kind = MIEN_INT},
    {"names", "file with the name of each class, one a line", AT(names),
     .kind = MIEN_STRING, .text = ""},
    {"targets", "npy file with a row of numbers to learn for each sample",
     AT(targets), .kind = MIEN_STRING, .text = ""},
    {"test", "share held out for the test", AT(split.test), 0, 0.95, 0},
    {"val", "share held out to choose by", AT(split.val), 0, 0.95, 0},
    {"test_per_class", "instead: so many of each class",
     AT(split.test_per_class), 0, 1e6, 0, .kind = MIEN_INT},
    {"val_per_class", "instead: so many of each class", AT(split.val_per_class),
     0, 1e6, 0, .kind = MIEN_INT},
    {"test_from", "instead: samples from this one on, counted from 0",
     AT(split.test_from), -1, INT_MAX, -1, .kind = MIEN_INT},
    {"by", "what is kept together in the split; auto: groups where there are",
     AT(split.by), .kind = MIEN_CHOICE, .choices = "auto|class|group|any"},
    {"seed", "of the split, the order and the augmentation", AT(split.seed), 0,
     INT_MAX, 0, .kind = MIEN_INT},
    {"order", "of the training samples", AT(order), .kind = MIEN_CHOICE,
     .choices = MIEN_ORDERS},
    {"per_class", "photos of each class in a batch, of order: pk",
     AT(per_class), 1, 1e4, 4, .kind = MIEN_INT},
    {"twins", "each photo twice in a row, augmented anew, for nt_xent",
     AT(twins), .kind = MIEN_BOOL},
    {"dedupe", "drop: train on one of several exact copies", AT(dedupe),
     .kind = MIEN_CHOICE, .choices = "keep|drop"},
    {"contradictions", "drop: leave out whose neighbours have another label",
     AT(contradictions), .kind = MIEN_CHOICE, .choices = "keep|drop"},
    {"threads", "that prepare batches", AT(threads), 0, 64, 1,
     .kind = MIEN_INT},
    {"cache", "megabytes of decoded photos to keep", AT(cache), 0, 1e6, 1024,
     .kind = MIEN_INT},
    {0},
};

/* ---- options ---------------------------------------------------------- */

static mien_status find_reader(const mien_reader_ops **out,
                               const mien_tree *data) {
    const mien_tree *name = mien_tree_get(data, "reader");
    if (!data || data->kind != MIEN_TREE_MAP || !name || !name->text)
        return data ? mien_tree_fail(data, "data: `reader: NAME` is missing")
                    : mien_fail(MIEN_EINVAL, "the recipe has no `data:`");
    *out = mien_reader_find(name->text);
    if (*out) return MIEN_OK;
    const char *names[MAX_PARAMS];
    char list[256] = "";
    int count;
    const mien_reader_ops *const *all = mien_readers(&count);
    for (int i = 0; i < count; i++) {
        names[i] = all[i]->name;
        const size_t n = strlen(list);
        snprintf(list + n, sizeof list - n, "%s%s", i ? ", " : "", names[i]);
    }
    const char *near = mien_nearest(name->text, names, count);
    return mien_tree_fail(name, "data: no reader '%s'%s%s%s; there are %s",
                          name->text, near ? " (did you mean " : "",
                          near ? near : "", near ? "?)" : "", list);
}

/* Append a table to another, its offsets moved. */
static int append(mien_param *to, int n, const mien_param *from,
                  size_t offset) {
    for (; from->name; from++) {
        to[n] = *from;
        to[n++].offset += offset;
    }
    return n;
}

/* Read the common options and the reader's out of the one map. */
static mien_status read_config(config *c, void **reader_config,
                               const mien_reader_ops *ops,
                               const mien_tree *data, mien_arena *arena) {
    mien_param table[MAX_PARAMS] = {{0}};
    const size_t offset = (sizeof(config) + 63) / 64 * 64;
    const int n = append(table, 0, mien_data_params, 0);
    append(table, n, ops->params, offset);
    uint8_t *both = mien_arena_alloc(arena, 1, offset + ops->config_size);
    if (!both) return MIEN_ENOMEM;
    MIEN_TRY(mien_params_read(both, table, data, NULL, arena, "data"));
    memcpy(c, both, sizeof *c);
    *reader_config = both + offset;
    return MIEN_OK;
}

/* ---- labels and names ------------------------------------------------- */

static mien_status check_classes(mien_reader *r, int classes) {
    if (classes == 0 && r->classes > r->count)
        return mien_fail(MIEN_EDATA,
                         "data: a label is %d, but there are only "
                         "%d samples; if there are so many classes, say how "
                         "many with data.classes",
                         r->classes - 1, r->count);
    if (classes == 0 || classes == r->classes) return MIEN_OK;
    if (r->class_names || r->classes > classes)
        return mien_fail(MIEN_EDATA, "data: classes is %d, but %d were found",
                         classes, r->classes);
    r->classes = classes;
    return MIEN_OK;
}

static mien_status warn_empty(const mien_reader *r) {
    uint8_t *seen = mien_alloc((size_t)r->classes, 1);
    if (!seen) return MIEN_ENOMEM;
    int empty = r->classes;
    for (int i = 0; i < r->count; i++) {
        empty -= !seen[r->labels[i]];
        seen[r->labels[i]] = 1;
    }
    mien_free(seen);
    if (empty > 0)
        mien_warn("data: %d of %d classes have no photo", empty, r->classes);
    return MIEN_OK;
}

/* Cut a text into lines; false when they are not as many as classes. */
static bool take_names(mien_reader *r, char *text) {
    int n = 0;
    for (char *line = text; *line; n++) {
        char *end = line + strcspn(line, "\r\n");
        char *next = end + strspn(end, "\r\n");
        *end = 0;
        if (n < r->classes) r->class_names[n] = line;
        line = next;
    }
    return n == r->classes;
}

static mien_status read_names(mien_reader *r, const char *path) {
    if (!path[0]) return MIEN_OK;
    mien_buf text = {.cap = (size_t)1 << 30};
    MIEN_TRY(mien_file_read(&text, path));
    char *copy =
        mien_arena_strdup(&r->arena, text.data ? (char *)text.data : "");
    mien_buf_close(&text);
    r->class_names =
        mien_arena_alloc(&r->arena, (size_t)r->classes, sizeof *r->class_names);
    if (!copy || !r->class_names) return MIEN_ENOMEM;
    if (take_names(r, copy)) return MIEN_OK;
    return mien_fail(MIEN_EDATA,
                     "%s: one line for each of the %d classes is "
                     "expected",
                     path, r->classes);
}

/* Rows of numbers to learn, for losses that compare with a vector. */
static mien_status open_targets(mien_dataset *d, const char *path) {
    d->vector = d->reader->vector;
    if (!path[0]) return MIEN_OK;
    MIEN_TRY(mien_npy_open(&d->targets, path));
    const mien_tensor *t = &d->targets.tensor;
    char text[MIEN_TENSOR_TEXT];
    mien_tensor_describe(text, t);
    const size_t count = (size_t)d->reader->count;
    if (t->rank != 2 || t->shape[0] != count || t->shape[1] < 1 ||
        t->shape[1] > MIEN_MAX_CLASSES)
        return mien_fail(MIEN_EDATA,
                         "%s: %s; a row for each of the %zu samples is "
                         "expected",
                         path, text, count);
    d->vector = (int)t->shape[1];
    return MIEN_OK;
}

/* ---- open ------------------------------------------------------------- */

static mien_status open_reader(mien_dataset *d, const config *c,
                               const mien_reader_ops *ops,
                               const void *reader_config) {
    const mien_status status = mien_reader_open(&d->reader, ops, reader_config);
    if (status == MIEN_ENOTFOUND) {
        char *said = mien_arena_strdup(&d->arena, mien_error());
        return said ? mien_fail(status,
                                "data: %s (relative paths start at "
                                "the current folder)",
                                said)
                    : MIEN_ENOMEM;
    }
    MIEN_TRY(status);
    MIEN_TRY(check_classes(d->reader, c->classes));
    MIEN_TRY(warn_empty(d->reader));
    return read_names(d->reader, c->names);
}

static mien_status open_all(mien_dataset *d, const mien_tree *data,
                            const mien_tree *input, const mien_tree *augment) {
    const mien_reader_ops *ops;
    config c;
    void *reader_config;
    MIEN_TRY(find_reader(&ops, data));
    MIEN_TRY(read_config(&c, &reader_config, ops, data, &d->arena));
    MIEN_TRY(mien_input_read(&d->input, input, &d->arena));
    MIEN_TRY(mien_augmenter_open(&d->augmenter, augment, &d->arena));
    MIEN_TRY(open_reader(d, &c, ops, reader_config));
    MIEN_TRY(open_targets(d, c.targets));
    MIEN_TRY(mien_split_make(&d->split, d->reader, &c.split, &d->arena));
    d->order = c.order;
    d->per_class = c.per_class;
    d->twins = c.twins;
    d->threads = c.threads;
    d->drop_copies = c.dedupe == 1;
    d->drop_contradictions = c.contradictions == 1;
    d->seed = (uint64_t)c.split.seed;
    MIEN_TRY(mien_dataset_clean(d));
    if (d->reader->cheap || d->reader->ops->compose || c.cache == 0)
        return MIEN_OK;
    return mien_cache_open(&d->cache, d->reader->count, (size_t)c.cache << 20);
}

mien_status mien_dataset_open(mien_dataset **out, const mien_tree *data,
                              const mien_tree *input,
                              const mien_tree *augment) {
    *out = NULL;
    mien_dataset *d = mien_alloc(1, sizeof *d);
    if (!d) return MIEN_ENOMEM;
    const mien_status status = open_all(d, data, input, augment);
    if (status != MIEN_OK) {
        mien_dataset_close(d);
        return status;
    }
    *out = d;
    return MIEN_OK;
}

void mien_dataset_close(mien_dataset *dataset) {
    if (!dataset) return;
    mien_cache_close(dataset->cache);
    mien_reader_close(dataset->reader);
    mien_npy_close(&dataset->targets);
    mien_arena_close(&dataset->arena);
    mien_free(dataset);
}

/* ---- use -------------------------------------------------------------- */

/* Draw from `limit` samples of a part only, chosen by the seed. */
static mien_status choose(mien_sampler_plan *plan, mien_dataset *d,
                          const mien_feed *feed) {
    const size_t count = (size_t)plan->count;
    uint32_t *items = d->shuffled[feed->part];
    if (!items) {
        items = mien_arena_alloc(&d->arena, count, sizeof *items);
        if (!items) return MIEN_ENOMEM;
        memcpy(items, plan->items, count * sizeof *items);
        mien_rng rng = mien_rng_at(d->seed, MIEN_RNG_SAMPLER, 0, 1);
        mien_rng_shuffle(&rng, items, count);
        d->shuffled[feed->part] = items;
    }
    plan->items = items;
    if (feed->limit < plan->count) plan->count = feed->limit;
    return MIEN_OK;
}

mien_status mien_dataset_order(mien_sampler_plan *plan, mien_dataset *dataset,
                               const mien_feed *feed) {
    const mien_split *split = &dataset->split;
    *plan = (mien_sampler_plan){
        .items = split->items[feed->part],
        .count = split->count[feed->part],
        .labels = dataset->reader->labels,
        .classes = dataset->reader->classes,
        .batch = feed->batch,
        .k = dataset->per_class,
        .order = feed->train ? dataset->order : MIEN_ORDER_SEQUENTIAL,
        .full = feed->train,
        .twins = feed->twins,
        .seed = dataset->seed};
    if (plan->count == 0)
        return mien_fail(MIEN_EDATA,
                         "data: there is no %s sample; data.%s "
                         "says how many there are to be",
                         mien_part_name(feed->part),
                         feed->part == MIEN_VAL ? "val" : "test");
    return feed->limit > 0 ? choose(plan, dataset, feed) : MIEN_OK;
}

mien_status mien_dataset_load(mien_loader **out, mien_dataset *dataset,
                              const mien_feed *feed) {
    mien_sampler_plan order;
    *out = NULL;
    MIEN_TRY(mien_dataset_order(&order, dataset, feed));
    const int threads = feed->threads > 0                   ? feed->threads
                        : feed->threads == 0 && feed->train ? dataset->threads
                                                            : 0;
    const mien_loader_plan plan = {
        .reader = dataset->reader,
        .input = &dataset->input,
        .targets =
            dataset->targets.tensor.data ? &dataset->targets.tensor : NULL,
        .cache = dataset->cache,
        .augmenter = feed->augment ? dataset->augmenter : NULL,
        .sampler = order,
        .threads = threads,
        .epoch = feed->epoch,
        .step = feed->step,
        .epochs = feed->train ? 0 : 1};
    return mien_loader_open(out, &plan);
}

mien_status mien_dataset_drop_copies(mien_dataset *d) {
    uint32_t *items = d->split.items[MIEN_TRAIN];
    const int n = d->split.count[MIEN_TRAIN];
    int kept = 0;
    int *first = mien_alloc((size_t)n + 1, sizeof *first);
    if (!first) return MIEN_ENOMEM;
    const mien_status status = mien_copies_find(first, d->reader, items, n);
    for (int i = 0; i < n && status == MIEN_OK; i++)
        if (first[i] == i) items[kept++] = items[i];
    mien_free(first);
    MIEN_TRY(status);
    d->split.count[MIEN_TRAIN] = kept;
    if (kept < n)
        mien_info(
            "data: %d of %d training samples are exact copies of others "
            "and are left out",
            n - kept, n);
    return MIEN_OK;
}

mien_status mien_dataset_drop_contradictions(mien_dataset *d) {
    uint32_t *items = d->split.items[MIEN_TRAIN];
    mien_contradictions *found = &d->contradictions;
    const int n = d->split.count[MIEN_TRAIN];
    int kept = 0;
    uint8_t *wrong = mien_alloc((size_t)n + 1, 1);
    if (!wrong) return MIEN_ENOMEM;
    const mien_status status = mien_contradictions_find(wrong, found, d);
    for (int i = 0; i < n && status == MIEN_OK; i++)
        if (!wrong[i]) items[kept++] = items[i];
    mien_free(wrong);
    MIEN_TRY(status);
    d->split.count[MIEN_TRAIN] = kept;
    mien_info(
        "data: %d of %d training samples have a label that their nearest "
        "neighbours contradict and are left out",
        n - kept, n);
    return MIEN_OK;
}

mien_status mien_dataset_clean(mien_dataset *d) {
    if (d->drop_copies) MIEN_TRY(mien_dataset_drop_copies(d));
    if (d->drop_contradictions) MIEN_TRY(mien_dataset_drop_contradictions(d));
    return MIEN_OK;
}

void mien_dataset_count(const mien_dataset *dataset, mien_part part,
                        int *counts) {
    const mien_split *s = &dataset->split;
    memset(counts, 0, (size_t)dataset->reader->classes * sizeof *counts);
    for (int i = 0; i < s->count[part]; i++)
        counts[dataset->reader->labels[s->items[part][i]]]++;
}

mien_status mien_dataset_hash(char hex[MIEN_HASH_HEX],
                              const mien_dataset *dataset) {
    const mien_reader *r = dataset->reader;
    mien_hash hash;
    mien_hash_begin(&hash);
    for (int i = 0; i < r->count; i++) {
        mien_hash_add(&hash, &r->labels[i], sizeof r->labels[i]);
        MIEN_TRY(r->ops->digest(&hash, r, i));
    }
    if (dataset->targets.tensor.data)
        mien_hash_add(&hash, dataset->targets.tensor.data,
                      dataset->targets.tensor.bytes);
    mien_hash_end(&hash, hex);
    return MIEN_OK;
}
