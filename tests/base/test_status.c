/* SPDX-License-Identifier: Apache-2.0 */
/* test_status.c - statuses and the sentences behind them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "base/fail.h"

static void status__rows_answer_for_text_http_and_exit(void **state) {
    (void)state;
    assert_string_equal(mien_status_text(MIEN_OK), "ok");
    assert_string_equal(mien_status_text(MIEN_ENOSPACE), "no space left");
    assert_int_equal(mien_status_http(MIEN_ENOTFOUND), 404);
    assert_int_equal(mien_status_exit_code(MIEN_OK), 0);
    assert_int_equal(mien_status_exit_code(MIEN_NOMATCH), 1);
    assert_int_equal(mien_status_exit_code(MIEN_EFORMAT), 2);
    assert_int_equal(mien_status_exit_code(MIEN_EDIAGNOSIS), 3);
}

static void status__unknown_value_is_an_error(void **state) {
    (void)state;
    const mien_status odd = (mien_status)-12345;
    assert_string_equal(mien_status_text(odd), "unknown status");
    assert_int_equal(mien_status_http(odd), 500);
    assert_int_equal(mien_status_exit_code(odd), 2);
}

static void fail__stores_the_sentence_and_returns_the_status(void **state) {
    (void)state;
    assert_int_equal(mien_fail(MIEN_ESHAPE, "%d is not %s", 3, "four"),
                     MIEN_ESHAPE);
    assert_string_equal(mien_error(), "3 is not four");
}

static void fail__may_quote_the_sentence_before(void **state) {
    (void)state;
    mien_fail(MIEN_EIO, "inner");
    mien_fail(MIEN_EIO, "outer (%s)", mien_error());
    assert_string_equal(mien_error(), "outer (inner)");
}

static void fail_in__puts_context_before(void **state) {
    (void)state;
    mien_fail(MIEN_EIO, "inner");
    assert_int_equal(mien_fail_in(MIEN_EDATA, "file %d", 7), MIEN_EDATA);
    assert_string_equal(mien_error(), "file 7: inner");
}

static void fail__cuts_what_is_too_long(void **state) {
    (void)state;
    char text[5000];
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = 0;
    mien_fail(MIEN_EIO, "%s", text);
    const size_t room = strlen(mien_error());
    assert_in_range(room, 511, 4998);
    mien_fail_in(MIEN_EIO, "head");
    assert_int_equal(strlen(mien_error()), room);
    assert_memory_equal(mien_error(), "head: xx", 8);
    mien_fail_in(MIEN_EIO, "%s", text);
    assert_int_equal(strlen(mien_error()), room);
}

static void fail_errno__maps_the_code(void **state) {
    (void)state;
    static const struct {
        int code;
        mien_status status;
    } cases[] = {{ENOSPC, MIEN_ENOSPACE},
                 {EDQUOT, MIEN_ENOSPACE},
                 {ENOENT, MIEN_ENOTFOUND},
                 {EACCES, MIEN_EIO}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        errno = cases[i].code;
        assert_int_equal(mien_fail_errno("cannot open", "a/b"),
                         cases[i].status);
        assert_non_null(strstr(mien_error(), "cannot open a/b: "));
        assert_non_null(strstr(mien_error(), strerror(cases[i].code)));
    }
}

static void *fail_elsewhere(void *context) {
    (void)context;
    if (*mien_error()) return NULL; /* this thread has no error yet */
    mien_fail(MIEN_EIO, "elsewhere");
    return (void *)1;
}

static void error__belongs_to_its_thread(void **state) {
    (void)state;
    pthread_t thread;
    void *fresh;
    mien_fail(MIEN_EIO, "here");
    assert_int_equal(pthread_create(&thread, NULL, fail_elsewhere, NULL), 0);
    pthread_join(thread, &fresh);
    assert_non_null(fresh);
    assert_string_equal(mien_error(), "here");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(status__rows_answer_for_text_http_and_exit),
        cmocka_unit_test(status__unknown_value_is_an_error),
        cmocka_unit_test(fail__stores_the_sentence_and_returns_the_status),
        cmocka_unit_test(fail__may_quote_the_sentence_before),
        cmocka_unit_test(fail_in__puts_context_before),
        cmocka_unit_test(fail__cuts_what_is_too_long),
        cmocka_unit_test(fail_errno__maps_the_code),
        cmocka_unit_test(error__belongs_to_its_thread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
