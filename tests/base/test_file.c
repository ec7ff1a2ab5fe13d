/* SPDX-License-Identifier: Apache-2.0 */
/* test_file.c - reading, mapping, listing, and files never half written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

static char folder[64];

/* A path inside the test's own folder; up to four at a time. */
static const char *in_folder(const char *name) {
    static char paths[4][256];
    static int turn;
    char *path = paths[turn++ % 4];
    assert_int_equal(mien_path_join(path, 256, folder, name), MIEN_OK);
    return path;
}

static int make_folder(void **state) {
    (void)state;
    const char *top = getenv("TMPDIR");
    snprintf(folder, sizeof(folder), "%.40s/mien-XXXXXX", top ? top : "/tmp");
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state) {
    (void)state;
    mien_names names;
    if (mien_dir_list(&names, folder) != MIEN_OK) return -1;
    for (size_t i = 0; i < names.count; i++) unlink(in_folder(names.items[i]));
    mien_names_close(&names);
    return rmdir(folder);
}

static void assert_content(const char *path, const char *text) {
    mien_buf buf = {.cap = 1 << 20};
    assert_int_equal(mien_file_read(&buf, path), MIEN_OK);
    assert_string_equal((char *)buf.data, text);
    mien_buf_close(&buf);
}

static void assert_files(size_t count) {
    mien_names names;
    assert_int_equal(mien_dir_list(&names, folder), MIEN_OK);
    assert_int_equal(names.count, count);
    mien_names_close(&names);
}

static void file__reads_back_what_was_written(void **state) {
    (void)state;
    const size_t size = 300001;
    uint8_t *bytes = mien_alloc(size, 1);
    for (size_t i = 0; i < size; i++) bytes[i] = (uint8_t)(i * 31 >> 3);
    const char *path = in_folder("a");
    assert_int_equal(mien_file_write(path, bytes, size), MIEN_OK);
    mien_buf buf = {.cap = size};
    assert_int_equal(mien_file_read(&buf, path), MIEN_OK);
    assert_int_equal(buf.size, size);
    assert_memory_equal(buf.data, bytes, size);
    mien_map map;
    assert_int_equal(mien_map_open(&map, path), MIEN_OK);
    assert_int_equal(map.size, size);
    assert_memory_equal(map.data, bytes, size);
    mien_map_close(&map);
    mien_map_close(&map);
    mien_buf_close(&buf);
    mien_free(bytes);
}

static void read__over_the_cap_is_a_limit(void **state) {
    (void)state;
    mien_buf buf = {.cap = 9};
    assert_int_equal(mien_file_write(in_folder("a"), "0123456789", 10),
                     MIEN_OK);
    assert_int_equal(mien_file_read(&buf, in_folder("a")), MIEN_ELIMIT);
    assert_non_null(strstr(mien_error(), in_folder("a")));
    mien_buf_close(&buf);
    buf.cap = 1000; /* a device has no size to look at first */
    assert_int_equal(mien_file_read(&buf, "/dev/zero"), MIEN_ELIMIT);
    mien_buf_close(&buf);
}

static void read__absent_or_folder_is_an_error(void **state) {
    (void)state;
    mien_buf buf = {.cap = 9};
    mien_map map;
    assert_int_equal(mien_file_read(&buf, in_folder("no")), MIEN_ENOTFOUND);
    assert_non_null(strstr(mien_error(), in_folder("no")));
    assert_int_equal(mien_map_open(&map, in_folder("no")), MIEN_ENOTFOUND);
    assert_int_equal(mien_file_read(&buf, folder), MIEN_EIO);
    assert_int_equal(mien_map_open(&map, folder), MIEN_EINVAL);
    mien_buf_close(&buf);
}

static void empty_file__reads_and_maps_to_nothing(void **state) {
    (void)state;
    mien_buf buf = {.cap = 9};
    mien_map map;
    assert_int_equal(mien_file_write(in_folder("a"), NULL, 0), MIEN_OK);
    assert_int_equal(mien_file_read(&buf, in_folder("a")), MIEN_OK);
    assert_int_equal(buf.size, 0);
    assert_string_equal((char *)buf.data, "");
    assert_int_equal(mien_map_open(&map, in_folder("a")), MIEN_OK);
    assert_null(map.data);
    assert_int_equal(map.size, 0);
    mien_map_close(&map);
    mien_buf_close(&buf);
}

static void writer__shows_the_file_only_after_commit(void **state) {
    (void)state;
    mien_writer *w;
    const char *path = in_folder("a");
    assert_int_equal(mien_file_write(path, "old", 3), MIEN_OK);
    assert_int_equal(mien_writer_open(&w, path), MIEN_OK);
    assert_int_equal(mien_writer_put(w, "n", 1), MIEN_OK);
    assert_content(path, "old");
    assert_int_equal(mien_writer_put(w, "ew", 2), MIEN_OK);
    assert_int_equal(mien_writer_commit(w), MIEN_OK);
    assert_content(path, "new");
    assert_files(1);
}

static void writer__close_without_commit_leaves_the_old(void **state) {
    (void)state;
    mien_writer *w;
    const char *path = in_folder("a");
    assert_int_equal(mien_file_write(path, "old", 3), MIEN_OK);
    assert_int_equal(mien_writer_open(&w, path), MIEN_OK);
    mien_writer_put(w, "new", 3);
    mien_writer_close(w);
    mien_writer_close(NULL);
    assert_content(path, "old");
    assert_files(1);
}

static void writer__full_disk_leaves_the_old(void **state) {
    (void)state;
    static const uint8_t bytes[200000];
    const char *path = in_folder("a");
    assert_int_equal(mien_file_write(path, "old", 3), MIEN_OK);
    for (int64_t room = 0; room < 400000; room += 50000) {
        mien_writer *w;
        mien_file_full_after(room);
        assert_int_equal(mien_writer_open(&w, path), MIEN_OK);
        mien_writer_put(w, bytes, 100);
        mien_writer_put(w, bytes, sizeof(bytes));
        mien_writer_put(w, bytes, sizeof(bytes));
        mien_fail(MIEN_EIO, "something else meanwhile");
        assert_int_equal(mien_writer_commit(w), MIEN_ENOSPACE);
        assert_non_null(strstr(mien_error(), path));
        assert_null(strstr(mien_error(), "tmp-"));
        assert_content(path, "old");
        assert_files(1);
    }
    mien_file_full_after(-1);
    assert_int_equal(mien_file_write(path, "new", 3), MIEN_OK);
    assert_content(path, "new");
}

/* The kernel itself refuses here: files over 4 KiB are forbidden. */
static void writer__failing_write_call_leaves_the_old(void **state) {
    (void)state;
    static const uint8_t bytes[20000];
    const char *path = in_folder("a");
    struct rlimit before, small;
    assert_int_equal(mien_file_write(path, "old", 3), MIEN_OK);
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before);
    small = before;
    small.rlim_cur = 4096;
    setrlimit(RLIMIT_FSIZE, &small);
    const mien_status status = mien_file_write(path, bytes, sizeof(bytes));
    setrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, SIG_DFL);
    assert_int_equal(status, MIEN_EIO);
    assert_non_null(strstr(mien_error(), path));
    assert_content(path, "old");
    assert_files(1);
}

static void writer__failing_allocations_leave_nothing(void **state) {
    (void)state;
    mien_status status = MIEN_ENOMEM;
    for (int n = 0; status != MIEN_OK; n++) {
        assert_true(n < 20);
        mien_mem_fail_after(n);
        status = mien_file_write(in_folder("a"), "new", 3);
        mien_mem_fail_after(-1);
        assert_true(status == MIEN_OK || status == MIEN_ENOMEM);
        assert_files(status == MIEN_OK);
    }
    assert_content(in_folder("a"), "new");
}

static void writer__no_folder_is_an_error(void **state) {
    (void)state;
    mien_writer *w;
    assert_int_equal(mien_writer_open(&w, in_folder("no/a")), MIEN_ENOTFOUND);
    assert_null(w);
    assert_non_null(strstr(mien_error(), in_folder("no/a")));
}

static void writer__two_to_one_name_do_not_mix(void **state) {
    (void)state;
    mien_writer *a, *b;
    assert_int_equal(mien_writer_open(&a, in_folder("a")), MIEN_OK);
    assert_int_equal(mien_writer_open(&b, in_folder("a")), MIEN_OK);
    mien_writer_put(a, "first", 5);
    mien_writer_put(b, "second", 6);
    assert_int_equal(mien_writer_commit(a), MIEN_OK);
    assert_content(in_folder("a"), "first");
    assert_int_equal(mien_writer_commit(b), MIEN_OK);
    assert_content(in_folder("a"), "second");
    assert_files(1);
}

static void dir_list__is_sorted_without_hidden_names(void **state) {
    (void)state;
    static const char *const names[] = {"b", "a10", "a2", ".hidden"};
    mien_names list;
    for (int i = 0; i < 4; i++)
        assert_int_equal(mien_file_write(in_folder(names[i]), "", 0), MIEN_OK);
    assert_int_equal(mien_dir_list(&list, folder), MIEN_OK);
    assert_int_equal(list.count, 3);
    assert_string_equal(list.items[0], "a10");
    assert_string_equal(list.items[1], "a2");
    assert_string_equal(list.items[2], "b");
    mien_names_close(&list);
    assert_int_equal(mien_file_remove(in_folder(".hidden")), MIEN_OK);
    assert_int_equal(mien_dir_list(&list, in_folder("no")), MIEN_ENOTFOUND);
}

static void dir_list__holds_many_and_survives_no_memory(void **state) {
    (void)state;
    char name[16];
    for (int i = 0; i < 150; i++) {
        snprintf(name, sizeof(name), "f%03d", i);
        assert_int_equal(mien_file_write(in_folder(name), "", 0), MIEN_OK);
    }
    assert_files(150);
    mien_status status = MIEN_ENOMEM;
    for (int n = 0; status != MIEN_OK; n += 17) {
        mien_names list;
        mien_mem_fail_after(n);
        status = mien_dir_list(&list, folder);
        mien_mem_fail_after(-1);
        assert_int_equal(list.count, status == MIEN_OK ? 150 : 0);
        mien_names_close(&list);
    }
}

static void make_dirs__makes_all_and_takes_what_is_there(void **state) {
    (void)state;
    assert_int_equal(mien_make_dirs(in_folder("x//y/z/")), MIEN_OK);
    assert_true(mien_dir_exists(in_folder("x/y/z")));
    assert_false(mien_file_exists(in_folder("x/y/z")));
    assert_int_equal(mien_make_dirs(in_folder("x/y/z")), MIEN_OK);
    assert_int_equal(rmdir(in_folder("x/y/z")), 0);
    assert_int_equal(rmdir(in_folder("x/y")), 0);
    assert_int_equal(rmdir(in_folder("x")), 0);
    mien_file_write(in_folder("file"), "", 0);
    assert_int_equal(mien_make_dirs(in_folder("file/y")), MIEN_EIO);
    assert_non_null(strstr(mien_error(), "file"));
}

static void remove__absent_is_fine(void **state) {
    (void)state;
    assert_int_equal(mien_file_remove(in_folder("no")), MIEN_OK);
    assert_int_equal(mien_file_remove(folder), MIEN_EIO);
}

static void path_join__puts_one_slash_between(void **state) {
    (void)state;
    char out[8];
    assert_int_equal(mien_path_join(out, 8, "a", "b"), MIEN_OK);
    assert_string_equal(out, "a/b");
    assert_int_equal(mien_path_join(out, 8, "a/", "b"), MIEN_OK);
    assert_string_equal(out, "a/b");
    assert_int_equal(mien_path_join(out, 8, "", "b"), MIEN_OK);
    assert_string_equal(out, "b");
    assert_int_equal(mien_path_join(out, 8, "a", "/b"), MIEN_OK);
    assert_string_equal(out, "/b");
    assert_int_equal(mien_path_join(out, 8, "abc", "def"), MIEN_OK);
    assert_int_equal(mien_path_join(out, 8, "abcd", "def"), MIEN_ELIMIT);
}

static void truncate__keeps_the_beginning(void **state) {
    (void)state;
    mien_buf b = {.cap = 100};
    const char *path = in_folder("cut");
    assert_int_equal(mien_file_write(path, "abcdef", 6), MIEN_OK);
    assert_int_equal(mien_file_truncate(path, 7), MIEN_EDATA);
    assert_int_equal(mien_file_truncate(path, 3), MIEN_OK);
    assert_int_equal(mien_file_read(&b, path), MIEN_OK);
    assert_string_equal((char *)b.data, "abc");
    mien_buf_close(&b);
    assert_int_equal(mien_file_truncate(in_folder("no"), 0), MIEN_ENOTFOUND);
}

static void link__replaces_an_older_bearer(void **state) {
    (void)state;
    mien_buf b = {.cap = 100};
    char from[300], to[300];
    snprintf(from, sizeof from, "%s", in_folder("from"));
    snprintf(to, sizeof to, "%s", in_folder("to"));
    assert_int_equal(mien_file_write(from, "new", 3), MIEN_OK);
    assert_int_equal(mien_file_write(to, "old", 3), MIEN_OK);
    assert_int_equal(mien_file_link(from, to), MIEN_OK);
    assert_int_equal(mien_file_read(&b, to), MIEN_OK);
    assert_string_equal((char *)b.data, "new");
    mien_buf_close(&b);
    assert_int_equal(mien_file_link(in_folder("no"), to), MIEN_ENOTFOUND);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(file__reads_back_what_was_written),
        TEST(read__over_the_cap_is_a_limit),
        TEST(read__absent_or_folder_is_an_error),
        TEST(empty_file__reads_and_maps_to_nothing),
        TEST(writer__shows_the_file_only_after_commit),
        TEST(writer__close_without_commit_leaves_the_old),
        TEST(writer__full_disk_leaves_the_old),
        TEST(writer__failing_write_call_leaves_the_old),
        TEST(writer__failing_allocations_leave_nothing),
        TEST(writer__no_folder_is_an_error),
        TEST(writer__two_to_one_name_do_not_mix),
        TEST(dir_list__is_sorted_without_hidden_names),
        TEST(dir_list__holds_many_and_survives_no_memory),
        TEST(make_dirs__makes_all_and_takes_what_is_there),
        TEST(remove__absent_is_fine),
        TEST(truncate__keeps_the_beginning),
        TEST(link__replaces_an_older_bearer),
        TEST(path_join__puts_one_slash_between),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
