/* SPDX-License-Identifier: Apache-2.0 */
/* detect.h - how a face detector's answer and its targets are laid out; the
 * loss, the readers that write targets and the decoder agree on it.
 *
 * The answer of an image of H x W is, for the strides 8, 16 and 32 in turn, 15
 * planes of (H / stride) x (W / stride) cells: a score (logit), the offset of
 * the box's centre from the cell's in cells, the logarithm of its width and
 * height in cells, and the offsets of five points from the cell's centre in
 * cells, x before y.
 *
 * A target row is the number of boxes, then 15 numbers for each of up to `most`
 * of them: x, y of the top left corner, width, height in pixels of the
 * network's input; a sign: 1 with points, 0 without, -1 a face to be ignored;
 * five points. */
#ifndef MIEN_NN_LOSSES_DETECT_H
#define MIEN_NN_LOSSES_DETECT_H

enum {
    MIEN_DETECT_SCALES = 3,
    MIEN_DETECT_PLANES = 15,
    MIEN_DETECT_POINTS = 5,
    MIEN_DETECT_BOX = 15 /* numbers a box in a target row */
};

static inline int mien_detect_stride(int scale) { return 8 << scale; }

/* Numbers of a target row with room for so many boxes. */
static inline int mien_detect_row(int boxes) {
    return 1 + boxes * MIEN_DETECT_BOX;
}

/* Cells of all scales for an input of rows x columns pixels, both multiples
 * of 32. */
static inline int mien_detect_cells(int rows, int columns) {
    int cells = 0;
    for (int k = 0; k < MIEN_DETECT_SCALES; k++)
        cells +=
            (rows / mien_detect_stride(k)) * (columns / mien_detect_stride(k));
    return cells;
}

#endif
