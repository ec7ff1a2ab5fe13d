/* SPDX-License-Identifier: Apache-2.0 */
/* tables.c - the tables that the .def files list. */
#include "optim/bound.h"
#include "optim/clip.h"
#include "optim/constraint.h"
#include "optim/optimiser.h"
#include "optim/regulariser.h"
#include "optim/schedule.h"

/* The rows `list` of the table `title`, as mien_<getter>(). */
#define TABLE(getter, title, list)                                    \
    const mien_table *mien_##getter(void) {                           \
        static const mien_table table = {title, list,                 \
                                         sizeof list / sizeof *list}; \
        return &table;                                                \
    }

#define MIEN_OPTIMISER(name) extern const mien_optim_ops mien_optim_##name;
#include "optim/optimisers.def"
#undef MIEN_OPTIMISER
#define MIEN_OPTIMISER(name) &mien_optim_##name.row,
static const mien_row *const optimisers[] = {
#include "optim/optimisers.def"
};
TABLE(optimisers, "optimiser", optimisers)

#define MIEN_SCHEDULE(name) extern const mien_schedule_ops mien_schedule_##name;
#include "optim/schedules.def"
#undef MIEN_SCHEDULE
#define MIEN_SCHEDULE(name) &mien_schedule_##name.row,
static const mien_row *const schedules[] = {
#include "optim/schedules.def"
};
TABLE(schedules, "schedule", schedules)

#define MIEN_CLIP(name) extern const mien_clip_ops mien_clip_##name;
#include "optim/clips.def"
#undef MIEN_CLIP
#define MIEN_CLIP(name) &mien_clip_##name.row,
static const mien_row *const clips[] = {
#include "optim/clips.def"
};
TABLE(clips, "clip", clips)

#define MIEN_CONSTRAINT(name) \
    extern const mien_constraint_ops mien_constraint_##name;
#include "optim/constraints.def"
#undef MIEN_CONSTRAINT
#define MIEN_CONSTRAINT(name) &mien_constraint_##name.row,
static const mien_row *const constraints[] = {
#include "optim/constraints.def"
};
TABLE(constraints, "constraint", constraints)

#define MIEN_REGULARISER(name) \
    extern const mien_regulariser_ops mien_regulariser_##name;
#include "optim/regularisers.def"
#undef MIEN_REGULARISER
#define MIEN_REGULARISER(name) &mien_regulariser_##name.row,
static const mien_row *const regularisers[] = {
#include "optim/regularisers.def"
};
TABLE(regularisers, "regulariser", regularisers)

#define MIEN_BOUND(name) extern const mien_bound_ops mien_bound_##name;
#include "optim/bounds.def"
#undef MIEN_BOUND
#define MIEN_BOUND(name) &mien_bound_##name.row,
static const mien_row *const bounds[] = {
#include "optim/bounds.def"
};
TABLE(bounds, "bound", bounds)
