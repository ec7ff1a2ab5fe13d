/* SPDX-License-Identifier: Apache-2.0 */
/* test_model_tensors.c - model files in bytes: there and back, and what must
 * not be believed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <math.h>

#include "base/mem.h"
#include "mien/model.h"
#include "nn/quantize.h"
#include "scratch.h"
#include "train/known_answer.h"
#include "train/model_file.h"
#include "blobs.h"

static const mien_train_options plain = {0};

static const char wide[] =
    "data: {reader: folder, path: %s, seed: 3}\n"
    "input: {size: [12, 12, 3]}\n"
    "model:\n"
    "  - conv: {out: 16, kernel: 3, bias: false}\n  - bn\n  - relu\n"
    "  - conv: {out: 16, kernel: 1}\n  - relu\n  - globalpool\n  - flatten\n"
    "  - dense: {out: classes}\n"
    "loss: cross_entropy\noptim: {adam: {lr: 0.01}}\n"
    "train: {epochs: 2, batch: 6}\n";

/* run/model.safetensors in float32 and bytes.safetensors. */
static mien_status to_bytes(void) {
    mien_model *m;
    mien_model_parts p;
    mien_runner *run;
    float x[2 * 432], answer[MIEN_ANSWER_MAX];
    mien_rng rng = mien_rng_at(3, MIEN_RNG_TEST, 0, 0);
    for (int i = 0; i < 2 * 432; i++) x[i] = (float)mien_rng_range(&rng, 0, 1);
    MIEN_TRY(mien_model_read(&p, scratch("run/model.safetensors")));
    MIEN_TRY(mien_net_quantize(p.net, x, 2));
    MIEN_TRY(mien_runner_open(
        &run, p.net, &(mien_runner_options){.batch = 1, .frozen = true}));
    MIEN_TRY(mien_known_answer(answer, &p.card.n_answer, run));
    mien_runner_close(run);
    p.card.answer = answer;
    MIEN_TRY(mien_model_write(scratch("bytes.safetensors"), p.net,
                              p.net->weights.values, &p.card, NULL));
    mien_model_parts_close(&p);
    MIEN_TRY(mien_model_load(&m, scratch("bytes.safetensors"), 1));
    mien_model_free(m);
    return MIEN_OK;
}

static int setup(void **state) {
    char text[2048];
    if (scratch_open(state)) return -1;
    blobs_folder(3, 8);
    snprintf(text, sizeof text, wide, scratch("photos"));
    blobs_hash(scratch_text("wide.yaml", text), "run", plain);
    if (to_bytes() == MIEN_OK) return 0;
    print_error("%s\n", mien_error());
    return -1;
}

static void bytes__are_read_as_they_were_written(void **state) {
    (void)state;
    mien_model_parts a, b;
    assert_int_equal(mien_model_read(&a, scratch("bytes.safetensors")),
                     MIEN_OK);
    const mien_tensor *t = mien_safetensors_find(a.file, "conv1.weight");
    assert_int_equal(t->dtype, MIEN_I8);
    assert_non_null(a.net->ranges);
    assert_int_equal(mien_model_write(scratch("again.safetensors"), a.net,
                                      a.net->weights.values, &a.card, NULL),
                     MIEN_OK);
    assert_int_equal(mien_model_read(&b, scratch("again.safetensors")),
                     MIEN_OK);
    assert_string_equal(a.weights_hash, b.weights_hash);
    assert_memory_equal(a.net->weights.values, b.net->weights.values,
                        a.net->weights.size * sizeof(float));
    mien_model_parts_close(&a);
    mien_model_parts_close(&b);
}

/* The tensors and metadata of bytes.safetensors, to be changed. */
typedef struct copied {
    mien_safetensors *file;
    mien_tensor tensor[32];
    mien_meta meta[32];
    int n, metas;
} copied;

static mien_tensor *find(copied *c, const char *name) {
    for (int i = 0; i < c->n; i++)
        if (!strcmp(c->tensor[i].name, name)) return &c->tensor[i];
    fail_msg("no tensor %s", name);
    return NULL;
}

static void open_copy(copied *c) {
    assert_int_equal(
        mien_safetensors_open(&c->file, scratch("bytes.safetensors"), true),
        MIEN_OK);
    const mien_tensor *t = mien_safetensors_tensors(c->file, &c->n);
    const mien_meta *m = mien_safetensors_metas(c->file, &c->metas);
    assert_true(c->n <= 32 && c->metas <= 32);
    memcpy(c->tensor, t, (size_t)c->n * sizeof *t);
    int kept = 0;
    for (int i = 0; i < c->metas; i++)
        if (strncmp(m[i].key, MIEN_SEAL_TENSORS, 7)) c->meta[kept++] = m[i];
    c->metas = kept;
}

/* Written with a good seal, it must still be refused, and say why. */
static void refused(copied *c, mien_status status, const char *sentence) {
    mien_model *m;
    const mien_safetensors_content content = {.tensors = c->tensor,
                                              .count = c->n,
                                              .metas = c->meta,
                                              .meta_count = c->metas};
    assert_int_equal(mien_safetensors_write(scratch("bad"), &content), MIEN_OK);
    assert_int_equal(mien_model_load(&m, scratch("bad"), 1), status);
    assert_null(m);
    if (!strstr(mien_error(), sentence))
        fail_msg("'%s' is not in: %s", sentence, mien_error());
    mien_safetensors_close(c->file);
}

static void bytes__need_their_scales(void **state) {
    (void)state;
    static const float bad[][16] = {{1, -1}, {1, NAN}, {1, INFINITY}, {0}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        copied c;
        open_copy(&c);
        find(&c, "conv1.weight.scale")->data = bad[i];
        refused(&c, MIEN_ECORRUPT, "scales above 0");
    }
    copied c;
    open_copy(&c);
    find(&c, "conv1.weight.scale")->name = "elsewhere";
    refused(&c, MIEN_ESHAPE, "'conv1.weight.scale' is missing");
    open_copy(&c);
    mien_tensor *t = find(&c, "conv1.weight.scale");
    t->shape[0] = 15, t->bytes = 60;
    refused(&c, MIEN_ESHAPE, "for each output channel");
}

static void bytes__are_those_of_the_network(void **state) {
    (void)state;
    copied c;
    int8_t q[16 * 27];
    open_copy(&c);
    mien_tensor *t = find(&c, "conv1.weight");
    memcpy(q, t->data, sizeof q);
    q[7] = -128;
    t->data = q;
    refused(&c, MIEN_ECORRUPT, "value 7 of 'conv1.weight'");
    open_copy(&c);
    t = find(&c, "conv1.weight");
    t->shape[0] = 27, t->shape[1] = 16, t->shape[2] = t->shape[3] = 1;
    refused(&c, MIEN_ESHAPE, "'conv1.weight'");
}

static void ranges__hold_zero_and_fit_the_network(void **state) {
    (void)state;
    static const float wrong[][2] = {
        {0.5f, 1}, {-2, -1}, {NAN, 1}, {0, INFINITY}, {-3e38f, 3e38f}};
    float ranges[64];
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        copied c;
        open_copy(&c);
        mien_tensor *t = find(&c, "int8.ranges");
        memcpy(ranges, t->data, t->bytes);
        memcpy(ranges + 4, wrong[i], sizeof wrong[i]);
        t->data = ranges;
        refused(&c, MIEN_ECORRUPT, "range 2 of");
    }
    copied c;
    open_copy(&c);
    mien_tensor *t = find(&c, "int8.ranges");
    t->shape[0]--, t->bytes -= 8;
    refused(&c, MIEN_ESHAPE, "for the input and for each layer");
}

static void load__survives_failing_allocations(void **state) {
    (void)state;
    for (int after = 0;; after++) {
        mien_model *m;
        mien_mem_fail_after(after);
        const mien_status status =
            mien_model_load(&m, scratch("bytes.safetensors"), 1);
        mien_mem_fail_after(-1);
        mien_model_free(m);
        if (status == MIEN_OK) break;
        assert_int_equal(status, MIEN_ENOMEM);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes__are_read_as_they_were_written),
        cmocka_unit_test(bytes__need_their_scales),
        cmocka_unit_test(bytes__are_those_of_the_network),
        cmocka_unit_test(ranges__hold_zero_and_fit_the_network),
        cmocka_unit_test(load__survives_failing_allocations),
    };
    return cmocka_run_group_tests(tests, setup, scratch_close);
}
