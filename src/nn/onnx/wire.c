/* SPDX-License-Identifier: Apache-2.0 */
/* wire.c - the bytes of an ONNX file to the messages that they encode.
 *
 * protobuf-c decodes nested messages by calling itself and allocates a struct
 * for each, however few bytes it took: a small hostile file could exhaust the
 * stack or the memory. So the bytes are walked first, by the same descriptors,
 * and refused if they nest or multiply beyond what any real network does. */
#include <onnx.pb-c.h>
#include "nn/onnx/wire.h"

#include "base/mem.h"

enum { MAX_DEPTH = 24, MAX_PARTS = 1 << 18, MAX_BYTES = 1 << 30 };

typedef struct walk {
    const uint8_t *at;
    int depth, parts;
    const char *wrong; /* what is, or NULL */
} walk;

static uint64_t varint(walk *w, const uint8_t *end) {
    uint64_t value = 0;
    for (int shift = 0; shift < 64 && w->at < end; shift += 7) {
        const uint8_t byte = *w->at++;
        value |= (uint64_t)(byte & 127) << shift;
        if (byte < 128) return value;
    }
    w->wrong = "a number does not end";
    return 0;
}

static void skip(walk *w, const uint8_t *end, uint64_t count) {
    if (count > (uint64_t)(end - w->at))
        w->wrong = "a field is longer than what holds it";
    else
        w->at += count;
}

static void walk_message(walk *w, const uint8_t *end,
                         const ProtobufCMessageDescriptor *kind);

static void walk_bytes(walk *w, const uint8_t *end,
                       const ProtobufCFieldDescriptor *field) {
    const uint64_t count = varint(w, end);
    const uint8_t *start = w->at;
    if (!w->wrong) skip(w, end, count);
    if (w->wrong || !field) return;
    if (field->type == PROTOBUF_C_TYPE_STRING ||
        field->type == PROTOBUF_C_TYPE_BYTES ||
        field->type == PROTOBUF_C_TYPE_MESSAGE)
        w->parts++;
    if (field->type != PROTOBUF_C_TYPE_MESSAGE) return;
    w->at = start;
    walk_message(w, start + count, field->descriptor);
}

static void walk_message(walk *w, const uint8_t *end,
                         const ProtobufCMessageDescriptor *kind) {
    if (++w->depth > MAX_DEPTH) w->wrong = "messages are nested too deep";
    while (w->at < end && !w->wrong) {
        const uint64_t tag = varint(w, end);
        if (w->wrong) break;
        switch (tag & 7) {
            case 0: varint(w, end); break;
            case 1: skip(w, end, 8); break;
            case 2:
                walk_bytes(w, end,
                           protobuf_c_message_descriptor_get_field(
                               kind, (unsigned)(tag >> 3)));
                break;
            case 5: skip(w, end, 4); break;
            default: w->wrong = "a field is of no known type";
        }
        if (w->parts > MAX_PARTS) w->wrong = "it has too many parts";
    }
    w->depth--;
}

static void *allocate(void *failed, size_t size) {
    void *p = mien_alloc(1, size);
    if (!p) *(bool *)failed = true;
    return p;
}

static void release(void *failed, void *p) {
    (void)failed;
    mien_free(p);
}

mien_status mien_onnx_parse(Onnx__ModelProto **out, const void *bytes,
                            size_t size, const char *name) {
    walk w = {.at = bytes};
    bool failed = false;
    ProtobufCAllocator allocator = {allocate, release, &failed};
    *out = NULL;
    if (size > MAX_BYTES)
        return mien_fail(MIEN_ELIMIT, "%s: more than %d bytes", name,
                         MAX_BYTES);
    if (!size) return mien_fail(MIEN_EFORMAT, "%s: the file is empty", name);
    walk_message(&w, w.at + size, &onnx__model_proto__descriptor);
    if (w.wrong)
        return mien_fail(MIEN_EFORMAT, "%s: no ONNX file: %s", name, w.wrong);
    *out = onnx__model_proto__unpack(&allocator, size, bytes);
    if (*out) return MIEN_OK;
    if (failed) return MIEN_ENOMEM;
    return mien_fail(MIEN_EFORMAT, "%s: no ONNX file: it cannot be decoded",
                     name);
}

void mien_onnx_model_free(Onnx__ModelProto *model) {
    bool failed = false;
    ProtobufCAllocator allocator = {allocate, release, &failed};
    if (model) onnx__model_proto__free_unpacked(model, &allocator);
}
