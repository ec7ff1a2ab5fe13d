/* SPDX-License-Identifier: Apache-2.0 */
/* face.h - find faces in photos, turn them upright, compare them.
 *
 *   mien_detector *detector;
 *   mien_faces faces;
 *   mien_detector_open(&detector, "models/detector.safetensors");
 *   mien_detector_find(detector, &faces, photo, NULL);
 *   for (int i = 0; i < faces.count; i++) printf("%g\n", faces.face[i].score);
 *   mien_faces_free(&faces);
 *   mien_detector_close(detector); */
#ifndef MIEN_FACE_H
#define MIEN_FACE_H

#include <stdbool.h>
#include <stdint.h>

#include "mien/image.h"
#include "mien/status.h"

/* Units: pixels of the photo; x right, y down. Points in this order: the
 *        person's right eye (seen on the left), left eye, tip of the nose,
 *        right and left corner of the mouth. */
typedef struct mien_face {
    float x, y, width, height;
    float score; /* 0 to 1 */
    bool has_points;
    float points[5][2];
} mien_face;

typedef struct mien_faces {
    mien_face *face; /* best first */
    int count;
} mien_faces;

void mien_faces_free(mien_faces *faces); /* zeroed is fine */

/* The face that a photo is of: the largest, and among those of nearly its size
 * (four fifths) the one nearest to the middle; -1: there is none. */
int mien_faces_main(const mien_faces *faces, const mien_image *photo);

/* ---- find ------------------------------------------------------------- */

typedef struct mien_detect_options {
    float min_score;        /* 0 to 1 */
    float overlap;          /* of two boxes (IoU) that mean the same face */
    int min_size, max_size; /* of a face's longer side, pixels; 0: any */
    int most;               /* faces; the best are kept; 0: all */
    int size;   /* the photo's longer side is brought to this many pixels,
                   never enlarged more than twice; 0: what the model was
                   made for */
    bool tiles; /* look at a large photo in overlapping parts too, so that
                   small faces are found */
    bool turn;  /* nobody found: try the photo turned by 90, 270, 180 */
} mien_detect_options;

/* .5, .4, any size, all, 640 pixels, no tiles, turn. */
void mien_detect_defaults(mien_detect_options *options);

typedef struct mien_detector mien_detector;

/* Load a model that finds faces: mien's own, or YuNet, RetinaFace or
 * UltraLight imported from ONNX (told apart by their outputs).
 *
 * Owns:   *out is the caller's.
 * Thread: one thread may use a detector at a time.
 * Errors: as mien_model_load(); MIEN_EUNSUPPORTED for a model whose answer is
 *         no known detector's; *out is then NULL. */
mien_status mien_detector_open(mien_detector **out, const char *path);
void mien_detector_close(mien_detector *detector); /* NULL is fine */
const char *mien_detector_kind(const mien_detector *detector); /* "grids" */

/* Find every face, best first; none is no error.
 *
 * Owns:   *out is the caller's; mien_faces_free() frees it.
 * Errors: MIEN_EINVAL names the option; MIEN_ENOMEM; *out is then empty.
 *         Options may be NULL: defaults. */
mien_status mien_detector_find(mien_detector *detector, mien_faces *out,
                               const mien_image *photo,
                               const mien_detect_options *options);

/* ---- upright ---------------------------------------------------------- */

/* The face of 112 x 112 that networks for recognition expect.
 *
 * Owns:   *out is the caller's.
 * Errors: MIEN_EINVAL for a face without points or with impossible ones. */
mien_status mien_face_align(mien_image **out, const mien_image *photo,
                            const mien_face *face);

/* ---- quality ---------------------------------------------------------- */

typedef enum mien_quality_part {
#define MIEN_QUALITY(name, unit, weight, reason) MIEN_QUALITY_##name,
#include "mien/quality.def"
#undef MIEN_QUALITY
    MIEN_QUALITY_PARTS
} mien_quality_part;

/* What a photo of a face is worth for recognition. A part that cannot be told
 * (the pose of a face without points) is NaN and left out of the whole. */
typedef struct mien_quality {
    float overall;                     /* 0 to 100 */
    float value[MIEN_QUALITY_PARTS];   /* 0 to 100 */
    float measure[MIEN_QUALITY_PARTS]; /* in the part's unit */
} mien_quality;

/* Judge a face.
 *
 * Errors: MIEN_EINVAL for impossible points or box; MIEN_ENOMEM. */
mien_status mien_face_quality(mien_quality *out, const mien_image *photo,
                              const mien_face *face);

typedef struct mien_quality_info {
    const char *name, *unit; /* "head_pose_yaw", "degrees" */
    float weight;
    const char *reason; /* what a low value means, in words */
} mien_quality_info;
const mien_quality_info *mien_quality_describe(mien_quality_part part);

/* What is wrong, the worst first: parts below 60, at most `room`. Returns how
 * many. */
int mien_quality_reasons(mien_quality_part *out, int room,
                         const mien_quality *quality);

/* ---- compare ---------------------------------------------------------- */

typedef struct mien_embedder mien_embedder;

/* Load a model that gives embeddings.
 *
 * Thread: one thread may use an embedder at a time; threads = 0 means 1.
 * Errors: as mien_model_load(); MIEN_EUNSUPPORTED for another kind of model. */
mien_status mien_embedder_open(mien_embedder **out, const char *path,
                               int threads);
void mien_embedder_close(mien_embedder *embedder); /* NULL is fine */
int mien_embedder_width(const mien_embedder *embedder);
/* BLAKE2b-256 of weights, alignment and preprocessing, hex. */
const char *mien_embedder_contract(const mien_embedder *embedder);

/* The embedding of each face of a photo: that of the aligned face plus that of
 * its mirror image, of unit length; zeros if it failed.
 *
 * Shapes: out takes count x width values.
 * Errors: MIEN_EINVAL for a face without points; MIEN_ENOMEM. */
mien_status mien_embedder_embed(mien_embedder *embedder, float *out,
                                const mien_image *photo, const mien_face *face,
                                int count);
/* The same of faces that are aligned already. */
mien_status mien_embedder_embed_aligned(mien_embedder *embedder, float *out,
                                        const mien_image *const *face,
                                        int count);

/* The cosine of two embeddings, -1 to 1; -1 if one of them failed. */
float mien_face_similarity(const float *a, const float *b, int width);

/* ---- scores with meaning ---------------------------------------------- */

/* FMR, the false match rate: the share of comparisons of two different people
 * whose similarity is as high as this or higher. */
typedef struct mien_fmr {
    double fmr;
    double low, high;  /* 95 % interval, by bootstrap over people */
    bool extrapolated; /* beyond what the comparisons of the calibration
                          show: their fitted tail says so */
} mien_fmr;

/* What is known about a calibration; texts live as long as it. */
typedef struct mien_calibration_facts {
    int64_t impostors; /* comparisons of two people that it was made from */
    int people;
    double least_fmr;    /* that they show: 30 of them were as high */
    double shape, scale; /* of the tail, a generalised Pareto distribution */
    const char *contract, *source;
} mien_calibration_facts;

typedef struct mien_calibration mien_calibration;

/* Comparisons of two different people each. */
typedef struct mien_impostors {
    const float *score;  /* n similarities, -1 to 1 */
    const int32_t *a, *b; /* n: the two people, 0 to people - 1 */
    int64_t n;
    int people;
} mien_impostors;

/* Fit.
 *
 * Owns:   *out is the caller's.
 * Errors: MIEN_EDATA for fewer than 300 comparisons or 10 people, or when the
 *         highest ones are all alike; MIEN_EINVAL; MIEN_ENOMEM. */
mien_status mien_calibration_fit(mien_calibration **out,
                                 const mien_impostors *impostors,
                                 const char *contract, const char *source);
void mien_calibration_free(mien_calibration *calibration); /* NULL is fine */

/* Write it into the metadata of the model that it was made with; the file
 * appears complete or stays as it was.
 *
 * Errors: MIEN_EINVAL for a model of another contract; as mien_model_load();
 *         MIEN_EIO, MIEN_ENOSPACE. */
mien_status mien_calibration_store(const char *model_path,
                                   const mien_calibration *calibration);

/* That of the model; NULL if it was never calibrated. It lives as long as the
 * embedder, and was checked when the model was loaded. */
const mien_calibration *mien_embedder_calibration(
    const mien_embedder *embedder);
const mien_calibration_facts *mien_calibration_about(
    const mien_calibration *calibration);

/* The FMR of a similarity. */
mien_fmr mien_calibration_fmr(const mien_calibration *calibration,
                              double similarity);

/* The similarity from which on the FMR is no higher than `fmr`.
 *
 * Errors: MIEN_EINVAL for an fmr outside 0 to 1; MIEN_ELIMIT for one below
 *         what the comparisons show (unless `extrapolate`) or below that of
 *         the similarity 1. */
mien_status mien_calibration_threshold(double *out,
                                       const mien_calibration *calibration,
                                       double fmr, bool extrapolate);

#endif
