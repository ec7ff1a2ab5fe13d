/* SPDX-License-Identifier: Apache-2.0 */
/* test_generated.c - faces that nobody has: the same every time, and as
 * different as people and photos are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "data/dataset.h"
#include "data/portrait.h"

enum { SIDE = 32 };

/* `data:` and `input:` of these options, opened; close both. */
typedef struct opened {
    mien_arena arena;
    mien_dataset *data;
} opened;

static mien_status open_text(opened *o, const char *options) {
    char text[512];
    mien_tree *root;
    *o = (opened){0};
    snprintf(text, sizeof text,
             "data: {reader: generated, %s}\ninput: {size: [%d, %d, 3]}\n",
             options, SIDE, SIDE);
    MIEN_TRY(
        mien_tree_parse(&root, &o->arena, text, strlen(text), "test.yaml"));
    return mien_dataset_open(&o->data, mien_tree_get(root, "data"),
                             mien_tree_get(root, "input"), NULL);
}

static opened open_data(const char *options) {
    opened o;
    if (open_text(&o, options) != MIEN_OK) fail_msg("%s", mien_error());
    return o;
}

static void close_data(opened *o) {
    mien_dataset_close(o->data);
    mien_arena_close(&o->arena);
}

static mien_sample decode(const opened *o, int i) {
    mien_sample s;
    const mien_reader *r = o->data->reader;
    assert_int_equal(r->ops->decode(&s, r, i, (mien_want){0}), MIEN_OK);
    return s;
}

/* Root mean square difference of two photos, in levels. */
static double apart(const opened *a, int i, const opened *b, int k) {
    mien_sample x = decode(a, i), y = decode(b, k);
    double sum = 0;
    const int row = x.image->width * x.image->channels;
    assert_int_equal(row, y.image->width * y.image->channels);
    for (int n = 0; n < x.image->height * row; n++) {
        const double d =
            x.image->pixels[(size_t)(n / row) * x.image->stride + n % row] -
            y.image->pixels[(size_t)(n / row) * y.image->stride + n % row];
        sum += d * d;
    }
    const double mean = sum / (x.image->height * row);
    mien_sample_close(&x);
    mien_sample_close(&y);
    return sqrt(mean);
}

static void generated__has_as_many_as_asked_for(void **state) {
    (void)state;
    opened o = open_data("people: 7, photos: 5, size: 24, test_per_class: 2");
    const mien_reader *r = o.data->reader;
    assert_int_equal(r->count, 35);
    assert_int_equal(r->classes, 7);
    assert_null(r->groups);
    for (int i = 0; i < 35; i++) assert_int_equal(r->labels[i], i / 5);
    assert_int_equal(o.data->split.count[MIEN_TRAIN], 21);
    assert_int_equal(o.data->split.count[MIEN_TEST], 14);
    mien_sample s = decode(&o, 34);
    assert_null(s.floats);
    assert_int_equal(s.image->width, 24);
    assert_int_equal(s.image->height, 24);
    assert_int_equal(s.image->channels, 3);
    mien_sample_close(&s);
    close_data(&o);
}

static void generated__can_be_grey(void **state) {
    (void)state;
    opened o = open_data("channels: 1");
    mien_sample s = decode(&o, 0);
    assert_int_equal(s.image->channels, 1);
    mien_sample_close(&s);
    close_data(&o);
}

static void generated__is_the_same_again(void **state) {
    (void)state;
    opened a = open_data("people: 5"), b = open_data("people: 9");
    char one[MIEN_HASH_HEX], two[MIEN_HASH_HEX];
    for (int i = 0; i < 50; i += 7) assert_true(apart(&a, i, &b, i) == 0);
    mien_dataset_hash(one, a.data);
    mien_dataset_hash(two, b.data);
    assert_string_not_equal(one, two);
    close_data(&b);
    b = open_data("people: 5, test_per_class: 2, seed: 4");
    mien_dataset_hash(two, b.data);
    assert_string_equal(one, two); /* the seed of the split does not matter */
    close_data(&b);
    b = open_data("people: 5, face_seed: 2");
    for (int i = 0; i < 50; i += 7) assert_true(apart(&a, i, &b, i) > 10);
    close_data(&b);
    close_data(&a);
}

static void generated__photos_differ_less_than_people(void **state) {
    (void)state;
    opened o = open_data("people: 12, photos: 4");
    double within = 0, between = 0;
    for (int i = 0; i < 48; i++) {
        const double near = apart(&o, i, &o, i / 4 * 4 + (i + 1) % 4);
        assert_true(near > 3);
        within += near;
        between += apart(&o, i, &o, (i + 20) % 48);
    }
    assert_true(1.7 * within < between);
    close_data(&o);
}

static void generated__hard_and_noise_make_photos_differ(void **state) {
    (void)state;
    opened still = open_data("hard: 0, noise: 0");
    opened noisy = open_data("hard: 0, noise: 0.1");
    opened usual = open_data("noise: 0"), hard = open_data("hard: 2, noise: 0");
    assert_true(apart(&still, 0, &still, 1) == 0);
    assert_true(apart(&still, 0, &still, 10) > 0);
    assert_true(fabs(apart(&noisy, 0, &noisy, 1) - 25.5 * sqrt(2)) < 5);
    double a = 0, b = 0;
    for (int i = 0; i < 40; i++) {
        a += apart(&usual, 10 * i, &usual, 10 * i + 1);
        b += apart(&hard, 10 * i, &hard, 10 * i + 1);
    }
    assert_true(b > 1.3 * a);
    close_data(&still);
    close_data(&noisy);
    close_data(&usual);
    close_data(&hard);
}

/* Edges are soft and levels in range at every size, far ones too. */
static void generated__keeps_within_the_picture(void **state) {
    (void)state;
    static const char *const sizes[] = {"size: 8", "size: 97",
                                        "size: 256, hard: 4, noise: 1"};
    for (int k = 0; k < 3; k++) {
        opened o = open_data(sizes[k]);
        for (int i = 0; i < 400; i += 61) {
            mien_sample s = decode(&o, i);
            mien_sample_close(&s);
        }
        close_data(&o);
    }
}

static void refused(const char *options, mien_status want,
                    const char *sentence) {
    opened o;
    assert_int_equal(open_text(&o, options), want);
    if (!strstr(mien_error(), sentence)) fail_msg("%s", mien_error());
    assert_null(o.data);
    mien_arena_close(&o.arena);
}

static void generated__refuses_what_cannot_be(void **state) {
    (void)state;
    refused("people: 1", MIEN_EINVAL, "people");
    refused("channels: 2", MIEN_EINVAL, "want one of 1|3");
    refused("peple: 3", MIEN_EINVAL, "did you mean");
    refused("path: photos", MIEN_EINVAL, "path");
    refused("people: 100000, photos: 10000", MIEN_ELIMIT, "too many");
    refused("people: 100000, photos: 10000000", MIEN_EINVAL, "photos");
    refused("size: 4", MIEN_EINVAL, "test.yaml:1");
}

static void generated__survives_failing_allocations(void **state) {
    (void)state;
    mien_status status = MIEN_ENOMEM;
    mien_mem_fail_after(-1);
    for (int n = 0; status != MIEN_OK; n++) {
        opened o;
        assert_true(n < 500);
        mien_mem_fail_after(n);
        status = open_text(&o, "people: 3, test_per_class: 1");
        if (status == MIEN_OK) {
            mien_sample s;
            const mien_reader *r = o.data->reader;
            status = r->ops->decode(&s, r, 4, (mien_want){0});
            mien_sample_close(&s);
        }
        mien_mem_fail_after(-1);
        if (status != MIEN_OK) assert_int_equal(status, MIEN_ENOMEM);
        close_data(&o);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(generated__has_as_many_as_asked_for),
        cmocka_unit_test(generated__can_be_grey),
        cmocka_unit_test(generated__is_the_same_again),
        cmocka_unit_test(generated__photos_differ_less_than_people),
        cmocka_unit_test(generated__hard_and_noise_make_photos_differ),
        cmocka_unit_test(generated__keeps_within_the_picture),
        cmocka_unit_test(generated__refuses_what_cannot_be),
        cmocka_unit_test(generated__survives_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
