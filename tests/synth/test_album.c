/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/synth/album*.c and truth.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <jansson.h>

#include "base/file.h"
#include "base/folder.h"
#include "base/mem.h"
#include "eval/pairs.h"
#include "mien/image.h"
#include "mien/synth.h"
#include "scratch.h"

/* Two people in two photos, a group, a distractor: six small pictures. */
static mien_synth_options small(void) {
    mien_synth_options o;
    mien_synth_defaults(&o);
    o.people = o.photos = 2;
    o.groups = o.distractors = 1;
    o.group_people = 2;
    o.size = 48;
    o.threads = 1;
    return o;
}

static void make(const char *name, const mien_synth_options *o) {
    assert_int_equal(mien_synth_album(scratch(name), o), MIEN_OK);
}

/* A text file of an album; the caller frees it. */
static char *text_of(const char *album, const char *file) {
    char path[256];
    size_t n;
    snprintf(path, sizeof path, "%s/%s", album, file);
    char *text = (char *)scratch_read(scratch(path), &n);
    text[n] = 0;
    return text;
}

static int lines_of(const char *text) {
    int n = 0;
    for (; *text; text++) n += *text == '\n';
    return n;
}

/* ---- what is there ---------------------------------------------------- */

static const char *const files[] = {"people/p0001/p0001_0001.jpg",
                                    "people/p0001/p0001_0002.jpg",
                                    "people/p0002/p0002_0001.jpg",
                                    "people/p0002/p0002_0002.jpg",
                                    "distractors/d000001.jpg",
                                    "groups/g0001.jpg",
                                    "truth.jsonl",
                                    "labels.txt",
                                    "synth.json"};

static void album__has_the_files_it_promises(void **state) {
    (void)state;
    const mien_synth_options o = small();
    make("files", &o);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char path[256];
        snprintf(path, sizeof path, "files/%s", files[i]);
        assert_true(mien_file_exists(scratch(path)));
    }
    /* Two people make too few pairs to verify anything. */
    assert_false(mien_file_exists(scratch("files/pairs.txt")));
    mien_image *image;
    assert_int_equal(
        mien_image_load(&image, scratch("files/groups/g0001.jpg"), NULL),
        MIEN_OK);
    assert_int_equal(image->width, 192);
    assert_int_equal(image->height, 108);
    mien_image_free(image);
}

static void assert_same_files(const char *a, const char *b) {
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char path[2][256];
        size_t n, m;
        snprintf(path[0], sizeof path[0], "%s/%s", a, files[i]);
        snprintf(path[1], sizeof path[1], "%s/%s", b, files[i]);
        uint8_t *x = scratch_read(scratch(path[0]), &n);
        uint8_t *y = scratch_read(scratch(path[1]), &m);
        assert_int_equal(n, m);
        assert_memory_equal(x, y, n);
        free(x);
        free(y);
    }
}

static void album__is_the_same_twice_and_by_two_threads(void **state) {
    (void)state;
    mien_synth_options o = small();
    o.hard = true;
    make("one", &o);
    make("again", &o);
    o.threads = 2;
    make("two", &o);
    assert_same_files("one", "again");
    assert_same_files("one", "two");
    o.seed = 2;
    make("other", &o);
    char *a = text_of("one", "truth.jsonl");
    char *b = text_of("other", "truth.jsonl");
    assert_string_not_equal(a, b);
    free(a);
    free(b);
}

/* More photos of more people leave those that were there as they are. */
static void album__grows_without_changing_its_people(void **state) {
    (void)state;
    mien_synth_options o = small();
    o.groups = 0;
    make("few", &o);
    o.people = 3;
    o.photos = 3;
    make("more", &o);
    for (int i = 0; i < 5; i++) {
        char path[256];
        size_t n, m;
        snprintf(path, sizeof path, "few/%s", files[i]);
        uint8_t *x = scratch_read(scratch(path), &n);
        snprintf(path, sizeof path, "more/%s", files[i]);
        uint8_t *y = scratch_read(scratch(path), &m);
        assert_int_equal(n, m);
        assert_memory_equal(x, y, n);
        free(x);
        free(y);
    }
}

static void album__grey_png_has_one_channel(void **state) {
    (void)state;
    mien_synth_options o = small();
    mien_image *image;
    o.grey = true;
    o.groups = o.distractors = 0;
    o.people = o.photos = 1;
    o.format = "png";
    make("grey", &o);
    assert_int_equal(
        mien_image_load(&image, scratch("grey/people/p0001/p0001_0001.png"),
                        NULL),
        MIEN_OK);
    assert_int_equal(image->channels, 1);
    assert_int_equal(image->width, 48);
    mien_image_free(image);
}

/* ---- truth ------------------------------------------------------------ */

static double at(const json_t *list, size_t i) {
    return json_number_value(json_array_get(list, i));
}

static void look_at_line(const json_t *line, const char *label) {
    const json_t *box = json_object_get(line, "box");
    const json_t *five = json_object_get(line, "five");
    double x0, y0, x1, y1;
    assert_int_equal(json_array_size(box), 4);
    assert_int_equal(json_array_size(five), 10);
    assert_int_equal(json_array_size(json_object_get(line, "points")), 136);
    assert_int_equal(json_array_size(json_object_get(line, "seen")), 68);
    assert_true(json_is_string(json_object_get(line, "person")));
    assert_true(json_is_number(json_object_get(line, "yaw")));
    assert_int_equal(sscanf(label, "%lf %lf %lf %lf", &x0, &y0, &x1, &y1), 4);
    assert_float_equal(x0, at(box, 0), 0.01);
    assert_float_equal(y0, at(box, 1), 0.01);
    assert_float_equal(x1 - x0, at(box, 2), 0.21);
    assert_float_equal(y1 - y0, at(box, 3), 0.21);
    assert_true(at(five, 0) > x0 - 3 && at(five, 0) < x1 + 3);
    assert_true(at(five, 1) > y0 && at(five, 1) < y1);
}

static void album__truth_and_labels_say_the_same(void **state) {
    (void)state;
    const mien_synth_options o = small();
    make("truth", &o);
    char *truth = text_of("truth", "truth.jsonl");
    char *labels = text_of("truth", "labels.txt");
    char *rest, *rest_labels;
    int faces = 0, pictures = 0;
    char *label = strtok_r(labels, "\n", &rest_labels);
    for (char *line = strtok_r(truth, "\n", &rest); line;
         line = strtok_r(NULL, "\n", &rest), faces++) {
        json_t *json = json_loads(line, 0, NULL);
        assert_non_null(json);
        if (*label == '#') {
            char name[128];
            snprintf(name, sizeof name, "# %s %d %d",
                     json_string_value(json_object_get(json, "file")),
                     (int)json_integer_value(json_object_get(json, "width")),
                     (int)json_integer_value(json_object_get(json, "height")));
            assert_string_equal(label, name);
            pictures++;
            label = strtok_r(NULL, "\n", &rest_labels);
        }
        look_at_line(json, label);
        label = strtok_r(NULL, "\n", &rest_labels);
        json_decref(json);
    }
    assert_null(label);
    assert_int_equal(pictures, 6);
    assert_int_equal(faces, 7);
    free(truth);
    free(labels);
}

static void album__options_are_written_beside_it(void **state) {
    (void)state;
    mien_synth_options o = small();
    o.seed = 18446744073709551615u;
    o.people = 1;
    o.photos = 1;
    o.groups = o.distractors = 0;
    make("options", &o);
    char *text = text_of("options", "synth.json");
    json_t *json = json_loads(text, 0, NULL);
    assert_non_null(json);
    assert_non_null(strstr(text, "\"seed\": \"18446744073709551615\""));
    assert_int_equal(json_integer_value(json_object_get(json, "size")), 48);
    assert_string_equal(json_string_value(json_object_get(json, "kind")),
                        "usual");
    json_decref(json);
    free(text);
}

/* ---- pairs ------------------------------------------------------------ */

static bool stop_at_once(void *context, const mien_synth_progress *at_) {
    (void)context;
    (void)at_;
    return false;
}

/* The lists of an album whose pictures are not waited for. */
static void only_lists(const char *name, mien_synth_options o) {
    o.progress = stop_at_once;
    o.size = 32;
    assert_int_equal(mien_synth_album(scratch(name), &o), MIEN_EINTERRUPTED);
}

static int same_pictures(const mien_pair *a, const mien_pair *b) {
    return a->picture[0] == b->picture[0] && a->picture[1] == b->picture[1];
}

static void look_at_pairs(const mien_pairs *p, int folds, int per_side) {
    assert_int_equal(p->per_side, per_side);
    assert_int_equal(p->folds, folds);
    for (int i = 0; i < p->n; i++) {
        const mien_pair *x = &p->items[i];
        const char *a = p->pictures[x->picture[0]].path;
        const char *b = p->pictures[x->picture[1]].path;
        assert_int_equal(!strncmp(a, b, 6), x->same);
        assert_string_not_equal(a, b);
        for (int k = 0; k < i; k++)
            assert_false(same_pictures(x, &p->items[k]));
    }
}

static void pairs__are_read_by_the_protocol(void **state) {
    (void)state;
    mien_synth_options o = small();
    mien_pairs pairs;
    o.people = 40;
    o.photos = 4;
    o.pairs = 200;
    only_lists("pairs", o);
    assert_int_equal(mien_pairs_read(&pairs, scratch("pairs/pairs.txt")),
                     MIEN_OK);
    look_at_pairs(&pairs, 10, 20);
    assert_false(pairs.dealt);
    mien_pairs_close(&pairs);
}

/* Each person is in one fold only. */
static void pairs__keep_people_within_a_fold(void **state) {
    (void)state;
    mien_synth_options o = small();
    mien_pairs pairs;
    int fold_of[31] = {0};
    o.people = 30;
    o.photos = 3;
    only_lists("folds", o);
    assert_int_equal(mien_pairs_read(&pairs, scratch("folds/pairs.txt")),
                     MIEN_OK);
    for (int i = 0; i < pairs.n; i++)
        for (int k = 0; k < 2; k++) {
            const mien_pair *x = &pairs.items[i];
            const int who = atoi(pairs.pictures[x->picture[k]].path + 1);
            assert_in_range(who, 1, 30);
            if (!fold_of[who]) fold_of[who] = x->fold + 1;
            assert_int_equal(fold_of[who], x->fold + 1);
        }
    mien_pairs_close(&pairs);
}

/* Few people: no folds, and no more pairs than there are. */
static void pairs__of_few_people_have_no_folds(void **state) {
    (void)state;
    mien_synth_options o = small();
    mien_pairs pairs;
    o.people = 4;
    o.photos = 3;
    only_lists("few_pairs", o);
    assert_int_equal(mien_pairs_read(&pairs, scratch("few_pairs/pairs.txt")),
                     MIEN_OK);
    assert_true(pairs.dealt);
    look_at_pairs(&pairs, 10, 12);
    mien_pairs_close(&pairs);
}

static void pairs__of_none_are_not_written(void **state) {
    (void)state;
    mien_synth_options o = small();
    o.people = 40;
    o.pairs = 0;
    only_lists("no_pairs", o);
    assert_false(mien_file_exists(scratch("no_pairs/pairs.txt")));
}

/* ---- refusals --------------------------------------------------------- */

static void refuse(mien_synth_options o, const char *name) {
    assert_int_equal(mien_synth_album(scratch("refused"), &o), MIEN_EINVAL);
    if (!strstr(mien_error(), name))
        fail_msg("'%s' is not in: %s", name, mien_error());
    assert_false(mien_dir_exists(scratch("refused")));
}

static void album__names_the_option_that_is_wrong(void **state) {
    (void)state;
    mien_synth_options o = small();
#define REFUSE(field, value)      \
    do {                          \
        mien_synth_options p = o; \
        p.field = value;          \
        refuse(p, #field);        \
    } while (0)
    REFUSE(people, -1);
    REFUSE(people, 100000);
    REFUSE(photos, 0);
    REFUSE(photos, 10000);
    REFUSE(distractors, -1);
    REFUSE(groups, -1);
    REFUSE(group_people, 1);
    REFUSE(group_people, 17);
    REFUSE(pairs, -1);
    REFUSE(size, 31);
    REFUSE(size, 4097);
    REFUSE(threads, -1);
    REFUSE(threads, 257);
    REFUSE(format, "gif");
    REFUSE(format, NULL);
    o.people = 1;
    refuse(o, "groups");
    o.people = o.groups = o.distractors = 0;
    refuse(o, "people");
    o = small();
    o.frontal = o.hard = true;
    refuse(o, "frontal");
}

static void album__wants_an_empty_folder(void **state) {
    (void)state;
    const mien_synth_options o = small();
    scratch_folder("full");
    scratch_text("full/something", "mine");
    assert_int_equal(mien_synth_album(scratch("full"), &o), MIEN_EINVAL);
    assert_non_null(strstr(mien_error(), "empty"));
    scratch_text("file", "not a folder");
    assert_int_not_equal(mien_synth_album(scratch("file"), &o), MIEN_OK);
}

/* ---- stopping --------------------------------------------------------- */

typedef struct watch {
    int calls, last, of;
} watch;

static bool stop_after_two(void *context, const mien_synth_progress *p) {
    watch *w = context;
    w->calls++;
    assert_true(p->done >= w->last && p->done <= p->of);
    w->last = p->done;
    w->of = p->of;
    return p->done < 2;
}

static void album__stops_when_told_and_lists_what_it_has(void **state) {
    (void)state;
    mien_synth_options o = small();
    watch w = {0};
    o.progress = stop_after_two;
    o.context = &w;
    assert_int_equal(mien_synth_album(scratch("stopped"), &o),
                     MIEN_EINTERRUPTED);
    assert_int_equal(w.calls, 2);
    assert_int_equal(w.of, 6);
    char *truth = text_of("stopped", "truth.jsonl");
    assert_int_equal(lines_of(truth), 2);
    assert_true(
        mien_file_exists(scratch("stopped/people/p0001/p0001_0002.jpg")));
    assert_false(
        mien_file_exists(scratch("stopped/people/p0002/p0002_0001.jpg")));
    free(truth);
}

static void album__says_when_the_disk_is_full(void **state) {
    (void)state;
    const mien_synth_options o = small();
    mien_file_full_after(3000);
    const mien_status status = mien_synth_album(scratch("disk"), &o);
    mien_file_full_after(-1);
    assert_int_equal(status, MIEN_ENOSPACE);
}

static void album__survives_failing_allocations(void **state) {
    (void)state;
    mien_synth_options o = small();
    o.people = o.photos = 1;
    o.groups = o.distractors = 0;
    o.size = 32;
    mien_status status = MIEN_ENOMEM;
    for (int64_t n = 0; status != MIEN_OK; n += 1 + n / 12) {
        mien_mem_fail_after(n);
        status = mien_synth_album(scratch("memory"), &o);
        mien_mem_fail_after(-1);
        if (status != MIEN_OK) assert_int_equal(status, MIEN_ENOMEM);
        assert_int_equal(mien_folder_remove(scratch("memory")), MIEN_OK);
        assert_true(n < 1000000);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(album__has_the_files_it_promises),
        cmocka_unit_test(album__is_the_same_twice_and_by_two_threads),
        cmocka_unit_test(album__grows_without_changing_its_people),
        cmocka_unit_test(album__grey_png_has_one_channel),
        cmocka_unit_test(album__truth_and_labels_say_the_same),
        cmocka_unit_test(album__options_are_written_beside_it),
        cmocka_unit_test(pairs__are_read_by_the_protocol),
        cmocka_unit_test(pairs__keep_people_within_a_fold),
        cmocka_unit_test(pairs__of_few_people_have_no_folds),
        cmocka_unit_test(pairs__of_none_are_not_written),
        cmocka_unit_test(album__names_the_option_that_is_wrong),
        cmocka_unit_test(album__wants_an_empty_folder),
        cmocka_unit_test(album__stops_when_told_and_lists_what_it_has),
        cmocka_unit_test(album__says_when_the_disk_is_full),
        cmocka_unit_test(album__survives_failing_allocations),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
