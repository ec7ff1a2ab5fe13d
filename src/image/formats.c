/* SPDX-License-Identifier: Apache-2.0 */
/* formats.c - the table of file formats, from formats.def. */
#include "image/format.h"

#define MIEN_FORMAT(name) extern const mien_format mien_format_##name;
#include "image/formats.def"
#undef MIEN_FORMAT

const mien_format *const mien_formats[] = {
#define MIEN_FORMAT(name) &mien_format_##name,
#include "image/formats.def"
#undef MIEN_FORMAT
};
const int mien_format_count =
    (int)(sizeof(mien_formats) / sizeof(mien_formats[0]));
