/* SPDX-License-Identifier: Apache-2.0 */
/* names.h - the names of a file's values, numbered as they are met. */
#ifndef MIEN_NN_ONNX_NAMES_H
#define MIEN_NN_ONNX_NAMES_H

#include "base/arena.h"
#include "base/fail.h"

typedef struct mien_onnx_names {
    int count, room;    /* room is a power of two */
    int *slots;         /* [2 room]: 1 + a number, 0: free */
    const char **texts; /* [room]; they must outlive it */
} mien_onnx_names;

/* Room for at least `most` names. */
mien_status mien_onnx_names_open(mien_onnx_names *names, mien_arena *arena,
                                 size_t most);

/* The number of a name; a new one gets the next. */
int mien_onnx_names_number(mien_onnx_names *names, const char *text);

#endif
