/* SPDX-License-Identifier: Apache-2.0 */
/* contract.c - hash what a model file states. */
#include "face/contract.h"

#include <string.h>

#include "base/file.h"

static void add_text(mien_hash *hash, const char *text) {
    mien_hash_add(hash, text, strlen(text) + 1);
}

void mien_contract_hash(char hex[MIEN_HASH_HEX], const mien_model *model) {
    const mien_model_facts *f = mien_model_info(model);
    const int32_t sizes[] = {f->rows, f->columns, f->channels, f->width};
    mien_hash hash;
    mien_hash_begin(&hash);
    add_text(&hash, "mien-contract-1");
    add_text(&hash, f->weights_hash);
    add_text(&hash, f->alignment);
    add_text(&hash, f->colour_order);
    mien_hash_add(&hash, sizes, sizeof sizes);
    mien_hash_add(&hash, &f->scale, sizeof f->scale);
    mien_hash_add(&hash, f->mean, sizeof f->mean);
    mien_hash_add(&hash, f->deviation, sizeof f->deviation);
    mien_hash_end(&hash, hex);
}

mien_status mien_model_path(char *out, size_t room, const char *model) {
    return mien_path_join(out, room, mien_dir_exists(model) ? model : "",
                          mien_dir_exists(model) ? "model.safetensors" : model);
}
