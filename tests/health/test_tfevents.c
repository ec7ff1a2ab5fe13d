/* SPDX-License-Identifier: Apache-2.0 */
/* TensorBoard events, read back by a parser of its own: framing, both check
 * sums, every field; and what becomes of a byte that is wrong. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <float.h>
#include <math.h>
#include <stdbool.h>

#include "base/mem.h"
#include "health/crc32c.h"
#include "health/tfevents.h"
#include "mien/log.h"
#include "scratch.h"

/* ---- a reader --------------------------------------------------------- */

typedef struct span {
    const uint8_t *p;
    size_t n;
} span;

typedef struct event {
    double wall_time;
    int64_t step;
    char version[32], tag[64];
    bool has_step, has_value, has_histo;
    float value;
    double of_histo[6]; /* by field number */
    double limit[200], count[200];
    size_t n_limits, n_counts;
} event;

static uint64_t bits(const uint8_t *p, size_t n) {
    uint64_t x = 0;
    while (n--) x = x << 8 | p[n];
    return x;
}

static double real(const uint8_t *p) {
    const uint64_t u = bits(p, 8);
    double x;
    memcpy(&x, &u, sizeof x);
    return x;
}

static uint64_t varint(span *s) {
    uint64_t x = 0;
    for (int shift = 0;; shift += 7) {
        assert_true(s->n > 0 && shift < 70);
        const uint8_t c = *s->p++;
        s->n--;
        x |= (uint64_t)(c & 127) << shift;
        if (c < 128) return x;
    }
}

static span cut(span *s, size_t n) {
    assert_true(s->n >= n);
    const span out = {s->p, n};
    s->p += n;
    s->n -= n;
    return out;
}

/* The next field: its number; its bytes, or its number in `x`. */
static int field(span *s, span *bytes, uint64_t *x) {
    const uint64_t key = varint(s);
    *bytes = (span){0};
    switch (key & 7) {
        case 0: *x = varint(s); break;
        case 1: *bytes = cut(s, 8); break;
        case 2: *bytes = cut(s, varint(s)); break;
        case 5: *bytes = cut(s, 4); break;
        default: fail_msg("wire type %d", (int)(key & 7));
    }
    return (int)(key >> 3);
}

static void text(char *out, size_t room, span s) {
    assert_true(s.n < room);
    memcpy(out, s.p, s.n);
    out[s.n] = 0;
}

static size_t reals(double *out, span s) {
    assert_true(s.n % 8 == 0 && s.n / 8 <= 200);
    for (size_t i = 0; i < s.n / 8; i++) out[i] = real(s.p + 8 * i);
    return s.n / 8;
}

static void read_histo(event *e, span s) {
    e->has_histo = true;
    while (s.n) {
        span bytes;
        uint64_t x;
        const int number = field(&s, &bytes, &x);
        if (number == 6)
            e->n_limits = reals(e->limit, bytes);
        else if (number == 7)
            e->n_counts = reals(e->count, bytes);
        else
            e->of_histo[number] = real(bytes.p);
    }
}

static void read_value(event *e, span s) {
    while (s.n) {
        span bytes;
        uint64_t x;
        const int number = field(&s, &bytes, &x);
        if (number == 1) {
            text(e->tag, sizeof e->tag, bytes);
        } else if (number == 2) {
            const uint32_t u = (uint32_t)bits(bytes.p, 4);
            memcpy(&e->value, &u, sizeof u);
            e->has_value = true;
        } else {
            assert_int_equal(number, 5);
            read_histo(e, bytes);
        }
    }
}

static event read_event(span s) {
    event e = {0};
    while (s.n) {
        span bytes, value;
        uint64_t x;
        switch (field(&s, &bytes, &x)) {
            case 1: e.wall_time = real(bytes.p); break;
            case 2:
                e.step = (int64_t)x;
                e.has_step = true;
                break;
            case 3: text(e.version, sizeof e.version, bytes); break;
            case 5:
                assert_int_equal(field(&bytes, &value, &x), 1);
                assert_int_equal(bytes.n, 0);
                read_value(&e, value);
                break;
            default: fail_msg("an unknown field");
        }
    }
    return e;
}

/* The next record's data; false: the end or a wrong byte. */
static bool record(span *file, span *data) {
    if (file->n < 12) return false;
    if (bits(file->p + 8, 4) != mien_crc32c_masked(file->p, 8)) return false;
    const uint64_t n = bits(file->p, 8);
    if (n + 16 > file->n) return false;
    cut(file, 12);
    *data = cut(file, n);
    return bits(cut(file, 4).p, 4) == mien_crc32c_masked(data->p, data->n);
}

/* ---- tests ------------------------------------------------------------ */

static const char name[] = "events.out.tfevents.1.test";

static mien_tfevents *open_events(void) {
    mien_tfevents *e;
    remove(scratch(name));
    if (mien_tfevents_open(&e, scratch(name)) != MIEN_OK)
        fail_msg("%s", mien_error());
    return e;
}

/* All events of the file; returns how many. */
static int read_all(event *out, int room) {
    size_t size;
    uint8_t *bytes = scratch_read(scratch(name), &size);
    span file = {bytes, size}, data;
    int n = 0;
    while (record(&file, &data)) {
        assert_true(n < room);
        out[n++] = read_event(data);
    }
    assert_int_equal(file.n, 0);
    free(bytes);
    return n;
}

/* Vectors of RFC 3720, B.4. */
static void crc32c__known_vectors(void **state) {
    uint8_t bytes[32] = {0};
    (void)state;
    assert_int_equal(mien_crc32c("123456789", 9), 0xe3069283);
    assert_int_equal(mien_crc32c("", 0), 0);
    assert_int_equal(mien_crc32c(bytes, 32), 0x8a9136aa);
    memset(bytes, 0xff, 32);
    assert_int_equal(mien_crc32c(bytes, 32), 0x62a8ab43);
    for (int i = 0; i < 32; i++) bytes[i] = (uint8_t)i;
    assert_int_equal(mien_crc32c(bytes, 32), 0x46dd794e);
    for (int i = 0; i < 32; i++) bytes[i] = (uint8_t)(31 - i);
    assert_int_equal(mien_crc32c(bytes, 32), 0x113fdb5c);
}

static void tfevents__scalars_come_back(void **state) {
    mien_tfevents *e = open_events();
    static event got[8];
    (void)state;
    mien_tfevents_scalar(e, 0, "train/loss", 0.1);
    mien_tfevents_scalar(e, 300, "train/loss", -1e30);
    mien_tfevents_scalar(e, 1LL << 40, "lr", NAN);
    mien_tfevents_close(e);
    assert_int_equal(read_all(got, 8), 4);
    assert_string_equal(got[0].version, "brain.Event:2");
    assert_false(got[0].has_step);
    for (int i = 0; i < 4; i++) assert_true(got[i].wall_time > 1.6e9);
    assert_string_equal(got[1].tag, "train/loss");
    assert_true(got[1].has_step && got[1].step == 0);
    assert_true(got[1].has_value && got[1].value == 0.1f);
    assert_int_equal(got[2].step, 300);
    assert_true(got[2].value == -1e30f);
    assert_true(got[3].step == 1LL << 40 && isnan(got[3].value));
    assert_string_equal(got[3].tag, "lr");
}

/* The bucket that holds x. */
static double count_at(const event *e, double x) {
    for (size_t i = 0; i < e->n_limits; i++)
        if (x <= e->limit[i]) return e->count[i];
    return -1;
}

static void tfevents__histogram_comes_back_in_order(void **state) {
    const float x[] = {-5, -4.5f, -0.3f, 0, 0, -0.0f, 0.3f, 9, NAN, 1e30f};
    mien_tfevents *e = open_events();
    mien_histogram h = {0};
    static event got[2];
    double all = 0;
    (void)state;
    mien_histogram_add(&h, x, sizeof x / sizeof *x);
    mien_tfevents_histogram(e, 7, "gradient/conv1", &h);
    mien_tfevents_close(e);
    assert_int_equal(read_all(got, 2), 2);
    const event *g = &got[1];
    assert_true(g->has_histo && g->step == 7);
    assert_string_equal(g->tag, "gradient/conv1");
    assert_true(g->of_histo[1] == -5 && g->of_histo[2] == 1e30f);
    assert_true(g->of_histo[3] == 9);
    assert_true(g->of_histo[4] == h.sum && g->of_histo[5] == h.squares);
    assert_int_equal(g->n_limits, g->n_counts);
    for (size_t i = 0; i < g->n_limits; i++) {
        all += g->count[i];
        if (i) assert_true(g->limit[i] > g->limit[i - 1]);
    }
    assert_true(all == 9);
    assert_true(count_at(g, -4.7) == 2 && count_at(g, -0.26) == 1);
    assert_true(count_at(g, 0) == 3 && count_at(g, 0.3) == 1);
    assert_true(count_at(g, 9) == 1 && count_at(g, 1) == 0);
    assert_true(count_at(g, 1e30) == 1 && count_at(g, 1e20) == 1);
}

static void tfevents__histogram_of_nothing_is_left_out(void **state) {
    mien_tfevents *e = open_events();
    mien_histogram h = {.non_finite = 3};
    static event got[2];
    (void)state;
    mien_tfevents_histogram(e, 7, "gradient/conv1", &h);
    mien_tfevents_close(e);
    assert_int_equal(read_all(got, 2), 1);
}

static void tfevents__every_full_bin_fits(void **state) {
    mien_tfevents *e = open_events();
    mien_histogram h = {.zeros = 1, .min = -1e9, .max = 1e9};
    static event got[2];
    (void)state;
    for (int i = 0; i < MIEN_BINS; i++) h.positive[i] = h.negative[i] = i + 1;
    mien_tfevents_histogram(e, 1, "t", &h);
    mien_tfevents_close(e);
    assert_int_equal(read_all(got, 2), 2);
    assert_int_equal(got[1].n_limits, 2 * MIEN_BINS + 1);
    for (int i = 0; i < MIEN_BINS; i++) {
        assert_true(got[1].count[i] == MIEN_BINS - i);
        assert_true(got[1].count[MIEN_BINS + 1 + i] == i + 1);
    }
    assert_true(got[1].limit[2 * MIEN_BINS] == (double)FLT_MAX);
}

/* Every bit of a file in turn: the reader must stop at that record. */
static void tfevents__wrong_bits_are_noticed(void **state) {
    mien_tfevents *e = open_events();
    size_t size;
    (void)state;
    mien_tfevents_scalar(e, 5, "a", 1);
    mien_tfevents_close(e);
    uint8_t *bytes = scratch_read(scratch(name), &size);
    for (size_t i = 0; i < 8 * size; i++) {
        span file = {bytes, size}, data;
        int n = 0;
        bytes[i / 8] ^= (uint8_t)(1 << i % 8);
        while (record(&file, &data)) n++;
        assert_true(n < 2);
        bytes[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    for (size_t cut_at = 0; cut_at < size; cut_at++) {
        span file = {bytes, cut_at}, data;
        int n = 0;
        while (record(&file, &data)) n++;
        assert_true(n < 2);
    }
    free(bytes);
}

static int warnings;

static void note(void *context, mien_log_level level, const char *line) {
    (void)context;
    if (level == MIEN_LOG_WARNING && strstr(line, "TensorBoard")) warnings++;
}

static void tfevents__full_disk_warns_once(void **state) {
    mien_tfevents *e;
    (void)state;
    if (access("/dev/full", W_OK)) skip();
    mien_log_set(&(mien_log_sink){.line = note}, NULL);
    warnings = 0;
    assert_int_equal(mien_tfevents_open(&e, "/dev/full"), MIEN_OK);
    for (int i = 0; i < 1000; i++) mien_tfevents_scalar(e, i, "a", i);
    mien_tfevents_close(e);
    mien_log_set(NULL, NULL);
    assert_int_equal(warnings, 1);
}

static void tfevents__failing_allocations_lose_records_only(void **state) {
    mien_histogram h = {0};
    static event got[4];
    bool failed = true;
    (void)state;
    mien_histogram_add(&h, &(float){2}, 1);
    for (int64_t after = 0; failed; after++) {
        mien_tfevents *e;
        const char *path = scratch(name);
        assert_true(after < 100);
        remove(path);
        mien_mem_fail_after(-1);
        mien_mem_fail_after(after);
        if (mien_tfevents_open(&e, path) != MIEN_OK) {
            assert_null(e);
            continue;
        }
        mien_tfevents_scalar(e, 1, "a", 1);
        mien_tfevents_histogram(e, 1, "b", &h);
        failed = mien_mem_fail_after(-1) > after;
        mien_tfevents_scalar(e, 2, "c", 1);
        mien_tfevents_close(e);
        const int n = read_all(got, 4);
        assert_true(n == 4 - failed);
        assert_string_equal(got[n - 1].tag, "c");
    }
}

static void tfevents__of_nowhere_do_nothing(void **state) {
    const mien_histogram h = {.zeros = 1};
    mien_tfevents *e;
    (void)state;
    mien_tfevents_scalar(NULL, 1, "a", 1);
    mien_tfevents_histogram(NULL, 1, "a", &h);
    mien_tfevents_flush(NULL);
    mien_tfevents_close(NULL);
    assert_int_equal(mien_tfevents_open(&e, scratch("no/such/folder")),
                     MIEN_ENOTFOUND);
    assert_null(e);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crc32c__known_vectors),
        cmocka_unit_test(tfevents__scalars_come_back),
        cmocka_unit_test(tfevents__histogram_comes_back_in_order),
        cmocka_unit_test(tfevents__histogram_of_nothing_is_left_out),
        cmocka_unit_test(tfevents__every_full_bin_fits),
        cmocka_unit_test(tfevents__wrong_bits_are_noticed),
        cmocka_unit_test(tfevents__full_disk_warns_once),
        cmocka_unit_test(tfevents__failing_allocations_lose_records_only),
        cmocka_unit_test(tfevents__of_nowhere_do_nothing),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
