/* SPDX-License-Identifier: Apache-2.0 */
/* choose.h - a row of a table from a line of YAML, for tests. */
#ifndef MIEN_TESTS_CHOOSE_H
#define MIEN_TESTS_CHOOSE_H

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "optim/pick.h"

static inline mien_choice choose(const mien_table *table, const char *text,
                                 mien_arena *arena) {
    mien_tree *tree;
    mien_choice choice;
    assert_int_equal(mien_tree_parse(&tree, arena, text, strlen(text), "test"),
                     MIEN_OK);
    assert_int_equal(mien_pick(&choice, table, tree, arena), MIEN_OK);
    return choice;
}

#endif
