/* SPDX-License-Identifier: Apache-2.0 */
/* teacher.h - a network whose embeddings another one learns.
 *
 *   mien_teacher *teacher;
 *   MIEN_TRY(mien_teacher_open(&teacher, &recipe, &input));
 *   MIEN_TRY(mien_teacher_embed(teacher, target, x, n));
 *   mien_teacher_close(teacher);
 *
 * It sees the photos of the student's batch, augmented as they are: the
 * student's numbers are turned back to pixels, and these prepared as the
 * teacher's own contract says. */
#ifndef MIEN_TRAIN_TEACHER_H
#define MIEN_TRAIN_TEACHER_H

#include "data/input.h"
#include "train/recipe.h"

typedef struct mien_teacher mien_teacher;

/* The teacher of a recipe: an ONNX file, or a model file of mien. `input` is
 * the student's and must outlive it. Bits depend on train.shards and never on
 * train.threads.
 *
 * Errors: MIEN_EINVAL when its answer is no embedding; as mien_model_read()
 *         or mien_model_import(). *out is then NULL. */
mien_status mien_teacher_open(mien_teacher **out, const mien_recipe *recipe,
                              const mien_input *input);
void mien_teacher_close(mien_teacher *teacher); /* NULL is fine */

int mien_teacher_width(const mien_teacher *teacher); /* of its embeddings */

/* BLAKE2b-256 of its file, hex. */
const char *mien_teacher_hash(const mien_teacher *teacher);

/* Its embeddings of n samples that were made for the student, of length 1.
 *
 * Shapes: x is n x the student's input, out takes n x width. */
mien_status mien_teacher_embed(mien_teacher *teacher, float *out,
                               const float *x, int n);

/* Seconds that took so far. */
double mien_teacher_seconds(const mien_teacher *teacher);

#endif
