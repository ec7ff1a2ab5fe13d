/* SPDX-License-Identifier: Apache-2.0 */
/* threshold.h - from which similarity on two faces are one person. */
#ifndef MIEN_CLI_THRESHOLD_H
#define MIEN_CLI_THRESHOLD_H

#include <jansson.h>

#include "command.h"
#include "mien/face.h"

typedef struct cli_wanted {
    double fmr, threshold; /* 0 and -2: not given */
    bool extrapolate;
} cli_wanted;

#define CLI_WANTED_DEFAULTS \
    { .threshold = -2 }

#define CLI_WANTED_OPTIONS(config, at)                                        \
    {"fmr",                                                                   \
     "X",                                                                     \
     "match when no more than this share of strangers look so alike [1e-4]",  \
     offsetof(config, at.fmr),                                                \
     CLI_REAL,                                                                \
     1e-12,                                                                   \
     1},                                                                      \
        {"threshold",                                                         \
         "T",                                                                 \
         "match from this similarity on, instead",                            \
         offsetof(config, at.threshold),                                      \
         CLI_REAL,                                                            \
         -1,                                                                  \
         1},                                                                  \
    {                                                                         \
        "extrapolate", NULL, "allow an FMR below what the calibration shows", \
            offsetof(config, at.extrapolate), CLI_FLAG                        \
    }

typedef struct cli_threshold {
    double similarity;
    const mien_calibration *known; /* NULL: the model has none */
    mien_fmr at;                   /* of the threshold, if known */
} cli_threshold;

/* What is given; else an FMR of 1e-4, or the least that the model's
 * calibration shows. What is wrong is said. */
mien_status cli_threshold_choose(cli_threshold *out, const cli_wanted *wanted,
                                 const mien_embedder *embedder);

/* The FMR of a similarity as a number, null when it is not known. */
json_t *cli_fmr_json(const cli_threshold *threshold, float similarity);

/* "FMR 2.1e-05, extrapolated" or "FMR unknown". */
void cli_fmr_text(char *out, size_t room, const cli_threshold *threshold,
                  float similarity);

#endif
