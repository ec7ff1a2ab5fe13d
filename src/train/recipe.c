/* SPDX-License-Identifier: Apache-2.0 */
/* recipe.c - read a recipe and cut it into its stages. */
#include "train/recipe.h"

#include <string.h>

#include "base/threads.h"
#include "health/remedy.h"
#include "train/recipe_table.h"

enum { MAX_STAGES = 64, MAX_RECIPE = 2 << 20 };

static mien_status set_epochs(mien_recipe *r, int n) {
    char *text = mien_arena_printf(&r->arena, "train.epochs=%d", n);
    return text ? mien_tree_set(r->root, &r->arena, text) : MIEN_ENOMEM;
}

/* A path goes in as a quoted text, whatever characters it has. */
static mien_status set_path(mien_recipe *r, const char *key, const char *path) {
    mien_buf text = {.cap = 65536};
    mien_status status = mien_buf_printf(&text, "%s='", key);
    for (; status == MIEN_OK && *path; path++)
        status = mien_buf_append(&text, *path == '\'' ? "''" : path,
                                 *path == '\'' ? 2 : 1);
    if (status == MIEN_OK) status = mien_buf_printf(&text, "'");
    if (status == MIEN_OK)
        status = mien_tree_set(r->root, &r->arena, (const char *)text.data);
    mien_buf_close(&text);
    return status;
}

/* What the recipe says of pixels stays, as for another copy of the file. */
static mien_status set_teacher(mien_recipe *r, const char *path) {
    const mien_tree *tree = mien_tree_get(r->root, "teacher");
    const bool map = tree && tree->kind == MIEN_TREE_MAP;
    return set_path(r, map ? "teacher.path" : "teacher", path);
}

/* After `optim: {sgd: ..}` and --set optim.adam.lr=1 there are two names in a
 * section that takes one: the one set last is meant. */
static void keep_the_one_set(mien_recipe *r, const char *section) {
    mien_tree *map = (mien_tree *)mien_tree_get(r->root, section);
    if (!map || map->kind != MIEN_TREE_MAP || map->count < 2) return;
    mien_tree *last = map->first;
    while (last->next) last = last->next;
    if (strcmp(last->file, "--set")) return;
    map->first = last;
    map->count = 1;
}

static mien_status override(mien_recipe *r, const mien_overrides *o) {
    static const char *const single[] = {"init", "loss", "head", "optim",
                                         "schedule"};
    if (!o) return MIEN_OK;
    if (o->data) MIEN_TRY(set_path(r, "data.path", o->data));
    if (o->start) MIEN_TRY(set_path(r, "train.start", o->start));
    if (o->teacher) MIEN_TRY(set_teacher(r, o->teacher));
    if (o->epochs) MIEN_TRY(set_epochs(r, o->epochs));
    for (int i = 0; i < o->n_set; i++)
        MIEN_TRY(mien_tree_set(r->root, &r->arena, o->set[i]));
    for (size_t i = 0; i < sizeof single / sizeof *single; i++)
        keep_the_one_set(r, single[i]);
    return MIEN_OK;
}

/* The trainer cannot do without these. */
static mien_status check_sections(mien_recipe *r) {
    if (r->root->kind != MIEN_TREE_MAP)
        return mien_tree_fail(r->root,
                              "a recipe is a map of sections: data, "
                              "input, model, loss, optim, train");
    MIEN_TRY(mien_params_read(r, mien_recipe_keys, r->root, NULL, &r->arena,
                              "recipe"));
    if (!r->model)
        return mien_tree_fail(r->root,
                              "there is no section model: the list "
                              "of layers");
    if (!r->data)
        return mien_tree_fail(r->root,
                              "there is no section data: say what "
                              "to train on");
    if (r->loss && r->head)
        return mien_tree_fail(r->head,
                              "head is another name for loss, which "
                              "is on line %d; one must go",
                              r->loss->line);
    if (!r->loss) r->loss = r->head;
    if (!r->loss)
        return mien_tree_fail(r->root,
                              "there is no section loss, such as "
                              "loss: cross_entropy");
    return MIEN_OK;
}

static mien_status read_train(mien_recipe *r, int threads) {
    mien_train_settings *t = &r->train;
    MIEN_TRY(mien_params_read(t, mien_train_keys, r->train_tree, NULL,
                              &r->arena, "train"));
    if (t->early_stop_tree)
        MIEN_TRY(mien_params_read(&t->early_stop, mien_early_stop_keys,
                                  t->early_stop_tree, NULL, &r->arena,
                                  "train.early_stop"));
    if (threads) t->threads = threads;
    if (t->threads == 0) t->threads = mien_cpu_count();
    if (t->batch % t->shards)
        return mien_tree_fail(r->train_tree,
                              "train: %d shards do not divide "
                              "a batch of %d into equal parts",
                              t->shards, t->batch);
    return MIEN_OK;
}

/* `health:`, `precision:`, `teacher:`; without the first the doctor is in. */
static mien_status read_care(mien_recipe *r) {
    char unknown[MIEN_REMEDY_NAME];
    MIEN_TRY(mien_params_read(&r->health, mien_health_keys, r->health_tree,
                              NULL, &r->arena, "health"));
    mien_remedy_unknown(unknown, r->health.without);
    if (*unknown)
        return mien_tree_fail(r->health_tree,
                              "health: without: there is no remedy '%s'; mien "
                              "help remedies lists them",
                              unknown);
    MIEN_TRY(mien_params_read(&r->precision, mien_precision_keys,
                              r->precision_tree, NULL, &r->arena, "precision"));
    return mien_params_read(&r->teacher, mien_teacher_keys, r->teacher_tree,
                            NULL, &r->arena, "teacher");
}

static mien_status read_stage(mien_stage *s, const mien_stage *before,
                              mien_recipe *r, const mien_tree *item) {
    mien_stage_keys_config c;
    MIEN_TRY(
        mien_params_read(&c, mien_stage_keys, item, NULL, &r->arena, "stages"));
    *s = *before;
    s->same_optim = !c.optim;
    s->name = c.name;
    s->epochs = c.epochs ? c.epochs : r->train.epochs;
    if (c.optim) s->optim = c.optim;
    if (c.schedule) s->schedule = c.schedule;
    if (c.clip) s->clip = c.clip;
    if (c.regularise) s->regularise = c.regularise;
    if (c.constrain) s->constrain = c.constrain;
    if (c.bound) s->bound = c.bound;
    return MIEN_OK;
}

static mien_status read_stages(mien_recipe *r, int epochs) {
    const mien_tree *list = r->stages_tree;
    const mien_stage all = {.name = "training",
                            .epochs = r->train.epochs,
                            .optim = r->optim,
                            .schedule = r->schedule,
                            .clip = r->clip,
                            .regularise = r->regularise,
                            .constrain = r->constrain,
                            .bound = r->bound};
    if (list && (list->kind != MIEN_TREE_LIST || list->count < 1 ||
                 list->count > MAX_STAGES))
        return mien_tree_fail(list, "stages is a list of 1 to %d items",
                              MAX_STAGES);
    r->n_stages = list ? list->count : 1;
    r->stages = mien_arena_alloc(&r->arena, (size_t)r->n_stages, sizeof all);
    if (!r->stages) return MIEN_ENOMEM;
    r->stages[0] = all;
    const mien_tree *item = list ? list->first : NULL;
    for (int i = 0; item; item = item->next, i++) {
        mien_stage *s = &r->stages[i];
        MIEN_TRY(read_stage(s, i ? s - 1 : &all, r, item));
        if (epochs) s->epochs = epochs;
        if (!s->name) s->name = mien_arena_printf(&r->arena, "stage %d", i + 1);
        if (!s->name) return MIEN_ENOMEM;
    }
    r->stages[0].same_optim = false;
    return MIEN_OK;
}

static mien_status name_it(mien_recipe *r, const char *path) {
    const char *slash = strrchr(path, '/');
    r->path = mien_arena_strdup(&r->arena, path);
    char *name = mien_arena_strdup(&r->arena, slash ? slash + 1 : path);
    if (!r->path || !name) return MIEN_ENOMEM;
    char *dot = strrchr(name, '.');
    if (dot && dot != name) *dot = 0;
    r->name = name;
    return MIEN_OK;
}

static mien_status hash_it(mien_recipe *r) {
    mien_buf text = {.cap = MAX_RECIPE};
    const mien_status status = mien_recipe_emit(&text, r);
    if (status == MIEN_OK) mien_hash_once(r->hash, text.data, text.size);
    mien_buf_close(&text);
    return status;
}

mien_status mien_recipe_open(mien_recipe *r, const char *path,
                             const mien_overrides *o) {
    *r = (mien_recipe){0};
    mien_status status = name_it(r, path);
    if (status == MIEN_OK) status = mien_tree_load(&r->root, &r->arena, path);
    if (status == MIEN_OK) status = override(r, o);
    if (status == MIEN_OK) status = check_sections(r);
    if (status == MIEN_OK) status = read_train(r, o ? o->threads : 0);
    if (status == MIEN_OK) status = read_care(r);
    if (status == MIEN_OK) status = read_stages(r, o ? o->epochs : 0);
    if (status == MIEN_OK) status = hash_it(r);
    if (status != MIEN_OK) mien_recipe_close(r);
    return status;
}

void mien_recipe_close(mien_recipe *r) {
    mien_arena_close(&r->arena);
    *r = (mien_recipe){0};
}

const char *mien_recipe_alignment(const mien_recipe *r) {
    return r->alignment ? "umeyama112" : "none";
}

int mien_recipe_epochs(const mien_recipe *r) {
    int epochs = 0;
    for (int i = 0; i < r->n_stages; i++) epochs += r->stages[i].epochs;
    return epochs;
}

mien_status mien_recipe_emit(mien_buf *out, const mien_recipe *r) {
    return mien_tree_emit(out, r->root);
}
