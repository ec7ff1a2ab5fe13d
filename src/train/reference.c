/* SPDX-License-Identifier: Apache-2.0 */
/* reference.c - every table that a recipe draws on, as text.
 *
 * Nothing is listed here but the tables: a new row shows up by itself. */
#include "mien/reference.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "data/augment.h"
#include "data/dataset.h"
#include "health/detector.h"
#include "health/remedy.h"
#include "nn/init.h"
#include "nn/layer.h"
#include "nn/loss.h"
#include "optim/bound.h"
#include "optim/clip.h"
#include "optim/constraint.h"
#include "optim/optimiser.h"
#include "optim/regulariser.h"
#include "optim/schedule.h"
#include "train/fault.h"
#include "train/recipe_table.h"

enum { MAX_TEXT = 1 << 20 };

/* One row, whatever table it comes from. */
typedef struct entry {
    const char *name, *summary;
    const mien_param *params; /* NULL: no options */
} entry;

typedef struct page {
    mien_buf *out;
    const char *one; /* "layer", for headings */
    bool markdown;
} page;

/* ---- one row ---------------------------------------------------------- */

static mien_status put_options(const page *p, const mien_param *params) {
    if (!params || !params->name) return MIEN_OK;
    if (!p->markdown) return mien_params_help(p->out, params);
    MIEN_TRY(mien_buf_printf(p->out, "\n```\n"));
    MIEN_TRY(mien_params_help(p->out, params));
    return mien_buf_printf(p->out, "```\n");
}

static mien_status put(const page *p, entry e) {
    if (p->markdown)
        MIEN_TRY(mien_buf_printf(p->out, "\n### %s %s\n\n%c%s.\n", p->one,
                                 e.name, toupper((unsigned char)*e.summary),
                                 e.summary + 1));
    else
        MIEN_TRY(mien_buf_printf(p->out, "%s - %s\n", e.name, e.summary));
    return put_options(p, e.params);
}

/* ---- the tables ------------------------------------------------------- */

static mien_status put_recipe(const page *p) {
    MIEN_TRY(
        put(p, (entry){"recipe", "the top of the file", mien_recipe_keys}));
    MIEN_TRY(put(p, (entry){"data",
                            "what to train on, beside the options of "
                            "its reader",
                            mien_data_params}));
    MIEN_TRY(put(p, (entry){"input", "from pixels to what the network sees",
                            mien_input_params}));
    MIEN_TRY(put(
        p, (entry){"train", "how long, how much at once", mien_train_keys}));
    MIEN_TRY(put(p, (entry){"train.early_stop", "when training stops by itself",
                            mien_early_stop_keys}));
    MIEN_TRY(put(p, (entry){"health", "what is noticed, and who acts on it",
                            mien_health_keys}));
    MIEN_TRY(put(
        p, (entry){"health.limits", "where healthy ends", mien_limit_params}));
    MIEN_TRY(put(
        p, (entry){"precision", "rounding to 16 bits", mien_precision_keys}));
    MIEN_TRY(put(p, (entry){"teacher", "whose embeddings are learned",
                            mien_teacher_keys}));
    return put(p, (entry){"stages", "an item of the list", mien_stage_keys});
}

/* Rows of a table whose ops have a name, a summary and params. */
#define PUT_ALL(p, type, get)                                                \
    do {                                                                     \
        int count;                                                           \
        const type *const *all = get(&count);                                \
        for (int i = 0; i < count; i++)                                      \
            MIEN_TRY(put(                                                    \
                p, (entry){all[i]->name, all[i]->summary, all[i]->params})); \
    } while (0)

static mien_status put_layers(const page *p) {
    PUT_ALL(p, mien_layer_ops, mien_layers);
    return MIEN_OK;
}

static mien_status put_losses(const page *p) {
    PUT_ALL(p, mien_loss_ops, mien_losses);
    return MIEN_OK;
}

static mien_status put_inits(const page *p) {
    PUT_ALL(p, mien_init_ops, mien_inits);
    return MIEN_OK;
}

static mien_status put_augments(const page *p) {
    PUT_ALL(p, mien_augment_ops, mien_augments);
    return put(p, (entry){"mixup", "mix two photos and their labels",
                          mien_mixup_params});
}

static mien_status put_readers(const page *p) {
    PUT_ALL(p, mien_reader_ops, mien_readers);
    return MIEN_OK;
}

static mien_status put_detectors(const page *p) {
    int count;
    const mien_detector_ops *const *all = mien_detectors(&count);
    for (int i = 0; i < count; i++)
        MIEN_TRY(put(p, (entry){all[i]->name, all[i]->summary, NULL}));
    return MIEN_OK;
}

/* What it does, what against, and whether it asks first. */
static mien_status put_remedy(const page *p, const mien_remedy_ops *r) {
    char text[512];
    size_t n = (size_t)snprintf(text, sizeof text, "%s", r->summary);
    for (int i = 0; i < MIEN_MAX_TREATED && r->treats[i]; i++)
        n += (size_t)snprintf(
            text + n, sizeof text - n, "%s%s",
            i ? ", " : "; against: ", mien_cause_text(r->treats[i]));
    if (r->consent)
        snprintf(text + n, sizeof text - n, "; only with health.consent");
    return put(p, (entry){r->name, text, NULL});
}

static mien_status put_remedies(const page *p) {
    int count;
    const mien_remedy_ops *const *all = mien_remedies(&count);
    for (int i = 0; i < count; i++) MIEN_TRY(put_remedy(p, all[i]));
    return MIEN_OK;
}

static mien_status put_rows(const page *p, const mien_table *table) {
    for (int i = 0; i < table->n; i++)
        MIEN_TRY(put(p, (entry){table->rows[i]->name, table->rows[i]->summary,
                                table->rows[i]->params}));
    return MIEN_OK;
}

typedef struct table {
    const char *name, *one, *summary, *key;
    mien_status (*put)(const page *p); /* this, or */
    const mien_table *(*rows)(void);   /* a table of rows */
} table;

/* clang-format off */
static const table tables[] = {
    {"recipe", "section", "keys of its sections", "all", put_recipe, NULL},
    {"readers", "reader", "where samples come from", "data.reader",
     put_readers, NULL},
    {"augments", "augment", "changes to training photos", "augment",
     put_augments, NULL},
    {"layers", "layer", "what networks are made of", "model", put_layers, NULL},
    {"inits", "init", "how weights start", "init", put_inits, NULL},
    {"losses", "loss", "what is minimised", "loss", put_losses, NULL},
    {"optimisers", "optimiser", "how weights move", "optim", NULL,
     mien_optimisers},
    {"schedules", "schedule", "how the learning rate moves", "schedule", NULL,
     mien_schedules},
    {"clips", "clip", "bounds of the gradient", "clip", NULL, mien_clips},
    {"regularisers", "regulariser", "penalties on weights", "regularise", NULL,
     mien_regularisers},
    {"bounds", "bound", "bounds of how far a step moves", "bound", NULL,
     mien_bounds},
    {"constraints", "constraint", "bounds of the weights", "constrain", NULL,
     mien_constraints},
    {"detectors", "detector", "what a training is watched for", "health.limits",
     put_detectors, NULL},
    {"remedies", "remedy", "what the doctor may try, in this order",
     "health.without", put_remedies, NULL},
    {"faults", "fault", "what can be broken on purpose", "faults", NULL,
     mien_fault_table},
};
/* clang-format on */

enum { N_TABLES = sizeof tables / sizeof *tables };

const char *mien_reference_table(int i) {
    return i >= 0 && i < N_TABLES ? tables[i].name : NULL;
}

const char *mien_reference_summary(int i) {
    return i >= 0 && i < N_TABLES ? tables[i].summary : NULL;
}

/* ---- all of it -------------------------------------------------------- */

static mien_status put_table(mien_buf *out, const table *t, bool markdown) {
    const page p = {out, t->one, markdown};
    return t->put ? t->put(&p) : put_rows(&p, t->rows());
}

static mien_status put_head(mien_buf *out) {
    MIEN_TRY(mien_buf_printf(
        out,
        "# Reference\n\nWhat a recipe may say. This page is what `mien "
        "reference --markdown` prints; `make docs` writes it anew. In a "
        "terminal: `mien help layers`.\n\nA line is an option, what it is, "
        "its range (least..greatest, or the words it takes) and its default "
        "in brackets.\n\n| table | what | key of the recipe |\n"
        "|---|---|---|\n"));
    for (int i = 0; i < N_TABLES; i++) {
        const table *t = &tables[i];
        MIEN_TRY(mien_buf_printf(out, "| [%s](#%s) | %s | `%s` |\n", t->name,
                                 t->name, t->summary, t->key));
    }
    return MIEN_OK;
}

static mien_status put_all(mien_buf *out, bool markdown) {
    if (markdown) MIEN_TRY(put_head(out));
    for (int i = 0; i < N_TABLES; i++) {
        const table *t = &tables[i];
        if (markdown)
            MIEN_TRY(mien_buf_printf(out, "\n## %s\n", t->name));
        else
            MIEN_TRY(mien_buf_printf(out, "%s%s: %s\n\n", i ? "\n" : "",
                                     t->name, t->summary));
        MIEN_TRY(put_table(out, t, markdown));
    }
    return MIEN_OK;
}

static mien_status fail_unknown(const char *name) {
    const char *names[N_TABLES];
    char known[256] = "";
    for (int i = 0; i < N_TABLES; i++) {
        const size_t n = strlen(known);
        names[i] = tables[i].name;
        snprintf(known + n, sizeof known - n, "%s%s", i ? ", " : "", names[i]);
    }
    const char *near = mien_nearest(name, names, N_TABLES);
    return mien_fail(MIEN_EINVAL, "there is no table '%s'%s%s%s; there are %s",
                     name, near ? " (did you mean '" : "", near ? near : "",
                     near ? "'?)" : "", known);
}

static mien_status put_named(mien_buf *out, const char *name, bool markdown) {
    for (int i = 0; i < N_TABLES; i++)
        if (!strcmp(tables[i].name, name))
            return put_table(out, &tables[i], markdown);
    return fail_unknown(name);
}

mien_status mien_reference_text(char **out, const char *name,
                                mien_reference_form form) {
    const bool markdown = form == MIEN_REFERENCE_MARKDOWN;
    mien_buf text = {.cap = MAX_TEXT};
    *out = NULL;
    mien_status status =
        name ? put_named(&text, name, markdown) : put_all(&text, markdown);
    if (status == MIEN_OK) {
        *out = mien_strdup((const char *)text.data);
        if (!*out) status = MIEN_ENOMEM;
    }
    mien_buf_close(&text);
    return status;
}

void mien_reference_free(char *text) { mien_free(text); }
