/* SPDX-License-Identifier: Apache-2.0 */
/* health.h - why a training fails, before, while and after it does.
 *
 *   mien_health_text *text;
 *   if (mien_health_explain(&text, "runs/a", NULL) == MIEN_OK)
 *       puts(mien_health_text_of(text));
 *   mien_health_text_free(text); */
#ifndef MIEN_HEALTH_H
#define MIEN_HEALTH_H

#include <stdbool.h>
#include <stdint.h>

#include "mien/status.h"

/* A text that the library made. */
typedef struct mien_health_text mien_health_text;
const char *mien_health_text_of(const mien_health_text *text);
void mien_health_text_free(mien_health_text *text); /* NULL is fine */

/* ---- a run folder ----------------------------------------------------- */

typedef struct mien_health_options {
    const char *html; /* write the report here too; NULL: do not */
    const char *pictures; /* and each of its pictures into this folder: PNG */
    bool json;            /* the text is one JSON object */
} mien_health_options;

/* What happened in a finished, stopped or running training: findings,
 * interventions, how it stands, and what would help.
 *
 * Owns:   *out is the caller's.
 * Errors: MIEN_ENOTFOUND when the folder holds no health.jsonl, MIEN_EFORMAT
 *         with the line that cannot be read. */
mien_status mien_health_explain(mien_health_text **out, const char *run,
                                const mien_health_options *options);

enum { MIEN_COMPARE_RUNS = 8 };

/* Draw the losses of several runs over the steps that they made, a PNG or SVG.
 * Any run will do, health or not: it reads log.jsonl.
 *
 * Errors: MIEN_EINVAL for no run or too many, or another extension;
 *         MIEN_ENOTFOUND for a folder without log.jsonl, MIEN_EFORMAT with
 *         the line that cannot be read; MIEN_EIO, MIEN_ENOMEM. */
mien_status mien_health_compare(const char *path, const char *const *runs,
                                int n);

/* What one step of a run did, done again. */
typedef struct mien_replay_summary {
    int64_t step, from; /* from: the step of the checkpoint it began at */
    double loss, norm;  /* as they came out now */
    double logged_loss, logged_norm; /* as log.jsonl has them */
    bool same;          /* to the bit */
    const char *layer;  /* the first that gave something bad, or the one with
                           the largest gain */
    const char *tensor; /* the weight tensor with the worst gradient */
    const char *pass;   /* "input", "forward", "loss", "backward", "healthy" */
    int sample;         /* of the batch; -1: no single one */
    int64_t index;      /* of that sample in the data; -1 */
    const char *text;   /* all of it as sentences */
} mien_replay_summary;

typedef struct mien_replay mien_replay;

/* Take the nearest checkpoint before the step and run up to it again.
 *
 * Owns:   *out is the caller's; mien_replay_free() frees it.
 * Errors: MIEN_ENOTFOUND for a step that the run did not make. */
mien_status mien_health_replay(mien_replay **out, const char *run,
                               int64_t step);
const mien_replay_summary *mien_replay_summary_of(const mien_replay *replay);
void mien_replay_free(mien_replay *replay); /* NULL is fine */

/* ---- a recipe --------------------------------------------------------- */

typedef struct mien_gradcheck_options {
    const char *const *set; /* as for training */
    int n_set;
    const char *data;
    int samples;      /* of the batch; 0: 4 */
    int values;       /* checked a tensor; 0: 16 */
    double tolerance; /* of the relative error; 0: 1e-6 */
} mien_gradcheck_options;

typedef struct mien_gradcheck_row {
    const char *tensor; /* "conv1.weight", "conv1.input"; "network": all
                           weights at once */
    int checked;      /* values alone, and one direction through all; what
                         only met kinks is not counted */
    double worst;     /* relative error */
    double analytic, numeric; /* where it is worst */
    bool pass;
} mien_gradcheck_row;

typedef struct mien_gradcheck_summary {
    int n;
    const mien_gradcheck_row *rows;
    bool pass;
    double loss, seconds;
    int kinks; /* values left out: they lie on a kink of relu, pooling or the
                  like, where no derivative is right */
} mien_gradcheck_summary;

typedef struct mien_gradcheck mien_gradcheck;

/* Every weight tensor and every layer's input in a recipe's network: backward
 * in double against central differences, on the first samples of its data,
 * with the weights of its initialiser. Layer by layer, by the chain rule, then
 * the loss, then the whole network. The same for any number of threads.
 *
 * Owns:   *out is the caller's; mien_gradcheck_free() frees it.
 * Errors: what reading the recipe and its data says, MIEN_ENOMEM. A gradient
 *         that is wrong is a result, no error. */
mien_status mien_gradcheck_run(mien_gradcheck **out, const char *recipe,
                               const mien_gradcheck_options *options);
const mien_gradcheck_summary *mien_gradcheck_summary_of(
    const mien_gradcheck *check);
void mien_gradcheck_free(mien_gradcheck *check); /* NULL is fine */

typedef struct mien_lrfind_options {
    const char *const *set;
    int n_set;
    const char *data;
    double from, to; /* 0: 1e-7, 10 */
    int steps;       /* 0: 100 */
    const char *plot; /* PNG or SVG; NULL: none */
} mien_lrfind_options;

typedef struct mien_lrfind_summary {
    int n;
    const double *lr, *loss, *smooth; /* smooth: averaged, bias corrected */
    double best;      /* where the smooth loss is least */
    double steepest;  /* where it falls fastest */
    double diverged;  /* the first rate that loses all that was won; NaN */
    double suggested; /* for constant rates and warm-up; NaN: none */
    double recipe;    /* the rate that the recipe has now */
    double start;     /* the loss that was to be improved on */
    const char *why;  /* how `suggested` was chosen */
} mien_lrfind_summary;

typedef struct mien_lrfind mien_lrfind;

/* Train from the start with a rate that grows from step to step. */
mien_status mien_lrfind_run(mien_lrfind **out, const char *recipe,
                            const mien_lrfind_options *options);
const mien_lrfind_summary *mien_lrfind_summary_of(const mien_lrfind *find);
void mien_lrfind_free(mien_lrfind *find); /* NULL is fine */

/* ---- the stress suite ------------------------------------------------- */

typedef struct mien_stress_options {
    const char *const *cases; /* names; n_cases 0: all */
    int n_cases;
    const char *const *arms; /* of plain, norm, value, agc, doctor; 0: all */
    int n_arms;
    const char *const *without; /* remedies that the doctor must do without */
    int n_without;
    const char *data;  /* a folder a person; NULL: a generated set */
    int seeds;         /* 0: 5 */
    int threads;       /* runs side by side; 0: all processors */
    bool no_consent;   /* the doctor may not change the architecture */
    const char *csv;   /* write the table here; NULL: do not */
    const char *map;   /* survival map, PNG or SVG; NULL: none */
    const char *keep;  /* leave the run folders here; NULL: they go */
} mien_stress_options;

enum { MIEN_STRESS_ARMS = 5 };

typedef struct mien_stress_arm {
    const char *name;
    bool ran, pass;
    double median_r, worst_r;
    int detected_step; /* the latest of the seeds; -1: not, in some seed */
    const char *diagnosis; /* causes named, most frequent first; "" */
    bool named;            /* the injected cause was among them, each seed */
    bool stopped;          /* ended by a diagnosis in every seed */
    bool non_finite;       /* a model or checkpoint with such a weight */
    double seconds;
} mien_stress_arm;

typedef struct mien_stress_case {
    const char *name, *title;
    double chance, healthy; /* accuracies that R refers to */
    mien_stress_arm arms[MIEN_STRESS_ARMS];
} mien_stress_case;

typedef struct mien_stress_summary {
    int n, seeds;
    const mien_stress_case *cases;
    int passed[MIEN_STRESS_ARMS]; /* cases an arm passed */
    int diagnosed; /* not passed by the doctor, but rightly diagnosed */
    const char *data;
    double seconds;
} mien_stress_summary;

typedef struct mien_stress mien_stress;

/* Train every case in every arm with every seed, in a temporary folder.
 *
 * Owns:   *out is the caller's; mien_stress_free() frees it.
 * Errors: MIEN_EINVAL for an unknown case, arm or remedy; MIEN_EDATA when the
 *         healthy training does not work on the data; MIEN_EINTERRUPTED after
 *         mien_train_interrupt(). A training that fails is a result, no
 *         error. */
mien_status mien_stress_run(mien_stress **out,
                            const mien_stress_options *options);
const mien_stress_summary *mien_stress_summary_of(const mien_stress *stress);
void mien_stress_free(mien_stress *stress); /* NULL is fine */

/* Case `i` and what it breaks; a remedy's name; NULL behind the last. */
const char *mien_stress_case_name(int i);
const char *mien_stress_case_title(int i);
const char *mien_stress_remedy(int i);

/* Write what another program needs to do the same: cases.json (the recipes of
 * all references and cases, resolved) and train-x.npy, train-y.npy,
 * test-x.npy, test-y.npy (the very pixels, unsigned bytes, and labels).
 *
 * Errors: MIEN_EIO, MIEN_ENOSPACE, what opening the data says. */
mien_status mien_stress_export(const char *folder, const char *data);

#endif
