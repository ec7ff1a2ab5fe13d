/* SPDX-License-Identifier: Apache-2.0 */
/* eval_print.h - what all of mien eval's newer protocols do with a report. */
#ifndef MIEN_CLI_EVAL_PRINT_H
#define MIEN_CLI_EVAL_PRINT_H

#include "command.h"
#include "mien/report.h"

/* What they share; a member of each config. */
typedef struct cli_eval_output {
    const char *csv, *plot;
    bool json;
} cli_eval_output;

#define CLI_EVAL_OUTPUT(config)                                \
    {"csv", "FILE", "write figures, tables and curves as CSV", \
     offsetof(config, output.csv), CLI_TEXT},                  \
        {"plot", "FILE", "draw the charts, .png or .svg",      \
         offsetof(config, output.plot), CLI_TEXT},             \
    {                                                          \
        "json", NULL, "print the figures as one JSON object",  \
            offsetof(config, output.json), CLI_FLAG            \
    }

/* Print it, write the files that were asked for, free it. */
mien_status cli_eval_show(mien_report *report, const cli_eval_output *output);

#endif
