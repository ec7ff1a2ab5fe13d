/* SPDX-License-Identifier: Apache-2.0 */
/* test_private.c - files for their owner alone, and locks between processes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <signal.h>
#include <sys/wait.h>

#include "base/mem.h"
#include "base/private.h"
#include "../scratch.h"

static void create__makes_a_file_of_its_owner(void **state) {
    (void)state;
    struct stat info;
    mien_buf buf = {.cap = 100};
    assert_int_equal(mien_private_create(scratch("a"), "key", 3), MIEN_OK);
    assert_int_equal(stat(scratch("a"), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_int_equal(info.st_nlink, 1);
    assert_int_equal(mien_private_read(&buf, scratch("a")), MIEN_OK);
    assert_string_equal((char *)buf.data, "key");
    mien_buf_close(&buf);
}

static void create__replaces_nothing(void **state) {
    (void)state;
    mien_buf buf = {.cap = 100};
    assert_int_equal(mien_private_create(scratch("b"), "old", 3), MIEN_OK);
    assert_int_equal(mien_private_create(scratch("b"), "new", 3), MIEN_EIO);
    assert_int_equal(mien_private_create(scratch("no/b"), "new", 3),
                     MIEN_ENOTFOUND);
    assert_int_equal(mien_private_read(&buf, scratch("b")), MIEN_OK);
    assert_string_equal((char *)buf.data, "old");
    mien_mem_fail_after(0);
    assert_int_equal(mien_private_create(scratch("c"), "x", 1), MIEN_ENOMEM);
    mien_mem_fail_after(-1);
    mien_buf_close(&buf);
}

static void read__refuses_what_others_may_touch(void **state) {
    (void)state;
    static const mode_t open_to_others[] = {0640, 0620, 0604, 0602, 0601};
    mien_buf buf = {.cap = 100};
    assert_int_equal(mien_private_create(scratch("d"), "key", 3), MIEN_OK);
    for (int i = 0; i < 5; i++) {
        chmod(scratch("d"), open_to_others[i]);
        assert_int_equal(mien_private_read(&buf, scratch("d")), MIEN_EINVAL);
    }
    chmod(scratch("d"), 0400);
    assert_int_equal(mien_private_read(&buf, scratch("d")), MIEN_OK);
    assert_int_equal(mien_private_read(&buf, scratch("none")), MIEN_ENOTFOUND);
    mien_buf_close(&buf);
}

/* A second name shows what became of the bytes. */
static void wipe__overwrites_before_it_removes(void **state) {
    (void)state;
    uint8_t bytes[10000];
    size_t size;
    memset(bytes, 7, sizeof bytes);
    assert_int_equal(mien_private_create(scratch("e"), bytes, sizeof bytes),
                     MIEN_OK);
    assert_int_equal(link(scratch("e"), scratch("second")), 0);
    assert_int_equal(mien_private_wipe(scratch("e")), MIEN_OK);
    assert_int_equal(access(scratch("e"), F_OK), -1);
    uint8_t *left = scratch_read(scratch("second"), &size);
    assert_int_equal(size, sizeof bytes);
    for (size_t i = 0; i < size; i++) assert_int_equal(left[i], 0);
    free(left);
    assert_int_equal(mien_private_wipe(scratch("e")), MIEN_OK);
}

static void lock__is_held_by_one(void **state) {
    (void)state;
    mien_lock a, b;
    assert_int_equal(mien_lock_take(&a, scratch("lock"), 0), MIEN_OK);
    assert_int_equal(mien_lock_take(&b, scratch("lock"), 0), MIEN_EIO);
    assert_non_null(strstr(mien_error(), "another process holds"));
    assert_int_equal(mien_lock_take(&b, scratch("lock"), 0.05), MIEN_EIO);
    mien_lock_drop(&a);
    assert_int_equal(mien_lock_take(&b, scratch("lock"), 0), MIEN_OK);
    mien_lock_drop(&b);
    mien_lock_drop(&b);
    assert_int_equal(mien_lock_take(&b, scratch("no/lock"), 0), MIEN_ENOTFOUND);
}

static void lock__of_the_dead_is_free(void **state) {
    (void)state;
    mien_lock lock;
    int ends[2];
    char byte;
    assert_int_equal(pipe(ends), 0);
    const pid_t child = fork();
    if (child == 0) {
        if (mien_lock_take(&lock, scratch("dead"), 0) != MIEN_OK ||
            write(ends[1], "x", 1) != 1)
            _exit(1);
        for (;;) pause();
    }
    assert_int_equal(read(ends[0], &byte, 1), 1);
    assert_int_equal(mien_lock_take(&lock, scratch("dead"), 0), MIEN_EIO);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    assert_int_equal(mien_lock_take(&lock, scratch("dead"), 5), MIEN_OK);
    mien_lock_drop(&lock);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(create__makes_a_file_of_its_owner),
        cmocka_unit_test(create__replaces_nothing),
        cmocka_unit_test(read__refuses_what_others_may_touch),
        cmocka_unit_test(wipe__overwrites_before_it_removes),
        cmocka_unit_test(lock__is_held_by_one),
        cmocka_unit_test(lock__of_the_dead_is_free),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
