/* SPDX-License-Identifier: Apache-2.0 */
/* people.c - a folder a person, or LFW's pairs, to templates. */
#include "eval/people.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "face/contract.h"

enum { MAX_PATH = 4096 };

void mien_people_defaults(mien_people_source *source) {
    *source = (mien_people_source){.threads = 1, .batch = 32};
}

static mien_status check(const mien_people_source *s) {
    if (!s->model || !s->data)
        return mien_fail(MIEN_EINVAL,
                         "a model and a folder of people are needed");
    if (s->threads < 1 || s->batch < 1 || s->batch > 65536)
        return mien_fail(MIEN_EINVAL,
                         "threads and batch must be at least 1, "
                         "batch at most 65536");
    return MIEN_OK;
}

/* Number the people: pictures come sorted, so a person's are together. */
static mien_status number_people(mien_templates *t, const mien_picture *list,
                                 int n, const char *where) {
    size_t last = 0;
    t->person = mien_alloc((size_t)n, sizeof *t->person);
    t->name = mien_alloc((size_t)n, sizeof *t->name);
    if (!t->person || !t->name) return MIEN_ENOMEM;
    for (int i = 0; i < n; i++) {
        const char *path = list[i].path;
        const size_t length = strcspn(path, "/");
        if (!path[length])
            return mien_fail(MIEN_EDATA,
                             "%s: picture %d lies in no person's folder", where,
                             i + 1);
        const bool same =
            i && length == last && !strncmp(path, list[i - 1].path, length + 1);
        last = length;
        if (!same) {
            t->name[t->people] =
                mien_arena_printf(&t->arena, "%.*s", (int)length, path);
            if (!t->name[t->people++]) return MIEN_ENOMEM;
        }
        t->person[i] = t->people - 1;
    }
    return MIEN_OK;
}

static mien_status list_folder(mien_templates *t, mien_picture_list *list,
                               const char *folder) {
    const size_t head = strlen(folder);
    mien_hash hash;
    MIEN_TRY(mien_photo_paths_read(&t->paths, folder));
    t->picture = mien_alloc((size_t)t->paths.n, sizeof *t->picture);
    char *hex = mien_arena_alloc(&t->arena, MIEN_HASH_HEX, 1);
    if (!t->picture || !hex) return MIEN_ENOMEM;
    mien_hash_begin(&hash);
    for (int i = 0; i < t->paths.n; i++) {
        const char *path = t->paths.path[i] + head;
        path += strspn(path, "/");
        t->picture[i] = (mien_picture){.path = path, .line = i + 1};
        mien_hash_add(&hash, path, strlen(path) + 1);
    }
    mien_hash_end(&hash, hex);
    *list = (mien_picture_list){.name = folder,
                                .noun = "this picture",
                                .items = t->picture,
                                .n = t->paths.n,
                                .hash = hex};
    return MIEN_OK;
}

static mien_status list_pictures(mien_templates *t, mien_picture_list *list,
                                 const char *folder, const char *pairs) {
    if (pairs) {
        MIEN_TRY(mien_pairs_read(&t->pairs, pairs));
        *list = (mien_picture_list){.name = t->pairs.path,
                                    .noun = "a picture of this pair",
                                    .items = t->pairs.pictures,
                                    .n = t->pairs.n_pictures,
                                    .hash = t->pairs.hash};
    } else {
        MIEN_TRY(list_folder(t, list, folder));
    }
    return number_people(t, list->items, list->n, list->name);
}

/* Templates are made as `mien embed` and a gallery make them: with the mirror
 * image. */
static mien_status make(mien_templates *t, const mien_people_source *s,
                        const char *pairs) {
    char path[MAX_PATH], detector[MAX_PATH];
    mien_picture_list list;
    mien_embed_plan plan = {.folder = s->data,
                            .mirror = true,
                            .tolerant = true,
                            .threads = s->threads,
                            .batch = s->batch};
    MIEN_TRY(mien_align_mode_find(&plan.align, s->align));
    MIEN_TRY(list_pictures(t, &list, s->data, pairs));
    if (s->points) {
        MIEN_TRY(mien_points_read(&t->points, s->points));
        plan.points = &t->points;
    }
    if (s->detector) {
        MIEN_TRY(mien_model_path(detector, sizeof detector, s->detector));
        plan.detector = detector;
    }
    MIEN_TRY(mien_model_path(path, sizeof path, s->model));
    MIEN_TRY(mien_model_load(&t->model, path, s->threads));
    return mien_embed_pictures(&t->e, t->model, &list, &plan);
}

mien_status mien_templates_make(mien_templates *t,
                                const mien_people_source *source,
                                const char *pairs) {
    *t = (mien_templates){0};
    MIEN_TRY(check(source));
    const mien_status status = make(t, source, pairs);
    if (status != MIEN_OK) mien_templates_close(t);
    return status;
}

void mien_templates_close(mien_templates *t) {
    mien_embeddings_close(&t->e);
    mien_free(t->person);
    mien_free(t->name);
    mien_free(t->picture);
    mien_pairs_close(&t->pairs);
    mien_photo_paths_close(&t->paths);
    mien_model_free(t->model);
    mien_points_close(&t->points);
    mien_arena_close(&t->arena);
    *t = (mien_templates){0};
}

void mien_templates_state(const mien_templates *t, mien_report *r) {
    mien_report_data(r, t->e.hash);
    mien_report_model(r, t->model);
    mien_report_add(r, mien_figure_text("align", "alignment",
                                        mien_align_mode_name(t->e.align)));
    mien_report_add(r, mien_figure_count("people", "people", t->people));
    mien_report_add(r, mien_figure_count("pictures", "pictures", t->e.n));
    mien_report_add(r, mien_figure_count("failed", "failed", t->e.n_failed));
    mien_report_add(
        r, mien_figure_share("fte", "FTE", (double)t->e.n_failed / t->e.n,
                             mien_no_interval));
}

mien_status mien_templates_compare(mien_comparisons *out,
                                   const mien_templates *t) {
    *out = (mien_comparisons){0};
    mien_status status = MIEN_OK;
    for (int i = 0; i < t->pairs.n && status == MIEN_OK; i++) {
        const int *p = t->pairs.items[i].picture;
        status =
            mien_comparisons_add(out, mien_embeddings_cosine(&t->e, p[0], p[1]),
                                 t->person[p[0]], t->person[p[1]]);
    }
    for (int i = 0; i < t->e.n && !t->pairs.n; i++)
        for (int j = 0; j < i && status == MIEN_OK; j++)
            status =
                mien_comparisons_add(out, mien_embeddings_cosine(&t->e, i, j),
                                     t->person[i], t->person[j]);
    if (status != MIEN_OK) mien_comparisons_close(out);
    return status;
}
