/* SPDX-License-Identifier: Apache-2.0 */
/* reference.c - mien reference [TABLE], also called as mien help TABLE. */
#include "mien/reference.h"

#include <stdio.h>
#include <string.h>

#include "command.h"

typedef struct config {
    bool markdown;
} config;

static const cli_option options[] = {{"markdown", NULL, "as the text of a page",
                                      offsetof(config, markdown), CLI_FLAG},
                                     {0}};

bool cli_is_table(const char *word) {
    const char *name;
    for (int i = 0; (name = mien_reference_table(i)); i++)
        if (!strcmp(name, word)) return true;
    return false;
}

static mien_status run(const void *given, const cli_texts *words) {
    const config *c = given;
    char *text;
    const mien_status status = mien_reference_text(
        &text, words->count ? words->items[0] : NULL,
        c->markdown ? MIEN_REFERENCE_MARKDOWN : MIEN_REFERENCE_PLAIN);
    if (status != MIEN_OK) return status;
    fputs(text, stdout);
    mien_reference_free(text);
    return MIEN_OK;
}

static mien_status help(void) {
    const char *name;
    puts("\nTables:");
    for (int i = 0; (name = mien_reference_table(i)); i++)
        printf("  %-13s %s\n", name, mien_reference_summary(i));
    return MIEN_OK;
}

const cli_command cli_reference = {
    .name = "reference",
    .summary = "print what a recipe may say, table by table",
    .words = "[TABLE]",
    .max_words = 1,
    .options = options,
    .config_size = sizeof(config),
    .run = run,
    .help = help,
};
