/* SPDX-License-Identifier: Apache-2.0 */
/* version.c - which mien this is. */
#include "mien/version.h"

const char *mien_version(void) { return MIEN_VERSION; }
