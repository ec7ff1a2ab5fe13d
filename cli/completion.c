/* SPDX-License-Identifier: Apache-2.0 */
/* completion.c - mien completion bash|zsh|fish: what a shell may offer, from
 * the table of commands. */
#include <stdio.h>
#include <string.h>

#include "command.h"

static const cli_option options[] = {{0}};

/* The first word of a command's name, and whether it is the only one. */
static int first_word(const char *name, bool *only) {
    const char *space = strchr(name, ' ');
    *only = !space;
    return (int)(space ? (size_t)(space - name) : strlen(name));
}

/* Whether command i is the first whose name begins with its first word. */
static bool begins_group(const cli_command *const *all, int i) {
    bool only;
    const int length = first_word(all[i]->name, &only);
    for (int k = 0; k < i; k++) {
        bool other;
        if (first_word(all[k]->name, &other) == length &&
            !strncmp(all[k]->name, all[i]->name, (size_t)length))
            return false;
    }
    return true;
}

/* Text between single quotes; `marks` get a backslash each. */
static void put(const char *text, const char *marks) {
    for (; *text; text++) {
        if (*text == '\'') {
            fputs("'\\''", stdout);
            continue;
        }
        if (strchr(marks, *text)) putchar('\\');
        putchar(*text);
    }
}

static void put_first_words(const cli_command *const *all, int n) {
    for (int i = 0; i < n; i++) {
        bool only;
        const int length = first_word(all[i]->name, &only);
        if (begins_group(all, i)) printf("%.*s ", length, all[i]->name);
    }
    fputs("help", stdout);
}

/* ---- bash ------------------------------------------------------------- */

static void put_groups_bash(const cli_command *const *all, int n) {
    for (int i = 0; i < n; i++) {
        bool only;
        const int length = first_word(all[i]->name, &only);
        if (only || !begins_group(all, i)) continue;
        printf("    %.*s) subs='", length, all[i]->name);
        for (int k = i; k < n; k++)
            if (!strncmp(all[k]->name, all[i]->name, (size_t)length + 1))
                printf("%s ", all[k]->name + length + 1);
        puts("' ;;");
    }
}

static void put_bash(const cli_command *const *all, int n) {
    fputs(
        "# bash completion of mien\n_mien() {\n"
        "    local cur=${COMP_WORDS[COMP_CWORD]} names= subs=\n"
        "    if [ \"$COMP_CWORD\" = 1 ]; then\n"
        "        COMPREPLY=($(compgen -W '",
        stdout);
    put_first_words(all, n);
    puts(
        "' -- \"$cur\"))\n        return\n    fi\n"
        "    case ${COMP_WORDS[1]} in");
    put_groups_bash(all, n);
    puts(
        "    esac\n"
        "    if [ \"$COMP_CWORD\" = 2 ] && [ -n \"$subs\" ]; then\n"
        "        COMPREPLY=($(compgen -W \"$subs\" -- \"$cur\"))\n"
        "        return\n    fi\n"
        "    case \"${COMP_WORDS[1]} ${COMP_WORDS[2]}\" in");
    for (int i = 0; i < n; i++) {
        bool only;
        first_word(all[i]->name, &only);
        printf("    '%s'%s) names='", all[i]->name, only ? "\\ *" : "");
        for (const cli_option *o = all[i]->options; o->name; o++)
            printf("--%s ", o->name);
        puts("--help' ;;");
    }
    puts(
        "    esac\n"
        "    case $cur in\n"
        "    -*) COMPREPLY=($(compgen -W \"$names\" -- \"$cur\")) ;;\n"
        "    *) COMPREPLY=($(compgen -f -- \"$cur\")) ;;\n"
        "    esac\n}\ncomplete -o filenames -F _mien mien");
}

/* ---- zsh -------------------------------------------------------------- */

static void put_zsh(const cli_command *const *all, int n) {
    fputs(
        "#compdef mien\n_mien() {\n    if (( CURRENT == 2 )); then\n"
        "        compadd -- ",
        stdout);
    put_first_words(all, n);
    puts("\n        return\n    fi\n    case \"$words[2] $words[3]\" in");
    for (int i = 0; i < n; i++) {
        bool only;
        first_word(all[i]->name, &only);
        printf("    ('%s'%s)\n        _arguments", all[i]->name,
               only ? "\\ *" : "");
        for (const cli_option *o = all[i]->options; o->name; o++) {
            printf(" \\\n            '--%s[", o->name);
            put(o->help, "[]\\");
            fputs("]", stdout);
            if (o->value) printf(":%s:_files", o->name);
            putchar('\'');
        }
        puts(
            " \\\n            '--help[print what it takes]' '*:file:_files'\n"
            "        ;;");
    }
    puts("    (*)\n        case \"$words[2]\" in");
    for (int i = 0; i < n; i++) {
        bool only;
        const int length = first_word(all[i]->name, &only);
        if (only || !begins_group(all, i)) continue;
        printf("        (%.*s) compadd --", length, all[i]->name);
        for (int k = i; k < n; k++)
            if (!strncmp(all[k]->name, all[i]->name, (size_t)length + 1))
                printf(" %s", all[k]->name + length + 1);
        puts(" ;;");
    }
    puts("        esac\n        ;;\n    esac\n}\n_mien \"$@\"");
}

/* ---- fish ------------------------------------------------------------- */

/* The condition under which a command's options are offered. */
static void put_seen(const cli_command *c) {
    bool only;
    const int length = first_word(c->name, &only);
    printf("-n '__fish_seen_subcommand_from %.*s", length, c->name);
    if (!only)
        printf("; and __fish_seen_subcommand_from %s", c->name + length + 1);
    putchar('\'');
}

static void put_fish_command(const cli_command *const *all, int i) {
    bool only;
    const int length = first_word(all[i]->name, &only);
    if (begins_group(all, i)) {
        printf("complete -c mien -n __fish_use_subcommand -f -a %.*s", length,
               all[i]->name);
        if (only) {
            fputs(" -d '", stdout);
            put(all[i]->summary, "\\");
            putchar('\'');
        }
        putchar('\n');
    }
    if (!only) {
        printf(
            "complete -c mien -n '__fish_seen_subcommand_from %.*s' -f -a "
            "%s -d '",
            length, all[i]->name, all[i]->name + length + 1);
        put(all[i]->summary, "\\");
        puts("'");
    }
    for (const cli_option *o = all[i]->options; o->name; o++) {
        fputs("complete -c mien ", stdout);
        put_seen(all[i]);
        printf(" -l %s%s -d '", o->name, o->value ? " -r" : "");
        put(o->help, "\\");
        puts("'");
    }
}

/* ---- command ---------------------------------------------------------- */

static mien_status run(const void *given, const cli_texts *words) {
    const char *shell = words->items[0];
    int n;
    const cli_command *const *all = cli_commands(&n);
    (void)given;
    if (!strcmp(shell, "bash"))
        put_bash(all, n);
    else if (!strcmp(shell, "zsh"))
        put_zsh(all, n);
    else if (!strcmp(shell, "fish"))
        for (int i = 0; i < n; i++) put_fish_command(all, i);
    else
        return cli_complain("'%s': bash, zsh and fish are known", shell);
    return MIEN_OK;
}

const cli_command cli_completion = {
    .name = "completion",
    .summary = "print what a shell needs to complete command lines",
    .words = "bash|zsh|fish",
    .min_words = 1,
    .max_words = 1,
    .more =
        "bash: source <(mien completion bash)\n"
        "fish: mien completion fish | source\n"
        "zsh:  mien completion zsh > a file _mien in a folder of $fpath\n",
    .options = options,
    .run = run,
};
