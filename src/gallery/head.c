/* SPDX-License-Identifier: Apache-2.0 */
/* head.c - the one record that says what a gallery is and what is in it. */
#include "gallery/head.h"

#include <sodium.h>
#include <string.h>

#include "gallery/pack.h"

enum { VERSION = 1, MOST_WIDTH = 4096, CONTRACT = 32 };

static const char magic[8] = "MIENGAL";

static void seal(uint8_t out[MIEN_SEAL_BYTES],
                 const uint8_t bytes[MIEN_HEAD_BYTES], const mien_keys *keys) {
    const mien_seal_part part = {bytes, MIEN_HEAD_BYTES - MIEN_SEAL_BYTES};
    mien_seal_parts(out, keys, "head", &part, 1);
}

mien_status mien_head_write(uint8_t out[MIEN_HEAD_BYTES], const mien_head *head,
                            const mien_keys *keys) {
    uint8_t contract[CONTRACT], *at = out;
    size_t size;
    if (sodium_hex2bin(contract, sizeof contract, head->contract,
                       strlen(head->contract), NULL, &size, NULL) != 0 ||
        size != sizeof contract)
        return mien_fail(MIEN_EINVAL,
                         "'%s' is no contract; one is 64 hex digits",
                         head->contract);
    memset(out, 0, MIEN_HEAD_BYTES);
    at = mien_pack_bytes(at, magic, sizeof magic);
    at = mien_pack(at, VERSION, 4);
    at = mien_pack(at, (uint64_t)head->width, 4);
    at = mien_pack_bytes(at, head->id, sizeof head->id);
    at = mien_pack_bytes(at, contract, sizeof contract);
    at = mien_pack_bytes(at, head->model, sizeof head->model);
    at = mien_pack(at, head->generation, 8);
    at = mien_pack(at, head->layout, 8);
    at = mien_pack(at, (uint64_t)head->people, 8);
    at = mien_pack(at, (uint64_t)head->templates, 8);
    at = mien_pack(at, (uint64_t)head->last_person, 8);
    at = mien_pack(at, (uint64_t)head->last_template, 8);
    mien_pack_bytes(at, head->digest, sizeof head->digest);
    seal(out + MIEN_HEAD_BYTES - MIEN_SEAL_BYTES, out, keys);
    return MIEN_OK;
}

static void read_all(mien_head *out, const uint8_t *at) {
    uint8_t contract[CONTRACT];
    *out = (mien_head){.width = (int)mien_unpack(&at, 4)};
    mien_unpack_bytes(out->id, &at, sizeof out->id);
    mien_unpack_bytes(contract, &at, sizeof contract);
    sodium_bin2hex(out->contract, sizeof out->contract, contract,
                   sizeof contract);
    mien_unpack_bytes(out->model, &at, sizeof out->model);
    out->generation = mien_unpack(&at, 8);
    out->layout = mien_unpack(&at, 8);
    out->people = (int64_t)mien_unpack(&at, 8);
    out->templates = (int64_t)mien_unpack(&at, 8);
    out->last_person = (int64_t)mien_unpack(&at, 8);
    out->last_template = (int64_t)mien_unpack(&at, 8);
    mien_unpack_bytes(out->digest, &at, sizeof out->digest);
}

mien_status mien_head_read(mien_head *out, const uint8_t *bytes, size_t size) {
    const uint8_t *at = bytes + sizeof magic;
    if (size != MIEN_HEAD_BYTES || memcmp(bytes, magic, sizeof magic) != 0)
        return mien_fail(MIEN_ECORRUPT, "the gallery's head is damaged");
    const uint64_t version = mien_unpack(&at, 4);
    if (version != VERSION)
        return mien_fail(MIEN_EUNSUPPORTED,
                         "the gallery is of version %u; this mien reads %d",
                         (unsigned)version, VERSION);
    read_all(out, at);
    out->model[sizeof out->model - 1] = 0;
    const bool sane = out->width >= 1 && out->width <= MOST_WIDTH &&
                      out->people >= 0 && out->templates >= 0 &&
                      out->last_person >= out->people &&
                      out->last_template >= out->templates;
    return sane ? MIEN_OK
                : mien_fail(MIEN_ECORRUPT, "the gallery's head is damaged");
}

bool mien_head_sound(const uint8_t bytes[MIEN_HEAD_BYTES],
                     const mien_keys *keys) {
    uint8_t want[MIEN_SEAL_BYTES];
    seal(want, bytes, keys);
    return mien_seal_same(want, bytes + MIEN_HEAD_BYTES - MIEN_SEAL_BYTES);
}

void mien_head_toggle(mien_head *head, const uint8_t seal_[MIEN_SEAL_BYTES]) {
    for (int i = 0; i < MIEN_SEAL_BYTES; i++) head->digest[i] ^= seal_[i];
}
