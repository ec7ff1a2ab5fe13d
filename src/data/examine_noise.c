/* SPDX-License-Identifier: Apache-2.0 */
/* examine_noise.c - labels against looks.
 *
 * Each sample becomes a thumbnail of 12 x 12 grey cells, its mean taken off
 * and scaled to unit length, so that light and contrast do not count. Two
 * samples are a pair when each is the other's nearest,
 *
 *   d < 0.4 of the usual distance (root mean square over all pairs), and
 *   d < 0.6 of the distance of either to its tenth nearest:
 *
 * both stand out from what is around them. Such photos were taken within
 * seconds of each other or show the same thing; where labels are right they
 * have the same. If a share q of labels is wrong, 1 - (1 - q)^2 of the pairs,
 * or a little less, have two.
 *
 * The second test is what makes the first safe: thumbnails do not tell people
 * apart, and among many people with few photos each the nearest is a stranger
 * in the same pose and light, but only one of several. Such a set has few
 * pairs, and nothing is claimed. Samples are taken in runs of RUN, since sets
 * tend to be listed class by class, and a photo whose mates are not looked at
 * is of no use. Measured, with labels as they are and with 40 % wrong: pairs,
 * share, share with noise:
 *
 *   ORL 77, 0, .70         digits (MNIST) 56, 0, .61    faces/scenes 84, 0, .63
 *   drawn faces: 40 people 62, 0, .68; 400 people of 4 photos 88, .01, .56
 *   3,098 people 20, .05, .50                   963 people of 1 to 7 photos: 3
 *
 * Source of the ratio test: Lowe, Distinctive image features from
 * scale-invariant keypoints, IJCV 2004, with the tenth in place of the second
 * neighbour, which in our sets is of the same class. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "data/examine.h"
#include "data/thumbnail.h"

enum { NEAR = 10, RUN = 20 };
static const double of_usual = 0.4, of_tenth = 0.6;

typedef struct look {
    uint32_t sample;
    int32_t label;
    int nearest;      /* -1: none */
    float near[NEAR]; /* greatest cosines with others, descending */
    float cell[MIEN_THUMBNAIL];
} look;

/* ---- thumbnails ------------------------------------------------------- */

/* The same picture with the same label was there before: proves nothing. */
static bool is_copy(const look *looks, int n) {
    const look *l = &looks[n];
    for (int i = 0; i < n; i++)
        if (looks[i].label == l->label &&
            !memcmp(looks[i].cell, l->cell, sizeof l->cell))
            return true;
    return false;
}

/* Fill looks[*n] and count it, unless there is nothing to be seen, or
 * nothing new. */
static mien_status add_look(look *looks, int *n, const mien_reader *r,
                            uint32_t sample) {
    bool shows;
    look *l = &looks[*n];
    *l = (look){.sample = sample, .label = r->labels[sample], .nearest = -1};
    for (int k = 0; k < NEAR; k++) l->near[k] = -1;
    MIEN_TRY(mien_thumbnail_read(l->cell, &shows, r, sample));
    *n += shows && !is_copy(looks, *n);
    return MIEN_OK;
}

/* ---- neighbours ------------------------------------------------------- */

static void meet(look *l, int other, float cosine) {
    int k = NEAR - 1;
    if (!(cosine > l->near[k])) return;
    for (; k > 0 && cosine > l->near[k - 1]; k--) l->near[k] = l->near[k - 1];
    l->near[k] = cosine;
    if (k == 0) l->nearest = other;
}

/* Everybody's nearest; returns the mean cosine of all pairs. */
static double find_nearest(look *looks, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++)
        for (int k = i + 1; k < n; k++) {
            const float cosine =
                mien_thumbnail_cosine(looks[i].cell, looks[k].cell);
            sum += cosine;
            meet(&looks[i], k, cosine);
            meet(&looks[k], i, cosine);
        }
    return n > 1 ? 2 * sum / ((double)n * (n - 1)) : 0;
}

/* Of unit vectors, square distances are 2 - 2 cos. */
static bool stand_out(const look *a, const look *b, double usual) {
    const double here = 1 - a->near[0];
    const float tenth = fmaxf(a->near[NEAR - 1], b->near[NEAR - 1]);
    return here <= of_usual * of_usual * (1 - usual) &&
           here <= of_tenth * of_tenth * (1 - (double)tenth);
}

static void count_pairs(mien_noise_found *out, const look *looks,
                        double usual) {
    int wrong = 0;
    for (int i = 0; i < out->looked_at; i++) {
        const int k = looks[i].nearest;
        if (k < i || looks[k].nearest != i ||
            !stand_out(&looks[i], &looks[k], usual))
            continue;
        out->pairs++;
        wrong += looks[i].label != looks[k].label;
    }
    if (out->pairs) out->share = (double)wrong / out->pairs;
}

/* Place i of n, which is a number of whole runs unless all are looked at. */
static int place_of(int i, int n, int count) {
    const int runs = n / RUN;
    if (count == n || runs < 2) return i;
    return (int)((int64_t)(i / RUN) * (count - RUN) / (runs - 1)) + i % RUN;
}

mien_status mien_examine_noise(mien_noise_found *out, const mien_dataset *data,
                               int most) {
    const uint32_t *items = data->split.items[MIEN_TRAIN];
    const int count = data->split.count[MIEN_TRAIN];
    const int n = count <= most ? count : most - most % RUN;
    mien_status status = MIEN_OK;
    int *seen = &out->looked_at;
    *out = (mien_noise_found){0};
    look *looks = mien_alloc((size_t)n + 1, sizeof *looks);
    if (!looks) return MIEN_ENOMEM;
    for (int i = 0; i < n && status == MIEN_OK; i++) {
        const uint32_t sample = items[place_of(i, n, count)];
        if (!*seen || looks[*seen - 1].sample != sample) /* listed again */
            status = add_look(looks, seen, data->reader, sample);
    }
    if (status == MIEN_OK) count_pairs(out, looks, find_nearest(looks, *seen));
    mien_free(looks);
    return status;
}
