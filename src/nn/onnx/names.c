/* SPDX-License-Identifier: Apache-2.0 */
/* names.c - the names of a file's values, numbered as they are met.
 *
 * Open addressing, at most half full; FNV-1a. Chosen names can make it slow,
 * not wrong: a file has at most 2^18 of them. */
#include "nn/onnx/names.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

mien_status mien_onnx_names_open(mien_onnx_names *names, mien_arena *arena,
                                 size_t most) {
    size_t room = 16;
    while (room < most) room *= 2;
    *names = (mien_onnx_names){.room = (int)room};
    names->slots = mien_arena_alloc(arena, 2 * room, sizeof *names->slots);
    names->texts = mien_arena_alloc(arena, room, sizeof *names->texts);
    return names->slots && names->texts ? MIEN_OK : MIEN_ENOMEM;
}

static uint32_t hash_of(const char *text) {
    uint32_t hash = 2166136261u;
    for (; *text; text++) hash = (hash ^ (uint8_t)*text) * 16777619u;
    return hash;
}

int mien_onnx_names_number(mien_onnx_names *names, const char *text) {
    const uint32_t mask = 2 * (uint32_t)names->room - 1;
    uint32_t at = hash_of(text) & mask;
    for (; names->slots[at]; at = (at + 1) & mask)
        if (!strcmp(names->texts[names->slots[at] - 1], text))
            return names->slots[at] - 1;
    assert(names->count < names->room);
    names->texts[names->count] = text;
    names->slots[at] = ++names->count;
    return names->count - 1;
}
