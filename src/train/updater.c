/* SPDX-License-Identifier: Apache-2.0 */
/* updater.c - one optimiser step and all that surrounds it. */
#include "train/updater.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/finite.h"

static mien_trained trained_of(const mien_weights *w, int i, float *gradient) {
    const mien_weight *t = &w->items[i];
    return (mien_trained){.name = t->name,
                          .role = t->spec.role,
                          .dims = t->spec.dims,
                          .n = t->count,
                          .w = w->values + t->offset,
                          .g = gradient + t->offset,
                          .offset = t->offset};
}

static mien_status list_tensors(mien_updater *u, const mien_weights *w,
                                float *gradient) {
    const size_t n = (size_t)w->n_trained + 1;
    u->n = w->n_trained;
    u->tensors = mien_arena_alloc(&u->arena, n, sizeof *u->tensors);
    u->norms = mien_arena_alloc(&u->arena, n, sizeof *u->norms);
    u->penalties = mien_arena_alloc(&u->arena, n, sizeof *u->penalties);
    u->burst = mien_arena_alloc(&u->arena, n, sizeof *u->burst);
    u->moved = mien_arena_alloc(&u->arena, n, sizeof *u->moved);
    u->stalled = mien_arena_alloc(&u->arena, n, sizeof *u->stalled);
    if (!u->tensors || !u->norms || !u->penalties || !u->burst || !u->moved ||
        !u->stalled)
        return MIEN_ENOMEM;
    for (int i = 0; i < u->n; i++) u->tensors[i] = trained_of(w, i, gradient);
    return MIEN_OK;
}

static mien_status open_constraints(mien_updater *u) {
    const size_t cells = (size_t)u->n_constraints * (size_t)u->n;
    size_t at = 0;
    u->constraint_at = mien_arena_alloc(&u->arena, cells + 1, sizeof(size_t));
    if (!u->constraint_at) return MIEN_ENOMEM;
    for (int c = 0; c < u->n_constraints; c++)
        for (int i = 0; i < u->n; i++) {
            u->constraint_at[c * u->n + i] = at;
            at += mien_constraint_state(&u->constraints[c], &u->tensors[i]);
        }
    u->n_constraint_state = at;
    u->constraint_state = mien_arena_alloc(&u->arena, at + 1, sizeof(float));
    return u->constraint_state ? MIEN_OK : MIEN_ENOMEM;
}

static mien_status read_clip(mien_updater *u, const mien_updater_plan *plan) {
    static const char text[] = "{autoclip: {p: 90}}";
    mien_tree *tree;
    if (plan->stage->clip)
        return mien_pick(&u->clip, mien_clips(), plan->stage->clip, &u->arena);
    if (!plan->percentile) return MIEN_OK;
    MIEN_TRY(mien_tree_parse(&tree, &u->arena, text, sizeof text - 1,
                             "the doctor's clip"));
    return mien_pick(&u->clip, mien_clips(), tree, &u->arena);
}

/* A copy of the weights, for those who compare before and after. */
static mien_status open_before(mien_updater *u, const mien_updater_plan *plan) {
    u->round = plan->round;
    u->narrow = plan->narrow;
    if (!plan->can_measure && !u->n_bounds) return MIEN_OK;
    u->before = mien_alloc(plan->weights->size_trained + 1, sizeof(float));
    return u->before ? MIEN_OK : MIEN_ENOMEM;
}

/* All but the optimiser: what every stage makes anew. */
static mien_status read_stage(mien_updater *u, const mien_updater_plan *plan) {
    const mien_stage *s = plan->stage;
    u->pool = plan->pool;
    MIEN_TRY(list_tensors(u, plan->weights, plan->gradient));
    MIEN_TRY(mien_pick_all(&u->bounds, &u->n_bounds, mien_bounds(), s->bound,
                           &u->arena));
    MIEN_TRY(open_before(u, plan));
    MIEN_TRY(mien_pick_all(&u->regularisers, &u->n_regularisers,
                           mien_regularisers(), s->regularise, &u->arena));
    MIEN_TRY(mien_pick_all(&u->constraints, &u->n_constraints,
                           mien_constraints(), s->constrain, &u->arena));
    MIEN_TRY(open_constraints(u));
    MIEN_TRY(read_clip(u, plan));
    u->n_clip_state = mien_clip_state(&u->clip);
    u->clip_state =
        mien_arena_alloc(&u->arena, u->n_clip_state + 1, sizeof(double));
    if (!u->clip_state) return MIEN_ENOMEM;
    if (s->schedule)
        MIEN_TRY(mien_pick(&u->schedule.choice, mien_schedules(), s->schedule,
                           &u->arena));
    if (!s->optim)
        return mien_pick_default(&u->optim, mien_optimisers(), "sgd",
                                 &u->arena);
    return mien_pick(&u->optim, mien_optimisers(), s->optim, &u->arena);
}

static void begin_schedule(mien_updater *u, const mien_updater_plan *plan) {
    u->schedule.base = mien_base_lr(&u->optim);
    u->schedule.total = plan->steps;
    u->schedule.per_epoch = plan->per_epoch;
    mien_schedule_begin(&u->schedule);
}

mien_status mien_updater_open(mien_updater *u, const mien_updater_plan *plan) {
    *u = (mien_updater){0};
    mien_status status = read_stage(u, plan);
    if (status == MIEN_OK)
        status = mien_stepper_open(&u->stepper, &u->optim, u->tensors, u->n);
    if (status == MIEN_OK)
        begin_schedule(u, plan);
    else
        mien_updater_close(u);
    return status;
}

mien_status mien_updater_next(mien_updater *u, const mien_updater_plan *plan) {
    mien_updater next;
    MIEN_TRY(mien_updater_open(&next, plan));
    if (plan->stage->same_optim) {
        for (int k = 0; k < u->stepper.n_slots; k++) {
            float *slot = next.stepper.slot[k];
            next.stepper.slot[k] = u->stepper.slot[k];
            u->stepper.slot[k] = slot;
        }
        next.stepper.step = u->stepper.step;
    }
    mien_updater_close(u);
    *u = next;
    u->stepper.tensors = u->tensors;
    return MIEN_OK;
}

/* Whether this step is measured or bounded. */
static bool compares(const mien_updater *u) {
    return u->before && (u->measure || u->n_bounds);
}

static mien_status keep_one(void *context, int i, int worker) {
    const mien_updater *u = context;
    const mien_trained *t = &u->tensors[i];
    (void)worker;
    memcpy(u->before + t->offset, t->w, t->n * sizeof *t->w);
    return MIEN_OK;
}

static mien_status regularise_one(void *context, int i, int worker) {
    mien_updater *u = context;
    (void)worker;
    u->penalties[i] = 0;
    for (int r = 0; r < u->n_regularisers; r++)
        u->penalties[i] += mien_regularise(&u->regularisers[r], &u->tensors[i]);
    return MIEN_OK;
}

/* Constraints and bounds of a tensor, then: is it still finite? */
static mien_status finish_one(void *context, int i, int worker) {
    mien_updater *u = context;
    const mien_trained *t = &u->tensors[i];
    const float *before = compares(u) ? u->before + t->offset : NULL;
    (void)worker;
    for (int c = 0; c < u->n_constraints; c++)
        mien_constrain(&u->constraints[c], &u->tensors[i],
                       u->constraint_state + u->constraint_at[c * u->n + i]);
    mien_round_values(t->w, t->n, u->round, NULL);
    if (before) u->moved[i] = mien_measure_update(t, before);
    for (int b = 0; b < u->n_bounds; b++)
        mien_bound(&u->bounds[b], t, before, &u->moved[i]);
    if (u->narrow && before) u->stalled[i] = mien_stalled_share(t, before);
    u->burst[i] =
        mien_bad_f64(before ? u->moved[i].after : mien_sum_squares(t->w, t->n));
    return MIEN_OK;
}

static void report_norms(mien_update_report *report, const mien_updater *u,
                         const mien_clip_report *clip) {
    double net = 0, loss = 0;
    for (int i = 0; i < u->n; i++) {
        const bool of_loss = !strncmp(u->tensors[i].name, "loss.", 5);
        *(of_loss ? &loss : &net) += u->norms[i] * u->norms[i];
        report->penalty += u->penalties[i];
    }
    report->backbone = sqrt(net);
    report->head = sqrt(loss);
    report->norm = clip->norm;
    report->factor = clip->factor;
    report->threshold = clip->threshold;
    report->clipped = clip->clipped > 0;
    report->skipped = clip->skip;
    report->bad = clip->bad >= 0 ? u->tensors[clip->bad].name : NULL;
}

mien_status mien_updater_run(mien_updater *u, int64_t step, double rate,
                             mien_update_report *report) {
    mien_clip_report clip;
    mien_clip_pass pass = {.tensors = u->tensors,
                           .n = u->n,
                           .norms = u->norms,
                           .state = u->clip_state,
                           .step = step + 1};
    *report =
        (mien_update_report){.lr = rate * mien_schedule_lr(&u->schedule, step)};
    if (u->n_regularisers)
        MIEN_TRY(mien_pool_run(u->pool, u->n, regularise_one, u));
    mien_clip_run(&pass, &u->clip, &clip);
    report_norms(report, u, &clip);
    if (clip.skip) return MIEN_OK;
    if (compares(u)) MIEN_TRY(mien_pool_run(u->pool, u->n, keep_one, u));
    MIEN_TRY(mien_stepper_run(&u->stepper, u->pool, report->lr));
    MIEN_TRY(mien_pool_run(u->pool, u->n, finish_one, u));
    for (int i = u->n - 1; i >= 0; i--)
        if (u->burst[i]) report->burst = u->tensors[i].name;
    return MIEN_OK;
}

static void add(mien_tensor *out, int *n, const char *name, mien_dtype type,
                void *data, size_t count) {
    if (!count) return;
    out[*n] = (mien_tensor){
        .name = name, .dtype = type, .rank = 1, .shape = {count}, .data = data};
    mien_tensor_measure(&out[(*n)++]);
}

int mien_updater_state(mien_updater *u, mien_tensor *out) {
    static const char *const names[MIEN_MAX_SLOTS] = {
        "optimiser/slot0", "optimiser/slot1", "optimiser/slot2"};
    int n = 0;
    for (int k = 0; k < u->stepper.n_slots; k++)
        add(out, &n, names[k], MIEN_F32, u->stepper.slot[k], u->stepper.size);
    add(out, &n, "optimiser/step", MIEN_I64, &u->stepper.step, 1);
    add(out, &n, "schedule/state", MIEN_F64, u->schedule.state,
        MIEN_SCHEDULE_STATE);
    add(out, &n, "clip/state", MIEN_F64, u->clip_state, u->n_clip_state);
    add(out, &n, "constraint/state", MIEN_F32, u->constraint_state,
        u->n_constraint_state);
    return n;
}

void mien_updater_close(mien_updater *u) {
    mien_stepper_close(&u->stepper);
    mien_free(u->before);
    mien_arena_close(&u->arena);
    *u = (mien_updater){0};
}
