/* SPDX-License-Identifier: Apache-2.0 */
/* test_make_npy.c - the tool that makes an npy pair of a folder. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "scratch.h"
#include "readers.h"

static int setup(void **state) {
    if (scratch_open(state)) return -1;
    scratch_folder("in");
    scratch_folder("in/a");
    scratch_folder("in/b");
    write_pgm("in/a/1.pgm", 20, 10, 40);
    write_pgm("in/b/1.pgm", 10, 20, 50);
    write_pgm("in/b/2.pgm", 6, 4, 60);
    return 0;
}

static int teardown(void **state) {
    mien_arena_close(&yaml_arena);
    return scratch_close(state);
}

static int run(const char *arguments) {
    char line[1024];
    snprintf(line, sizeof line, MAKE_NPY " %s >%s 2>&1", arguments,
             scratch("said.txt"));
    return system(line);
}

static void make_npy__the_pair_opens_as_a_dataset(void **state) {
    (void)state;
    char arguments[512];
    for (int grey = 0; grey < 2; grey++) {
        snprintf(arguments, sizeof arguments, "%s/in %s/out --size 6x4%s",
                 scratch_root, scratch_root, grey ? " --grey --crop" : "");
        assert_int_equal(run(arguments), 0);
        mien_dataset *d;
        assert_int_equal(open_data(&d, "{reader: npy, path: %s, names: %s}",
                                   scratch("out"), scratch("out/classes.txt")),
                         MIEN_OK);
        assert_int_equal(d->reader->count, 3);
        assert_string_equal(d->reader->class_names[1], "b");
        for (int i = 0; i < 3; i++) {
            mien_sample s;
            assert_int_equal(
                d->reader->ops->decode(&s, d->reader, i, (mien_want){0}),
                MIEN_OK);
            assert_int_equal(d->reader->labels[i], i > 0);
            assert_int_equal(s.image->width, 6);
            assert_int_equal(s.image->height, 4);
            assert_int_equal(s.image->channels, grey ? 1 : 3);
            assert_int_equal(s.image->pixels[0], 40 + 10 * i);
            mien_sample_close(&s);
        }
        mien_dataset_close(d);
    }
}

static void make_npy__bad_use_is_refused(void **state) {
    (void)state;
    char arguments[512];
    assert_int_not_equal(run(""), 0);
    assert_int_not_equal(run("a b --size 6"), 0);
    assert_int_not_equal(run("a b c"), 0);
    snprintf(arguments, sizeof arguments, "%s/none %s/out", scratch_root,
             scratch_root);
    assert_int_not_equal(run(arguments), 0);
    size_t size;
    char *said_text = (char *)scratch_read(scratch("said.txt"), &size);
    said_text[size] = 0;
    assert_non_null(strstr(said_text, "make_npy: cannot list"));
    free(said_text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(make_npy__the_pair_opens_as_a_dataset),
        cmocka_unit_test(make_npy__bad_use_is_refused),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
