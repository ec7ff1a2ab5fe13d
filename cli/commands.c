/* SPDX-License-Identifier: Apache-2.0 */
/* commands.c - the table of commands. */
#include "command.h"

#define CLI_COMMAND(name) extern const cli_command cli_##name;
#include "commands.def"
#undef CLI_COMMAND

static const cli_command *const table[] = {
#define CLI_COMMAND(name) &cli_##name,
#include "commands.def"
#undef CLI_COMMAND
};

const cli_command *const *cli_commands(int *count) {
    *count = (int)(sizeof table / sizeof *table);
    return table;
}
