/* SPDX-License-Identifier: Apache-2.0 */
/* eval_test.h - what the tests of src/eval share. */
#ifndef TESTS_EVAL_EVAL_TEST_H
#define TESTS_EVAL_EVAL_TEST_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/rng.h"

static inline void assert_ok(mien_status status) {
    if (status != MIEN_OK) fail_msg("%s", mien_error());
}

static inline void assert_near(double a, double b, double tolerance) {
    if (!(fabs(a - b) <= tolerance)) fail_msg("%.12g is not %.12g", a, b);
}

/* The call failed so, and its sentence holds `text`. */
#define assert_fails(call, status, text)                                \
    do {                                                                \
        assert_int_equal(call, status);                                 \
        if (!strstr(mien_error(), text))                                \
            fail_msg("\"%s\" does not say \"%s\"", mien_error(), text); \
    } while (0)

#endif
