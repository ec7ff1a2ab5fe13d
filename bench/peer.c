/* SPDX-License-Identifier: Apache-2.0 */
/* peer.c - oneDNN's primitives on buffers of their own. */
#include "peer.h"

#include <dnnl.h>
#include <stdlib.h>

#include "nn/dnnl/conv.h"

enum { MAX_ARGS = 16 };

struct peer {
    dnnl_primitive_t primitive;
    int n_args;
    dnnl_exec_arg_t args[MAX_ARGS];
};

static dnnl_engine_t engine;
static dnnl_stream_t stream;

static void open_engine(void) {
    if (engine) return;
    mien_dnnl_enter();
    dnnl_engine_create(&engine, dnnl_cpu, 0);
    dnnl_stream_create(&stream, engine, dnnl_stream_default_flags);
}

static dnnl_memory_desc_t describe(mien_shape s, dnnl_format_tag_t tag) {
    const dnnl_dims_t dims = {s.n, s.c, s.h, s.w};
    dnnl_memory_desc_t md;
    open_engine();
    dnnl_memory_desc_init_by_tag(&md, 4, dims, dnnl_f32, tag);
    return md;
}

static dnnl_memory_desc_t blocked(mien_shape s) {
    return describe(s, dnnl_nChw16c);
}

/* A buffer of small numbers of both signs. */
static void add_buffer(peer *p, int arg, const dnnl_memory_desc_t *md) {
    const size_t bytes = md ? dnnl_memory_desc_get_size(md) : 0;
    if (bytes == 0 || p->n_args == MAX_ARGS) return;
    dnnl_memory_t memory;
    if (dnnl_memory_create(&memory, md, engine, DNNL_MEMORY_ALLOCATE)) return;
    void *data;
    dnnl_memory_get_data_handle(memory, &data);
    float *x = data;
    for (size_t i = 0; i < bytes / sizeof *x; i++)
        x[i] = (float)((int)(i * 7919 % 2003) - 1000) * 1e-3f;
    p->args[p->n_args++] = (dnnl_exec_arg_t){arg, memory};
}

/* The primitive with a buffer for each argument that it knows. */
static peer *complete(dnnl_primitive_desc_t pd) {
    static const int known[] = {
        DNNL_ARG_SRC,         DNNL_ARG_SRC_1,    DNNL_ARG_DST,
        DNNL_ARG_WEIGHTS,     DNNL_ARG_MEAN,     DNNL_ARG_VARIANCE,
        DNNL_ARG_WORKSPACE,   DNNL_ARG_DIFF_SRC, DNNL_ARG_DIFF_DST,
        DNNL_ARG_DIFF_WEIGHTS}; /* scale and shift are weights, too */
    if (!pd) return NULL;
    peer *p = calloc(1, sizeof *p);
    if (!p || dnnl_primitive_create(&p->primitive, pd)) abort();
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        add_buffer(
            p, known[i],
            dnnl_primitive_desc_query_md(pd, dnnl_query_exec_arg_md, known[i]));
    dnnl_primitive_desc_destroy(pd);
    return p;
}

static dnnl_primitive_desc_t make(const void *desc,
                                  dnnl_primitive_desc_t hint) {
    dnnl_primitive_desc_t pd = NULL;
    if (dnnl_primitive_desc_create(&pd, desc, NULL, engine, hint)) pd = NULL;
    return pd;
}

/* The backward primitive of a forward one, or the forward one. */
static peer *choose(dnnl_primitive_desc_t forward, const void *backward,
                    peer_pass pass) {
    if (pass == PEER_FORWARD || !forward) return complete(forward);
    dnnl_primitive_desc_t pd = make(backward, forward);
    dnnl_primitive_desc_destroy(forward);
    return complete(pd);
}

peer *peer_bn(mien_shape shape, bool relu, peer_pass pass) {
    const dnnl_memory_desc_t md = blocked(shape);
    const unsigned flags =
        dnnl_use_scaleshift | (relu ? (unsigned)dnnl_fuse_norm_relu : 0);
    dnnl_batch_normalization_desc_t f, b;
    dnnl_batch_normalization_forward_desc_init(&f, dnnl_forward_training, &md,
                                               1e-5f, flags);
    dnnl_batch_normalization_backward_desc_init(&b, dnnl_backward, &md, &md,
                                                1e-5f, flags);
    return choose(make(&f, NULL), &b, pass);
}

peer *peer_prelu(mien_shape shape, peer_pass pass) {
    const dnnl_memory_desc_t md = blocked(shape);
    const dnnl_memory_desc_t w =
        describe((mien_shape){1, shape.c, 1, 1}, dnnl_format_tag_any);
    dnnl_prelu_desc_t f, b;
    dnnl_prelu_forward_desc_init(&f, dnnl_forward_training, &md, &w);
    dnnl_prelu_backward_desc_init(&b, &md, &w, &md, &w);
    return choose(make(&f, NULL), &b, pass);
}

static peer *eltwise(mien_shape shape, dnnl_alg_kind_t kind, float alpha,
                     peer_pass pass) {
    const dnnl_memory_desc_t md = blocked(shape);
    dnnl_eltwise_desc_t f, b;
    dnnl_eltwise_forward_desc_init(&f, dnnl_forward_training, kind, &md, alpha,
                                   0);
    dnnl_eltwise_backward_desc_init(&b, kind, &md, &md, alpha, 0);
    return choose(make(&f, NULL), &b, pass);
}

peer *peer_relu(mien_shape shape, peer_pass pass) {
    return eltwise(shape, dnnl_eltwise_relu, 0, pass);
}

peer *peer_curve(mien_shape shape, mien_kernel_curve curve, peer_pass pass) {
    static const dnnl_alg_kind_t kinds[MIEN_CURVE_COUNT] = {
        dnnl_eltwise_logistic, dnnl_eltwise_tanh,  dnnl_eltwise_elu,
        dnnl_eltwise_gelu_erf, dnnl_eltwise_swish, dnnl_eltwise_exp};
    return eltwise(shape, kinds[curve], 1, pass);
}

/* Strides, sides and paddings of a window, as oneDNN wants them. */
typedef struct sizes {
    dnnl_dims_t stride, side, before, after;
} sizes;

static sizes sizes_of(const mien_kernel_window *w) {
    return (sizes){
        {w->stride_h, w->stride_w},
        {w->kh, w->kw},
        {w->pad_top, w->pad_left},
        {(w->out.h - 1) * w->stride_h + w->kh - w->pad_top - w->in.h,
         (w->out.w - 1) * w->stride_w + w->kw - w->pad_left - w->in.w}};
}

peer *peer_pool(const mien_kernel_window *w, bool average, peer_pass pass) {
    const dnnl_memory_desc_t in = blocked(w->in), out = blocked(w->out);
    const sizes s = sizes_of(w);
    const dnnl_alg_kind_t kind =
        average ? dnnl_pooling_avg_exclude_padding : dnnl_pooling_max;
    dnnl_pooling_desc_t f, b;
    dnnl_pooling_forward_desc_init(&f, dnnl_forward_training, kind, &in, &out,
                                   s.stride, s.side, s.before, s.after);
    dnnl_pooling_backward_desc_init(&b, kind, &in, &out, s.stride, s.side,
                                    s.before, s.after);
    return choose(make(&f, NULL), &b, pass);
}

static peer *convolution(const mien_kernel_window *w,
                         const dnnl_memory_desc_t *weight, dnnl_alg_kind_t kind,
                         peer_pass pass) {
    const dnnl_memory_desc_t in = blocked(w->in), out = blocked(w->out);
    const sizes s = sizes_of(w);
    dnnl_convolution_desc_t f, b;
    dnnl_convolution_forward_desc_init(&f, dnnl_forward_training, kind, &in,
                                       weight, NULL, &out, s.stride, s.before,
                                       s.after);
    if (pass == PEER_DATA)
        dnnl_convolution_backward_data_desc_init(&b, kind, &in, weight, &out,
                                                 s.stride, s.before, s.after);
    else
        dnnl_convolution_backward_weights_desc_init(
            &b, kind, &in, weight, NULL, &out, s.stride, s.before, s.after);
    return choose(make(&f, NULL), &b, pass);
}

peer *peer_depthwise(const mien_kernel_window *w, peer_pass pass) {
    const dnnl_dims_t dims = {w->in.c, 1, 1, w->kh, w->kw};
    dnnl_memory_desc_t weight;
    dnnl_memory_desc_init_by_tag(&weight, 5, dims, dnnl_f32,
                                 dnnl_format_tag_any);
    return convolution(w, &weight, dnnl_convolution_direct, pass);
}

peer *peer_conv(const mien_kernel_window *w, bool winograd, peer_pass pass) {
    const dnnl_dims_t dims = {w->out.c, w->in.c, w->kh, w->kw};
    dnnl_memory_desc_t weight;
    dnnl_memory_desc_init_by_tag(&weight, 4, dims, dnnl_f32,
                                 dnnl_format_tag_any);
    return convolution(
        w, &weight,
        winograd ? dnnl_convolution_winograd : dnnl_convolution_direct, pass);
}

peer *peer_reorder(mien_shape shape, bool to_blocked) {
    const dnnl_memory_desc_t plain = describe(shape, dnnl_nchw);
    const dnnl_memory_desc_t block = blocked(shape);
    dnnl_primitive_desc_t pd = NULL;
    if (dnnl_reorder_primitive_desc_create(&pd, to_blocked ? &plain : &block,
                                           engine, to_blocked ? &block : &plain,
                                           engine, NULL))
        return NULL;
    return complete(pd);
}

peer *peer_add(mien_shape shape) {
    const dnnl_memory_desc_t md = blocked(shape);
    dnnl_binary_desc_t d;
    dnnl_binary_desc_init(&d, dnnl_binary_add, &md, &md, &md);
    return complete(make(&d, NULL));
}

void peer_run(peer *p) {
    if (!p) return;
    if (dnnl_primitive_execute(p->primitive, stream, p->n_args, p->args))
        abort();
    dnnl_stream_wait(stream);
}

void peer_close(peer *p) {
    if (!p) return;
    for (int i = 0; i < p->n_args; i++) dnnl_memory_destroy(p->args[i].memory);
    dnnl_primitive_destroy(p->primitive);
    free(p);
}
