/* SPDX-License-Identifier: Apache-2.0 */
/* usage.h - what this process has used of the machine. */
#ifndef MIEN_BASE_USAGE_H
#define MIEN_BASE_USAGE_H

/* The most memory that was resident at once, in bytes; NaN where the system
 * does not say (it is VmHWM in Linux's /proc/self/status). */
double mien_peak_bytes(void);

#endif
