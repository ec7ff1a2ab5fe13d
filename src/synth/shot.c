/* SPDX-License-Identifier: Apache-2.0 */
/* shot.c - draw how a photo is taken.
 *
 * What the three kinds of photo differ by stands in one table of ranges; the
 * draws are the same for all of them. The distance of the camera is not drawn
 * but follows: a head of 237 mm that takes the part `near` of a picture that
 * spans the angle `field` is 119 / (near tan(field / 2)) mm away. */
#include "synth/shot.h"

#include "synth/backdrop.h"
#include "synth/draw.h"
#include "synth/waves.h"
#include "synth/wear.h"

typedef struct span {
    float low, high;
} span;

/* Chances are of 0 to 1; spans are drawn from evenly. */
typedef struct manner {
    float yaw, pitch, roll; /* deviations, degrees */
    float yaw_most, pitch_most, roll_most;
    float smiling, smile; /* chance; the broadest */
    float talking, open;  /* chance; the widest */
    float blinking;       /* chance of eyes shut or half shut */
    float frowning;       /* chance */
    float elsewhere;      /* chance to look past the camera */
    float glasses;        /* chance that who has them wears them */
    float sunglasses, hat, scarf, mask, jewels; /* chances */
    float harsh;                                /* chance of a hard lamp */
    float heading;                              /* degrees to either side */
    span field, near;
    float shift;                           /* heads to either side */
    float exposure, warmth;                /* stops, to either side */
    float shaken, shake, unsharp, defocus; /* chances; pixels at 256 */
    span noise, quality;
} manner;

static const manner manners[] = {
    [MIEN_SHOT_FRONTAL] =
        {
            .yaw = 5,
            .pitch = 4,
            .roll = 2.5f,
            .yaw_most = 12,
            .pitch_most = 12,
            .roll_most = 6,
            .smiling = 0.5f,
            .smile = 0.5f,
            .glasses = 1,
            .jewels = 0.1f,
            .heading = 20,
            .field = {20, 30},
            .near = {0.5f, 0.62f},
            .shift = 0.04f,
            .exposure = 0.15f,
            .warmth = 0.15f,
            .noise = {0.002f, 0.008f},
            .quality = {88, 95},
        },
    [MIEN_SHOT_USUAL] =
        {
            .yaw = 13,
            .pitch = 6.5f,
            .roll = 4,
            .yaw_most = 30,
            .pitch_most = 15,
            .roll_most = 8,
            .smiling = 0.6f,
            .smile = 0.85f,
            .talking = 0.25f,
            .open = 0.4f,
            .blinking = 0.02f,
            .frowning = 0.08f,
            .elsewhere = 0.25f,
            .glasses = 0.9f,
            .hat = 0.04f,
            .scarf = 0.04f,
            .jewels = 0.15f,
            .harsh = 0.06f,
            .heading = 60,
            .field = {18, 36},
            .near = {0.46f, 0.66f},
            .shift = 0.09f,
            .exposure = 0.35f,
            .warmth = 0.4f,
            .shaken = 0.08f,
            .shake = 1.6f,
            .unsharp = 0.15f,
            .defocus = 0.9f,
            .noise = {0.003f, 0.018f},
            .quality = {78, 95},
        },
    [MIEN_SHOT_HARD] =
        {
            .yaw = 30,
            .pitch = 12,
            .roll = 12,
            .yaw_most = 70,
            .pitch_most = 30,
            .roll_most = 30,
            .smiling = 0.5f,
            .smile = 1,
            .talking = 0.35f,
            .open = 0.85f,
            .blinking = 0.12f,
            .frowning = 0.25f,
            .elsewhere = 0.5f,
            .glasses = 0.7f,
            .sunglasses = 0.1f,
            .hat = 0.15f,
            .scarf = 0.12f,
            .mask = 0.12f,
            .jewels = 0.1f,
            .harsh = 0.5f,
            .heading = 150,
            .field = {16, 42},
            .near = {0.34f, 0.68f},
            .shift = 0.16f,
            .exposure = 1.1f,
            .warmth = 0.9f,
            .shaken = 0.3f,
            .shake = 4,
            .unsharp = 0.3f,
            .defocus = 1.8f,
            .noise = {0.004f, 0.05f},
            .quality = {30, 92},
        },
};

/* ---- pose and expression ---------------------------------------------- */

typedef enum draw {
    DRAW_SEED,
    DRAW_POSE,
    DRAW_EXPRESSION,
    DRAW_GAZE,
    DRAW_WEARS,
    DRAW_LIGHT,
    DRAW_CAMERA,
    DRAW_FAULTS,
    DRAWS = 16
} draw;

static float about(mien_rng *rng, float deviation, float most) {
    return deviation * mien_draw_normal(rng, most / deviation);
}

static float either(mien_rng *rng, float most) {
    return mien_draw_between(rng, -most, most);
}

static float within(mien_rng *rng, span s) {
    return mien_draw_between(rng, s.low, s.high);
}

/* Between a part of `most` and all of it with this chance, else 0. */
static float perhaps(mien_rng *rng, float chance, float most) {
    const bool so = mien_draw_chance(rng, chance);
    const float much = mien_draw_between(rng, 0.25f, 1);
    return so ? most * much : 0;
}

static mien_pose draw_pose(const manner *m, mien_rng rng) {
    mien_pose pose;
    pose.yaw = about(&rng, m->yaw, m->yaw_most);
    pose.pitch = about(&rng, m->pitch, m->pitch_most);
    pose.roll = about(&rng, m->roll, m->roll_most);
    return pose;
}

static void draw_expression(mien_expression *e, const manner *m, mien_rng rng) {
    e->smile = perhaps(&rng, m->smiling, m->smile);
    e->open = perhaps(&rng, m->talking, m->open);
    e->brows = 0.25f * either(&rng, 1);
    const float blink = perhaps(&rng, m->blinking, 1);
    const bool wink = mien_draw_chance(&rng, 0.2f);
    const int eye = mien_draw_chance(&rng, 0.5f);
    e->closed[eye] = blink > 0.6f ? 1 : blink;
    e->closed[!eye] = wink ? 0 : e->closed[eye];
    const float frown = perhaps(&rng, m->frowning, 1);
    if (frown > 0) {
        e->smile = -0.6f * frown;
        e->brows = -frown;
    } else if (e->open > 0.5f) {
        e->brows = 0.6f * e->open;
    }
}

/* Most look into the camera; eyes turn no further than 28 degrees. */
static void draw_gaze(mien_shot *shot, const manner *m, mien_rng rng) {
    float *gaze = shot->expression.gaze;
    const bool elsewhere = mien_draw_chance(&rng, m->elsewhere);
    const float right = either(&rng, 16);
    const float up = either(&rng, 8);
    gaze[0] = elsewhere ? right : -shot->pose.yaw;
    gaze[1] = elsewhere ? up : -shot->pose.pitch;
    gaze[0] = mien_clamp(gaze[0], -28, 28);
    gaze[1] = mien_clamp(gaze[1], -18, 18);
}

/* ---- what is worn ----------------------------------------------------- */

static const mien_wear *choose_wear(mien_rng *rng, mien_wear_place place,
                                    bool hard) {
    float weight[MIEN_DRAW_MOST];
    int n = 0;
    for (; n < MIEN_DRAW_MOST && mien_wears[n]; n++) {
        const mien_wear *w = mien_wears[n];
        const bool fits = w->place == place && (hard || !w->hard);
        weight[n] = fits ? w->often : 0;
    }
    n = mien_draw_weighted(rng, weight, n);
    return n < 0 ? NULL : mien_wears[n];
}

static void put_on(mien_shot *shot, int *n, const mien_wear *wear) {
    if (wear && *n < MIEN_SHOT_WEARS) shot->wear[(*n)++] = wear;
}

/* A scarf and a mask would fight for the chin: one of the two. */
static void draw_wears(mien_shot *shot, const mien_person *person,
                       mien_shot_kind kind, mien_rng rng) {
    const manner *m = &manners[kind];
    const bool hard = kind == MIEN_SHOT_HARD;
    const bool own = mien_draw_chance(&rng, m->glasses);
    const bool shade = mien_draw_chance(&rng, m->sunglasses);
    const bool hat = mien_draw_chance(&rng, m->hat);
    const bool mask = mien_draw_chance(&rng, m->mask);
    const bool scarf = mien_draw_chance(&rng, m->scarf);
    const float woman = person->trait[MIEN_TRAIT_sex] < 0 ? 1 : 0.2f;
    const bool jewels = mien_draw_chance(&rng, woman * m->jewels);
    int n = 0;
    if (shade)
        put_on(shot, &n, choose_wear(&rng, MIEN_WEAR_EYES, hard));
    else if (own)
        put_on(shot, &n, person->glasses);
    if (hat) put_on(shot, &n, choose_wear(&rng, MIEN_WEAR_HEAD, hard));
    if (mask)
        put_on(shot, &n, choose_wear(&rng, MIEN_WEAR_FACE, hard));
    else if (scarf)
        put_on(shot, &n, choose_wear(&rng, MIEN_WEAR_NECK, hard));
    if (jewels) put_on(shot, &n, choose_wear(&rng, MIEN_WEAR_EARS, hard));
}

/* ---- light and camera ------------------------------------------------- */

static const mien_lamp *choose_lamp(mien_rng *rng, bool outdoor, bool harsh) {
    float weight[MIEN_DRAW_MOST];
    int n = 0;
    for (; n < MIEN_DRAW_MOST && mien_lamps[n]; n++) {
        const mien_lamp *lamp = mien_lamps[n];
        const bool fits = lamp->outdoor == outdoor && lamp->hard == harsh;
        weight[n] = fits ? lamp->often : 0;
    }
    n = mien_draw_weighted(rng, weight, n);
    return n < 0 ? NULL : mien_lamps[n];
}

static const mien_backdrop *choose_backdrop(mien_rng *rng, bool outdoor) {
    float weight[MIEN_DRAW_MOST];
    int n = 0;
    for (; n < MIEN_DRAW_MOST && mien_backdrops[n]; n++)
        weight[n] = mien_backdrops[n]->outdoor == outdoor
                        ? mien_backdrops[n]->often
                        : 0;
    n = mien_draw_weighted(rng, weight, n);
    return n < 0 ? NULL : mien_backdrops[n];
}

static void draw_light(mien_shot *shot, const manner *m, mien_rng rng) {
    const bool outdoor = mien_draw_chance(&rng, 0.4f);
    const bool harsh = mien_draw_chance(&rng, m->harsh);
    shot->heading = either(&rng, m->heading);
    shot->exposure = either(&rng, m->exposure);
    shot->warmth = either(&rng, m->warmth);
    shot->lamp = choose_lamp(&rng, outdoor, harsh);
    if (!shot->lamp) shot->lamp = choose_lamp(&rng, outdoor, !harsh);
    shot->backdrop = choose_backdrop(&rng, outdoor);
}

static void draw_camera(mien_shot *shot, const manner *m, mien_rng rng) {
    shot->field = within(&rng, m->field);
    shot->near = within(&rng, m->near);
    shot->shift[0] = either(&rng, m->shift);
    shot->shift[1] = either(&rng, m->shift);
    shot->blur = mien_draw_between(&rng, 0, 5);
}

static void draw_faults(mien_shot *shot, const manner *m, mien_rng rng) {
    const float shake = perhaps(&rng, m->shaken, m->shake);
    const float heading = either(&rng, MIEN_PI);
    shot->shake[0] = shake * mien_cosine(heading);
    shot->shake[1] = shake * mien_sine(heading);
    shot->defocus = perhaps(&rng, m->unsharp, m->defocus);
    shot->noise = within(&rng, m->noise);
    shot->quality = (int)within(&rng, m->quality);
}

void mien_shot_draw(mien_shot *shot, const mien_person *person, uint64_t seed,
                    uint32_t person_number, uint32_t photo_number,
                    mien_shot_kind kind) {
    const manner *m = &manners[kind];
    mien_rng rng[DRAWS];
    /* People draw from below 2^31. */
    for (uint32_t d = 0; d < DRAWS; d++)
        rng[d] = mien_rng_at(seed, MIEN_RNG_SYNTH, person_number,
                             0x80000000u | photo_number * DRAWS | d);
    *shot = (mien_shot){.seed = mien_rng_u32(&rng[DRAW_SEED])};
    shot->pose = draw_pose(m, rng[DRAW_POSE]);
    draw_expression(&shot->expression, m, rng[DRAW_EXPRESSION]);
    draw_gaze(shot, m, rng[DRAW_GAZE]);
    draw_wears(shot, person, kind, rng[DRAW_WEARS]);
    draw_light(shot, m, rng[DRAW_LIGHT]);
    draw_camera(shot, m, rng[DRAW_CAMERA]);
    draw_faults(shot, m, rng[DRAW_FAULTS]);
}
