/* SPDX-License-Identifier: Apache-2.0 */
/* tree_text.h - single values of a recipe as text. Private to src/base.
 *
 *   mien_text_emit(&out, "a b");        (appends "a b" with its quotes) */
#ifndef MIEN_BASE_TREE_TEXT_H
#define MIEN_BASE_TREE_TEXT_H

#include <stdbool.h>

#include "base/tree.h"

/* Whether an unquoted text stands for no value: empty, ~, null. */
bool mien_text_is_null(const char *text);

/* Append a text so that it reads back the same inside [] and {}. */
mien_status mien_text_emit(mien_buf *out, const char *text);

/* Append a tree on one line: {key: [1, 2], other: text}. */
mien_status mien_tree_emit_flow(mien_buf *out, const mien_tree *tree);

#endif
