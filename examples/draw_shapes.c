/* SPDX-License-Identifier: Apache-2.0 */
/* draw_shapes.c - photos to train on without photographing anybody: crosses,
 * frames and squares, one folder each.
 *
 *   draw_shapes FOLDER SEED        writes FOLDER/cross/00.png and so on */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "mien/image.h"

enum { SIDE = 32, PHOTOS = 40 };
static const char *const kinds[] = {"cross", "frame", "square"};

static int between(int least, int most) {
    return least + rand() % (most - least + 1);
}

static mien_colour any_colour(int least, int most) {
    return (mien_colour){(uint8_t)between(least, most),
                         (uint8_t)between(least, most),
                         (uint8_t)between(least, most)};
}

static mien_status draw(int kind, const char *path) {
    mien_image *image;
    if (mien_image_new(&image, SIDE, SIDE, 3) != MIEN_OK) return MIEN_ENOMEM;
    const int side = between(10, 20), x = between(0, SIDE - side);
    const int y = between(0, SIDE - side);
    const mien_colour pen = any_colour(150, 255);
    mien_image_fill(image, 0, 0, SIDE, SIDE, any_colour(0, 100));
    if (kind == 0) {
        mien_image_fill(image, x, y + side / 2 - 1, side, 3, pen);
        mien_image_fill(image, x + side / 2 - 1, y, 3, side, pen);
    } else if (kind == 1) {
        mien_image_draw_box(image, (mien_box){x, y, side, side}, 2, pen);
    } else {
        mien_image_fill(image, x, y, side, side, pen);
    }
    const mien_status status = mien_image_save(image, path, 0);
    mien_image_free(image);
    return status;
}

int main(int argc, char **argv) {
    char path[4096];
    if (argc != 3) return fputs("usage: draw_shapes FOLDER SEED\n", stderr), 2;
    srand((unsigned)atoi(argv[2]));
    mkdir(argv[1], 0777);
    for (int i = 0; i < 3 * PHOTOS; i++) {
        snprintf(path, sizeof path, "%s/%s", argv[1], kinds[i % 3]);
        mkdir(path, 0777);
        snprintf(path, sizeof path, "%s/%s/%02d.png", argv[1], kinds[i % 3],
                 i / 3);
        if (draw(i % 3, path) == MIEN_OK) continue;
        return fprintf(stderr, "%s\n", mien_error()), 2;
    }
    return 0;
}
