/* SPDX-License-Identifier: Apache-2.0 */
/* bench_print.h - a bench's result as text or JSON. */
#ifndef MIEN_CLI_BENCH_PRINT_H
#define MIEN_CLI_BENCH_PRINT_H

#include <stdbool.h>

#include "mien/bench.h"

/* Print it on stdout and free the bench. */
mien_status cli_bench_print(mien_bench *bench, bool json);

#endif
