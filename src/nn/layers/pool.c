/* SPDX-License-Identifier: Apache-2.0 */
/* pool.c - what maximum and average pooling share: windows over planes. */
#include "nn/layers/pool.h"

const mien_param mien_pool_params[] = {
    {"size", "rows and columns of the window",
     offsetof(mien_pool_options, window.kernel), 1, 256, 2, .kind = MIEN_INT2,
     .required = true},
    {"stride", "step down and across; 0: the size",
     offsetof(mien_pool_options, window.stride), 0, 256, 0, .kind = MIEN_INT2},
    {"pad", MIEN_PAD_HELP, offsetof(mien_pool_options, window.pad),
     .kind = MIEN_STRING, .text = "valid"},
    {0},
};

mien_status mien_pool_plan(mien_layer_plan *plan,
                           const mien_pool_options *options, const char *kind) {
    const mien_shape in = plan->in[0];
    mien_window w;
    const mien_status status = mien_window_of(&w, in, &options->window);
    if (status != MIEN_OK)
        return mien_fail_in(status, "%s '%s'", kind, plan->name);
    for (int axis = 0; axis < 2; axis++)
        if (w.before[axis] >= w.kernel[axis] || w.after[axis] >= w.kernel[axis])
            return mien_fail(MIEN_EINVAL,
                             "%s '%s': pad: %s must be less than the size "
                             "%dx%d, or a window would see no pixel",
                             kind, plan->name, options->window.pad, w.kernel[0],
                             w.kernel[1]);
    plan->out = (mien_shape){in.n, in.c, w.out[0], w.out[1]};
    return MIEN_OK;
}

void mien_pool_each(const mien_pass *p, mien_pool_body *body) {
    const mien_pool_options *options = p->config;
    const mien_shape in = p->in[0], out = p->out;
    const mien_window window = mien_window_planned(in, &options->window);
    const size_t planes = (size_t)in.n * (size_t)in.c;
    mien_pool_place at = {.width = in.w};
    for (size_t i = 0; i < planes; i++) {
        at.in = i * (size_t)in.h * (size_t)in.w;
        for (int r = 0; r < out.h; r++) {
            at.rows = mien_window_span(&window, 0, r, in.h);
            for (int q = 0; q < out.w; q++, at.out++) {
                at.columns = mien_window_span(&window, 1, q, in.w);
                body(p, &at);
            }
        }
    }
}
