/* SPDX-License-Identifier: Apache-2.0 */
/* eval_source.h - the options that say whose faces to compare. */
#ifndef MIEN_CLI_EVAL_SOURCE_H
#define MIEN_CLI_EVAL_SOURCE_H

#include "command.h"
#include "mien/eval.h"

/* `member` is a mien_people_source of the config. */
#define CLI_EVAL_PEOPLE(config, member)                                        \
    {"model", "FILE", "model file or run folder",                              \
     offsetof(config, member.model), CLI_TEXT},                                \
        {"data", "DIR", "photos, a folder a person",                           \
         offsetof(config, member.data), CLI_TEXT},                             \
        {"align", "HOW", "funneled, none, points, detector or auto [auto]",    \
         offsetof(config, member.align), CLI_TEXT},                            \
        {"points", "FILE", "CSV: path,x1,y1,...,x5,y5",                        \
         offsetof(config, member.points), CLI_TEXT},                           \
        {"detector", "FILE", "model that finds the face to align",             \
         offsetof(config, member.detector), CLI_TEXT},                         \
        {"threads",                                                            \
         "N",                                                                  \
         "to work on [2]",                                                     \
         offsetof(config, member.threads),                                     \
         CLI_INT,                                                              \
         1,                                                                    \
         256},                                                                 \
    {                                                                          \
        "batch", "N", "pictures at once [32]", offsetof(config, member.batch), \
            CLI_INT, 1, 4096                                                   \
    }

/* `member` is a mien_match_source. */
#define CLI_EVAL_MATCHES(config, member)                                \
    CLI_EVAL_PEOPLE(config, member.photos),                             \
        {"pairs", "FILE", "pairs as LFW has them [all with all]",       \
         offsetof(config, member.pairs), CLI_TEXT},                     \
    {                                                                   \
        "scores", "FILE", "CSV instead of model and photos: a,b,score", \
            offsetof(config, member.scores), CLI_TEXT                   \
    }

#define CLI_EVAL_PEOPLE_DEFAULTS \
    { .threads = 2, .batch = 32 }

#endif
