/* SPDX-License-Identifier: Apache-2.0 */
/* arrays.h - an array of images and one of labels, for the readers that find
 * their samples so (npy, npz, idx). */
#ifndef MIEN_DATA_ARRAYS_H
#define MIEN_DATA_ARRAYS_H

#include "data/reader.h"
#include "tensor/npy.h"

#define MIEN_LAYOUTS "auto|hwc|chw"

typedef enum mien_layout {
    MIEN_LAYOUT_AUTO, /* hwc when the last extent is 1 or 3, else chw */
    MIEN_LAYOUT_HWC,
    MIEN_LAYOUT_CHW
} mien_layout;

/* A reader's state: the two tensors and whatever holds their bytes. */
typedef struct mien_arrays {
    mien_tensor images, labels;
    int layout;      /* of mien_layout; as the recipe says */
    mien_npy npy[2]; /* closed with the reader, as all below */
    mien_npz *npz;
    mien_buf unpacked[2];
    int height, width, channels; /* of a sample */
    bool planar;
} mien_arrays;

/* Zeroed, as r->state; NULL when out of memory. */
mien_arrays *mien_arrays_new(mien_reader *r);

/* Check images against labels and fill the reader from them.
 *
 * Shapes: images N,H,W or N,H,W,C or N,C,H,W, 8-bit or any number; labels N
 *         or N,1 whole numbers, or N,K one-hot.
 * Errors: MIEN_EDATA, MIEN_ESHAPE, MIEN_ENOMEM. */
mien_status mien_arrays_adopt(mien_reader *r);

mien_status mien_arrays_decode(mien_sample *out, const mien_reader *r, int i,
                               mien_want want);
mien_status mien_arrays_digest(mien_hash *hash, const mien_reader *r, int i);
void mien_arrays_close(mien_reader *r);

#endif
