/* SPDX-License-Identifier: Apache-2.0 */
/* margin.h - what the margin heads share: cosines with class centres, a
 * margin on the right class, scaled softmax.
 *
 *   c_j = cos(x, W_j)     z_j = s c_j for j != y     z_y = s f(c_y)
 *   L = -log softmax(z)_y, times the weight of class y
 *
 * x and each row of W are scaled to unit length, and the gradient flows
 * through both scalings. With k centres a class, c_j is the greatest of its
 * k cosines. A head is this and its f. */
#ifndef MIEN_NN_LOSSES_MARGIN_H
#define MIEN_NN_LOSSES_MARGIN_H

#include "nn/losses/parts.h"

typedef struct mien_margin_config {
    float s, m, warmup;
    bool bounded; /* of angular heads only; see arcface.c */
    int centres;  /* a class; of sub-centre heads only */
} mien_margin_config;

/* The options that all heads have, with a head's own defaults. */
/* clang-format off */
#define MIEN_MARGIN_PARAMS(scale, margin, most)                             \
    {"s", "scale of the cosines", offsetof(mien_margin_config, s), 1e-3,    \
     1e4, scale},                                                           \
    {"m", "margin", offsetof(mien_margin_config, m), 0, most, margin},      \
    {"warmup", "share of training over which the margin grows from 0",      \
     offsetof(mien_margin_config, warmup), 0, 1, 0}
/* clang-format on */

/* And those of the angular heads. */
/* clang-format off */
#define MIEN_ARC_PARAMS                                                     \
    MIEN_MARGIN_PARAMS(64, 0.5, 1.5),                                       \
    {"bounded", "round the margin's tip; false: its slope is infinite at "  \
     "angle 0, as published", offsetof(mien_margin_config, bounded),        \
     .base = 1, .kind = MIEN_BOOL}
/* clang-format on */

/* f(c) for the margin m; its derivative goes to *slope. */
typedef real (*MIEN_R(mien_margin_fn))(real *slope, real c, real m);
#define mien_margin_fn MIEN_R(mien_margin_fn)

/* The angular margin of arcface and subcenter_arcface; see arcface.c. */
real MIEN_R(mien_arc_margin)(real *slope, real c, real m);
#define mien_arc_margin MIEN_R(mien_arc_margin)

/* The same with the true slope, infinite at angle 0; see arcface.c. */
real MIEN_R(mien_arc_exact)(real *slope, real c, real m);
#define mien_arc_exact MIEN_R(mien_arc_exact)

/* Which of the two a mien_margin_config asks for. */
mien_margin_fn MIEN_R(mien_arc_of)(const void *config);
#define mien_arc_of MIEN_R(mien_arc_of)

/* `centres` rows of W for each class. */
mien_status MIEN_R(mien_margin_plan)(mien_loss_plan *plan, const char *name,
                                     int centres);
#define mien_margin_plan MIEN_R(mien_margin_plan)
void MIEN_R(mien_margin_forward)(mien_loss_pass *p, mien_margin_fn f,
                                 int centres);
#define mien_margin_forward MIEN_R(mien_margin_forward)
void MIEN_R(mien_margin_backward)(mien_loss_pass *p, mien_margin_fn f,
                                  int centres);
#define mien_margin_backward MIEN_R(mien_margin_backward)

#endif
