/* SPDX-License-Identifier: Apache-2.0 */
/* test_onnx_files.c - networks that others trained answer as ONNX Runtime
 * does, to 1e-4 of the largest value of each output. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "../shared_data.h"
#include "base/file.h"
#include "base/mem.h"
#include "nn/onnx/onnx.h"
#include "nn/runner.h"

enum { SAMPLES = 6, MOST_OUTPUTS = 12 };

typedef struct golden_output {
    const char *name;
    int count;
    double most, mean;
    double samples[SAMPLES]; /* at places that the same numbers choose */
} golden_output;

typedef struct golden_file {
    const char *name;
    int rows, columns;
    double low, high; /* of the numbers that go in */
    int n_outputs;
    golden_output outputs[MOST_OUTPUTS];
} golden_file;

#include "../golden/onnx.h"

static uint32_t next_number(uint32_t *state) {
    return *state = *state * 1664525u + 1013904223u;
}

static void fill(float *x, size_t count, const golden_file *g) {
    uint32_t state = 12345;
    for (size_t i = 0; i < count; i++)
        x[i] = (float)(g->low + (g->high - g->low) *
                                    (next_number(&state) / 4294967296.0));
}

static void close_to(const char *file, const char *what, double is,
                     double wanted, double most) {
    if (!(fabs(is - wanted) <= 1e-4 * most))
        fail_msg("%s: %s is %g, not %g (largest %g)", file, what, is, wanted,
                 most);
}

static void compare(const golden_file *g, const mien_onnx *onnx,
                    const float *y) {
    assert_int_equal(onnx->n_outputs, g->n_outputs);
    for (int i = 0; i < g->n_outputs; i++) {
        const golden_output *want = &g->outputs[i];
        const mien_onnx_output *o = &onnx->outputs[i];
        const float *values = y + o->first;
        double most = 0, sum = 0;
        uint32_t state = 12345;
        assert_string_equal(o->name, want->name);
        assert_int_equal(o->count, want->count);
        for (int k = 0; k < o->count; k++) {
            most = fmax(most, fabs((double)values[k]));
            sum += (double)values[k];
        }
        close_to(g->name, o->name, most, want->most, want->most);
        close_to(g->name, o->name, sum / o->count, want->mean, want->most);
        for (int k = 0; k < SAMPLES; k++)
            close_to(g->name, o->name,
                     (double)values[next_number(&state) % (uint32_t)o->count],
                     want->samples[k], want->most);
    }
}

static void run_one(const golden_file *g, bool plain) {
    char path[1200];
    mien_buf file = {.cap = (size_t)64 << 20};
    mien_onnx onnx;
    mien_runner *run;
    mien_result result;
    mien_path_join(path, sizeof path, shared("models"), g->name);
    if (mien_file_read(&file, path) ||
        mien_onnx_open(&onnx, file.data, file.size, g->name,
                       &(mien_onnx_options){g->rows, g->columns}) ||
        mien_runner_open(
            &run, onnx.net,
            &(mien_runner_options){.batch = 1, .frozen = true, .plain = plain}))
        fail_msg("%s", mien_error());
    const size_t count = 3 * (size_t)g->rows * (size_t)g->columns;
    float *x = mien_alloc(count, sizeof *x);
    fill(x, count, g);
    assert_int_equal(
        mien_runner_infer(run, &(mien_batch){.n = 1, .x = x}, &result),
        MIEN_OK);
    compare(g, &onnx, result.y);
    mien_free(x);
    mien_runner_close(run);
    mien_onnx_close(&onnx);
    mien_buf_close(&file);
}

static void files__answer_as_onnx_runtime(void **state) {
    (void)state;
    const int count = sizeof golden_files / sizeof *golden_files;
    for (int i = 0; i < count; i++) run_one(&golden_files[i], false);
}

/* The reference kernels, on the smaller ones. */
static void files__answer_so_without_fast_kernels(void **state) {
    (void)state;
    const int count = sizeof golden_files / sizeof *golden_files;
    for (int i = 0; i < count; i++)
        if (golden_files[i].rows <= 240) run_one(&golden_files[i], true);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files__answer_as_onnx_runtime),
        cmocka_unit_test(files__answer_so_without_fast_kernels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
