/* SPDX-License-Identifier: Apache-2.0 */
/* test_exif.c - the orientation in blocks good and bad. */
#include "exif_block.h"
#include "image/exif.h"
#include "images.h"

static void orientation__is_read_in_both_byte_orders(void **state) {
    (void)state;
    uint8_t block[6 + EXIF_BLOCK] = "Exif";
    for (int little = 0; little < 2; little++)
        for (int k = 1; k <= 8; k++) {
            exif_block(block + 6, k, little);
            assert_int_equal(mien_exif_orientation(block, sizeof(block)), k);
            assert_int_equal(mien_exif_orientation(block + 6, EXIF_BLOCK), k);
        }
}

static void orientation__is_upright_where_damaged(void **state) {
    (void)state;
    uint8_t block[EXIF_BLOCK];
    exif_block(block, 9, true);
    assert_int_equal(mien_exif_orientation(block, EXIF_BLOCK), 1);
    exif_block(block, 6, true);
    block[24] = 4; /* 32 bits where 16 are due */
    assert_int_equal(mien_exif_orientation(block, EXIF_BLOCK), 1);
    exif_block(block, 6, true);
    block[2] = 43;
    assert_int_equal(mien_exif_orientation(block, EXIF_BLOCK), 1);
    exif_block(block, 6, true);
    memset(block + 4, 0xff, 4); /* a directory far away */
    assert_int_equal(mien_exif_orientation(block, EXIF_BLOCK), 1);
    exif_block(block, 6, false);
    memset(block + 8, 0xff, 2); /* 65535 entries; the tag is still there */
    assert_int_equal(mien_exif_orientation(block, EXIF_BLOCK), 6);
}

static void orientation__stays_in_bounds_when_cut(void **state) {
    (void)state;
    uint8_t block[EXIF_BLOCK];
    exif_block(block, 6, false);
    for (size_t n = 0; n <= EXIF_BLOCK; n++) {
        uint8_t *copy = malloc(n ? n : 1);
        memcpy(copy, block, n);
        int k = mien_exif_orientation(copy, n);
        assert_int_equal(k, n >= 32 ? 6 : 1);
        free(copy);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orientation__is_read_in_both_byte_orders),
        cmocka_unit_test(orientation__is_upright_where_damaged),
        cmocka_unit_test(orientation__stays_in_bounds_when_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
