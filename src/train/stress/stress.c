/* SPDX-License-Identifier: Apache-2.0 */
/* stress.c - the stress suite: which trainings, and what they add up to. */
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/param.h"
#include "health/remedy.h"
#include "train/stress/outputs.h"
#include "train/stress/score.h"
#include "train/stress/suite.h"

enum { SEEDS = 5, MAX_SEEDS = 1000, MAX_FAULTS = 128 };

struct mien_stress {
    mien_arena arena;
    mien_stress_summary summary;
};

/* What is to be run, and where the bouts of it begin. */
typedef struct plan {
    mien_suite suite;
    const mien_stress_options *options;
    int seeds;
    int n_faults, n_arms;
    const mien_stress_fault *faults[MAX_FAULTS];
    int arms[MIEN_STRESS_ARMS];
    int references[MAX_FAULTS]; /* the first job of each fault's reference */
    int first;                  /* the first job that is no reference */
} plan;

/* ---- what to run ------------------------------------------------------ */

static const mien_stress_fault *fault_named(const char *name) {
    int n;
    const mien_stress_fault *all = mien_stress_faults(&n);
    for (int i = 0; i < n; i++)
        if (!strcmp(all[i].name, name)) return &all[i];
    return NULL;
}

static mien_status unknown(const char *what, const char *given,
                           const char *const *names, int n) {
    const char *near = mien_nearest(given, names, n);
    return mien_fail(MIEN_EINVAL, "no %s is called '%s'%s%s%s", what, given,
                     near ? "; did you mean '" : "", near ? near : "",
                     near ? "'?" : "");
}

static mien_status choose_faults(plan *p) {
    const char *names[MAX_FAULTS];
    int n;
    const mien_stress_fault *all = mien_stress_faults(&n);
    for (int i = 0; i < n; i++) names[i] = all[i].name;
    for (int i = 0; i < p->options->n_cases && i < MAX_FAULTS; i++) {
        const char *name = p->options->cases[i];
        const mien_stress_fault *fault = fault_named(name);
        if (!fault) return unknown("case", name, names, n);
        p->faults[p->n_faults++] = fault;
    }
    if (p->n_faults) return MIEN_OK;
    for (p->n_faults = 0; p->n_faults < n; p->n_faults++)
        p->faults[p->n_faults] = &all[p->n_faults];
    return MIEN_OK;
}

static mien_status choose_arms(plan *p) {
    const char *names[MIEN_STRESS_ARMS];
    bool wanted[MIEN_STRESS_ARMS] = {0};
    int n;
    const mien_stress_treatment *all = mien_stress_arms(&n);
    for (int i = 0; i < n; i++) names[i] = all[i].name;
    for (int i = 0; i < p->options->n_arms; i++) {
        const int arm = mien_stress_arm_named(p->options->arms[i]);
        if (arm < 0) return unknown("arm", p->options->arms[i], names, n);
        wanted[arm] = true;
    }
    for (int i = 0; i < n; i++)
        if (wanted[i] || !p->options->n_arms) p->arms[p->n_arms++] = i;
    return MIEN_OK;
}

static mien_status add_jobs(plan *p, mien_suite_job job, const char *label) {
    const int arm = job.arm;
    int n;
    const mien_stress_treatment *arms = mien_stress_arms(&n);
    for (int i = 0; i < p->seeds; i++) {
        job.seed = i + 1;
        job.name =
            mien_arena_printf(&p->suite.arena, "%s-%s-%d", label,
                              job.fault ? arms[arm].name : "healthy", i + 1);
        if (!job.name) return MIEN_ENOMEM;
        MIEN_TRY(mien_suite_add(&p->suite, &job));
    }
    return MIEN_OK;
}

/* Each reference once, however many cases refer to it. */
static mien_status plan_references(plan *p) {
    for (int i = 0; i < p->n_faults; i++) {
        const char *name = p->faults[i]->healthy;
        int k = 0;
        while (strcmp(p->faults[k]->healthy, name)) k++;
        p->references[i] = k < i ? p->references[k] : p->suite.n;
        if (k < i) continue;
        const mien_suite_job job = {.reference =
                                        mien_stress_reference_named(name)};
        MIEN_TRY(add_jobs(p, job, name));
    }
    return MIEN_OK;
}

static mien_status plan_jobs(plan *p) {
    MIEN_TRY(plan_references(p));
    p->first = p->suite.n;
    for (int i = 0; i < p->n_faults; i++)
        for (int k = 0; k < p->n_arms; k++) {
            const mien_stress_fault *fault = p->faults[i];
            const mien_suite_job job = {
                .reference = mien_stress_reference_named(fault->healthy),
                .fault = fault,
                .arm = p->arms[k]};
            MIEN_TRY(add_jobs(p, job, fault->name));
        }
    return MIEN_OK;
}

/* ---- what it adds up to ----------------------------------------------- */

static double healthy_accuracy(const plan *p, int fault) {
    double accuracy[MAX_SEEDS];
    const mien_bout *bouts = p->suite.bouts + p->references[fault];
    for (int i = 0; i < p->seeds; i++) accuracy[i] = bouts[i].accuracy;
    return mien_stress_median(accuracy, p->seeds);
}

static mien_status judge_case(mien_stress *s, mien_stress_case *c,
                              const plan *p, int i) {
    const mien_stress_fault *fault = p->faults[i];
    int n;
    const mien_stress_treatment *arms = mien_stress_arms(&n);
    mien_stress_bar bar = {.chance = mien_suite_chance(&p->suite),
                           .healthy = healthy_accuracy(p, i)};
    if (fault->hopeless) bar.healthy = bar.chance;
    for (const mien_cause *k = fault->causes; *k; k++)
        bar.wanted |= MIEN_CAUSE_BIT(*k);
    *c = (mien_stress_case){
        fault->name, fault->title, bar.chance, bar.healthy, {{0}}};
    for (int k = 0; k < n; k++)
        c->arms[k] = (mien_stress_arm){.name = arms[k].name,
                                       .median_r = NAN,
                                       .worst_r = NAN,
                                       .detected_step = -1,
                                       .diagnosis = ""};
    for (int k = 0; k < p->n_arms; k++) {
        const int first = p->first + (i * p->n_arms + k) * p->seeds;
        mien_stress_arm *arm = &c->arms[p->arms[k]];
        bar.doctor = p->arms[k] == n - 1;
        MIEN_TRY(mien_stress_judge(arm, &p->suite.bouts[first], p->seeds, &bar,
                                   &s->arena));
        s->summary.passed[p->arms[k]] += arm->pass;
        s->summary.diagnosed += bar.doctor && mien_stress_diagnosed(arm);
    }
    return MIEN_OK;
}

static mien_status judge(mien_stress *s, const plan *p) {
    mien_stress_summary *out = &s->summary;
    mien_stress_case *cases =
        mien_arena_alloc(&s->arena, (size_t)p->n_faults, sizeof *cases);
    const char *data = p->options->data;
    out->data = mien_arena_strdup(&s->arena, data ? data : "generated");
    if (!cases || !out->data) return MIEN_ENOMEM;
    for (int i = 0; i < p->n_faults; i++)
        MIEN_TRY(judge_case(s, &cases[i], p, i));
    out->n = p->n_faults;
    out->seeds = p->seeds;
    out->cases = cases;
    return MIEN_OK;
}

/* ---- the whole -------------------------------------------------------- */

static mien_status run_all(mien_stress *s, plan *p) {
    const mien_stress_options *o = p->options;
    MIEN_TRY(choose_faults(p));
    MIEN_TRY(choose_arms(p));
    MIEN_TRY(plan_jobs(p));
    MIEN_TRY(mien_suite_run(&p->suite));
    MIEN_TRY(judge(s, p));
    if (o->csv) MIEN_TRY(mien_stress_write_csv(&s->summary, o->csv));
    return o->map ? mien_stress_draw_map(o) : MIEN_OK;
}

mien_status mien_stress_run(mien_stress **out,
                            const mien_stress_options *options) {
    const double began = mien_clock();
    plan p = {.options = options,
              .seeds = options->seeds ? options->seeds : SEEDS};
    *out = NULL;
    if (p.seeds < 1 || p.seeds > MAX_SEEDS)
        return mien_fail(MIEN_EINVAL, "%d seeds; 1 to %d are possible",
                         options->seeds, MAX_SEEDS);
    MIEN_TRY(mien_suite_open(&p.suite, options));
    mien_stress *s = mien_alloc(1, sizeof *s);
    mien_status status = s ? run_all(s, &p) : MIEN_ENOMEM;
    mien_suite_close(&p.suite);
    if (status != MIEN_OK) {
        mien_stress_free(s);
        return status;
    }
    s->summary.seconds = mien_clock() - began;
    *out = s;
    return MIEN_OK;
}

const char *mien_stress_case_name(int i) {
    int n;
    const mien_stress_fault *all = mien_stress_faults(&n);
    return i >= 0 && i < n ? all[i].name : NULL;
}

const char *mien_stress_case_title(int i) {
    int n;
    const mien_stress_fault *all = mien_stress_faults(&n);
    return i >= 0 && i < n ? all[i].title : NULL;
}

const char *mien_stress_remedy(int i) {
    int n;
    const mien_remedy_ops *const *all = mien_remedies(&n);
    return i >= 0 && i < n ? all[i]->name : NULL;
}

const mien_stress_summary *mien_stress_summary_of(const mien_stress *stress) {
    return &stress->summary;
}

void mien_stress_free(mien_stress *stress) {
    if (!stress) return;
    mien_arena_close(&stress->arena);
    mien_free(stress);
}
