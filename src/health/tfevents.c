/* SPDX-License-Identifier: Apache-2.0 */
/* tfevents.c - events as protocol buffers in a TFRecord file.
 *
 * A record is its length (8 bytes), the check sum of those, the event, and its
 * check sum; all little-endian. Of the messages (event.proto, summary.proto of
 * TensorFlow) these fields are written:
 *
 *   Event          1 wall_time double    2 step int64
 *                  3 file_version string 5 summary Summary
 *   Summary        1 value Value
 *   Value          1 tag string  2 simple_value float  5 histo HistogramProto
 *   HistogramProto 1 min  2 max  3 num  4 sum  5 sum_squares, all double
 *                  6 bucket_limit, 7 bucket: packed doubles
 *
 * A field begins with number << 3 | wire type, as a varint. */
#include "health/tfevents.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "health/crc32c.h"

enum {
    WIRE_VARINT,
    WIRE_64,
    WIRE_BYTES,
    WIRE_32 = 5,
    MAX_MESSAGE = 1 << 16,
    BUCKETS = 2 * MIEN_BINS + 1
};

/* A message; `lost` once something did not fit. */
typedef struct message {
    mien_buf buf;
    bool lost;
} message;

struct mien_tfevents {
    FILE *file;
    bool warned;
    message histo, value, summary, event;
};

/* ---- protocol buffers ------------------------------------------------- */

static void restart(message *m) {
    m->buf.cap = MAX_MESSAGE;
    m->buf.size = 0;
    m->lost = false;
}

static void put(message *m, const void *bytes, size_t size) {
    if (mien_buf_append(&m->buf, bytes, size) != MIEN_OK) m->lost = true;
}

static void put_varint(message *m, uint64_t x) {
    uint8_t bytes[10];
    size_t n = 0;
    for (; x >= 0x80; x >>= 7) bytes[n++] = (uint8_t)(x | 0x80);
    bytes[n++] = (uint8_t)x;
    put(m, bytes, n);
}

static void put_key(message *m, int field, int wire) {
    put_varint(m, (uint64_t)field << 3 | (uint64_t)wire);
}

static void little_endian(uint8_t *out, uint64_t x, size_t size) {
    for (size_t i = 0; i < size; i++) out[i] = (uint8_t)(x >> 8 * i);
}

static void put_bits(message *m, uint64_t bits, size_t size) {
    uint8_t bytes[8];
    little_endian(bytes, bits, size);
    put(m, bytes, size);
}

static void put_raw_double(message *m, double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    put_bits(m, bits, sizeof bits);
}

static void put_double(message *m, int field, double x) {
    put_key(m, field, WIRE_64);
    put_raw_double(m, x);
}

static void put_float(message *m, int field, float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    put_key(m, field, WIRE_32);
    put_bits(m, bits, sizeof bits);
}

static void put_bytes(message *m, int field, const void *bytes, size_t size) {
    put_key(m, field, WIRE_BYTES);
    put_varint(m, size);
    put(m, bytes, size);
}

static void put_message(message *m, int field, const message *inner) {
    put_bytes(m, field, inner->buf.data, inner->buf.size);
    m->lost = m->lost || inner->lost;
}

static void put_doubles(message *m, int field, const double *x, size_t n) {
    put_key(m, field, WIRE_BYTES);
    put_varint(m, n * sizeof *x);
    for (size_t i = 0; i < n; i++) put_raw_double(m, x[i]);
}

/* ---- records ---------------------------------------------------------- */

static void lose(mien_tfevents *e) {
    if (e->warned) return;
    mien_warn(
        "the TensorBoard events cannot be written; training goes on "
        "without them");
    e->warned = true;
}

static void begin_event(mien_tfevents *e) {
    restart(&e->event);
    put_double(&e->event, 1, mien_wall_time());
}

static void write_event(mien_tfevents *e) {
    const mien_buf *data = &e->event.buf;
    uint8_t head[12], tail[4];
    if (e->event.lost) {
        lose(e);
        return;
    }
    little_endian(head, data->size, 8);
    little_endian(head + 8, mien_crc32c_masked(head, 8), 4);
    little_endian(tail, mien_crc32c_masked(data->data, data->size), 4);
    if (fwrite(head, sizeof head, 1, e->file) != 1 ||
        fwrite(data->data, data->size, 1, e->file) != 1 ||
        fwrite(tail, sizeof tail, 1, e->file) != 1)
        lose(e);
}

/* The event around e->value. */
static void write_value(mien_tfevents *e, int64_t step) {
    restart(&e->summary);
    put_message(&e->summary, 1, &e->value);
    begin_event(e);
    put_key(&e->event, 2, WIRE_VARINT);
    put_varint(&e->event, (uint64_t)step);
    put_message(&e->event, 5, &e->summary);
    write_event(e);
}

static void begin_value(mien_tfevents *e, const char *tag) {
    restart(&e->value);
    put_bytes(&e->value, 1, tag, strlen(tag));
}

mien_status mien_tfevents_open(mien_tfevents **out, const char *path) {
    static const char version[] = "brain.Event:2";
    *out = NULL;
    mien_tfevents *e = mien_alloc(1, sizeof *e);
    if (!e) return MIEN_ENOMEM;
    e->file = fopen(path, "ab");
    if (!e->file) {
        mien_free(e);
        return mien_fail_errno("cannot open", path);
    }
    begin_event(e);
    put_bytes(&e->event, 3, version, sizeof version - 1);
    write_event(e);
    *out = e;
    return MIEN_OK;
}

void mien_tfevents_scalar(mien_tfevents *e, int64_t step, const char *tag,
                          double value) {
    if (!e) return;
    begin_value(e, tag);
    put_float(&e->value, 2, (float)value);
    write_value(e, step);
}

/* ---- histograms ------------------------------------------------------- */

/* Every bin in ascending order: its count and the value it ends with. */
static void list_bins(const mien_histogram *h, double limit[BUCKETS],
                      double count[BUCKETS]) {
    for (int i = 0; i < MIEN_BINS; i++) {
        const int below = MIEN_BINS - 1 - i, above = MIEN_BINS + 1 + i;
        limit[below] = i ? -ldexp(1, i - MIEN_BIN_ZERO) : -FLT_TRUE_MIN;
        count[below] = (double)h->negative[i];
        limit[above] =
            i < MIEN_BINS - 1 ? ldexp(1, i - MIEN_BIN_ZERO + 1) : FLT_MAX;
        count[above] = (double)h->positive[i];
    }
    limit[MIEN_BINS] = 0;
    count[MIEN_BINS] = (double)h->zeros;
}

/* A bucket reaches from the limit before it to its own. Of empty ones in a row
 * the last is enough, and behind the last full one none is needed. */
static size_t drop_empty(double *limit, double *count) {
    size_t n = 0;
    for (int i = 0; i < BUCKETS; i++) {
        const bool next = i + 1 < BUCKETS && count[i + 1] > 0;
        if (count[i] <= 0 && !next) continue;
        limit[n] = limit[i];
        count[n++] = count[i];
    }
    return n;
}

void mien_tfevents_histogram(mien_tfevents *e, int64_t step, const char *tag,
                             const mien_histogram *h) {
    const int64_t values = mien_histogram_count(h);
    double limit[BUCKETS], count[BUCKETS];
    if (!e || !values) return;
    list_bins(h, limit, count);
    const size_t n = drop_empty(limit, count);
    restart(&e->histo);
    put_double(&e->histo, 1, h->min);
    put_double(&e->histo, 2, h->max);
    put_double(&e->histo, 3, (double)values);
    put_double(&e->histo, 4, h->sum);
    put_double(&e->histo, 5, h->squares);
    put_doubles(&e->histo, 6, limit, n);
    put_doubles(&e->histo, 7, count, n);
    begin_value(e, tag);
    put_message(&e->value, 5, &e->histo);
    write_value(e, step);
}

void mien_tfevents_flush(mien_tfevents *e) {
    if (e && fflush(e->file)) lose(e);
}

void mien_tfevents_close(mien_tfevents *e) {
    if (!e) return;
    mien_tfevents_flush(e);
    fclose(e->file);
    mien_buf_close(&e->histo.buf);
    mien_buf_close(&e->value.buf);
    mien_buf_close(&e->summary.buf);
    mien_buf_close(&e->event.buf);
    mien_free(e);
}
