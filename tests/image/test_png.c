/* SPDX-License-Identifier: Apache-2.0 */
/* test_png.c - every colour type and depth of PNG. */
#include <png.h>

#include "base/buf.h"
#include "exif_block.h"
#include "images.h"

enum { W = 13, H = 11, MAX_ROW = W * 8 };

/* What to write, by the peer itself, and what must come back. */
typedef struct kind {
    int type, depth;
    bool interlaced, transparent;
    int orientation; /* 0 = no EXIF */
} kind;

static void on_write(png_structp png, png_bytep bytes, size_t size) {
    assert_ok(mien_buf_append(png_get_io_ptr(png), bytes, size));
}

static void on_flush(png_structp png) { (void)png; }

static const png_color palette[4] = {
    {10, 20, 30}, {40, 50, 60}, {70, 80, 90}, {200, 100, 0}};

/* Extra chunks of a kind: palette, transparency, EXIF. */
static void set_extras(png_structp png, png_infop info, kind k) {
    static const png_byte alphas[4] = {255, 0, 51, 255};
    const png_color_16 key = {0, 2, 2, 2, 2};
    if (k.type == PNG_COLOR_TYPE_PALETTE)
        png_set_PLTE(png, info, palette, k.depth == 1 ? 2 : 4);
    if (k.transparent && k.type == PNG_COLOR_TYPE_PALETTE)
        png_set_tRNS(png, info, alphas, 4, NULL);
    else if (k.transparent)
        png_set_tRNS(png, info, NULL, 0, &key);
    if (k.orientation) {
        uint8_t block[EXIF_BLOCK];
        exif_block(block, k.orientation, false);
        png_set_eXIf_1(png, info, EXIF_BLOCK, block);
    }
}

static mien_buf written(uint8_t (*rows)[MAX_ROW], kind k) {
    mien_buf out = {.cap = 1 << 20};
    png_structp png =
        png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    png_set_write_fn(png, &out, on_write, on_flush);
    png_set_IHDR(png, info, W, H, k.depth, k.type,
                 k.interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    set_extras(png, info, k);
    png_write_info(png, info);
    png_bytep pointers[H];
    for (int y = 0; y < H; y++) pointers[y] = rows[y];
    png_write_image(png, pointers);
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    return out;
}

/* Sample i of row y at a depth, packed high bit first. */
static uint32_t sample(uint8_t (*rows)[MAX_ROW], int y, int i, int depth) {
    if (depth == 16) return (uint32_t)rows[y][2 * i] << 8 | rows[y][2 * i + 1];
    int bit = i * depth;
    return (uint32_t)(rows[y][bit / 8] >> (8 - depth - bit % 8)) &
           ((1u << depth) - 1);
}

static int rounded(uint32_t v, int depth) {
    const uint32_t max = (1u << depth) - 1;
    return (int)((v * 255 + max / 2) / max);
}

static int over_white(int v, int alpha) {
    return (v * alpha + 255 * (255 - alpha) + 127) / 255;
}

/* The pixel that the file means, straight from the standard. */
static int expected(uint8_t (*rows)[MAX_ROW], int x, int y, int c, kind k) {
    static const int alphas[4] = {255, 0, 51, 255};
    if (k.type == PNG_COLOR_TYPE_PALETTE) {
        uint32_t i = sample(rows, y, x, k.depth);
        const int rgb[] = {palette[i].red, palette[i].green, palette[i].blue};
        return k.transparent ? over_white(rgb[c], alphas[i]) : rgb[c];
    }
    const bool colour = k.type & PNG_COLOR_MASK_COLOR;
    const bool alpha = k.type & PNG_COLOR_MASK_ALPHA;
    const int n = (colour ? 3 : 1) + alpha;
    uint32_t v = sample(rows, y, x * n + c, k.depth);
    int shown = rounded(v, k.depth);
    if (alpha)
        return over_white(
            shown, rounded(sample(rows, y, x * n + n - 1, k.depth), k.depth));
    bool keyed = k.transparent;
    for (int i = 0; i < n && keyed; i++)
        keyed = sample(rows, y, x * n + i, k.depth) == 2;
    return keyed ? 255 : shown;
}

static void check(kind k) {
    uint8_t rows[H][MAX_ROW];
    mien_rng rng =
        mien_rng_at((uint64_t)k.type, MIEN_RNG_TEST, (uint32_t)k.depth, 0);
    for (int y = 0; y < H; y++)
        for (int i = 0; i < MAX_ROW; i++) {
            rows[y][i] = (uint8_t)mien_rng_u32(&rng);
            if (k.type == PNG_COLOR_TYPE_PALETTE && k.depth >= 4)
                rows[y][i] &= k.depth == 8 ? 0x03 : 0x33;
        }
    if (k.transparent) memset(rows[3], 2, MAX_ROW); /* some that match */
    mien_buf file = written(rows, k);
    mien_image *image;
    assert_ok(
        mien_image_decode(&image, file.data, file.size, "test.png", NULL));
    const bool colour = k.type & PNG_COLOR_MASK_COLOR;
    assert_int_equal(image->channels, colour ? 3 : 1);
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++)
            for (int c = 0; c < image->channels; c++)
                if (at(image, x, y)[c] != expected(rows, x, y, c, k))
                    fail_msg("type %d depth %d: (%d, %d, %d) is %d, not %d",
                             k.type, k.depth, x, y, c, at(image, x, y)[c],
                             expected(rows, x, y, c, k));
    mien_image_free(image);
    mien_buf_close(&file);
}

static void png__reads_every_type_and_depth(void **state) {
    (void)state;
    const int types[][2] = {
        {PNG_COLOR_TYPE_GRAY, 1},        {PNG_COLOR_TYPE_GRAY, 2},
        {PNG_COLOR_TYPE_GRAY, 4},        {PNG_COLOR_TYPE_GRAY, 8},
        {PNG_COLOR_TYPE_GRAY, 16},       {PNG_COLOR_TYPE_RGB, 8},
        {PNG_COLOR_TYPE_RGB, 16},        {PNG_COLOR_TYPE_PALETTE, 1},
        {PNG_COLOR_TYPE_PALETTE, 2},     {PNG_COLOR_TYPE_PALETTE, 4},
        {PNG_COLOR_TYPE_PALETTE, 8},     {PNG_COLOR_TYPE_GRAY_ALPHA, 8},
        {PNG_COLOR_TYPE_GRAY_ALPHA, 16}, {PNG_COLOR_TYPE_RGB_ALPHA, 8},
        {PNG_COLOR_TYPE_RGB_ALPHA, 16}};
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        for (int interlaced = 0; interlaced < 2; interlaced++)
            check((kind){types[i][0], types[i][1], interlaced});
}

static void png__composes_transparency_over_white(void **state) {
    (void)state;
    check((kind){PNG_COLOR_TYPE_PALETTE, 2, .transparent = true});
    check((kind){PNG_COLOR_TYPE_PALETTE, 8, true, .transparent = true});
    check((kind){PNG_COLOR_TYPE_GRAY, 2, .transparent = true});
    check((kind){PNG_COLOR_TYPE_GRAY, 4, .transparent = true});
    check((kind){PNG_COLOR_TYPE_RGB, 8, .transparent = true});
}

static void png__is_turned_by_its_exif_chunk(void **state) {
    (void)state;
    uint8_t rows[H][MAX_ROW] = {{9, 8, 7}};
    mien_buf file =
        written(rows, (kind){PNG_COLOR_TYPE_GRAY, 8, .orientation = 6});
    mien_image *image;
    assert_ok(
        mien_image_decode(&image, file.data, file.size, "test.png", NULL));
    assert_int_equal(image->width, H);
    assert_int_equal(image->height, W);
    assert_int_equal(*at(image, H - 1, 0), 9);
    assert_int_equal(*at(image, H - 1, 1), 8);
    mien_image_free(image);
    mien_buf_close(&file);
}

static void png__with_alpha_survives_failing_allocations(void **state) {
    (void)state;
    uint8_t rows[H][MAX_ROW] = {{9, 8, 7}};
    mien_buf file = written(
        rows, (kind){PNG_COLOR_TYPE_RGB_ALPHA, 16, true, .orientation = 5});
    mien_image *image;
    mien_status status = MIEN_ENOMEM;
    for (int n = 0; status != MIEN_OK; n++) {
        assert_true(n < 200);
        mien_mem_fail_after(n);
        status =
            mien_image_decode(&image, file.data, file.size, "test.png", NULL);
        mien_mem_fail_after(-1);
        if (status != MIEN_OK) assert_int_equal(status, MIEN_ENOMEM);
    }
    mien_image_free(image);
    mien_buf_close(&file);
}

static void png__with_a_wrong_checksum_is_refused(void **state) {
    (void)state;
    uint8_t rows[H][MAX_ROW] = {{9, 8, 7}};
    mien_buf file = written(rows, (kind){PNG_COLOR_TYPE_GRAY, 8});
    file.data[16 + 3] ^= 1; /* the width */
    mien_image *image;
    assert_int_equal(
        mien_image_decode(&image, file.data, file.size, "bad.png", NULL),
        MIEN_EFORMAT);
    assert_non_null(strstr(mien_error(), "bad.png: PNG: IHDR: CRC error"));
    mien_buf_close(&file);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(png__reads_every_type_and_depth),
        cmocka_unit_test(png__composes_transparency_over_white),
        cmocka_unit_test(png__is_turned_by_its_exif_chunk),
        cmocka_unit_test(png__with_alpha_survives_failing_allocations),
        cmocka_unit_test(png__with_a_wrong_checksum_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
