/* SPDX-License-Identifier: Apache-2.0 */
/* quantize.c - make a model of bytes on some photos, judge it on others. */
#include "mien/quantize.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "eval/embed_picture.h"
#include "eval/find.h"
#include "face/contract.h"
#include "mien/eval.h"
#include "nn/quantize.h"
#include "nn/runner.h"
#include "train/known_answer.h"
#include "train/model_file.h"

enum { PATH_ROOM = 4096 };

typedef struct run {
    const mien_quantize_options *o;
    mien_quantize_summary *s;
    mien_photo_paths paths;
    int *line; /* of each path in the list; NULL: they are of a folder */
    mien_points points;
    mien_picture *picture; /* even ones choose, odd ones judge */
    mien_picture_list list;
    mien_embed_plan plan;
    mien_model *model;
    mien_embeddings before, after;
    mien_model_parts parts; /* the same model, to be changed */
    mien_quantizer *quantizer;
    char trial[PATH_ROOM]; /* the new file, until it has been judged */
} run;

void mien_quantize_defaults(mien_quantize_options *options) {
    *options =
        (mien_quantize_options){.photos = 200, .tolerance = 0.01, .threads = 1};
}

/* ---- photos ----------------------------------------------------------- */

/* Make room for another photo of a list. */
static mien_status grow(run *r) {
    mien_photo_paths *p = &r->paths;
    const size_t room = 2 * (size_t)p->room + 64;
    if (p->n < p->room) return MIEN_OK;
    const char **path = mien_realloc(p->path, room, sizeof *path);
    if (!path) return MIEN_ENOMEM;
    p->path = path;
    int *line = mien_realloc(r->line, room, sizeof *line);
    if (!line) return MIEN_ENOMEM;
    r->line = line;
    p->room = (int)room;
    return MIEN_OK;
}

static mien_status add_line(run *r, const char *text, size_t length, int line) {
    mien_photo_paths *p = &r->paths;
    if (length && text[length - 1] == '\r') length--;
    if (!length) return MIEN_OK;
    MIEN_TRY(grow(r));
    p->path[p->n] = mien_arena_printf(&p->arena, "%.*s", (int)length, text);
    if (!p->path[p->n]) return MIEN_ENOMEM;
    r->line[p->n++] = line;
    return MIEN_OK;
}

static mien_status read_list(run *r, const char *path) {
    mien_buf text = {.cap = 64 << 20};
    mien_status status = mien_file_read(&text, path);
    const char *at = (const char *)text.data;
    size_t left = text.size;
    for (int line = 1; status == MIEN_OK && left; line++) {
        const char *end = memchr(at, '\n', left);
        const size_t length = end ? (size_t)(end - at) : left;
        const size_t step = end ? length + 1 : left;
        status = add_line(r, at, length, line);
        at += step;
        left -= step;
    }
    mien_buf_close(&text);
    if (status == MIEN_OK && !r->paths.n)
        return mien_fail(MIEN_EDATA, "%s lists no photos", path);
    return status;
}

/* Twice as many as are to choose, evenly among all. */
static mien_status pick(run *r) {
    const mien_quantize_options *o = r->o;
    if (mien_dir_exists(o->data))
        MIEN_TRY(mien_photo_paths_read(&r->paths, o->data));
    else
        MIEN_TRY(read_list(r, o->data));
    const int all = r->paths.n, wanted = 2 * o->photos;
    const int n = all < wanted ? all : wanted;
    r->picture = mien_alloc((size_t)n, sizeof *r->picture);
    if (!r->picture) return MIEN_ENOMEM;
    for (int i = 0; i < n; i++) {
        const int from = (int)((int64_t)i * all / n);
        r->picture[i] =
            (mien_picture){.path = r->paths.path[from],
                           .line = r->line ? r->line[from] : from + 1};
    }
    r->list = (mien_picture_list){.name = o->data,
                                  .noun = "this photo",
                                  .items = r->picture,
                                  .n = n,
                                  .hash = ""};
    return MIEN_OK;
}

static mien_status open_all(run *r) {
    char path[PATH_ROOM];
    const mien_quantize_options *o = r->o;
    if (o->points) MIEN_TRY(mien_points_read(&r->points, o->points));
    r->plan = (mien_embed_plan){.folder = "",
                                .points = o->points ? &r->points : NULL,
                                .detector = o->detector,
                                .tolerant = true,
                                .threads = o->threads,
                                .batch = 32};
    MIEN_TRY(mien_align_mode_find(&r->plan.align, o->align));
    MIEN_TRY(mien_model_path(path, sizeof path, o->model));
    MIEN_TRY(mien_model_load(&r->model, path, o->threads));
    if (mien_model_info(r->model)->kind != MIEN_MODEL_EMBEDDING)
        return mien_fail(MIEN_EUNSUPPORTED,
                         "%s gives no embeddings; only models that do can be "
                         "quantised",
                         path);
    MIEN_TRY(mien_model_read(&r->parts, path));
    MIEN_TRY(mien_quantizer_open(&r->quantizer, r->parts.net));
    MIEN_TRY(mien_file_size((uint64_t *)&r->s->bytes, path));
    return pick(r);
}

/* ---- choosing --------------------------------------------------------- */

static mien_status see_photo(run *r, const mien_embed_source *source, int i,
                             float *plane) {
    mien_image *face;
    MIEN_TRY(mien_embed_face(&face, source, i, 0));
    if (!face) return MIEN_OK;
    const mien_status status = mien_model_prepare(r->model, face, plane);
    mien_image_free(face);
    if (status == MIEN_OK) mien_quantizer_see(r->quantizer, plane);
    return status;
}

static mien_status see_all(run *r, const mien_embed_source *source,
                           float *plane) {
    for (int pass = 0; pass < 2; pass++) {
        if (pass) MIEN_TRY(mien_quantizer_turn(r->quantizer));
        for (int i = 0; i < r->list.n; i += 2)
            if (!r->before.failed[i]) MIEN_TRY(see_photo(r, source, i, plane));
    }
    return mien_quantizer_finish(r->quantizer, r->parts.net);
}

static mien_status choose(run *r) {
    mien_detector *detector = NULL;
    mien_embed_source source = {.list = &r->list,
                                .plan = &r->plan,
                                .align = r->before.align,
                                .detector = &detector};
    float *plane = mien_alloc(mien_model_plane(r->model), sizeof *plane);
    source.hashes = mien_alloc((size_t)r->list.n, sizeof *source.hashes);
    mien_status status = plane && source.hashes ? MIEN_OK : MIEN_ENOMEM;
    if (status == MIEN_OK)
        status = mien_align_fit(&source.funneled, mien_align_funneled);
    if (status == MIEN_OK && source.align == MIEN_ALIGN_BY_DETECTOR)
        status = mien_detector_open(&detector, r->plan.detector);
    if (status == MIEN_OK) status = see_all(r, &source, plane);
    mien_detector_close(detector);
    mien_free(source.hashes);
    mien_free(plane);
    return status;
}

/* ---- the file --------------------------------------------------------- */

static mien_status write_trial(run *r) {
    mien_runner *runner;
    float answer[MIEN_ANSWER_MAX];
    mien_model_card card = r->parts.card;
    const char *from = mien_safetensors_meta(r->parts.file, "imported_from");
    const mien_meta meta = {"imported_from", from};
    const int length =
        snprintf(r->trial, sizeof r->trial, "%s.trial", r->o->out);
    if (length >= (int)sizeof r->trial)
        return mien_fail(MIEN_ELIMIT, "%.80s...: too long a path", r->o->out);
    MIEN_TRY(
        mien_runner_open(&runner, r->parts.net,
                         &(mien_runner_options){.batch = 1, .frozen = true}));
    mien_status status = mien_known_answer(answer, &card.n_answer, runner);
    mien_runner_close(runner);
    card.answer = answer;
    if (status == MIEN_OK)
        status = mien_model_write(
            r->trial, r->parts.net, r->parts.net->weights.values, &card,
            &(mien_model_extra){.metas = &meta, .n_metas = from ? 1 : 0});
    if (status == MIEN_OK)
        status = mien_file_size((uint64_t *)&r->s->bytes_int8, r->trial);
    return status;
}

/* ---- judging ---------------------------------------------------------- */

static double cosine_at(const run *r, int i) {
    const size_t width = (size_t)r->before.width;
    const float *a = r->before.values + (size_t)i * width;
    const float *b = r->after.values + (size_t)i * width;
    double dot = 0;
    for (size_t k = 0; k < width; k++) dot += (double)a[k] * (double)b[k];
    return dot;
}

/* With a single photo, the one that chose must judge, too. */
static void compare_answers(run *r) {
    mien_quantize_summary *s = r->s;
    double sum = 0;
    s->least_cosine = 1;
    for (int i = r->list.n > 1; i < r->list.n; i += 2) {
        if (r->before.failed[i]) continue;
        const double cosine = r->after.failed[i] ? -1 : cosine_at(r, i);
        sum += cosine;
        s->least_cosine = fmin(s->least_cosine, cosine);
        s->judged_on++;
    }
    s->cosine = sum / s->judged_on;
    for (int i = 0; i < r->list.n; i++) s->failed += r->before.failed[i];
    for (int i = 0; i < r->list.n; i += 2) s->chosen_on += !r->before.failed[i];
}

static mien_status accuracy(double *out, const run *r, const char *model) {
    mien_lfw_options o;
    mien_lfw *lfw;
    mien_lfw_defaults(&o);
    o.model = model, o.data = r->o->data, o.pairs = r->o->pairs;
    o.align = r->o->align, o.points = r->o->points;
    o.detector = r->o->detector, o.threads = r->o->threads;
    MIEN_TRY(mien_lfw_run(&lfw, &o));
    *out = mien_lfw_summary_of(lfw)->accuracy;
    mien_lfw_free(lfw);
    return MIEN_OK;
}

static mien_status judge(run *r) {
    mien_quantize_summary *s = r->s;
    mien_model *bytes;
    MIEN_TRY(mien_model_load(&bytes, r->trial, r->o->threads));
    const mien_status status =
        mien_embed_pictures(&r->after, bytes, &r->list, &r->plan);
    mien_model_free(bytes);
    MIEN_TRY(status);
    compare_answers(r);
    if (!s->judged_on || !s->chosen_on)
        return mien_fail(MIEN_EDATA, "%s: too few photos with a face, %d of %d",
                         r->o->data, r->list.n - s->failed, r->list.n);
    if (r->o->pairs) {
        MIEN_TRY(accuracy(&s->accuracy, r, r->o->model));
        MIEN_TRY(accuracy(&s->accuracy_int8, r, r->trial));
        if (s->accuracy - s->accuracy_int8 <= r->o->tolerance) return MIEN_OK;
        return mien_fail(MIEN_EDATA,
                         "in bytes the accuracy falls from %.2f to %.2f %%, "
                         "more than the %.2f that are tolerated",
                         100 * s->accuracy, 100 * s->accuracy_int8,
                         100 * r->o->tolerance);
    }
    if (1 - s->cosine <= r->o->tolerance) return MIEN_OK;
    return mien_fail(MIEN_EDATA,
                     "in bytes the answers have a cosine of %.6f to those of "
                     "the model; at least %.6f is asked for",
                     s->cosine, 1 - r->o->tolerance);
}

static mien_status make(run *r) {
    MIEN_TRY(open_all(r));
    MIEN_TRY(mien_embed_pictures(&r->before, r->model, &r->list, &r->plan));
    r->plan.align = r->before.align;
    MIEN_TRY(choose(r));
    MIEN_TRY(write_trial(r));
    MIEN_TRY(judge(r));
    if (!rename(r->trial, r->o->out)) return MIEN_OK;
    return mien_fail(MIEN_EIO, "%s cannot be put in place", r->o->out);
}

mien_status mien_quantize(mien_quantize_summary *out,
                          const mien_quantize_options *options) {
    *out = (mien_quantize_summary){.accuracy = NAN, .accuracy_int8 = NAN};
    if (!options->model || !options->out || !options->data)
        return mien_fail(MIEN_EINVAL,
                         "a model, photos and a file to write are needed");
    if (options->photos < 1 || options->threads < 1)
        return mien_fail(MIEN_EINVAL, "photos and threads must be at least 1");
    run r = {.o = options, .s = out};
    const mien_status status = make(&r);
    if (status != MIEN_OK && *r.trial) mien_file_remove(r.trial);
    mien_quantizer_close(r.quantizer);
    mien_model_parts_close(&r.parts);
    mien_embeddings_close(&r.before);
    mien_embeddings_close(&r.after);
    mien_model_free(r.model);
    mien_points_close(&r.points);
    mien_photo_paths_close(&r.paths);
    mien_free(r.picture);
    mien_free(r.line);
    return status;
}
