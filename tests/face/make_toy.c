/* SPDX-License-Identifier: Apache-2.0 */
/* make_toy.c - write toy.h's models and photos into a folder, for scripts.
 *
 *   make_toy FOLDER */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define fail_msg(...) (fprintf(stderr, __VA_ARGS__), exit(2))

static const char *folder;

static const char *scratch(const char *name) {
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

#include "face/toy.h"

int main(int argc, char **argv) {
    if (argc != 2) return 2;
    folder = argv[1];
    toy_write_detector(scratch("detector.safetensors"));
    toy_write_embedder(scratch("embedder.safetensors"), 7);
    toy_portrait("ada1.png", 1, 1);
    toy_portrait("ada2.png", 1, 2);
    toy_portrait("bob.png", 2, 1);
    mien_image *photo = toy_photo(640, 480);
    toy_ok(mien_image_save(photo, scratch("nobody.png"), 0));
    toy_person(photo, 160, 240, 1, 3);
    toy_person(photo, 480, 240, 2, 3);
    toy_ok(mien_image_save(photo, scratch("both.png"), 0));
    mien_image_free(photo);
    return 0;
}
