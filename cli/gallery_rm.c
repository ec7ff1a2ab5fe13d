/* SPDX-License-Identifier: Apache-2.0 */
/* gallery_rm.c - mien gallery rm GALLERY PERSON. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "enrolment.h"

typedef struct config {
    bool template;
} config;

static const cli_option options[] = {
    {"template", NULL,
     "only one template: its number, as `gallery list GALLERY PERSON` prints "
     "it, stands in place of the person",
     offsetof(config, template), CLI_FLAG},
    {0}};

static mien_status remove_person(mien_gallery *gallery,
                                 const char *const *word) {
    return mien_gallery_remove(gallery, word[1]);
}

static mien_status remove_template(mien_gallery *gallery,
                                   const char *const *word) {
    char *end;
    errno = 0;
    const long long id = strtoll(word[1], &end, 10);
    if (errno || end == word[1] || *end || id < 1)
        return cli_complain("'%s' is no number of a template", word[1]);
    return mien_gallery_remove_template(gallery, id);
}

static mien_status run(const void *given, const cli_texts *words) {
    const config *c = given;
    const mien_status status =
        cli_gallery_do(words, c->template ? remove_template : remove_person);
    if (status == MIEN_OK) printf("%s is removed\n", words->items[1]);
    return status;
}

const cli_command cli_gallery_rm = {
    .name = "gallery rm",
    .summary = "remove a person from a gallery",
    .words = "GALLERY PERSON|NUMBER",
    .min_words = 2,
    .max_words = 2,
    .more =
        "The person is found no more. Encrypted bytes may stay in the file "
        "for a while;\n`mien gallery erase` leaves none.\n",
    .options = options,
    .config_size = sizeof(config),
    .run = run,
};
