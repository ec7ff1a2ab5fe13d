/* SPDX-License-Identifier: Apache-2.0 */
/* replay.c - feed every file of a folder to a fuzz target, without a fuzzer.
 *
 *   replay fuzz/corpus/image
 *
 * Each file goes in whole and cut to half and to all but its last byte. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* A copy of the exact length, so that a read beyond it is seen. */
static void feed(const uint8_t *bytes, size_t size) {
    uint8_t *copy = malloc(size ? size : 1);
    if (!copy) abort();
    if (size) memcpy(copy, bytes, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

static mien_status replay(const char *folder, const char *name) {
    char path[4096];
    mien_buf file = {.cap = 16 << 20};
    MIEN_TRY(mien_path_join(path, sizeof(path), folder, name));
    mien_status status = mien_file_read(&file, path);
    if (status == MIEN_OK) {
        feed(file.data, file.size);
        feed(file.data, file.size / 2);
        if (file.size) feed(file.data, file.size - 1);
    }
    mien_buf_close(&file);
    return status;
}

int main(int argc, char **argv) {
    mien_names names = {0};
    if (argc != 2) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 2;
    }
    mien_status status = mien_dir_list(&names, argv[1]);
    for (size_t i = 0; i < names.count && status == MIEN_OK; i++)
        status = replay(argv[1], names.items[i]);
    if (status != MIEN_OK) fprintf(stderr, "%s\n", mien_error());
    printf("%zu inputs\n", names.count);
    const bool empty = names.count == 0;
    mien_names_close(&names);
    return status != MIEN_OK || empty ? 2 : 0;
}
