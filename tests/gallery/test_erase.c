/* SPDX-License-Identifier: Apache-2.0 */
/* test_erase.c - what was erased is in no file: not in clear, not encrypted,
 * not by name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <dirent.h>

#include "gallery/store.h"
#include "gallery_fixture.h"

static bool holds(const uint8_t *bytes, size_t size, const void *what,
                  size_t n) {
    return memmem(bytes, size, what, n) != NULL;
}

/* Whether any file of a gallery holds these bytes. */
static bool anywhere(const char *gallery, const void *what, size_t n) {
    DIR *dir = opendir(scratch_root);
    bool found = false;
    assert_non_null(dir);
    for (struct dirent *e; (e = readdir(dir));) {
        if (strncmp(e->d_name, gallery, strlen(gallery))) continue;
        size_t size;
        uint8_t *bytes = scratch_read(scratch(e->d_name), &size);
        found |= holds(bytes, size, what, n);
        free(bytes);
    }
    closedir(dir);
    return found;
}

typedef struct piece {
    uint8_t bytes[32];
} piece;

enum { SEALED = 24 + 4 * WIDTH + 16, CODED = 20 + 64, ROWS = 30 };

/* Of each row the middle of its encrypted vector. */
static void take_pieces(piece *out, const char *vectors) {
    size_t size;
    uint8_t *bytes = scratch_read(vectors, &size);
    assert_int_equal(size, ROWS * (CODED + SEALED) + 16 + 128);
    for (int r = 0; r < ROWS; r++)
        memcpy(out[r].bytes, bytes + ROWS * CODED + 16 + r * SEALED + 100, 32);
    free(bytes);
}

static void vectors__are_nowhere_in_clear(void **state) {
    (void)state;
    mien_gallery *g = open_to(scratch("a.mien"), to_write());
    enrol_all(g, 10, 3);
    assert_ok(mien_gallery_prepare(g));
    float x[WIDTH];
    for (uint32_t i = 0; i < 30; i++) {
        face_vector(x, WIDTH, i / 3, i % 3, 0.5);
        for (int k = 0; k + 3 < WIDTH; k += 4)
            assert_false(anywhere("a.mien", x + k, 4 * sizeof *x));
    }
    mien_gallery_close(g);
}

static void erase__leaves_nothing(void **state) {
    (void)state;
    static const char name[] = "Person 4";
    piece pieces[ROWS];
    mien_gallery *g = open_to(scratch("b.mien"), to_write());
    enrol_all(g, 10, 3);
    assert_ok(mien_gallery_prepare(g));
    take_pieces(pieces, scratch("b.mien.vectors"));
    for (int r = 0; r < ROWS; r++)
        assert_true(anywhere("b.mien", pieces[r].bytes, 32));
    assert_true(anywhere("b.mien", name, sizeof name - 1));
    for (int i = 0; i < 10; i++) { /* rows that moved about leave copies */
        if (i == 4) continue;
        assert_ok(mien_gallery_rename(g, person_name(i), person_name(50 + i)));
        if (i % 3 == 0) assert_ok(mien_gallery_remove(g, person_name(50 + i)));
    }
    assert_ok(mien_gallery_erase(g, name));
    assert_false(anywhere("b.mien", name, sizeof name - 1));
    for (int r = 0; r < ROWS; r++) {
        const int person = r / 3;
        const bool gone = person == 4 || person % 3 == 0;
        assert_int_equal(anywhere("b.mien", pieces[r].bytes, 32), !gone);
    }
    assert_string_equal(who_is(g, 4), "");
    assert_string_equal(who_is(g, 5), "Person 55");
    assert_ok(mien_gallery_verify(g, NULL, NULL));
    assert_int_equal(mien_gallery_erase(g, name), MIEN_ENOTFOUND);
    mien_gallery_close(g);
}

static void vectors__of_before_a_removal_do_not_stay(void **state) {
    (void)state;
    mien_gallery *g = open_to(scratch("c.mien"), to_write());
    enrol_all(g, 10, 3);
    assert_ok(mien_gallery_prepare(g));
    assert_ok(mien_gallery_remove(g, "Person 1"));
    assert_int_equal(access(scratch("c.mien.vectors"), F_OK), -1);
    assert_ok(mien_gallery_prepare(g));
    assert_ok(mien_gallery_begin(g));
    assert_ok(mien_gallery_merge(g, "Person 2", "Person 3"));
    assert_int_equal(access(scratch("c.mien.vectors"), F_OK), 0);
    assert_ok(mien_gallery_commit(g));
    assert_int_equal(access(scratch("c.mien.vectors"), F_OK), -1);
    mien_gallery_close(g);
}

/* A process that was killed while it wrote the file of vectors. */
static void erase__sweeps_up_half_written_files(void **state) {
    (void)state;
    mien_gallery *g = open_to(scratch("e.mien"), to_write());
    enrol_all(g, 3, 1);
    scratch_text("e.mien.vectors.tmp-12-3", "half of them");
    scratch_text("e.mien.vectors.old", "somebody's");
    scratch_text("xe.mien.vectors.tmp-12-3", "another's");
    assert_ok(mien_gallery_erase(g, "Person 1"));
    assert_int_equal(access(scratch("e.mien.vectors.tmp-12-3"), F_OK), -1);
    assert_int_equal(access(scratch("e.mien.vectors.old"), F_OK), 0);
    assert_int_equal(access(scratch("xe.mien.vectors.tmp-12-3"), F_OK), 0);
    mien_gallery_close(g);
}

/* One that is between two searches. */
static void erase__is_not_hindered_by_an_idle_reader(void **state) {
    (void)state;
    mien_gallery *g = open_to(scratch("d.mien"), to_write());
    enrol_all(g, 10, 3);
    mien_gallery *reader = open_to(scratch("d.mien"), to_read());
    assert_string_equal(who_is(reader, 4), "Person 4");
    assert_ok(mien_gallery_erase(g, "Person 4"));
    assert_string_equal(who_is(reader, 4), "");
    mien_gallery_close(reader);
    mien_gallery_close(g);
}

/* One in the middle of reading keeps the log as it is: that is said. */
static void wipe__tells_when_a_reader_hinders_it(void **state) {
    (void)state;
    mien_gallery *g = open_to(scratch("f.mien"), to_write());
    enrol_all(g, 10, 3);
    const mien_store_how how = {.where = scratch("f.mien")};
    mien_store *reader;
    uint8_t head[300];
    size_t size = sizeof head;
    assert_ok(mien_store_open(&reader, &how));
    assert_ok(reader->ops->begin(reader, false));
    assert_ok(reader->ops->head_get(reader, head, &size));
    assert_int_equal(mien_gallery_erase(g, "Person 4"), MIEN_EIO);
    assert_said("another process is reading");
    reader->ops->close(reader);
    assert_ok(mien_gallery_wipe(g));
    assert_false(anywhere("f.mien", "Person 4", 8));
    assert_string_equal(who_is(g, 4), "");
    mien_gallery_close(g);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors__are_nowhere_in_clear),
        cmocka_unit_test(erase__leaves_nothing),
        cmocka_unit_test(vectors__of_before_a_removal_do_not_stay),
        cmocka_unit_test(erase__sweeps_up_half_written_files),
        cmocka_unit_test(wipe__tells_when_a_reader_hinders_it),
        cmocka_unit_test(erase__is_not_hindered_by_an_idle_reader),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
