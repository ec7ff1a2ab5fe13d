/* SPDX-License-Identifier: Apache-2.0 */
/* test_folder.c - temporary folders, walks, removal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/folder.h"
#include "base/log.h"

static char root[256];

static int setup(void **state) {
    char path[512];
    (void)state;
    if (mien_folder_temporary(root, sizeof root) != MIEN_OK) return -1;
    snprintf(path, sizeof path, "%s/a/b", root);
    if (mien_make_dirs(path) != MIEN_OK) return -1;
    static const char *const names[] = {"1", "a/2", "a/.3", "a/b/4"};
    for (int i = 0; i < 4; i++) {
        snprintf(path, sizeof path, "%s/%s", root, names[i]);
        if (mien_file_write(path, "x", 1) != MIEN_OK) return -1;
    }
    return 0;
}

static int teardown(void **state) {
    (void)state;
    return mien_folder_remove(root) == MIEN_OK ? 0 : -1;
}

static mien_status count(void *context, const char *path) {
    assert_true(mien_file_exists(path));
    ++*(int *)context;
    return MIEN_OK;
}

static mien_status refuse(void *context, const char *path) {
    ++*(int *)context;
    return mien_fail(MIEN_EDATA, "%s", path);
}

static void walk__visits_every_file_once(void **state) {
    int n = 0;
    (void)state;
    assert_int_equal(mien_folder_walk(root, count, &n), MIEN_OK);
    assert_int_equal(n, 4);
}

static void walk__ends_at_the_first_failure(void **state) {
    int n = 0;
    (void)state;
    assert_int_equal(mien_folder_walk(root, refuse, &n), MIEN_EDATA);
    assert_int_equal(n, 1);
    assert_int_equal(mien_folder_walk("/nowhere/at/all", refuse, &n),
                     MIEN_ENOTFOUND);
}

/* A link may lead anywhere: the link goes, what it leads to stays. */
static void remove__does_not_follow_links(void **state) {
    char other[256], link[512], kept[512];
    int n = 0;
    (void)state;
    assert_int_equal(mien_folder_temporary(other, sizeof other), MIEN_OK);
    snprintf(link, sizeof link, "%s/a/link", root);
    snprintf(kept, sizeof kept, "%s/kept", other);
    assert_int_equal(mien_file_write(kept, "x", 1), MIEN_OK);
    assert_int_equal(symlink(other, link), 0);
    assert_int_equal(mien_folder_walk(root, count, &n), MIEN_OK);
    assert_int_equal(n, 4);
    assert_int_equal(mien_folder_remove(root), MIEN_OK);
    assert_false(mien_dir_exists(root));
    assert_true(mien_file_exists(kept));
    assert_int_equal(mien_folder_remove(root), MIEN_OK);
    assert_int_equal(mien_folder_remove(other), MIEN_OK);
}

static void temporary__needs_room(void **state) {
    char small[8];
    (void)state;
    assert_int_equal(mien_folder_temporary(small, sizeof small), MIEN_ELIMIT);
}

static int heard;

static void hear(void *context, mien_log_level level, const char *text) {
    (void)context, (void)level, (void)text;
    heard++;
}

static void log__is_silent_while_muted(void **state) {
    (void)state;
    mien_log_set(&(mien_log_sink){.line = hear}, NULL);
    mien_log_mute(true);
    mien_info("unheard");
    mien_log_mute(false);
    mien_info("heard");
    mien_log_set(NULL, NULL);
    assert_int_equal(heard, 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(walk__visits_every_file_once),
        TEST(walk__ends_at_the_first_failure),
        TEST(remove__does_not_follow_links),
        TEST(temporary__needs_room),
        TEST(log__is_silent_while_muted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
