/* SPDX-License-Identifier: Apache-2.0 */
/* args.h - a command line to a command's config and words.
 *
 *   --threads 2   --threads=2   --json   --   -
 *
 * "-" alone is a word; what follows "--" are words. */
#ifndef MIEN_CLI_ARGS_H
#define MIEN_CLI_ARGS_H

#include "command.h"

typedef struct cli_args {
    void *config; /* the command's */
    cli_texts words;
    bool help; /* --help was given; nothing else was checked */
} cli_args;

/* Read argv[0..argc-1], the command's name not among them. cli_args_free()
 * frees it, after a failure too. */
mien_status cli_args_read(cli_args *out, const cli_command *command, int argc,
                          char **argv);
void cli_args_free(cli_args *args, const cli_command *command);

/* The usage and the options, on stdout. */
void cli_args_help(const cli_command *command);

/* The nearest of n names, or NULL if none is near. */
const char *cli_nearest(const char *name, const char *const *names, int n);

#endif
