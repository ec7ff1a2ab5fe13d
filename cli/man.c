/* SPDX-License-Identifier: Apache-2.0 */
/* man.c - mien man: the manual page, from the table of commands. */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "mien/version.h"

static const cli_option options[] = {{0}};

/* Text as roff reads it back: hyphens stay, no line begins a request. */
static void put(const char *text) {
    bool begins = true;
    for (; *text; text++) {
        if (begins && (*text == '.' || *text == '\'')) fputs("\\&", stdout);
        if (*text == '\\')
            fputs("\\e", stdout);
        else if (*text == '-')
            fputs("\\-", stdout);
        else
            putchar(*text);
        begins = *text == '\n';
    }
}

/* A line of a macro's arguments: ".SH" and the like, quoted. */
static void put_request(const char *request, const char *text) {
    printf(".%s \"", request);
    for (; *text; text++)
        if (*text == '-')
            fputs("\\-", stdout);
        else if (*text != '"')
            putchar(*text);
    puts("\"");
}

static void put_option(const char *name, const char *value, const char *help) {
    fputs(".TP\n\\fB\\-\\-", stdout);
    put(name);
    fputs("\\fR", stdout);
    if (value) {
        fputs(" \\fI", stdout);
        put(value);
        fputs("\\fR", stdout);
    }
    putchar('\n');
    put(help);
    putchar('\n');
}

static void put_command(const cli_command *c) {
    put_request("SS", c->name);
    put(c->summary);
    fputs(".\n.PP\n\\fBmien ", stdout);
    put(c->name);
    fputs("\\fR [options]", stdout);
    if (*c->words) {
        putchar(' ');
        put(c->words);
    }
    putchar('\n');
    for (const cli_option *o = c->options; o->name; o++)
        put_option(o->name, o->value, o->help);
    if (!c->more) return;
    puts(".PP");
    put(c->more);
}

static mien_status run(const void *given, const cli_texts *words) {
    int n;
    const cli_command *const *all = cli_commands(&n);
    (void)given, (void)words;
    printf(".TH MIEN 1 \"\" \"mien %s\" \"User Commands\"\n", mien_version());
    puts(
        ".SH NAME\nmien \\- train and run face recognition\n.SH SYNOPSIS\n"
        "\\fBmien\\fR \\fICOMMAND\\fR [options] ...\n.SH DESCRIPTION\n"
        "Results go to stdout, remarks and progress to stderr. A word\n"
        "\\fB\\-\\fR reads stdin where a photo or a file is wanted.\n"
        ".SH COMMANDS");
    for (int i = 0; i < n; i++) put_command(all[i]);
    puts(
        ".SH EXIT STATUS\n.TP\n0\nyes, or done\n.TP\n1\nno match\n.TP\n2\n"
        "error\n.TP\n3\ntraining stopped by a diagnosis\n.SH ENVIRONMENT\n"
        ".TP\n\\fBMIEN_MODELS\\fR\nthe folder of the default models");
    fputs(".SH SEE ALSO\n", stdout);
    put("mien COMMAND --help; mien help TABLE, what a recipe may say; the "
        "pages in docs/");
    putchar('\n');
    return MIEN_OK;
}

const cli_command cli_man = {
    .name = "man",
    .summary = "print the manual page",
    .words = "",
    .more = "mien man | man -l -\n",
    .options = options,
    .run = run,
};
