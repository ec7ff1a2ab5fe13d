/* SPDX-License-Identifier: Apache-2.0 */
/* progress.h - the library's lines and progress, on stderr.
 *
 * On a terminal a bar with rate and time left is redrawn in place; elsewhere
 * a plain line appears every few seconds. */
#ifndef MIEN_CLI_PROGRESS_H
#define MIEN_CLI_PROGRESS_H

void cli_progress_begin(void); /* listen to the library */
void cli_progress_clear(void); /* take the bar away before other output */

#endif
