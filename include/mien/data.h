/* SPDX-License-Identifier: Apache-2.0 */
/* data.h - look at what a network will see.
 *
 *   mien_data_show_options options;
 *   mien_data_show_defaults(&options);
 *   mien_data_facts facts;
 *   mien_data_show(&facts, "recipes/face64.yaml", &options); */
#ifndef MIEN_DATA_H
#define MIEN_DATA_H

#include <stdbool.h>
#include <stdint.h>

#include "mien/status.h"

typedef struct mien_data_show_options {
    const char *const *set; /* n_set texts "data.seed=1" */
    int n_set;
    const char *data;  /* replaces the recipe's data.path; NULL: as it says */
    const char *out;   /* the PNG to write; NULL: contact-sheet.png */
    int rows, columns; /* samples in the sheet; 0: 8 */
    int epoch;         /* whose augmentation, from 0 */
    bool plain;        /* not augmented */
} mien_data_show_options;

void mien_data_show_defaults(mien_data_show_options *options);

typedef struct mien_data_facts {
    int64_t samples, train, validation, test;
    int classes;
    int rows, columns, channels; /* of the network's input */
    int shown;                   /* samples in the sheet */
} mien_data_facts;

/* Write a contact sheet: training samples as the network sees them, augmented,
 * each with the index of its class.
 *
 * Errors: as mien_train_run(). */
mien_status mien_data_show(mien_data_facts *facts, const char *recipe,
                           const mien_data_show_options *options);

#endif
