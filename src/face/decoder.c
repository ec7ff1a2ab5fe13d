/* SPDX-License-Identifier: Apache-2.0 */
/* decoder.c - the table of decoders, and lists of faces. */
#include "face/decoder.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

#define MIEN_DECODER(name) extern const mien_decoder_ops mien_decoder_##name;
#include "face/decoders.def"
#undef MIEN_DECODER

static const mien_decoder_ops *const table[] = {
#define MIEN_DECODER(name) &mien_decoder_##name,
#include "face/decoders.def"
#undef MIEN_DECODER
};
enum { N_DECODERS = sizeof table / sizeof *table, MOST = 1 << 20 };

const mien_decoder_ops *const *mien_decoders(int *count) {
    *count = N_DECODERS;
    return table;
}

const mien_decoder_ops *mien_decoder_find(const mien_model *model) {
    for (int i = 0; i < N_DECODERS; i++)
        if (table[i]->match(model)) return table[i];
    return NULL;
}

const float *mien_answer_output(const mien_answer *answer, const char *name,
                                int *count) {
    for (int i = 0; i < answer->n_outputs; i++)
        if (!strcmp(answer->outputs[i].name, name)) {
            *count = answer->outputs[i].count;
            return answer->values + answer->outputs[i].first;
        }
    *count = 0;
    return NULL;
}

bool mien_model_answers(const mien_model *model, const char *const *names) {
    int n;
    const mien_answer a = {.outputs = mien_model_outputs(model, &n),
                           .n_outputs = n,
                           .values = (const float[]){0}};
    for (int count; *names; names++)
        if (!mien_answer_output(&a, *names, &count)) return false;
    return true;
}

/* ---- lists ------------------------------------------------------------ */

mien_status mien_face_list_add(mien_face_list *list, const mien_face *face) {
    if (list->count == MOST)
        return mien_fail(MIEN_ELIMIT, "over %d faces in a photo", MOST);
    if (list->count == list->room) {
        const int room = list->room ? 2 * list->room : 64;
        mien_face *more = mien_realloc(list->face, (size_t)room, sizeof *more);
        if (!more) return MIEN_ENOMEM;
        list->face = more;
        list->room = room;
    }
    list->face[list->count++] = *face;
    return MIEN_OK;
}

void mien_face_list_close(mien_face_list *list) {
    mien_free(list->face);
    *list = (mien_face_list){0};
}

/* By score; by place where scores are equal, so that the order is one. */
static int better(const void *a, const void *b) {
    const mien_face *f = a, *g = b;
    if (f->score != g->score) return f->score > g->score ? -1 : 1;
    if (f->x != g->x) return f->x < g->x ? -1 : 1;
    return f->y < g->y ? -1 : f->y > g->y;
}

static float overlap_of(const mien_face *f, const mien_face *g) {
    const float w = fminf(f->x + f->width, g->x + g->width) - fmaxf(f->x, g->x);
    const float h =
        fminf(f->y + f->height, g->y + g->height) - fmaxf(f->y, g->y);
    if (w <= 0 || h <= 0) return 0;
    const float both = f->width * f->height + g->width * g->height - w * h;
    return both > 0 ? w * h / both : 0;
}

void mien_face_list_suppress(mien_face_list *list, float overlap) {
    int kept = 0;
    if (list->count)
        qsort(list->face, (size_t)list->count, sizeof *list->face, better);
    for (int i = 0; i < list->count; i++) {
        bool new = true;
        for (int k = 0; k < kept && new; k++)
            new = overlap_of(&list->face[i], &list->face[k]) <= overlap;
        if (new) list->face[kept++] = list->face[i];
    }
    list->count = kept;
}
