/* SPDX-License-Identifier: Apache-2.0 */
/* version.h - which mien this is.
 *
 *   printf("mien %s\n", mien_version()); */
#ifndef MIEN_VERSION_H
#define MIEN_VERSION_H

#define MIEN_VERSION "0.1.0"

/* The version of the library linked, "0.1.0". */
const char *mien_version(void);

#endif
