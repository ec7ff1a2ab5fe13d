/* SPDX-License-Identifier: Apache-2.0 */
/* contradictions.c - let nearest neighbours vote on each other's labels.
 *
 * The K nearest by thumbnail vote for their own label, with weight
 *
 *   trust (1 - d / d_last),    d_last: the distance of number K + 1.
 *
 * A sample's score is (best other label - its own) / all votes. Neighbours
 * may be wrong as well: so there are ROUNDS, after each of which the trust in
 * a sample becomes (1 - score) / 2; before the first it is 1. A sample whose
 * score is above `clearly` in the end is contradicted. Where neighbours are
 * strangers with a label each, as among many people of few photos, no other
 * label gathers votes.
 *
 * That alone would take 3 to 5 % of a set whose labels are right, and a third
 * of 400 drawn people of 4 photos: people look alike on thumbnails. So no more
 * leave than are wrong by the evidence of mien_examine_noise(), the worst
 * first: if a share q of labels is wrong, any other class as likely, then of C
 * classes two labels that should agree do so with
 *
 *   1 - p = (1 - q)^2 + q^2 / (C - 1),
 *
 * p being the share of pairs that disagree. It is known up to its standard
 * error: below two of them nothing leaves, since a pair or two prove nothing,
 * nor with too few pairs; else p is taken one higher, since a wrong label does
 * more harm than a missing sample. A class keeps its LEAST best samples in any
 * case.
 *
 * Nor does anything leave where thumbnails do not tell the classes apart: when
 * less than half of the labels that should be right are confirmed, by a score
 * below 0, or twice as many are contradicted as can be wrong.
 *
 * Pictures that are the same to the last cell and have one label are one voter
 * and get one judgement. Measured with 40 % wrong, the share of the wrong and
 * of the right ones that leave; with right labels none of these loses any:
 *
 *   ORL .92, .10        drawn, 40 people .95, .11        digits .97, .06
 *   faces or scenes .62, .16         drawn, 400 people of 4 photos .78, .24
 *   3,098 people: thumbnails cannot tell them apart, and all stay
 *
 * Source: Wilson, Asymptotic properties of nearest neighbor rules using edited
 * data, IEEE Trans. SMC 2 (1972); the weights are close to Dudani, The
 * distance-weighted k-nearest-neighbor rule, IEEE Trans. SMC 6 (1976). */
#include "data/contradictions.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data/examine.h"
#include "data/thumbnail.h"

enum { K = 7, ROUNDS = 3, LEAST = 2, MOST_VOTERS = 8000, MOST_EXAMINED = 2000 };
static const float clearly = 0.1f;

typedef struct look {
    int place; /* in the training part */
    int32_t label;
    int twin;        /* the first look of its label that is the same: itself */
    int near[K + 1]; /* looks, nearest first; -1: none */
    float cosine[K + 1];
    float trust, score;
    float cell[MIEN_THUMBNAIL];
} look;

typedef struct album {
    look *looks;
    int n; /* of those that show something */
    const look **sorted;
    int *voters, n_voters;
    int *left; /* samples of each class that stay */
} album;

/* ---- how many labels are wrong ---------------------------------------- */

/* The q of the equation above. */
static double wrong_share(const mien_noise_found *pairs, int classes) {
    if (pairs->pairs < MIEN_NOISE_PAIRS || classes < 2) return 0;
    const double p = pairs->share, others = (double)(classes - 1) / classes;
    const double error = sqrt(p * (1 - p) / pairs->pairs);
    const double root = 1 - (p + error) / others;
    return p > 2 * error ? others * (1 - sqrt(root > 0 ? root : 0)) : 0;
}

/* ---- looks ------------------------------------------------------------ */

static mien_status read_all(album *a, const mien_dataset *data) {
    const uint32_t *items = data->split.items[MIEN_TRAIN];
    for (int i = 0; i < data->split.count[MIEN_TRAIN]; i++) {
        bool shows;
        look *l = &a->looks[a->n];
        MIEN_TRY(mien_thumbnail_read(l->cell, &shows, data->reader, items[i]));
        l->place = i;
        l->label = data->reader->labels[items[i]];
        l->trust = 1;
        a->n += shows;
        a->left[data->reader->labels[items[i]]]++;
    }
    return MIEN_OK;
}

static int compare_looks(const look *x, const look *y) {
    if (x->label != y->label) return x->label < y->label ? -1 : 1;
    return memcmp(x->cell, y->cell, sizeof x->cell);
}

static int by_look(const void *a, const void *b) {
    const look *x = *(const look *const *)a, *y = *(const look *const *)b;
    const int order = compare_looks(x, y);
    return order ? order : x->place - y->place;
}

static void find_twins(album *a) {
    for (int i = 0; i < a->n; i++) a->sorted[i] = &a->looks[i];
    qsort(a->sorted, (size_t)a->n, sizeof *a->sorted, by_look);
    for (int i = 0; i < a->n; i++) {
        const bool same = i && !compare_looks(a->sorted[i], a->sorted[i - 1]);
        look *l = &a->looks[a->sorted[i] - a->looks];
        l->twin = same ? a->sorted[i - 1]->twin : (int)(l - a->looks);
    }
}

/* One of several twins, and not too many: spread evenly. */
static void choose_voters(album *a) {
    int n = 0;
    for (int i = 0; i < a->n; i++)
        if (a->looks[i].twin == i) a->voters[n++] = i;
    a->n_voters = n < MOST_VOTERS ? n : MOST_VOTERS;
    for (int i = 0; i < a->n_voters; i++)
        a->voters[i] = a->voters[(int64_t)i * n / a->n_voters];
}

/* ---- neighbours ------------------------------------------------------- */

static void meet(look *l, int other, float cosine) {
    int k = K;
    if (!(cosine > l->cosine[k])) return;
    for (; k > 0 && cosine > l->cosine[k - 1]; k--) {
        l->cosine[k] = l->cosine[k - 1];
        l->near[k] = l->near[k - 1];
    }
    l->cosine[k] = cosine;
    l->near[k] = other;
}

static void find_nearest(album *a, look *l) {
    for (int k = 0; k <= K; k++) {
        l->near[k] = -1;
        l->cosine[k] = -2;
    }
    for (int i = 0; i < a->n_voters; i++)
        if (a->voters[i] != l->twin)
            meet(l, a->voters[i],
                 mien_thumbnail_cosine(l->cell, a->looks[a->voters[i]].cell));
}

/* ---- votes ------------------------------------------------------------ */

/* Of unit vectors. */
static float distance(float cosine) {
    return cosine < 1 ? sqrtf(2 - 2 * cosine) : 0;
}

/* What the neighbours give a label. */
static float votes_for(const album *a, const look *l, const float *weight,
                       int32_t label) {
    float sum = 0;
    for (int k = 0; k < K && l->near[k] >= 0; k++)
        if (a->looks[l->near[k]].label == label) sum += weight[k];
    return sum;
}

static float judge(const album *a, const look *l) {
    float weight[K] = {0}, all = 0, other = 0;
    const float last = distance(l->cosine[K]);
    for (int k = 0; k < K && l->near[k] >= 0; k++) {
        const float near = last > 0 ? 1 - distance(l->cosine[k]) / last : 1;
        weight[k] = near * a->looks[l->near[k]].trust;
        all += weight[k];
    }
    for (int k = 0; k < K && l->near[k] >= 0; k++) {
        const int32_t label = a->looks[l->near[k]].label;
        if (label != l->label)
            other = fmaxf(other, votes_for(a, l, weight, label));
    }
    return all > 0 ? (other - votes_for(a, l, weight, l->label)) / all : 0;
}

static void vote(album *a) {
    for (int i = 0; i < a->n; i++) find_nearest(a, &a->looks[i]);
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < a->n; i++)
            a->looks[i].score = judge(a, &a->looks[i]);
        for (int i = 0; i < a->n; i++)
            a->looks[i].trust = (1 - a->looks[i].score) / 2;
    }
}

/* ---- together --------------------------------------------------------- */

static int by_score(const void *a, const void *b) {
    const look *x = *(const look *const *)a, *y = *(const look *const *)b;
    if (x->score != y->score) return x->score > y->score ? -1 : 1;
    return x->place - y->place;
}

/* Whether the votes tell right labels from wrong ones. */
static bool can_tell(const mien_contradictions *found, int most) {
    return found->confirmed >= (1 - found->noise) / 2 * found->samples &&
           found->contradicted <= 2 * most;
}

static void mark(uint8_t *wrong, mien_contradictions *found, album *a) {
    const int most = (int)(found->noise * found->samples + 0.5);
    qsort(a->sorted, (size_t)a->n, sizeof *a->sorted, by_score);
    for (int i = 0; i < a->n; i++) {
        found->confirmed += a->sorted[i]->score < 0;
        found->contradicted += a->sorted[i]->score > clearly;
    }
    if (!can_tell(found, most)) return;
    for (int i = 0; i < found->contradicted && found->dropped < most; i++) {
        const look *l = a->sorted[i];
        if (a->left[l->label] <= LEAST) continue;
        a->left[l->label]--;
        wrong[l->place] = 1;
        found->dropped++;
    }
}

static mien_status find(uint8_t *wrong, mien_contradictions *found, album *a,
                        const mien_dataset *data) {
    const size_t n = (size_t)found->samples;
    a->looks = mien_alloc(n + 1, sizeof *a->looks);
    a->sorted = mien_alloc(n + 1, sizeof *a->sorted);
    a->voters = mien_alloc(n + 1, sizeof *a->voters);
    a->left = mien_alloc((size_t)data->reader->classes + 1, sizeof *a->left);
    if (!a->looks || !a->sorted || !a->voters || !a->left) return MIEN_ENOMEM;
    MIEN_TRY(read_all(a, data));
    find_twins(a);
    choose_voters(a);
    vote(a);
    mark(wrong, found, a);
    return MIEN_OK;
}

mien_status mien_contradictions_find(uint8_t *wrong, mien_contradictions *found,
                                     const mien_dataset *data) {
    album a = {0};
    mien_noise_found pairs;
    const int n = data->split.count[MIEN_TRAIN];
    *found = (mien_contradictions){.samples = n};
    memset(wrong, 0, (size_t)n);
    MIEN_TRY(mien_examine_noise(&pairs, data, MOST_EXAMINED));
    found->noise = wrong_share(&pairs, data->reader->classes);
    if (!(found->noise > 0)) return MIEN_OK;
    const mien_status status = find(wrong, found, &a, data);
    mien_free(a.looks);
    mien_free(a.sorted);
    mien_free(a.voters);
    mien_free(a.left);
    return status;
}
