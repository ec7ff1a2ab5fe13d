/* SPDX-License-Identifier: Apache-2.0 */
/* crc32c.h - the check sum of TFRecord files: CRC-32C (Castagnoli).
 *
 *   mien_crc32c("123456789", 9) == 0xe3069283 */
#ifndef MIEN_HEALTH_CRC32C_H
#define MIEN_HEALTH_CRC32C_H

#include <stddef.h>
#include <stdint.h>

uint32_t mien_crc32c(const void *bytes, size_t size);

/* Rotated and shifted, as TFRecord stores it: a check sum of data that holds
 * check sums would be a poor one. */
uint32_t mien_crc32c_masked(const void *bytes, size_t size);

#endif
