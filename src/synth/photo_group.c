/* SPDX-License-Identifier: Apache-2.0 */
/* photo_group.c - several people before one camera.
 *
 * They stand in up to three rows, the rear ones higher and in the gaps of
 * those before them, each a little out of line, so that faces come in several
 * sizes and overlap a little. The camera steps back until a head at (x, y, z),
 * taken as a ball of radius r, lies within the picture for everybody:
 *
 *   distance >= z + (|x| + r) / tan(field / 2)   and the same for y. */
#include "synth/photo_parts.h"
#include "synth/waves.h"

/* Millimetres; at `place`, the root of the neck. */
static const float apart = 440, row_up = 235, row_back = 620, ball = 205;
/* The part of a body below the neck's root that is sure to be there. */
static const float body_down = 540;

typedef struct rows {
    int count, first[4]; /* of each row; the last is n */
} rows;

/* The rear rows are the fuller ones. */
static rows in_rows(int n) {
    rows r = {.count = n <= 3 ? 1 : n <= 8 ? 2 : 3};
    for (int i = 0; i <= r.count; i++) r.first[i] = i * n / r.count;
    return r;
}

static float jitter(uint32_t seed, int i, uint32_t axis, float most) {
    return most * (2 * mien_hash_unit(seed, (uint32_t)i, axis) - 1);
}

/* A quarter of a place to the left or right, so that a row stands in the gaps
 * of the row before: rows of an odd difference do so by themselves. */
static float row_shift(const rows *r, int row) {
    float shift = r->count > 1 ? -0.25f * apart : 0;
    for (int i = 1; i <= row; i++) {
        const int here = r->first[i + 1] - r->first[i];
        const int before = r->first[i] - r->first[i - 1];
        if ((here - before) % 2 == 0) shift = -shift;
    }
    return shift;
}

static void place_people(mien_vec *place, int n, uint32_t seed) {
    const rows r = in_rows(n);
    const float depth = r.count == 1 ? 330 : 140;
    for (int row = 0; row < r.count; row++) {
        const int first = r.first[row], in_row = r.first[row + 1] - first;
        for (int k = 0; k < in_row; k++) {
            const float column = (float)k - 0.5f * (float)(in_row - 1);
            const int i = first + k;
            place[i] = (mien_vec){
                apart * column + row_shift(&r, row) + jitter(seed, i, 0, 45),
                row_up * (float)row + jitter(seed, i, 1, 60),
                -row_back * (float)row + jitter(seed, i, 2, depth)};
        }
    }
}

/* People get seats by lot: the order of the caller says nothing. */
static void shuffle(mien_vec *place, int n, uint32_t seed) {
    for (int i = n - 1; i > 0; i--) {
        const int j =
            (int)(mien_hash(seed, (uint32_t)i, 3) % (uint32_t)(i + 1));
        const mien_vec swap = place[i];
        place[i] = place[j];
        place[j] = swap;
    }
}

static float size_of(float x) { return x < 0 ? -x : x; }

typedef struct view {
    float middle;     /* height of the eye: that of the middle face */
    float across, up; /* tangents of half the picture's sides */
    float distance;
} view;

static void step_back(view *v, const mien_vec *place, int n) {
    float least = 1e9f, most = -1e9f;
    for (int i = 0; i < n; i++) {
        if (place[i].y < least) least = place[i].y;
        if (place[i].y > most) most = place[i].y;
    }
    v->middle = 0.5f * (least + most) - MIEN_NECK_ROOT.y;
    v->distance = 0;
    for (int i = 0; i < n; i++) {
        const float y = place[i].y - MIEN_NECK_ROOT.y - v->middle;
        const float wide =
            place[i].z + (size_of(place[i].x) + ball) / v->across;
        const float tall = place[i].z + (size_of(y) + ball) / v->up;
        if (wide > v->distance) v->distance = wide;
        if (tall > v->distance) v->distance = tall;
    }
}

/* How much of half the picture's height the film moves up: so far that there
 * is little air above the highest head, but no body of the first row ends
 * within the picture; and in no case a head is cut off below. */
static float film_shift(const view *v, const mien_vec *place, int n) {
    const int front = in_rows(n).first[1];
    float shift = 1, least = -1;
    for (int i = 0; i < n; i++) {
        const float half = (v->distance - place[i].z) * v->up;
        const float root = place[i].y - v->middle;
        const float air = 0.96f - (root - MIEN_NECK_ROOT.y + ball) / half;
        const float body = (body_down - root) / half - 1;
        const float chin = (ball - (root - MIEN_NECK_ROOT.y)) / half - 1;
        if (air < shift) shift = air;
        if (i < front && body < shift) shift = body;
        if (chin > least) least = chin;
    }
    return shift > least ? shift : least;
}

/* Level, with its film moved as for a building. */
static mien_camera group_camera(const mien_group *g, const mien_vec *place) {
    const float field = 44 + 0.4f * (g->shot[0].field - 26);
    const int longer = g->width > g->height ? g->width : g->height;
    const float focal = (float)longer / (2 * mien_tangent(field / 2));
    view v = {.across = 0.5f * (float)g->width / focal,
              .up = 0.5f * (float)g->height / focal};
    step_back(&v, place, g->n);
    mien_camera camera = mien_camera_at(
        (mien_vec){0, v.middle, v.distance - MIEN_NECK_ROOT.z}, 0);
    camera.focal = focal;
    camera.centre[0] = 0.5f * (float)(g->width - 1);
    camera.centre[1] = 0.5f * (float)(g->height - 1);
    camera.centre[1] -= 0.5f * film_shift(&v, place, g->n) * (float)g->height;
    camera.width = g->width;
    camera.height = g->height;
    return camera;
}

mien_status mien_photo_group(mien_studio *studio, mien_image **out,
                             mien_photo_face *truth, const mien_group *g) {
    mien_vec place[MIEN_GROUP_MOST];
    *out = NULL;
    if (g->n < 1 || g->n > MIEN_GROUP_MOST)
        return mien_fail(MIEN_EINVAL, "a group photo of %d people: 1 to %d",
                         g->n, MIEN_GROUP_MOST);
    MIEN_TRY(mien_photo_check_side(g->width));
    MIEN_TRY(mien_photo_check_side(g->height));
    place_people(place, g->n, g->shot[0].seed);
    const mien_camera camera = group_camera(g, place);
    shuffle(place, g->n, g->shot[0].seed);
    MIEN_TRY(mien_studio_begin(studio, &g->shot[0], &camera, 0));
    for (int i = 0; i < g->n; i++) {
        const mien_seat seat = {g->person[i], &g->shot[i], place[i]};
        MIEN_TRY(mien_studio_seat(studio, &seat));
    }
    MIEN_TRY(mien_studio_take(studio, out, truth, &g->shot[0]));
    for (int i = 0; i < g->n; i++) truth[i].person = g->number[i];
    return MIEN_OK;
}
