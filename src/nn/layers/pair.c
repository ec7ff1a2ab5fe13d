/* SPDX-License-Identifier: Apache-2.0 */
/* pair.c - what products and quotients of two activations share. */
#include "nn/layers/pair.h"

mien_status mien_pair_plan(mien_layer_plan *plan, const char *kind) {
    const mien_shape a = plan->in[0], b = plan->in[1];
    plan->out = a;
    if (mien_shape_equal(a, b)) return MIEN_OK;
    if (a.n == b.n && a.c == b.c && b.h == 1 && b.w == 1) return MIEN_OK;
    return mien_fail(MIEN_ESHAPE,
                     "%s '%s': input 1 is %dx%dx%d, input 2 is %dx%dx%d; it "
                     "must be the same or %dx1x1",
                     kind, plan->name, a.c, a.h, a.w, b.c, b.h, b.w, a.c);
}
