/* SPDX-License-Identifier: Apache-2.0 */
/* Several runs in one chart: runs that never were, written line by line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>

#include "base/mem.h"
#include "mien/health.h"
#include "mien/image.h"
#include "scratch.h"

typedef struct run_plan {
    const char *name;
    int steps, again; /* again: begun anew after so many, 0: not */
    double loss, fall;
    int bad; /* every so manieth step is not finite; 0: none */
} run_plan;

static void write_step(FILE *file, const run_plan *p, int attempt, int step) {
    const double loss = p->loss * exp(-p->fall * step);
    fprintf(file, "{\"kind\": \"step\", \"step\": %d, \"attempt\": %d, ", step,
            attempt);
    if (p->bad && step % p->bad == p->bad - 1)
        fputs("\"loss\": null, \"grad_norm\": null}\n", file);
    else
        fprintf(file, "\"loss\": %.9g, \"grad_norm\": 1}\n", loss);
}

static const char *write_run(const run_plan *p) {
    char name[64];
    const char *folder = scratch_folder(p->name);
    snprintf(name, sizeof name, "%s/log.jsonl", p->name);
    FILE *file = fopen(scratch(name), "w");
    assert_non_null(file);
    for (int i = 0; i < p->again; i++) write_step(file, p, 0, i);
    for (int i = 0; i < p->steps; i++) write_step(file, p, p->again > 0, i);
    fputs("{\"kind\": \"validation\", \"step\": 9, \"loss\": 1}\n", file);
    fclose(file);
    return folder;
}

static const run_plan falls = {"falls", 300, 0, 3.7, 0.02, 0};
static const run_plan breaks = {"breaks", 50, 0, 3.7, -0.1, 10};
static const run_plan helped = {"helped", 2000, 40, 3.7, 0.003, 0};

/* Pixels of about this colour. */
static int count(const char *path, int r, int g, int b) {
    mien_image *image;
    int n = 0;
    assert_int_equal(mien_image_load(&image, path, NULL), MIEN_OK);
    for (int y = 0; y < image->height; y++)
        for (int x = 0; x < image->width; x++) {
            const uint8_t *p =
                image->pixels + y * image->stride + (size_t)x * image->channels;
            n += abs(p[0] - r) < 12 && abs(p[1] - g) < 12 && abs(p[2] - b) < 12;
        }
    mien_image_free(image);
    return n;
}

static void compare__gives_each_run_its_colour(void **state) {
    (void)state;
    const char *runs[] = {write_run(&falls), write_run(&breaks),
                          write_run(&helped)};
    const char *path = scratch("all.png");
    assert_int_equal(mien_health_compare(path, runs, 3), MIEN_OK);
    assert_true(count(path, 31, 94, 176) > 300);
    assert_true(count(path, 214, 115, 10) > 300);
    assert_true(count(path, 33, 140, 84) > 300);
    assert_int_equal(mien_health_compare(path, runs, 1), MIEN_OK);
    assert_true(count(path, 214, 115, 10) == 0);
}

static void compare__tells_runs_of_one_name_apart(void **state) {
    (void)state;
    size_t size;
    scratch_folder("a");
    scratch_folder("b");
    const run_plan one = {"a/run", 10, 0, 1, 0.1, 0};
    const run_plan two = {"b/run", 10, 0, 2, 0.1, 0};
    const char *runs[] = {write_run(&one), write_run(&two)};
    const char *path = scratch("all.svg");
    assert_int_equal(mien_health_compare(path, runs, 2), MIEN_OK);
    uint8_t *svg = scratch_read(path, &size);
    assert_true(size > 1000);
    free(svg);
}

static void compare__takes_runs_without_a_finite_loss(void **state) {
    (void)state;
    const run_plan nothing = {"nothing", 0, 0, 1, 0, 0};
    const run_plan broken = {"broken", 20, 5, 1, 0, 1};
    const char *runs[] = {write_run(&nothing), write_run(&broken)};
    assert_int_equal(mien_health_compare(scratch("all.png"), runs, 2), MIEN_OK);
}

static void compare__says_what_is_wrong(void **state) {
    (void)state;
    const char *runs[MIEN_COMPARE_RUNS + 1];
    const char *run = write_run(&falls);
    for (int i = 0; i <= MIEN_COMPARE_RUNS; i++) runs[i] = run;
    const char *path = scratch("all.png");
    assert_int_equal(mien_health_compare(path, runs, 0), MIEN_EINVAL);
    assert_int_equal(mien_health_compare(path, runs, MIEN_COMPARE_RUNS),
                     MIEN_OK);
    assert_int_equal(mien_health_compare(path, runs, MIEN_COMPARE_RUNS + 1),
                     MIEN_EINVAL);
    assert_int_equal(mien_health_compare(scratch("all.gif"), runs, 1),
                     MIEN_EINVAL);
    runs[1] = scratch_folder("empty");
    assert_int_equal(mien_health_compare(path, runs, 2), MIEN_ENOTFOUND);
    scratch_text("empty/log.jsonl", "{\"kind\": \"step\"}\n");
    assert_int_equal(mien_health_compare(path, runs, 2), MIEN_EFORMAT);
}

static void compare__survives_failing_allocations(void **state) {
    (void)state;
    const char *runs[] = {write_run(&falls), write_run(&helped)};
    const char *path = scratch("all.svg");
    for (int k = 0, done = 0; !done; k++) {
        mien_mem_fail_after(k);
        done = mien_health_compare(path, runs, 2) == MIEN_OK;
        mien_mem_fail_after(-1);
        assert_true(k < 1000);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compare__gives_each_run_its_colour),
        cmocka_unit_test(compare__tells_runs_of_one_name_apart),
        cmocka_unit_test(compare__takes_runs_without_a_finite_loss),
        cmocka_unit_test(compare__says_what_is_wrong),
        cmocka_unit_test(compare__survives_failing_allocations),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
