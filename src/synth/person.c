/* SPDX-License-Identifier: Apache-2.0 */
/* person.c - draw somebody who does not exist.
 *
 * A trait is its mean plus its deviation times
 *
 *   z + sex s + size g + sum over pulls of (strength * cause)
 *
 * with z normal and cut at 2.5, s the last column of traits.def, g a size that
 * all bones share, and the causes age, weight and tone in deviations; the sum
 * is cut at 2.5 again. So traits go together as in people, and none of them
 * is a function of another: the pulls of the tone are weaker than chance. */
#include "synth/person.h"

#include "synth/draw.h"
#include "synth/hair.h"
#include "synth/look_skin_tone.h"
#include "synth/waves.h"
#include "synth/wear.h"

const mien_trait_info mien_traits[MIEN_TRAIT_COUNT] = {
#define MIEN_TRAIT(name, mean, deviation, meaning, sex) \
    {#name, meaning, mean, deviation, sex},
#include "synth/traits.def"
#undef MIEN_TRAIT
};

/* The most deviations from the mean. */
static const float most = 2.5f;

#define TRAIT(name) MIEN_TRAIT_##name

float mien_person_normal(const mien_person *p, mien_trait trait) {
    const mien_trait_info *info = &mien_traits[trait];
    if (info->deviation <= 0) return 0;
    return mien_clamp((p->trait[trait] - info->mean) / info->deviation, -most,
                      most);
}

/* ---- what pulls at what ----------------------------------------------- */

typedef enum cause { AGE, WEIGHT, TONE, SIZE, CAUSES } cause;

typedef struct pull {
    cause cause;
    mien_trait trait;
    float strength; /* deviations of the trait per deviation of the cause */
} pull;

static const pull pulls[] = {
    /* Ears and nose grow for life, lips thin, brows and lids sink. */
    {AGE, TRAIT(ear_length), 0.4f},
    {AGE, TRAIT(ear_lobe), 0.3f},
    {AGE, TRAIT(nose_length), 0.3f},
    {AGE, TRAIT(nose_tip_up), -0.3f},
    {AGE, TRAIT(nose_tip_round), 0.2f},
    {AGE, TRAIT(lip_upper), -0.4f},
    {AGE, TRAIT(lip_lower), -0.35f},
    {AGE, TRAIT(lip_full), -0.4f},
    {AGE, TRAIT(mouth_tilt), -0.25f},
    {AGE, TRAIT(brow_height), -0.35f},
    {AGE, TRAIT(eye_open), -0.3f},
    {AGE, TRAIT(eye_bag), 0.5f},
    {AGE, TRAIT(eye_depth), 0.2f},
    {AGE, TRAIT(cheek_full), -0.2f},
    {AGE, TRAIT(double_chin), 0.3f},
    {AGE, TRAIT(jaw_angle), -0.2f},
    {AGE, TRAIT(hairline), 0.45f},
    {AGE, TRAIT(rough), 0.35f},
    {AGE, TRAIT(lash), -0.2f},
    {WEIGHT, TRAIT(cheek_full), 0.75f},
    {WEIGHT, TRAIT(double_chin), 0.7f},
    {WEIGHT, TRAIT(neck_breadth), 0.6f},
    {WEIGHT, TRAIT(face_breadth), 0.4f},
    {WEIGHT, TRAIT(jaw_breadth), 0.5f},
    {WEIGHT, TRAIT(jaw_angle), -0.25f},
    {WEIGHT, TRAIT(cheekbone), -0.3f},
    {WEIGHT, TRAIT(shoulder_breadth), 0.35f},
    {WEIGHT, TRAIT(nose_breadth), 0.15f},
    {WEIGHT, TRAIT(eye_open), -0.15f},
    {TONE, TRAIT(nose_breadth), 0.45f},
    {TONE, TRAIT(nostril), 0.25f},
    {TONE, TRAIT(nose_bridge), -0.3f},
    {TONE, TRAIT(lip_upper), 0.4f},
    {TONE, TRAIT(lip_lower), 0.35f},
    {TONE, TRAIT(lip_full), 0.4f},
    {TONE, TRAIT(mouth_forward), 0.25f},
    {TONE, TRAIT(freckles), -0.9f},
    {TONE, TRAIT(blush), -0.5f},
    {TONE, TRAIT(hair_curl), 0.8f},
    {SIZE, TRAIT(head_breadth), 0.4f},
    {SIZE, TRAIT(head_length), 0.4f},
    {SIZE, TRAIT(head_height), 0.4f},
    {SIZE, TRAIT(face_length), 0.3f},
    {SIZE, TRAIT(face_breadth), 0.4f},
    {SIZE, TRAIT(jaw_breadth), 0.3f},
    {SIZE, TRAIT(eye_distance), 0.4f},
    {SIZE, TRAIT(eye_width), 0.3f},
    {SIZE, TRAIT(nose_length), 0.2f},
    {SIZE, TRAIT(mouth_breadth), 0.3f},
    {SIZE, TRAIT(ear_length), 0.2f},
    {SIZE, TRAIT(neck_breadth), 0.3f},
    {SIZE, TRAIT(shoulder_breadth), 0.4f},
};

/* ---- draws ------------------------------------------------------------ */

/* Each draw has numbers of its own, so that how many one takes moves no other.
 * A trait's draw is its own number; past the traits: */
enum draw {
    DRAW_SEED = MIEN_TRAIT_COUNT,
    DRAW_SIZE,
    DRAW_HAIR,
    DRAW_BEARD,
    DRAW_GLASSES
};

/* Those before it are causes of the others. */
#define FIRST_BODILY TRAIT(head_breadth)

typedef struct lot {
    uint64_t seed;
    uint32_t number;
} lot;

static mien_rng rng_of(const lot *l, uint32_t draw) {
    return mien_rng_at(l->seed, MIEN_RNG_SYNTH, l->number, draw);
}

static float unit(const lot *l, uint32_t draw) {
    mien_rng rng = rng_of(l, draw);
    return mien_draw_unit(&rng);
}

static float normal(const lot *l, uint32_t draw) {
    mien_rng rng = rng_of(l, draw);
    return mien_draw_normal(&rng, most);
}

static float age_of(const lot *l) {
    const mien_trait_info *info = &mien_traits[TRAIT(age)];
    mien_rng rng = rng_of(l, TRAIT(age));
    float age;
    do {
        age = info->mean + info->deviation * mien_draw_normal(&rng, 3);
    } while (age < 18 || age > 80);
    return age;
}

/* Most near an end: -1 to -.5 or .5 to 1, dense at the ends. */
static float sex_of(const lot *l) {
    const float x = 2 * unit(l, TRAIT(sex)) - 1;
    const float inward = x < 0 ? 1 + x : 1 - x;
    const float size = 1 - 0.5f * inward * inward;
    return x < 0 ? -size : size;
}

static void draw_causes(mien_person *p, const lot *l, float of[CAUSES]) {
    const mien_trait_info *age = &mien_traits[TRAIT(age)];
    p->trait[TRAIT(age)] = age_of(l);
    p->trait[TRAIT(sex)] = sex_of(l);
    p->trait[TRAIT(weight)] = normal(l, TRAIT(weight));
    p->trait[TRAIT(tone)] = unit(l, TRAIT(tone));
    of[AGE] = (p->trait[TRAIT(age)] - age->mean) / age->deviation;
    of[WEIGHT] = p->trait[TRAIT(weight)];
    of[TONE] = 3.4641f * (p->trait[TRAIT(tone)] - 0.5f); /* deviation 1 */
    of[SIZE] = normal(l, DRAW_SIZE);
}

static void draw_traits(mien_person *p, const lot *l, const float of[CAUSES]) {
    for (int t = FIRST_BODILY; t < MIEN_TRAIT_COUNT; t++) {
        const float sexes = mien_traits[t].sex * p->trait[TRAIT(sex)];
        p->trait[t] = normal(l, (uint32_t)t) + sexes;
    }
    for (size_t i = 0; i < sizeof pulls / sizeof pulls[0]; i++)
        p->trait[pulls[i].trait] += pulls[i].strength * of[pulls[i].cause];
    for (int t = FIRST_BODILY; t < MIEN_TRAIT_COUNT; t++)
        p->trait[t] =
            mien_traits[t].mean +
            mien_traits[t].deviation * mien_clamp(p->trait[t], -most, most);
}

/* ---- colours ---------------------------------------------------------- */

/* Fair hair and light eyes are found under fair skin, where they vary most. */
static void draw_pigment(mien_person *p, const lot *l) {
    const float tone = p->trait[TRAIT(tone)], age = p->trait[TRAIT(age)];
    const float dark = mien_step(0.1f, 0.55f, tone);
    const float u = unit(l, TRAIT(hair_dark));
    const float hair = mien_mix(0.08f + 0.9f * u, 0.86f + 0.14f * u, dark);
    const float red = unit(l, TRAIT(hair_red));
    const float eye = unit(l, TRAIT(iris));
    p->trait[TRAIT(hair_dark)] = hair;
    p->trait[TRAIT(hair_red)] =
        (1 - dark) * (red > 0.9f ? 6 * red - 5 : 0.35f * red);
    p->trait[TRAIT(iris)] = mien_clamp(
        mien_mix(1.25f * eye - 0.3f * (hair - 0.5f), 0.2f * eye, dark), 0, 1);
    /* Half grey at 53 to 67, or so. */
    const float onset = 60 + 14 * (unit(l, TRAIT(hair_grey)) - 0.5f);
    p->trait[TRAIT(hair_grey)] = mien_step(onset - 20, onset + 20, age);
    const float dye = unit(l, TRAIT(hair_dye));
    if (p->trait[TRAIT(sex)] < 0 && dye > 0.5f)
        p->trait[TRAIT(hair_grey)] *= 0.2f;
    p->trait[TRAIT(hair_dye)] = dye < 0.03f ? 33 * dye : 0;
}

static void draw_paint(mien_person *p, const lot *l) {
    const float made_up = unit(l, TRAIT(makeup)),
                shaven = unit(l, TRAIT(stubble));
    const bool man = p->trait[TRAIT(sex)] > 0;
    p->trait[TRAIT(makeup)] =
        man || made_up < 0.4f ? 0 : (made_up - 0.4f) / 0.6f;
    p->trait[TRAIT(stubble)] = man ? shaven * shaven : 0;
}

/* ---- hair, beard, glasses --------------------------------------------- */

static const mien_hair *choose_hair(const mien_person *p, const lot *l) {
    const float man = mien_step(-0.4f, 0.4f, p->trait[TRAIT(sex)]);
    const float old = mien_clamp((p->trait[TRAIT(age)] - 20) / 50, 0, 1.2f);
    mien_rng rng = rng_of(l, DRAW_HAIR);
    float weight[MIEN_DRAW_MOST];
    int n = 0;
    for (; n < MIEN_DRAW_MOST && mien_hairs[n]; n++) {
        const mien_hair *h = mien_hairs[n];
        weight[n] = mien_mix(h->women, h->men, man) * mien_mix(1, h->old, old);
    }
    n = mien_draw_weighted(&rng, weight, n);
    return n < 0 ? NULL : mien_hairs[n];
}

static const mien_beard *choose_beard(const mien_person *p, const lot *l) {
    mien_rng rng = rng_of(l, DRAW_BEARD);
    float weight[MIEN_DRAW_MOST];
    int n = 0;
    if (p->trait[TRAIT(sex)] < 0 || !mien_draw_chance(&rng, 0.38f)) return NULL;
    for (; n < MIEN_DRAW_MOST && mien_beards[n]; n++)
        weight[n] = mien_beards[n]->often;
    n = mien_draw_weighted(&rng, weight, n);
    return n < 0 ? NULL : mien_beards[n];
}

/* A quarter of all people, more of the old than of the young. */
static const mien_wear *choose_glasses(const mien_person *p, const lot *l) {
    const float chance =
        0.15f + 0.25f * mien_step(25, 65, p->trait[TRAIT(age)]);
    mien_rng rng = rng_of(l, DRAW_GLASSES);
    float weight[MIEN_DRAW_MOST];
    int n = 0;
    if (!mien_draw_chance(&rng, chance)) return NULL;
    for (; n < MIEN_DRAW_MOST && mien_wears[n]; n++) {
        const mien_wear *w = mien_wears[n];
        weight[n] = w->place == MIEN_WEAR_EYES && !w->hard ? w->often : 0;
    }
    n = mien_draw_weighted(&rng, weight, n);
    return n < 0 ? NULL : mien_wears[n];
}

/* ---- the whole person ------------------------------------------------- */

static void mix_colours(mien_person *p) {
    const float *t = p->trait;
    const float dark = t[TRAIT(hair_dark)], red = t[TRAIT(hair_red)];
    const float grey = t[TRAIT(hair_grey)], dye = t[TRAIT(hair_dye)];
    p->skin = mien_skin_albedo(t[TRAIT(tone)], t[TRAIT(undertone)]);
    p->hair_colour = mien_hair_albedo(dark, red, grey, dye);
    /* Brows are darker than fair hair, keep from dye and grey late. */
    p->brow_colour =
        mien_hair_albedo(0.3f + 0.7f * dark, 0.8f * red, 0.4f * grey, 0);
    p->beard_colour = mien_hair_albedo(0.1f + 0.9f * dark,
                                       mien_clamp(1.4f * red, 0, 1), grey, 0);
    p->iris_colour = mien_iris_albedo(t[TRAIT(iris)]);
    p->lip_colour = mien_lip_albedo(p->skin, t[TRAIT(lip_red)]);
}

void mien_person_draw(mien_person *p, uint64_t seed, uint32_t number) {
    const lot l = {seed, number};
    float of[CAUSES];
    mien_rng rng = rng_of(&l, DRAW_SEED);
    *p = (mien_person){.seed = mien_rng_u32(&rng)};
    draw_causes(p, &l, of);
    draw_traits(p, &l, of);
    draw_pigment(p, &l);
    draw_paint(p, &l);
    p->hair = choose_hair(p, &l);
    p->beard = choose_beard(p, &l);
    p->glasses = choose_glasses(p, &l);
    mix_colours(p);
}
