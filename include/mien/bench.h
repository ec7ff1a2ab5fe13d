/* SPDX-License-Identifier: Apache-2.0 */
/* bench.h - how long a training step takes, and where the time goes; how long
 * a model takes to answer.
 *
 *   mien_bench_options options;
 *   mien_bench_defaults(&options);
 *   options.batch = 64;
 *   mien_bench *bench;
 *   if (mien_bench_train(&bench, "mobilefacenet", &options) == MIEN_OK)
 *       printf("%.1f ms\n", mien_bench_result(bench)->step_ms);
 *   mien_bench_free(bench);
 *
 * A step is all that training does between two batches: forward, loss,
 * backward, norms of the gradients, optimiser, running statistics. The batch
 * is random and lies in memory. */
#ifndef MIEN_BENCH_H
#define MIEN_BENCH_H

#include <stdbool.h>
#include <stdint.h>

#include "mien/status.h"

typedef struct mien_bench_options {
    int batch;        /* 0: 64, of s64 32; of mien_bench_load() the recipe's */
    int threads;      /* 1 */
    int shards;       /* parts of the batch; 0: as the recipe says, but at least
                         as many as threads */
    int rounds;       /* steps to time; 0: as many as `seconds` holds */
    double seconds;   /* 10; at least three steps are timed */
    bool profile;     /* time each part of the plan */
    bool watch;       /* measure all outputs and gradients in every step; of
                         mien_bench_train() */
    bool int8;        /* of mien_bench_embed(): quantise a model of float32 */
    const char *data; /* of mien_bench_load(): replaces data.path, or NULL */
} mien_bench_options;

void mien_bench_defaults(mien_bench_options *options);

/* One part of the plan: one layer, or several that run as one.
 *
 * Units: milliseconds a step, added over threads; gigaflops count two
 *        operations a multiply-add as a direct convolution needs them, so that
 *        Winograd may pass the machine's peak; gigabytes a second count each
 *        activation that must be read or written once. */
typedef struct mien_bench_row {
    const char *name, *layers, *kernel;
    int channels, rows, columns; /* of its output */
    double forward_ms, backward_ms;
    double forward_gflops, backward_gflops; /* a second */
    double forward_gbytes, backward_gbytes; /* a second */
} mien_bench_row;

/* Units: megabytes are 10^6 bytes. */
typedef struct mien_bench_summary {
    const char *net, *isa;
    int batch, threads, shards, rounds;
    double step_ms, step_min_ms, step_max_ms; /* median, least, most */
    double step_mean_ms;                      /* the rows are means, too */
    double update_ms; /* median of the optimiser's part */
    double images_per_s;
    double init_s;  /* to draw the first weights */
    double plan_s;  /* to read the network and plan it */
    double plan_mb; /* what the plan holds */
    double peak_mb; /* the process's largest resident size; NaN: unknown */
    int64_t weights;
    int64_t
        allocations;   /* most in one step; -1: loader threads make some too */
    double wait_share; /* of mien_bench_load(): see there; else NaN */
    double loaded_per_s; /* of mien_bench_load(): see there; else NaN */
    int n_rows;          /* 0 unless profiled */
    const mien_bench_row *rows;
} mien_bench_summary;

typedef struct mien_bench mien_bench;

/* Time the training of a network: "mobilefacenet" and "iresnet18" with ArcFace
 * over 1000 classes and SGD with momentum, "s64" with binary cross-entropy and
 * Adam. Its layers come from its recipe (mobilefacenet.yaml, iresnet18.yaml,
 * face64.yaml) in $MIEN_RECIPES, ./recipes or where mien was installed.
 *
 * Owns:   *out is the caller's; mien_bench_free() frees it.
 * Errors: MIEN_EINVAL for another name or a batch that shards do not divide,
 *         MIEN_ENOTFOUND without the recipe; *out is then NULL. */
mien_status mien_bench_train(mien_bench **out, const char *net,
                             const mien_bench_options *options);

/* Time the loader of a recipe's training data, its cache off. It runs twice:
 * alone, as fast as it can (loaded_per_s), and feeding the recipe's own
 * training, which then waits for it for wait_share of the time. Nothing is
 * written.
 *
 * Errors: as mien_train_run(); *out is then NULL. */
mien_status mien_bench_load(mien_bench **out, const char *recipe,
                            const mien_bench_options *options);

/* Units: milliseconds for a batch; megabytes are 10^6 bytes. */
typedef struct mien_bench_times {
    const char *isa;
    int batch, threads, rounds;
    bool int8;                 /* the network ran in bytes */
    double ms, min_ms, max_ms; /* median, least, most */
    double images_per_s;
    double load_ms; /* to read, check and plan the model */
    double peak_mb; /* the process's largest resident size; NaN: unknown */
} mien_bench_times;

/* Time how long a model takes to answer a batch (0: one photo) of random
 * values; of the options, batch, threads, rounds, seconds and int8 count.
 *
 * Errors: as mien_model_load(). */
mien_status mien_bench_embed(mien_bench_times *out, const char *model,
                             const mien_bench_options *options);

typedef struct mien_bench_search_options {
    int size;       /* templates, three of each person [100000] */
    int width;      /* values each [512] */
    int threads;    /* of one search [1] */
    int rounds;     /* searches to time; 0: as many as `seconds` holds */
    double seconds; /* 3; at least five searches are timed */
} mien_bench_search_options;

void mien_bench_search_defaults(mien_bench_search_options *options);

/* Units: milliseconds a search, by mien_gallery_search() with its names. */
typedef struct mien_bench_search_times {
    const char *scan; /* the kernel: "avx512vnni" */
    int size, width, threads, rounds;
    double ms, min_ms, max_ms; /* of one probe: median, least, most */
    double batch_ms;           /* a probe, when eight are searched for at once;
                                  median */
    double plain_ms;  /* median of a plain scan of float32 vectors in memory,
                         on one thread, in turns with the searches */
    double ratio;     /* plain_ms / ms */
    double agreement; /* share of the probes with the plain scan's neighbour */
    double open_ms;   /* to open the gallery again */
    double first_ms;  /* of the first search after that, which decrypts */
    double enrol_ms, prepare_ms; /* to make it, and its file of vectors */
    double peak_mb;              /* 10^6 bytes; NaN: unknown */
} mien_bench_search_times;

/* Time searches of a gallery in a temporary folder. Half of the probes are new
 * photos of its people, half are strangers.
 *
 * Errors: MIEN_EINVAL, MIEN_EIO, MIEN_ENOSPACE, MIEN_ENOMEM. */
mien_status mien_bench_search(mien_bench_search_times *out,
                              const mien_bench_search_options *options);

const mien_bench_summary *mien_bench_result(const mien_bench *bench);
void mien_bench_free(mien_bench *bench); /* NULL is fine */

#endif
