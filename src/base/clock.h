/* SPDX-License-Identifier: Apache-2.0 */
/* clock.h - seconds that only go forward. */
#ifndef MIEN_BASE_CLOCK_H
#define MIEN_BASE_CLOCK_H

double mien_clock(void);     /* monotonic seconds since some moment */
double mien_wall_time(void); /* seconds since 1970-01-01 UTC */

#endif
