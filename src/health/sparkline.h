/* SPDX-License-Identifier: Apache-2.0 */
/* sparkline.h - a curve as a word of block letters, for a terminal.
 *
 *   char line[MIEN_SPARKLINE_ROOM(40)];
 *   mien_sparkline(line, sizeof line, loss, n, 40);
 *   printf("loss %s\n", line); */
#ifndef MIEN_HEALTH_SPARKLINE_H
#define MIEN_HEALTH_SPARKLINE_H

#include <stddef.h>

/* Bytes that `width` letters of UTF-8 need, with the end of the text. */
#define MIEN_SPARKLINE_ROOM(width) (3 * (size_t)(width) + 1)

/* At most `width` letters: fewer when there are fewer values or no room; with
 * more values each letter is the mean of several. The lowest letter is the
 * least value, the highest the largest; where a value is not finite there is
 * a middle dot. Always ends in 0. */
void mien_sparkline(char *out, size_t room, const double *values, int n,
                    int width);

/* The same by powers: for gradients and losses that explode. What is not
 * above 0 is a middle dot too. */
void mien_sparkline_log(char *out, size_t room, const double *values, int n,
                        int width);

#endif
