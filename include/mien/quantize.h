/* SPDX-License-Identifier: Apache-2.0 */
/* quantize.h - an embedding model in bytes: a third of the size, several times
 * as fast, nearly the same answers.
 *
 *   mien_quantize_options o;
 *   mien_quantize_defaults(&o);
 *   o.model = "embedder.safetensors", o.out = "embedder-int8.safetensors";
 *   o.data = "photos/";
 *   mien_quantize_summary s;
 *   if (mien_quantize(&s, &o) == MIEN_OK) printf("cosine %.4f\n", s.cosine);
 *
 * Weights become bytes with a scale for each output channel, activations bytes
 * with a scale for each layer, chosen on photos. The result is a model file as
 * any other, with a contract of its own: its embeddings are not to be mixed
 * with those of the model that it was made of, and it has no calibration. */
#ifndef MIEN_QUANTIZE_H
#define MIEN_QUANTIZE_H

#include <stdint.h>

#include "mien/status.h"

typedef struct mien_quantize_options {
    const char *model; /* that gives embeddings, in float32 */
    const char *out;   /* the file to write */
    const char *data;  /* a folder of photos, with those below it, or a text
                          file with the path of a photo in each line */
    int photos;        /* to choose scales on, at most; as many more judge */
    const char *pairs; /* pairs of faces in the folder, as LFW lists them;
                          NULL: the cosine of both models' answers counts */
    const char *align; /* as mien_lfw_options has them */
    const char *points, *detector;
    double tolerance; /* how much accuracy (0 to 1), or cosine under 1, may
                         be lost */
    int threads;
} mien_quantize_options;

/* 200 photos, a tolerance of 0.01, one thread. */
void mien_quantize_defaults(mien_quantize_options *options);

typedef struct mien_quantize_summary {
    int chosen_on, judged_on; /* photos */
    int failed;               /* photos left out: no face, or no picture */
    double cosine;            /* mean, of the answers of both */
    double least_cosine;      /* of any photo */
    double accuracy, accuracy_int8; /* on the pairs; NaN without */
    int64_t bytes, bytes_int8;      /* of the files */
} mien_quantize_summary;

/* Make the file, unless more was lost than is tolerated.
 *
 * Errors: MIEN_EUNSUPPORTED for a model without embeddings; MIEN_EINVAL for
 *         one that is quantised already; MIEN_EDATA when too much is lost, or
 *         no photo shows a face; as mien_model_load() and mien_lfw_run(). No
 *         file is then written; where too much was lost, the summary says how
 *         much. */
mien_status mien_quantize(mien_quantize_summary *out,
                          const mien_quantize_options *options);

#endif
