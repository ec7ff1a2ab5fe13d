/* SPDX-License-Identifier: Apache-2.0 */
/* conv.c - convolution by oneDNN.
 *
 * Three primitives: forward, gradient of the input, gradient of the weights.
 * oneDNN chooses the layout of the weights for each; a reorder packs the plain
 * ones before the first two and unpacks the third's result. All working space
 * is the caller's, so that one primitive (oneDNN shares equal ones through its
 * cache) may run in several threads at once.
 *
 * Where oneDNN has only its reference kernel for the layouts asked for (AVX2
 * knows no nChw16c), it chooses them too, and activations are reordered on
 * their way in and out.
 *
 * 3x3 convolutions of stride 1 between 32 or more channels use Winograd's
 * F(4x4, 3x3): 2.25 times fewer multiplications after the transforms.
 * Source: Lavin & Gray, CVPR 2016 (arXiv:1509.09308). */
#include "nn/dnnl/conv.h"

#include <dnnl.h>
#include <string.h>

#include "base/mem.h"

enum { ALIGN = 64, WINOGRAD_CHANNELS = 32 };

/* An activation as the caller has it and, if that differs, as the kernel wants
 * it: a place in the scratch and the reorder between the two. */
typedef struct port {
    dnnl_memory_t outer, inner;
    dnnl_primitive_t reorder; /* NULL: inner is the caller's own */
    bool enters;              /* outer to inner, or inner to outer */
    size_t at;
} port;

/* One primitive with its packed weights. */
typedef struct pass {
    dnnl_primitive_desc_t desc;
    dnnl_primitive_t run;
    port x, y;
    dnnl_primitive_t reorder; /* plain to packed, or packed to plain */
    dnnl_memory_t packed, plain;
    float *weights; /* of `packed`; NULL where the layout is plain */
    dnnl_memory_t scratch;
    size_t scratch_size, packed_size;
} pass;

struct mien_dnnl_conv {
    mien_conv_geometry g;
    dnnl_engine_t engine;
    dnnl_stream_t stream;
    dnnl_memory_desc_t x_md, y_md, x_any, y_any, w_any, w_plain, b_md;
    dnnl_memory_t bias;
    bool any_layout; /* oneDNN chooses those of the activations */
    pass forward, data, weight;
    size_t gradient_at; /* in the weight pass's scratch */
    size_t scratch_size;
};

static void close_port(port *p) {
    dnnl_primitive_destroy(p->reorder);
    dnnl_memory_destroy(p->outer);
    dnnl_memory_destroy(p->inner);
}

static void close_pass(pass *p) {
    close_port(&p->x);
    close_port(&p->y);
    dnnl_primitive_destroy(p->reorder);
    dnnl_primitive_destroy(p->run);
    dnnl_primitive_desc_destroy(p->desc);
    dnnl_memory_destroy(p->packed);
    dnnl_memory_destroy(p->plain);
    dnnl_memory_destroy(p->scratch);
    mien_free(p->weights);
}

static mien_status check(dnnl_status_t status, const char *what) {
    if (status == dnnl_success) return MIEN_OK;
    if (status == dnnl_out_of_memory)
        return mien_fail(MIEN_ENOMEM, "oneDNN: out of memory in %s", what);
    return mien_fail(MIEN_EUNSUPPORTED, "oneDNN: status %d in %s", (int)status,
                     what);
}

static mien_status activation_desc(dnnl_memory_desc_t *md,
                                   dnnl_memory_desc_t *any, mien_shape s,
                                   bool blocked) {
    const dnnl_dims_t dims = {s.n, s.c, s.h, s.w};
    MIEN_TRY(check(dnnl_memory_desc_init_by_tag(any, 4, dims, dnnl_f32,
                                                dnnl_format_tag_any),
                   "an activation"));
    return check(dnnl_memory_desc_init_by_tag(
                     md, 4, dims, dnnl_f32, blocked ? dnnl_nChw16c : dnnl_nchw),
                 "an activation");
}

static dnnl_status_t weight_desc(dnnl_memory_desc_t *md,
                                 const mien_conv_geometry *g, bool plain) {
    const int o = g->out.c, i = g->in.c / g->groups;
    const int kh = g->kernel[0], kw = g->kernel[1];
    if (g->groups == 1) {
        const dnnl_dims_t dims = {o, i, kh, kw};
        return dnnl_memory_desc_init_by_tag(
            md, 4, dims, dnnl_f32, plain ? dnnl_oihw : dnnl_format_tag_any);
    }
    const dnnl_dims_t dims = {g->groups, o / g->groups, i, kh, kw};
    return dnnl_memory_desc_init_by_tag(
        md, 5, dims, dnnl_f32, plain ? dnnl_goihw : dnnl_format_tag_any);
}

static mien_status describe(mien_dnnl_conv *c) {
    const dnnl_dims_t channels = {c->g.out.c};
    MIEN_TRY(activation_desc(&c->x_md, &c->x_any, c->g.in, c->g.in_blocked));
    MIEN_TRY(activation_desc(&c->y_md, &c->y_any, c->g.out, c->g.out_blocked));
    MIEN_TRY(check(weight_desc(&c->w_any, &c->g, false), "w"));
    MIEN_TRY(check(weight_desc(&c->w_plain, &c->g, true), "w"));
    return check(
        dnnl_memory_desc_init_by_tag(&c->b_md, 1, channels, dnnl_f32, dnnl_a),
        "bias");
}

/* Where padding is uneven, oneDNN 2.6 gives a wrong gradient of the input. */
static bool wants_winograd(const mien_conv_geometry *g) {
    return g->before[0] == g->after[0] && g->before[1] == g->after[1] &&
           g->kernel[0] == 3 && g->kernel[1] == 3 && g->stride[0] == 1 &&
           g->stride[1] == 1 && g->groups == 1 && g->in_blocked &&
           g->out_blocked && g->in.c >= WINOGRAD_CHANNELS &&
           g->out.c >= WINOGRAD_CHANNELS;
}

/* Describe one direction by one algorithm. */
static dnnl_status_t direction(dnnl_convolution_desc_t *d,
                               const mien_dnnl_conv *c, dnnl_prop_kind_t kind,
                               dnnl_alg_kind_t algorithm) {
    const mien_conv_geometry *g = &c->g;
    const dnnl_dims_t stride = {g->stride[0], g->stride[1]};
    const dnnl_dims_t before = {g->before[0], g->before[1]};
    const dnnl_dims_t after = {g->after[0], g->after[1]};
    const dnnl_memory_desc_t *bias = g->bias ? &c->b_md : NULL;
    const dnnl_memory_desc_t *x = c->any_layout ? &c->x_any : &c->x_md;
    const dnnl_memory_desc_t *y = c->any_layout ? &c->y_any : &c->y_md;
    if (kind == dnnl_backward_data)
        return dnnl_convolution_backward_data_desc_init(
            d, algorithm, x, &c->w_any, y, stride, before, after);
    if (kind == dnnl_backward_weights)
        return dnnl_convolution_backward_weights_desc_init(
            d, algorithm, x, &c->w_any, bias, y, stride, before, after);
    return dnnl_convolution_forward_desc_init(d, kind, algorithm, x, &c->w_any,
                                              bias, y, stride, before, after);
}

static dnnl_status_t create_desc(pass *p, const mien_dnnl_conv *c,
                                 dnnl_prop_kind_t kind,
                                 dnnl_alg_kind_t algorithm,
                                 const_dnnl_primitive_attr_t attributes) {
    dnnl_convolution_desc_t d;
    const dnnl_status_t status = direction(&d, c, kind, algorithm);
    if (status != dnnl_success) return status;
    return dnnl_primitive_desc_create(&p->desc, &d, attributes, c->engine,
                                      c->forward.desc);
}

static mien_status create_run(pass *p, mien_dnnl_conv *c,
                              dnnl_prop_kind_t kind) {
    dnnl_primitive_attr_t attributes;
    MIEN_TRY(check(dnnl_primitive_attr_create(&attributes), "attributes"));
    dnnl_primitive_attr_set_scratchpad_mode(attributes,
                                            dnnl_scratchpad_mode_user);
    dnnl_status_t status = dnnl_unimplemented;
    if (wants_winograd(&c->g))
        status = create_desc(p, c, kind, dnnl_convolution_winograd, attributes);
    if (status != dnnl_success)
        status = create_desc(p, c, kind, dnnl_convolution_direct, attributes);
    if (status == dnnl_success)
        status = dnnl_primitive_create(&p->run, p->desc);
    dnnl_primitive_attr_destroy(attributes);
    return check(status, "a convolution");
}

static const dnnl_memory_desc_t *query(const pass *p, dnnl_query_t what) {
    return dnnl_primitive_desc_query_md(p->desc, what, 0);
}

static mien_status create_reorder(pass *p, mien_dnnl_conv *c, bool unpack,
                                  const dnnl_memory_desc_t *packed) {
    dnnl_primitive_desc_t desc;
    const dnnl_memory_desc_t *from = unpack ? packed : &c->w_plain;
    const dnnl_memory_desc_t *to = unpack ? &c->w_plain : packed;
    dnnl_status_t status = dnnl_reorder_primitive_desc_create(
        &desc, from, c->engine, to, c->engine, NULL);
    if (status == dnnl_success) {
        status = dnnl_primitive_create(&p->reorder, desc);
        dnnl_primitive_desc_destroy(desc);
    }
    return check(status, "a reorder of weights");
}

/* The weights as this pass wants them; the gradient's live in the scratch. */
static mien_status create_weights(pass *p, mien_dnnl_conv *c, bool unpack) {
    const dnnl_memory_desc_t *md =
        query(p, unpack ? dnnl_query_diff_weights_md : dnnl_query_weights_md);
    MIEN_TRY(
        check(dnnl_memory_create(&p->packed, md, c->engine, DNNL_MEMORY_NONE),
              "packed weights"));
    if (dnnl_memory_desc_equal(md, &c->w_plain)) return MIEN_OK;
    MIEN_TRY(create_reorder(p, c, unpack, md));
    p->packed_size = dnnl_memory_desc_get_size(md);
    MIEN_TRY(check(
        dnnl_memory_create(&p->plain, &c->w_plain, c->engine, DNNL_MEMORY_NONE),
        "plain weights"));
    if (unpack) return MIEN_OK;
    p->weights = mien_alloc(p->packed_size, 1);
    return p->weights
               ? check(dnnl_memory_set_data_handle(p->packed, p->weights),
                       "packed weights")
               : MIEN_ENOMEM;
}

static size_t round_up(size_t n) { return (n + ALIGN - 1) / ALIGN * ALIGN; }

/* Take room in the scratch of a pass; returns where. */
static size_t take(size_t *used, size_t bytes) {
    const size_t at = *used;
    *used += round_up(bytes);
    return at;
}

static mien_status create_port(port *p, mien_dnnl_conv *c, size_t *used,
                               const dnnl_memory_desc_t *outer,
                               const dnnl_memory_desc_t *inner) {
    MIEN_TRY(
        check(dnnl_memory_create(&p->outer, outer, c->engine, DNNL_MEMORY_NONE),
              "an activation"));
    MIEN_TRY(
        check(dnnl_memory_create(&p->inner, inner, c->engine, DNNL_MEMORY_NONE),
              "an activation"));
    if (dnnl_memory_desc_equal(outer, inner)) return MIEN_OK;
    p->at = take(used, dnnl_memory_desc_get_size(inner));
    dnnl_primitive_desc_t desc;
    dnnl_status_t status = dnnl_reorder_primitive_desc_create(
        &desc, p->enters ? outer : inner, c->engine, p->enters ? inner : outer,
        c->engine, NULL);
    if (status == dnnl_success) {
        status = dnnl_primitive_create(&p->reorder, desc);
        dnnl_primitive_desc_destroy(desc);
    }
    return check(status, "a reorder of activations");
}

static mien_status create_ports(pass *p, mien_dnnl_conv *c,
                                dnnl_prop_kind_t kind, size_t *used) {
    const bool data = kind == dnnl_backward_data;
    const bool weights = kind == dnnl_backward_weights;
    p->x.enters = !data;
    p->y.enters = data || weights;
    MIEN_TRY(create_port(
        &p->x, c, used, &c->x_md,
        query(p, data ? dnnl_query_diff_src_md : dnnl_query_src_md)));
    return create_port(
        &p->y, c, used, &c->y_md,
        query(p, data || weights ? dnnl_query_diff_dst_md : dnnl_query_dst_md));
}

static mien_status create_pass(pass *p, mien_dnnl_conv *c,
                               dnnl_prop_kind_t kind) {
    MIEN_TRY(create_run(p, c, kind));
    MIEN_TRY(create_weights(p, c, kind == dnnl_backward_weights));
    const dnnl_memory_desc_t *md = query(p, dnnl_query_scratchpad_md);
    size_t used = round_up(dnnl_memory_desc_get_size(md));
    if (kind == dnnl_backward_weights)
        c->gradient_at = take(&used, p->packed_size);
    MIEN_TRY(create_ports(p, c, kind, &used));
    if (used > c->scratch_size) c->scratch_size = used;
    return check(
        dnnl_memory_create(&p->scratch, md, c->engine, DNNL_MEMORY_NONE),
        "scratch");
}

static const char *kernel_of(const mien_dnnl_conv *c) {
    const char *name = NULL;
    dnnl_primitive_desc_query(c->forward.desc, dnnl_query_impl_info_str, 0,
                              &name);
    return name ? name : "oneDNN";
}

static dnnl_prop_kind_t forward_kind(const mien_dnnl_conv *c) {
    return c->g.train ? dnnl_forward_training : dnnl_forward_inference;
}

/* Ask for the caller's layouts; leave them to oneDNN if that is slow. */
static mien_status choose_layouts(mien_dnnl_conv *c) {
    pass probe = {0};
    MIEN_TRY(create_run(&probe, c, forward_kind(c)));
    const char *name = NULL;
    dnnl_primitive_desc_query(probe.desc, dnnl_query_impl_info_str, 0, &name);
    c->any_layout = name && !strncmp(name, "ref", 3);
    close_pass(&probe);
    return MIEN_OK;
}

static mien_status create_all(mien_dnnl_conv *c) {
    MIEN_TRY(check(dnnl_engine_create(&c->engine, dnnl_cpu, 0), "engine"));
    MIEN_TRY(check(
        dnnl_stream_create(&c->stream, c->engine, dnnl_stream_default_flags),
        "stream"));
    MIEN_TRY(describe(c));
    MIEN_TRY(check(
        dnnl_memory_create(&c->bias, &c->b_md, c->engine, DNNL_MEMORY_NONE),
        "bias"));
    MIEN_TRY(choose_layouts(c));
    MIEN_TRY(create_pass(&c->forward, c, forward_kind(c)));
    if (!c->g.train) return MIEN_OK;
    if (c->g.wants_dx) MIEN_TRY(create_pass(&c->data, c, dnnl_backward_data));
    return create_pass(&c->weight, c, dnnl_backward_weights);
}

mien_status mien_dnnl_conv_open(mien_dnnl_conv **out,
                                const mien_conv_geometry *geometry) {
    *out = NULL;
    mien_dnnl_conv *c = mien_alloc(1, sizeof *c);
    if (!c) return MIEN_ENOMEM;
    c->g = *geometry;
    mien_dnnl_enter();
    const mien_status status = create_all(c);
    if (status != MIEN_OK) {
        mien_dnnl_conv_close(c);
        return status;
    }
    *out = c;
    return MIEN_OK;
}

size_t mien_dnnl_conv_scratch(const mien_dnnl_conv *c) {
    return c->scratch_size;
}

size_t mien_dnnl_conv_bytes(const mien_dnnl_conv *c) {
    return (c->forward.weights ? c->forward.packed_size : 0) +
           (c->data.weights ? c->data.packed_size : 0);
}

const char *mien_dnnl_conv_kernel(const mien_dnnl_conv *c) {
    return kernel_of(c);
}

/* oneDNN's handles are not const even where it only reads. */
static void point(dnnl_memory_t memory, const void *data) {
    dnnl_memory_set_data_handle(memory, (void *)data);
}

static void reorder(const mien_dnnl_conv *c, dnnl_primitive_t run,
                    dnnl_memory_t from, dnnl_memory_t to) {
    const dnnl_exec_arg_t args[] = {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}};
    dnnl_primitive_execute(run, c->stream, 2, args);
}

/* Before a pass: the activation is at `data`. */
static void enter(const mien_dnnl_conv *c, port *p, const float *data,
                  void *scratch) {
    point(p->outer, data);
    point(p->inner, p->reorder ? (char *)scratch + p->at : (char *)data);
    if (p->reorder && p->enters) reorder(c, p->reorder, p->outer, p->inner);
}

/* After a pass. */
static void leave(const mien_dnnl_conv *c, port *p) {
    if (p->reorder && !p->enters) reorder(c, p->reorder, p->inner, p->outer);
}

static void pack(mien_dnnl_conv *c, pass *p, const float *w) {
    if (!p->run) return;
    if (!p->reorder) {
        point(p->packed, w);
        return;
    }
    point(p->plain, w);
    reorder(c, p->reorder, p->plain, p->packed);
}

void mien_dnnl_conv_pack(mien_dnnl_conv *c, const float *w) {
    pack(c, &c->forward, w);
    pack(c, &c->data, w);
}

void mien_dnnl_conv_forward(mien_dnnl_conv *c, float *y, const float *x,
                            const float *bias, void *scratch) {
    pass *p = &c->forward;
    enter(c, &p->x, x, scratch);
    enter(c, &p->y, y, scratch);
    point(c->bias, bias);
    point(p->scratch, scratch);
    const dnnl_exec_arg_t args[] = {{DNNL_ARG_SRC, p->x.inner},
                                    {DNNL_ARG_WEIGHTS, p->packed},
                                    {DNNL_ARG_DST, p->y.inner},
                                    {DNNL_ARG_SCRATCHPAD, p->scratch},
                                    {DNNL_ARG_BIAS, c->bias}};
    dnnl_primitive_execute(p->run, c->stream, c->g.bias ? 5 : 4, args);
    leave(c, &p->y);
}

void mien_dnnl_conv_backward_data(mien_dnnl_conv *c, float *dx, const float *dy,
                                  void *scratch) {
    pass *p = &c->data;
    enter(c, &p->x, dx, scratch);
    enter(c, &p->y, dy, scratch);
    point(p->scratch, scratch);
    const dnnl_exec_arg_t args[] = {{DNNL_ARG_DIFF_SRC, p->x.inner},
                                    {DNNL_ARG_WEIGHTS, p->packed},
                                    {DNNL_ARG_DIFF_DST, p->y.inner},
                                    {DNNL_ARG_SCRATCHPAD, p->scratch}};
    dnnl_primitive_execute(p->run, c->stream, 4, args);
    leave(c, &p->x);
}

void mien_dnnl_conv_backward_weight(mien_dnnl_conv *c, float *dw, float *dbias,
                                    const float *x, const float *dy,
                                    void *scratch) {
    pass *p = &c->weight;
    enter(c, &p->x, x, scratch);
    enter(c, &p->y, dy, scratch);
    point(c->bias, dbias);
    point(p->scratch, scratch);
    point(p->packed,
          p->reorder ? (char *)scratch + c->gradient_at : (char *)dw);
    const dnnl_exec_arg_t args[] = {{DNNL_ARG_SRC, p->x.inner},
                                    {DNNL_ARG_DIFF_WEIGHTS, p->packed},
                                    {DNNL_ARG_DIFF_DST, p->y.inner},
                                    {DNNL_ARG_SCRATCHPAD, p->scratch},
                                    {DNNL_ARG_DIFF_BIAS, c->bias}};
    dnnl_primitive_execute(p->run, c->stream, c->g.bias ? 5 : 4, args);
    if (!p->reorder) return;
    point(p->plain, dw);
    reorder(c, p->reorder, p->packed, p->plain);
}

void mien_dnnl_conv_close(mien_dnnl_conv *c) {
    if (!c) return;
    close_pass(&c->weight);
    close_pass(&c->data);
    close_pass(&c->forward);
    dnnl_memory_destroy(c->bias);
    dnnl_stream_destroy(c->stream);
    dnnl_engine_destroy(c->engine);
    mien_free(c);
}
