/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - find the command, read its options, run it. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "args.h"
#include "mien/version.h"
#include "progress.h"

enum { MAX_COMMANDS = 64 };

static bool said;

bool cli_said(void) { return said; }

mien_status cli_complain(const char *format, ...) {
    va_list args;
    cli_progress_clear();
    fputs("mien: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    said = true;
    return MIEN_EINVAL;
}

static void overview(FILE *to) {
    int n;
    const cli_command *const *commands = cli_commands(&n);
    fprintf(to,
            "mien %s - train and run face recognition\n\n"
            "usage: mien COMMAND [options] ...\n\n",
            mien_version());
    for (int i = 0; i < n; i++)
        fprintf(to, "  %-15s %s\n", commands[i]->name, commands[i]->summary);
    fputs(
        "\nmien COMMAND --help says more; mien help TABLE, what a recipe may "
        "say.\nResults go to stdout, remarks to stderr.\n"
        "exit: 0 done, 1 no match, 2 error, 3 training stopped by a "
        "diagnosis\n",
        to);
}

/* How many of the words name this command: 0, 1 or 2. */
static int names(const cli_command *command, int argc, char **argv) {
    const char *space = strchr(command->name, ' ');
    if (!space) return argc > 0 && !strcmp(command->name, argv[0]);
    const size_t first = (size_t)(space - command->name);
    return argc > 1 && strlen(argv[0]) == first &&
                   !strncmp(command->name, argv[0], first) &&
                   !strcmp(space + 1, argv[1])
               ? 2
               : 0;
}

static const cli_command *find(int argc, char **argv, int *took) {
    int n;
    const cli_command *const *commands = cli_commands(&n);
    const cli_command *found = NULL;
    *took = 0;
    for (int i = 0; i < n; i++) {
        const int words = names(commands[i], argc, argv);
        if (words <= *took) continue;
        *took = words;
        found = commands[i];
    }
    return found;
}

static mien_status unknown(int argc, char **argv) {
    const char *texts[MAX_COMMANDS];
    char given[128];
    int n;
    const cli_command *const *commands = cli_commands(&n);
    int count = 0;
    for (int i = 0; i < n && i < MAX_COMMANDS; i++)
        texts[count++] = commands[i]->name;
    snprintf(given, sizeof given, "%s", argv[0]);
    const char *near = cli_nearest(given, texts, count);
    if (!near && argc > 1) {
        snprintf(given, sizeof given, "%s %s", argv[0], argv[1]);
        near = cli_nearest(given, texts, count);
    }
    if (near)
        return cli_complain("no command '%s'; did you mean '%s'?", given, near);
    return cli_complain("no command '%s'; mien help lists them", argv[0]);
}

static mien_status run(const cli_command *command, int argc, char **argv) {
    cli_args args;
    mien_status status = cli_args_read(&args, command, argc, argv);
    if (status == MIEN_OK && args.help) {
        cli_args_help(command);
        if (command->help) status = command->help();
    } else if (status == MIEN_OK) {
        status = command->run(args.config, &args.words);
    }
    cli_args_free(&args, command);
    return status;
}

static bool asks_help(const char *word) {
    return !strcmp(word, "help") || !strcmp(word, "--help") ||
           !strcmp(word, "-h");
}

int main(int argc, char **argv) {
    int took;
    cli_progress_begin();
    if (argc < 2) {
        overview(stderr);
        return mien_status_exit_code(MIEN_EINVAL);
    }
    char *version[] = {"version"};
    if (!strcmp(argv[1], "--version")) argc = 2, argv[1] = version[0];
    char **words = argv + 1;
    int n = argc - 1;
    bool help = asks_help(words[0]);
    if (help && n == 1) {
        overview(stdout);
        return 0;
    }
    if (help) words++, n--;
    char *table[] = {"reference", words[0]};
    if (help && cli_is_table(words[0])) help = false, words = table, n = 2;
    const cli_command *command = find(n, words, &took);
    mien_status status = MIEN_OK;
    if (!command)
        status = unknown(n, words);
    else if (help)
        status = run(command, 1, (char *[]){"--help"});
    else
        status = run(command, n - took, words + took);
    cli_progress_clear();
    if (status < 0 && !cli_said()) fprintf(stderr, "mien: %s\n", mien_error());
    if (fflush(stdout) || ferror(stdout)) {
        fputs("mien: cannot write to stdout\n", stderr);
        return mien_status_exit_code(MIEN_EIO);
    }
    return mien_status_exit_code(status);
}
