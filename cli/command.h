/* SPDX-License-Identifier: Apache-2.0 */
/* command.h - what a command of the program is.
 *
 * A file in cli/ ends in a `const cli_command cli_<file>` and a line in
 * commands.def lists it. The name may be two words ("data show"); the options
 * are declared once and give parsing, range checks and --help. */
#ifndef MIEN_CLI_COMMAND_H
#define MIEN_CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "mien/status.h"

typedef enum cli_kind {
    CLI_FLAG, /* bool */
    CLI_INT,  /* int */
    CLI_REAL, /* double */
    CLI_TEXT, /* const char * */
    CLI_TEXTS /* cli_texts; may be given several times */
} cli_kind;

typedef struct cli_texts {
    const char **items;
    int count;
} cli_texts;

typedef struct cli_option {
    const char *name;  /* without the dashes */
    const char *value; /* its name in the help, "N"; NULL for a flag */
    const char *help;
    size_t offset; /* in the command's config */
    cli_kind kind;
    double min, max; /* of CLI_INT and CLI_REAL, inclusive */
} cli_option;

typedef struct cli_command {
    const char *name, *summary;
    const char *words;         /* of the usage line, "RECIPE"; "" for none */
    int min_words, max_words;  /* how many of them */
    const char *more;          /* lines for the end of --help, or NULL */
    const cli_option *options; /* ends with {0} */
    size_t config_size;
    const void *defaults; /* config_size bytes; NULL: zeros */
    /* Do it. On a failure the sentence is in mien_error(). */
    mien_status (*run)(const void *config, const cli_texts *words);
    mien_status (*help)(void); /* prints more help, or NULL */
} cli_command;

/* All of commands.def. */
const cli_command *const *cli_commands(int *count);

/* Whether `mien help WORD` means a table of the reference (reference.c). */
bool cli_is_table(const char *word);

/* Complain about the command line itself: prints "mien: sentence", returns
 * MIEN_EINVAL. cli_said() tells main that the sentence is out already. */
mien_status cli_complain(const char *format, ...)
    __attribute__((format(printf, 1, 2)));
bool cli_said(void);

#endif
