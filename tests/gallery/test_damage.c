/* SPDX-License-Identifier: Apache-2.0 */
/* test_damage.c - files of which any byte was changed, or that were cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/fail.h"
#include "gallery_fixture.h"

typedef struct bytes {
    uint8_t *data;
    size_t size;
} bytes;

static bytes read_bytes(const char *path) {
    bytes b;
    b.data = scratch_read(path, &b.size);
    return b;
}

/* In place: other files of the gallery stay as they are. */
static void write_bytes(const char *path, const uint8_t *data, size_t size) {
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(data, 1, size, f), size);
    fclose(f);
}

/* One byte, where it lies. */
static void poke(FILE *f, size_t at, uint8_t value) {
    fseek(f, (long)at, SEEK_SET);
    assert_int_equal(fwrite(&value, 1, 1, f), 1);
    fflush(f);
}

static mien_status collect(void *context, const char *line, size_t size) {
    return mien_buf_append(context, line, size);
}

/* Verified, and if that finds nothing, all it says. */
static mien_status say_all(mien_buf *out, const char *path) {
    mien_gallery *g;
    const mien_gallery_options o = to_read();
    out->size = 0;
    MIEN_TRY(mien_gallery_open(&g, path, &o));
    mien_status status = mien_gallery_verify(g, NULL, NULL);
    if (status == MIEN_OK) status = mien_gallery_export(g, collect, out);
    mien_gallery_close(g);
    return status;
}

/* All where a page begins, every 37th elsewhere. */
static void gallery__tells_of_any_byte(void **state) {
    (void)state;
    char path[512];
    snprintf(path, sizeof path, "%s", scratch("a.mien"));
    mien_gallery *g = open_to(path, to_write());
    enrol_all(g, 4, 2);
    mien_gallery_close(g);
    mien_buf got = {.cap = 1 << 20};
    assert_ok(say_all(&got, path));
    const bytes file = read_bytes(path);
    FILE *f = fopen(path, "r+b");
    for (size_t i = 0; i < file.size; i += i % 8192 < 120 ? 1 : 37) {
        poke(f, i, file.data[i] ^ (uint8_t)(1 << i % 8));
        assert_true(say_all(&got, path) < 0);
        assert_said(path);
        poke(f, i, file.data[i]);
    }
    fclose(f);
    assert_ok(say_all(&got, path));
    mien_buf_close(&got);
    free(file.data);
}

static void gallery__tells_of_a_file_that_was_cut(void **state) {
    (void)state;
    char path[512];
    snprintf(path, sizeof path, "%s", scratch("b.mien"));
    mien_gallery *g = open_to(path, to_write());
    enrol_all(g, 4, 2);
    mien_gallery_close(g);
    mien_buf got = {.cap = 1 << 20};
    const bytes file = read_bytes(path);
    for (size_t size = 0; size < file.size; size += 511) {
        write_bytes(path, file.data, size);
        assert_true(say_all(&got, path) < 0);
    }
    mien_buf_close(&got);
    free(file.data);
}

static void note_fault(void *context, const char *sentence) {
    snprintf(context, 512, "%s", sentence);
}

static void vectors__tell_of_any_byte(void **state) {
    (void)state;
    char path[512], vectors[512], said[512];
    snprintf(path, sizeof path, "%s", scratch("c.mien"));
    snprintf(vectors, sizeof vectors, "%s", scratch("c.mien.vectors"));
    mien_gallery *g = open_to(path, to_write());
    enrol_all(g, 4, 2);
    assert_ok(mien_gallery_prepare(g));
    assert_ok(mien_gallery_verify(g, NULL, NULL));
    const bytes file = read_bytes(vectors);
    FILE *f = fopen(vectors, "r+b");
    for (size_t i = 0; i < file.size; i++) {
        poke(f, i, file.data[i] ^ (uint8_t)(1 << i % 8));
        said[0] = 0;
        assert_int_equal(mien_gallery_verify(g, note_fault, said),
                         MIEN_ECORRUPT);
        assert_non_null(strstr(said, "c.mien.vectors"));
        assert_said("c.mien.vectors");
        poke(f, i, file.data[i]);
    }
    fclose(f);
    for (size_t size = 0; size < file.size; size += 61) {
        write_bytes(vectors, file.data, size);
        assert_int_equal(mien_gallery_verify(g, NULL, NULL), MIEN_ECORRUPT);
    }
    write_bytes(vectors, file.data, file.size);
    assert_ok(mien_gallery_verify(g, NULL, NULL));
    free(file.data);
    mien_gallery_close(g);
}

/* Searches do not depend on the file of vectors. */
static void search__goes_on_without_sound_vectors(void **state) {
    (void)state;
    char path[512], vectors[512];
    snprintf(path, sizeof path, "%s", scratch("d.mien"));
    snprintf(vectors, sizeof vectors, "%s", scratch("d.mien.vectors"));
    mien_gallery *g = open_to(path, to_write());
    enrol_all(g, 6, 2);
    assert_ok(mien_gallery_prepare(g));
    mien_gallery_close(g);
    const bytes file = read_bytes(vectors);
    for (size_t i = 0; i < file.size; i += 29) {
        file.data[i] ^= (uint8_t)(1 << i % 8);
        write_bytes(vectors, file.data, file.size);
        file.data[i] ^= (uint8_t)(1 << i % 8);
        g = open_to(path, to_read());
        assert_string_equal(who_is(g, 4), "Person 4");
        mien_gallery_close(g);
    }
    free(file.data);
}

static void vectors__of_another_gallery_are_not_taken(void **state) {
    (void)state;
    uint8_t key[MIEN_GALLERY_KEY] = {5};
    mien_gallery_options o = to_write();
    o.key = key;
    mien_gallery *g = open_to(scratch("e.mien"), o);
    enrol_all(g, 3, 1);
    assert_ok(mien_gallery_prepare(g));
    mien_gallery_close(g);
    g = open_to(scratch("f.mien"), o);
    enrol(g, 7, 0, 1);
    assert_int_equal(
        rename(scratch("e.mien.vectors"), scratch("f.mien.vectors")), 0);
    assert_string_equal(who_is(g, 1), "");
    assert_string_equal(who_is(g, 7), "Person 7");
    mien_gallery_close(g);
}

static void key__damaged_is_named(void **state) {
    (void)state;
    char path[512], key[512];
    snprintf(path, sizeof path, "%s", scratch("g.mien"));
    snprintf(key, sizeof key, "%s", scratch("g.mien.key"));
    mien_gallery *g = open_to(path, to_write());
    enrol_all(g, 2, 1);
    mien_gallery_close(g);
    const bytes file = read_bytes(key);
    const mien_gallery_options o = to_read();
    for (size_t i = 0; i + 1 < file.size; i++) {
        file.data[i] ^= 1;
        write_bytes(key, file.data, file.size);
        assert_int_equal(mien_gallery_open(&g, path, &o), MIEN_ECORRUPT);
        file.data[i] ^= 1;
    }
    for (size_t size = 0; size + 1 < file.size; size++) {
        write_bytes(key, file.data, size);
        assert_int_equal(mien_gallery_open(&g, path, &o), MIEN_ECORRUPT);
    }
    free(file.data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gallery__tells_of_any_byte),
        cmocka_unit_test(gallery__tells_of_a_file_that_was_cut),
        cmocka_unit_test(vectors__tell_of_any_byte),
        cmocka_unit_test(search__goes_on_without_sound_vectors),
        cmocka_unit_test(vectors__of_another_gallery_are_not_taken),
        cmocka_unit_test(key__damaged_is_named),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
