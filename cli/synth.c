/* SPDX-License-Identifier: Apache-2.0 */
/* synth.c - mien synth OUT. */
#include "mien/synth.h"

#include <signal.h>
#include <stdio.h>

#include "command.h"
#include "json.h"
#include "progress.h"

typedef struct config {
    int people, photos, groups, group_people, distractors, pairs, size, threads;
    double seed;
    const char *format;
    bool grey, frontal, hard, json;
} config;

static const config defaults = {.people = 20,
                                .photos = 8,
                                .groups = 4,
                                .group_people = 6,
                                .pairs = 3000,
                                .size = 256,
                                .seed = 1,
                                .format = "jpg"};

static const cli_option options[] = {
    {"people", "N", "people with several photos [20]", offsetof(config, people),
     CLI_INT, 0, 99999},
    {"photos", "N", "photos of each of them [8]", offsetof(config, photos),
     CLI_INT, 1, 9999},
    {"seed", "N", "whom to make: another number, other people [1]",
     offsetof(config, seed), CLI_REAL, 0, 9007199254740991},
    {"groups", "N", "group photos of the people [4]", offsetof(config, groups),
     CLI_INT, 0, 9999},
    {"group-people", "N", "at most, in a group photo [6]",
     offsetof(config, group_people), CLI_INT, 2, 16},
    {"distractors", "N", "people more, of one photo each [0]",
     offsetof(config, distractors), CLI_INT, 0, 999999},
    {"pairs", "N", "of one person, and as many of two, for pairs.txt [3000]",
     offsetof(config, pairs), CLI_INT, 0, 1000000},
    {"size", "P", "pixels of a portrait's side [256]", offsetof(config, size),
     CLI_INT, 32, 4096},
    {"grey", NULL, "pictures in grey", offsetof(config, grey), CLI_FLAG},
    {"frontal", NULL, "frontal photos in even light only",
     offsetof(config, frontal), CLI_FLAG},
    {"hard", NULL, "large poses, harsh light, blur, hidden faces",
     offsetof(config, hard), CLI_FLAG},
    {"format", "EXT", "of the pictures, jpg or png [jpg]",
     offsetof(config, format), CLI_TEXT},
    {"threads", "N", "pictures at once [all processors]",
     offsetof(config, threads), CLI_INT, 1, 256},
    {"json", NULL, "print the result as one JSON object",
     offsetof(config, json), CLI_FLAG},
    {0}};

static volatile sig_atomic_t interrupted;

static void on_signal(int signal_number) {
    interrupted = 1;
    signal(signal_number, SIG_DFL); /* a second one ends at once */
}

/* Keeps how far it is, and stops on a signal. */
static bool go_on(void *context, const mien_synth_progress *at) {
    *(mien_synth_progress *)context = *at;
    return !interrupted;
}

static mien_status print(const char *folder, const mien_synth_progress *end,
                         bool json) {
    if (json)
        return cli_json_print(json_pack("{s:s, s:i, s:f}", "album", folder,
                                        "pictures", end->done, "per_second",
                                        end->per_second));
    printf("%s: %d picture%s, %.1f a second\n", folder, end->done,
           end->done == 1 ? "" : "s", end->per_second);
    return MIEN_OK;
}

static mien_status run(const void *given, const cli_texts *words) {
    const config *c = given;
    mien_synth_progress end = {0};
    if (c->seed != (double)(uint64_t)c->seed)
        return cli_complain("--seed: %g is not a whole number", c->seed);
    const mien_synth_options o = {.people = c->people,
                                  .photos = c->photos,
                                  .distractors = c->distractors,
                                  .groups = c->groups,
                                  .group_people = c->group_people,
                                  .pairs = c->pairs,
                                  .size = c->size,
                                  .seed = (uint64_t)c->seed,
                                  .grey = c->grey,
                                  .frontal = c->frontal,
                                  .hard = c->hard,
                                  .format = c->format,
                                  .threads = c->threads,
                                  .progress = go_on,
                                  .context = &end};
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    const mien_status status = mien_synth_album(words->items[0], &o);
    cli_progress_clear();
    return status == MIEN_OK ? print(words->items[0], &end, c->json) : status;
}

const cli_command cli_synth = {
    .name = "synth",
    .summary = "make an album of people who do not exist",
    .words = "OUT",
    .min_words = 1,
    .max_words = 1,
    .more =
        "OUT is a folder that is new or empty. It gets people/, groups/ and\n"
        "distractors/ with the pictures, and what is true of them: "
        "truth.jsonl,\nlabels.txt, pairs.txt. The same options give the same "
        "bytes.\n",
    .options = options,
    .config_size = sizeof(config),
    .defaults = &defaults,
    .run = run,
};
