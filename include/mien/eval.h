/* SPDX-License-Identifier: Apache-2.0 */
/* eval.h - how good a model is, by protocols that have names.
 *
 *   mien_lfw_options options;
 *   mien_lfw_defaults(&options);
 *   options.model = "model.safetensors";
 *   options.data = "lfw/", options.pairs = "pairs.txt";
 *   mien_lfw *lfw;
 *   if (mien_lfw_run(&lfw, &options) == MIEN_OK)
 *       printf("%.2f %%\n", 100 * mien_lfw_summary_of(lfw)->accuracy);
 *   mien_lfw_free(lfw);
 *
 * docs/evaluation.md says what each figure means. A figure that does not
 * exist is NaN. Progress goes to the sink of mien/log.h. */
#ifndef MIEN_EVAL_H
#define MIEN_EVAL_H

#include <stdbool.h>
#include <stdint.h>

#include "mien/report.h"
#include "mien/status.h"

/* ---- verification: pairs of faces ------------------------------------- */

typedef struct mien_lfw_options {
    const char *model;    /* model file or run folder */
    const char *data;     /* folder with name/name_0001.jpg */
    const char *pairs;    /* pairs.txt, or view 1's pairsDevTest.txt */
    const char *protocol; /* "lfw" or "lfw-common" */
    /* "funneled": one alignment for the whole set, 250x250; "none": the whole
     * picture; "points", "detector"; NULL: by points or a detector when there
     * is one, "none" for pictures of 112x112, "funneled" for those of 250x250,
     * else an error. */
    const char *align;
    const char *points;   /* CSV: path,x1,y1,...,x5,y5; NULL: none */
    const char *detector; /* model that finds each face; NULL: none */
    double far; /* where VAL is wanted; 0: 1e-3 if the pairs allow it */
    int threads, batch;
} mien_lfw_options;

/* Protocol "lfw", one thread, 32 pictures at once. */
void mien_lfw_defaults(mien_lfw_options *options);

/* Units: shares are 0 to 1. */
typedef struct mien_lfw_summary {
    const char *protocol; /* the full name, "lfw view 2, common variant" */
    const char *measure;  /* of the thresholds: "cosine", ... */
    const char *align;    /* what was done: "funneled", "detector", ... */
    double accuracy;
    double se, sd;    /* of the folds: sd(n-1)/sqrt(n), sd(n) */
    bool prints_sd;   /* the protocol reports sd, not se */
    bool dealt;       /* the folds are ours, not the file's */
    int folds, pairs; /* how many */
    const double *fold_accuracy, *fold_threshold;
    double auc, eer;
    double far, val; /* VAL at FAR <= far, all pairs together; maybe NaN */
    double val_threshold;
    int pictures; /* distinct ones */
    int failed;   /* of those, without a usable embedding: score -1 */
    int impostors;
    const char *data_hash; /* BLAKE2b-256 of pairs and pictures, hex */
    const char *model;     /* of weights, alignment and preprocessing */
    const char *weights_hash;
} mien_lfw_summary;

typedef struct mien_lfw mien_lfw;

/* Embed each distinct picture once, compare, judge.
 *
 * Owns:   *out is the caller's; mien_lfw_free() frees it.
 * Errors: MIEN_EINVAL (protocol, alignment, a FAR below 1 / impostors, a
 *         model that gives no embedding); MIEN_EFORMAT, MIEN_ENOTFOUND,
 *         MIEN_EIO for pairs and pictures, named by the line of the pairs
 *         and not by the person; MIEN_ENOMEM. *out is then NULL. */
mien_status mien_lfw_run(mien_lfw **out, const mien_lfw_options *options);
const mien_lfw_summary *mien_lfw_summary_of(const mien_lfw *lfw);
void mien_lfw_free(mien_lfw *lfw); /* NULL is fine */

/* The curve as CSV: threshold,far,val; one row a score. */
mien_status mien_lfw_write_roc(const mien_lfw *lfw, const char *path);

/* The curve and the scores of both sides as a picture, .png or .svg. */
mien_status mien_lfw_plot(const mien_lfw *lfw, const char *path);

typedef struct mien_bin_options {
    const char *model;    /* model file or run folder */
    const char *data;     /* pickle of (JPEG files of 112x112, truth values) */
    const char *protocol; /* "lfw" or "lfw-common" */
    double far;           /* as in mien_lfw_options */
    int threads, batch;
} mien_bin_options;

void mien_bin_defaults(mien_bin_options *options); /* "lfw", 1 thread, 32 */

/* Pairs of aligned faces in one file, as the ArcFace line distributes LFW,
 * CFP-FP, AgeDB-30: ten folds in the file's order.
 *
 * Owns:   *out is the caller's; mien_report_free() frees it.
 * Errors: MIEN_EUNSUPPORTED for a pickle of anything else, which is not
 *         executed; as mien_lfw_run(). *out is then NULL. */
mien_status mien_bin_run(mien_report **out, const mien_bin_options *options);

/* ---- detection: boxes of faces ---------------------------------------- */

typedef struct mien_wider_options {
    const char *model;   /* of a detector: file or run folder */
    const char *against; /* another one to compare it with; NULL: none */
    const char *data;    /* "# path w h" and boxes, or WIDER FACE's own list */
    const char *photos;  /* folder that WIDER's own list starts at; NULL: the
                            list's, or `images` in it */
    const char *scenes;  /* folder of photos without faces; NULL: none */
    const char *faces;   /* folder of deep-funneled LFW; NULL: none */
    double alarms;       /* false ones a photo of `scenes`, for the recall */
    int min_size;        /* faces of a shorter longer side are ignored */
    float min_score;     /* detections below it are not made */
    int size;            /* as in mien_detect_options */
    bool tiles;
    int threads;
} mien_wider_options;

/* .1 false alarms, 16 pixels, score .02, 640 pixels, no tiles, one thread. */
void mien_wider_defaults(mien_wider_options *options);

/* Average precision, and the recall at a number of false alarms.
 *
 * Owns:   *out is the caller's; mien_report_free() frees it.
 * Errors: MIEN_EINVAL for options, a number of false alarms that the scenes
 *         cannot show; MIEN_EDATA for a list in which no face counts; as
 *         mien_detector_open(); MIEN_EFORMAT, MIEN_ENOTFOUND, MIEN_EIO for
 *         lists and photos; MIEN_ENOMEM. *out is then NULL. */
mien_status mien_wider_run(mien_report **out,
                           const mien_wider_options *options);

/* ---- errors of thresholds --------------------------------------------- */

/* Photos of people, a folder a person. A template is the embedding of the
 * aligned face plus that of its mirror image; a photo that is none, or in
 * which nothing can be aligned, is a failure to enrol and matches nothing. */
typedef struct mien_people_source {
    const char *model, *data;
    const char *align, *points, *detector; /* as in mien_lfw_options */
    int threads, batch;
} mien_people_source;

void mien_people_defaults(mien_people_source *source); /* 1 thread, 32 */

/* Comparisons: either of photos, all with all or the given pairs, or from a
 * table "a,b,score" of people's labels, where an empty score or "failed" is a
 * comparison that failed. */
typedef struct mien_match_source {
    mien_people_source photos;
    const char *pairs;  /* pairs.txt; NULL: all with all */
    const char *scores; /* the table instead of all that; NULL: none */
} mien_match_source;

typedef struct mien_det_options {
    mien_match_source from;
    double fmr; /* where to read FNMR; 0: powers of ten that can be shown */
} mien_det_options;

void mien_det_defaults(mien_det_options *options);

/* FNMR at thresholds of given FMR, the equal error rate, the DET curve; NIST's
 * definitions, intervals by person.
 *
 * Owns:   *out is the caller's; mien_report_free() frees it.
 * Errors: MIEN_EINVAL for options, and for an FMR below 1 / impostors;
 *         MIEN_EDATA without both kinds of comparisons; MIEN_ELIMIT for over
 *         33 million; as mien_lfw_run(). *out is then NULL. */
mien_status mien_det_run(mien_report **out, const mien_det_options *options);

typedef struct mien_cohort_options {
    mien_match_source from;
    const char *labels; /* CSV with a header: person, then attributes */
    const char *column; /* one attribute of them; NULL: all */
    double fmr;         /* of all comparisons, which sets the threshold */
} mien_cohort_options;

void mien_cohort_defaults(mien_cohort_options *options); /* FMR 1e-3 */

/* FMR and FNMR of each group of people at one threshold for all.
 *
 * Owns, Errors: as mien_det_run(); MIEN_EFORMAT for the labels, by line;
 *         MIEN_EDATA when they are of nobody. */
mien_status mien_cohort_run(mien_report **out,
                            const mien_cohort_options *options);

/* ---- identification --------------------------------------------------- */

typedef struct mien_identify_options {
    mien_people_source photos;
    int enrol;        /* photos of a person in the gallery: the first by name */
    double strangers; /* share of the people who are not in it */
    double fpir;      /* where to read FNIR; 0: powers of ten that can be
                         shown */
    uint64_t seed;    /* who the strangers are */
} mien_identify_options;

/* One photo enrolled, half of the people strangers. */
void mien_identify_defaults(mien_identify_options *options);

/* FNIR by rank and at fixed FPIR, in an open set; NIST's definitions,
 * intervals by person.
 *
 * Owns:   *out is the caller's; mien_report_free() frees it.
 * Errors: MIEN_EINVAL for options, and for an FPIR below 1 / non-mated
 *         searches; MIEN_EDATA for too few people of enough photos; as
 *         mien_det_run(). *out is then NULL. */
mien_status mien_identify_run(mien_report **out,
                              const mien_identify_options *options);

typedef struct mien_megaface_options {
    const char *probes;      /* feature files, a folder a person */
    const char *distractors; /* feature files */
    const char *list;        /* which of them, a path a line; NULL: all */
    double far;              /* where to read TAR; 0: 1e-6 if it can be shown */
} mien_megaface_options;

void mien_megaface_defaults(mien_megaface_options *options);

/* Rank 1 among 10, 100, ... distractors, and TAR, of feature files.
 *
 * Owns:   *out is the caller's; mien_report_free() frees it.
 * Errors: MIEN_EINVAL for a FAR that cannot be shown; MIEN_EFORMAT,
 *         MIEN_ESHAPE for feature files; MIEN_EDATA for people of one file
 *         each; MIEN_ENOTFOUND, MIEN_EIO, MIEN_ENOMEM. *out is then NULL. */
mien_status mien_megaface_run(mien_report **out,
                              const mien_megaface_options *options);

typedef struct mien_ijb_options {
    const char *meta;         /* folder of lists, see docs/evaluation.md */
    const char *model, *data; /* model, and folder of the pictures */
    const char *features; /* instead of both: npy, float32, a row a picture */
    bool score;           /* weigh pictures by the detector's score */
    int threads, batch;
} mien_ijb_options;

void mien_ijb_defaults(mien_ijb_options *options); /* weighed, 1 thread, 32 */

/* IJB-B and IJB-C: TAR at FAR of the listed pairs of templates, and searches
 * of two galleries, as far as the lists are there.
 *
 * Owns:   *out is the caller's; mien_report_free() frees it.
 * Errors: MIEN_EFORMAT names list and line; MIEN_EDATA for lists that do not
 *         fit together, MIEN_ESHAPE for features that do not; as
 *         mien_lfw_run(). *out is then NULL. */
mien_status mien_ijb_run(mien_report **out, const mien_ijb_options *options);

/* ---- classification --------------------------------------------------- */

typedef struct mien_classify_options {
    const char *model;  /* model file, or a run folder: its recipe.yaml then
                           says data, split and input */
    const char *data;   /* replaces data.path; NULL: as the recipe says */
    const char *reader; /* replaces data.reader; NULL: recipe's or "folder" */
    const char *split;  /* "test", "val", "all"; NULL: "test" with a recipe,
                           else "all" */
    const char *const *set; /* n_set texts "data.seed=1" on the recipe */
    int n_set;
    int threads, batch;
} mien_classify_options;

/* One thread, 32 pictures at once. */
void mien_classify_defaults(mien_classify_options *options);

typedef struct mien_class_figures {
    int64_t n;        /* samples of the class */
    int64_t answered; /* samples that the model put there */
    int64_t hits;     /* both */
    const char *name; /* may be a person's; NULL: none is known */
} mien_class_figures;

typedef struct mien_classify_summary {
    const char *split; /* "test", "val" or "all" */
    double loss, accuracy;
    double low, high; /* 95 % interval of the accuracy (Wilson) */
    double top5;      /* NaN with five classes or fewer */
    double auc;       /* of a binary model, else NaN */
    int64_t samples;
    int64_t unanswered; /* scores that were not numbers; never a hit */
    int classes;
    bool binary;
    const mien_class_figures *per_class;
    const char *data_hash; /* BLAKE2b-256 of all samples, hex */
    const char *model;     /* of weights, alignment and preprocessing */
    const char *weights_hash;
} mien_classify_summary;

typedef struct mien_classify mien_classify;

/* Score samples.
 *
 * Owns:   *out is the caller's; mien_classify_free() frees it.
 * Errors: MIEN_EINVAL for a split that nothing defines, MIEN_EDATA when the
 *         data have other classes than the model, MIEN_EUNSUPPORTED for a
 *         model without classes; as mien_model_load() and the reader's.
 *         *out is then NULL. */
mien_status mien_classify_run(mien_classify **out,
                              const mien_classify_options *options);
const mien_classify_summary *mien_classify_summary_of(const mien_classify *c);
void mien_classify_free(mien_classify *classify); /* NULL is fine */

/* The confusion matrix: a row a true class, a column an answer; with names
 * when `names`. As CSV, or as a picture (.png or .svg) of shares by row.
 *
 * Errors: MIEN_ELIMIT for more than 4096 classes. */
mien_status mien_classify_write_confusion(const mien_classify *classify,
                                          const char *path, bool names);
mien_status mien_classify_plot(const mien_classify *classify, const char *path,
                               bool names);

#endif
