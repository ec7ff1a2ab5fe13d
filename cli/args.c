/* SPDX-License-Identifier: Apache-2.0 */
/* args.c - parse a command line by a command's option table. */
#include "args.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_OPTIONS = 64 };

static const cli_option *find(const cli_command *command, const char *name,
                              size_t length) {
    for (const cli_option *o = command->options; o->name; o++)
        if (strlen(o->name) == length && !strncmp(o->name, name, length))
            return o;
    return NULL;
}

static mien_status unknown(const cli_command *command, const char *name,
                           size_t length) {
    const char *names[MAX_OPTIONS + 1];
    char given[64];
    int n = 0;
    for (const cli_option *o = command->options; o->name; o++)
        if (n < MAX_OPTIONS) names[n++] = o->name;
    names[n++] = "help";
    snprintf(given, sizeof given, "%.*s", (int)length, name);
    const char *near = cli_nearest(given, names, n);
    if (near)
        return cli_complain("mien %s has no option --%s; did you mean --%s?",
                            command->name, given, near);
    return cli_complain(
        "mien %s has no option --%s; mien %s --help lists "
        "what it has",
        command->name, given, command->name);
}

static mien_status put_number(void *to, const cli_option *o, const char *text) {
    char *end;
    errno = 0;
    const double x = strtod(text, &end);
    if (end == text || *end || errno || x != x)
        return cli_complain("--%s wants a number, not '%s'", o->name, text);
    if (x < o->min || x > o->max)
        return cli_complain("--%s %s is not within %.15g to %.15g", o->name,
                            text, o->min, o->max);
    if (o->kind == CLI_REAL) {
        *(double *)to = x;
        return MIEN_OK;
    }
    if (x != (double)(int)x)
        return cli_complain("--%s wants a whole number, not '%s'", o->name,
                            text);
    *(int *)to = (int)x;
    return MIEN_OK;
}

static mien_status add_text(cli_texts *texts, const char *text) {
    const size_t room = (size_t)texts->count + 1;
    const char **grown = realloc(texts->items, room * sizeof *grown);
    if (!grown) return cli_complain("out of memory");
    texts->items = grown;
    texts->items[texts->count++] = text;
    return MIEN_OK;
}

static mien_status put(char *config, const cli_option *o, const char *text) {
    void *to = config + o->offset;
    switch (o->kind) {
        case CLI_FLAG: *(bool *)to = true; return MIEN_OK;
        case CLI_TEXT: *(const char **)to = text; return MIEN_OK;
        case CLI_TEXTS: return add_text(to, text);
        default: return put_number(to, o, text);
    }
}

/* One option and its value; returns how many of argv it took in *took. */
static mien_status read_option(cli_args *out, const cli_command *command,
                               int argc, char **argv, int *took) {
    const char *name = argv[0] + 2;
    const char *equals = strchr(name, '=');
    const size_t length = equals ? (size_t)(equals - name) : strlen(name);
    const cli_option *o = find(command, name, length);
    *took = 1;
    if (!o) return unknown(command, name, length);
    if (o->kind == CLI_FLAG && equals)
        return cli_complain("--%s takes no value", o->name);
    if (o->kind == CLI_FLAG) return put(out->config, o, NULL);
    if (equals) return put(out->config, o, equals + 1);
    if (argc < 2)
        return cli_complain("--%s wants a value: --%s %s", o->name, o->name,
                            o->value);
    *took = 2;
    return put(out->config, o, argv[1]);
}

static mien_status check_words(const cli_args *args,
                               const cli_command *command) {
    if (args->words.count < command->min_words)
        return cli_complain("too few words; usage: mien %s [options] %s",
                            command->name, command->words);
    if (args->words.count > command->max_words)
        return cli_complain(
            "'%s' is one word too many; usage: mien %s "
            "[options] %s",
            args->words.items[command->max_words], command->name,
            command->words);
    return MIEN_OK;
}

mien_status cli_args_read(cli_args *out, const cli_command *command, int argc,
                          char **argv) {
    *out = (cli_args){.config = calloc(1, command->config_size + 1)};
    if (!out->config) return cli_complain("out of memory");
    if (command->defaults)
        memcpy(out->config, command->defaults, command->config_size);
    bool words_only = false;
    for (int i = 0; i < argc;) {
        const char *arg = argv[i];
        mien_status status = MIEN_OK;
        int took = 1;
        if (!words_only && (!strcmp(arg, "--help") || !strcmp(arg, "-h"))) {
            out->help = true;
            return MIEN_OK;
        }
        if (!words_only && !strcmp(arg, "--"))
            words_only = true;
        else if (words_only || arg[0] != '-' || !arg[1])
            status = add_text(&out->words, arg);
        else if (arg[1] != '-')
            status = cli_complain("%s: options begin with two dashes", arg);
        else
            status = read_option(out, command, argc - i, argv + i, &took);
        if (status != MIEN_OK) return status;
        i += took;
    }
    return check_words(out, command);
}

void cli_args_free(cli_args *args, const cli_command *command) {
    if (args->config)
        for (const cli_option *o = command->options; o->name; o++)
            if (o->kind == CLI_TEXTS)
                free(((cli_texts *)((char *)args->config + o->offset))->items);
    free(args->config);
    free(args->words.items);
    *args = (cli_args){0};
}

void cli_args_help(const cli_command *command) {
    printf("mien %s - %s\n\nusage: mien %s [options]%s%s\n\n", command->name,
           command->summary, command->name, *command->words ? " " : "",
           command->words);
    for (const cli_option *o = command->options; o->name; o++) {
        char left[48];
        snprintf(left, sizeof left, "--%s%s%s", o->name, o->value ? " " : "",
                 o->value ? o->value : "");
        printf("  %-22s %s\n", left, o->help);
    }
    printf("  %-22s %s\n", "--help", "print this");
    if (command->more) printf("\n%s", command->more);
}
