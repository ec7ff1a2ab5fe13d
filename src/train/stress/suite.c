/* SPDX-License-Identifier: Apache-2.0 */
/* suite.c - plan bouts and run them on a pool. */
#include "train/stress/suite.h"

#include <stdio.h>
#include <string.h>

#include "base/folder.h"
#include "base/log.h"
#include "base/threads.h"
#include "health/remedy.h"
#include "train/source.h"

enum { TEXT = 512, MAX_JOBS = 1 << 20 };

const mien_stress_reference *mien_stress_reference_named(const char *name) {
    int n;
    const mien_stress_reference *all = mien_stress_references(&n);
    for (int i = 0; i < n; i++)
        if (!strcmp(all[i].name, name)) return &all[i];
    return NULL;
}

int mien_stress_arm_named(const char *name) {
    int n;
    const mien_stress_treatment *all = mien_stress_arms(&n);
    for (int i = 0; i < n; i++)
        if (!strcmp(all[i].name, name)) return i;
    return -1;
}

double mien_suite_chance(const mien_suite *s) {
    return s->classes ? 1.0 / s->classes : 0;
}

/* ---- open ------------------------------------------------------------- */

static mien_status check_remedies(const mien_stress_options *o) {
    int n;
    const mien_remedy_ops *const *all = mien_remedies(&n);
    const char *names[64];
    for (int i = 0; i < n && i < 64; i++) names[i] = all[i]->name;
    for (int i = 0; i < o->n_without; i++) {
        if (mien_remedy_named(o->without[i])) continue;
        const char *near = mien_nearest(o->without[i], names, n < 64 ? n : 64);
        return mien_fail(MIEN_EINVAL, "no remedy is called '%s'%s%s%s",
                         o->without[i], near ? "; did you mean '" : "",
                         near ? near : "", near ? "'?" : "");
    }
    return MIEN_OK;
}

static mien_status write_recipe(mien_suite *s) {
    const char *text = mien_stress_recipe(s->options->data != NULL);
    MIEN_TRY(
        mien_path_join(s->recipe, sizeof s->recipe, s->folder, "stress.yaml"));
    return mien_file_write(s->recipe, text, strlen(text));
}

static mien_status look_at_data(mien_suite *s) {
    mien_recipe recipe;
    mien_source *source;
    MIEN_TRY(mien_recipe_open(&recipe, s->recipe,
                              &(mien_overrides){.data = s->options->data}));
    const mien_status status = mien_source_open(&source, &recipe, 0);
    if (status == MIEN_OK) {
        s->classes = source->data->reader->classes;
        mien_source_close(source);
    }
    mien_recipe_close(&recipe);
    return status;
}

static mien_status open_folder(mien_suite *s) {
    const char *keep = s->options->keep;
    if (!keep) return mien_folder_temporary(s->folder, sizeof s->folder);
    const int n = snprintf(s->folder, sizeof s->folder, "%s", keep);
    if (n < 1 || (size_t)n >= sizeof s->folder)
        return mien_fail(MIEN_EINVAL,
                         "the name of the folder to keep the runs in is empty "
                         "or too long");
    return mien_make_dirs(keep);
}

mien_status mien_suite_open(mien_suite *s, const mien_stress_options *o) {
    *s = (mien_suite){.options = o};
    mien_status status = check_remedies(o);
    if (status == MIEN_OK) status = open_folder(s);
    if (status == MIEN_OK) status = write_recipe(s);
    if (status == MIEN_OK) status = look_at_data(s);
    if (status != MIEN_OK) mien_suite_close(s);
    return status;
}

void mien_suite_close(mien_suite *s) {
    if (s->folder[0] && !s->options->keep) mien_folder_remove(s->folder);
    mien_free(s->jobs);
    mien_free(s->bouts);
    mien_arena_close(&s->arena);
    *s = (mien_suite){0};
}

mien_status mien_suite_add(mien_suite *s, const mien_suite_job *job) {
    if (s->n == s->room) {
        const int room = s->room ? 2 * s->room : 64;
        if (room > MAX_JOBS)
            return mien_fail(MIEN_ELIMIT, "more than %d trainings", MAX_JOBS);
        mien_suite_job *grown =
            mien_realloc(s->jobs, (size_t)room, sizeof *grown);
        if (!grown) return MIEN_ENOMEM;
        s->jobs = grown;
        s->room = room;
    }
    s->jobs[s->n++] = *job;
    return MIEN_OK;
}

/* ---- run -------------------------------------------------------------- */

static void add_set(mien_bout_plan *plan, const char *const *set, int most) {
    for (int i = 0; i < most && set[i]; i++) plan->set[plan->n_set++] = set[i];
}

/* "health={mode: doctor, ..., without: 'lsuv, rate'}" */
static void doctor_text(char out[TEXT], const mien_stress_options *o) {
    int at = snprintf(out, TEXT, "health={mode: doctor, consent: %s",
                      o->no_consent ? "false" : "true");
    if (o->n_without) at += snprintf(out + at, TEXT - at, ", without: '");
    for (int i = 0; i < o->n_without && at < TEXT; i++)
        at +=
            snprintf(out + at, TEXT - at, "%s%s", i ? ", " : "", o->without[i]);
    if (at < TEXT)
        snprintf(out + at, TEXT - at, "%s}", o->n_without ? "'" : "");
}

static mien_status check_reference(const mien_suite_job *job,
                                   const mien_bout *bout) {
    const bool broke = bout->stopped || bout->refused;
    if (!broke || job->fault || job->more[0]) return MIEN_OK;
    return mien_fail(MIEN_EDATA,
                     "the healthy training '%s' does not work on these data: "
                     "%s",
                     job->reference->name, bout->why);
}

static mien_status run_job(mien_suite *s, int i) {
    const mien_suite_job *job = &s->jobs[i];
    int n_arms;
    const mien_stress_treatment *arms = mien_stress_arms(&n_arms);
    char folder[MIEN_SUITE_ROOM], health[TEXT], seed[32];
    mien_bout_plan plan = {.recipe = s->recipe,
                           .data = s->options->data,
                           .folder = folder,
                           .keep = s->options->keep != NULL};
    MIEN_TRY(mien_path_join(folder, sizeof folder, s->folder, job->name));
    add_set(&plan, job->reference->set, MIEN_STRESS_SETS);
    if (job->fault) {
        add_set(&plan, job->fault->set, MIEN_STRESS_SETS);
        plan.onset = job->fault->onset;
        plan.stop_at = job->fault->stop_at;
        for (const mien_cause *c = job->fault->causes; *c; c++)
            plan.wanted |= MIEN_CAUSE_BIT(*c);
    }
    add_set(&plan, arms[job->arm].set, MIEN_STRESS_SETS);
    add_set(&plan, job->more, 2);
    snprintf(seed, sizeof seed, "train.seed=%d", job->seed);
    plan.set[plan.n_set++] = seed;
    doctor_text(health, s->options);
    if (job->arm == n_arms - 1) plan.set[plan.n_set++] = health;
    MIEN_TRY(mien_bout_run(&s->bouts[i], &plan));
    return check_reference(job, &s->bouts[i]);
}

static mien_status task(void *context, int i, int worker) {
    mien_suite *s = context;
    (void)worker;
    if (atomic_load(&s->over))
        return mien_fail(MIEN_EINTERRUPTED, "another training broke off");
    const mien_status status = run_job(s, i);
    if (status != MIEN_OK) atomic_store(&s->over, true);
    const int done = atomic_fetch_add(&s->done, 1) + 1;
    const mien_bout *bout = &s->bouts[i];
    if (status == MIEN_OK && bout->refused)
        mien_warn("%s: %s", s->jobs[i].name, bout->why);
    mien_progress("stress", done, s->n, s->jobs[i].name);
    return status;
}

mien_status mien_suite_run(mien_suite *s) {
    mien_pool *pool;
    const int asked = s->options->threads;
    s->bouts = mien_alloc((size_t)s->n + 1, sizeof *s->bouts);
    if (!s->bouts) return MIEN_ENOMEM;
    MIEN_TRY(mien_pool_open(&pool, asked > 0 ? asked : mien_cpu_count()));
    const mien_status status = mien_pool_run(pool, s->n, task, s);
    mien_pool_close(pool);
    return status;
}
