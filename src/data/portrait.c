/* SPDX-License-Identifier: Apache-2.0 */
/* portrait.c - a face as a pile of soft-edged shapes, lit from somewhere.
 *
 * Every pixel is looked up in the frame of the head, in which the picture
 * reaches from -1 to 1, right and down, before the head is moved, turned and
 * scaled. From back to front: background, hair, shoulders, neck, ears, head
 * (shaded as the ellipsoid it is), beard, nose, mouth, eyes, brows, glasses,
 * fringe. A shape covers a pixel by how far its edge is away, over about a
 * pixel, so that what moves a little changes a little. */
#include "data/portrait.h"

#include <math.h>

enum trait {
    SKIN,
    SKIN_RED,
    HAIR,
    HAIR_LIGHT,
    BACK_HUE,
    BACK_LIGHT,
    BACK_SLOPE,
    CLOTH_HUE,
    CLOTH_LIGHT,
    IRIS,
    LIP_RED,
    HEAD_W,
    HEAD_H,
    JAW,
    CHEEK,
    EAR,
    HAIR_W,
    HAIR_TOP,
    HAIR_DOWN,
    HAIRLINE,
    PARTING,
    FRINGE,
    EYE_X,
    EYE_Y,
    EYE_W,
    EYE_H,
    EYE_TILT,
    IRIS_R,
    BROW_Y,
    BROW_W,
    BROW_H,
    BROW_TILT,
    BROW_ARCH,
    NOSE_W,
    NOSE_Y,
    NOSE_DARK,
    MOUTH_Y,
    MOUTH_W,
    MOUTH_H,
    BEARD,
    BEARD_TOP,
    GLASSES,
    GLASSES_R,
    NECK,
    N_TRAITS
};

static const float traits[N_TRAITS][2] = {
    [SKIN] = {0, 1},
    [SKIN_RED] = {-0.04f, 0.05f},
    [HAIR] = {0, 4},
    [HAIR_LIGHT] = {0.75f, 1.25f},
    [BACK_HUE] = {0, 6},
    [BACK_LIGHT] = {0.25f, 0.85f},
    [BACK_SLOPE] = {-0.15f, 0.15f},
    [CLOTH_HUE] = {0, 6},
    [CLOTH_LIGHT] = {0.1f, 0.8f},
    [IRIS] = {0, 1},
    [LIP_RED] = {0.02f, 0.2f},
    [HEAD_W] = {0.44f, 0.6f},
    [HEAD_H] = {0.62f, 0.76f},
    [JAW] = {-0.3f, 0.05f},
    [CHEEK] = {0, 0.12f},
    [EAR] = {0.06f, 0.13f},
    [HAIR_W] = {1.02f, 1.3f},
    [HAIR_TOP] = {0.04f, 0.2f},
    [HAIR_DOWN] = {-0.4f, 0.9f},
    [HAIRLINE] = {-0.62f, -0.34f},
    [PARTING] = {-0.35f, 0.35f},
    [FRINGE] = {-0.5f, 0.6f},
    [EYE_X] = {0.18f, 0.28f},
    [EYE_Y] = {-0.14f, 0},
    [EYE_W] = {0.08f, 0.13f},
    [EYE_H] = {0.035f, 0.07f},
    [EYE_TILT] = {-0.3f, 0.3f},
    [IRIS_R] = {0.03f, 0.045f},
    [BROW_Y] = {0.1f, 0.18f},
    [BROW_W] = {0.1f, 0.17f},
    [BROW_H] = {0.015f, 0.045f},
    [BROW_TILT] = {-0.35f, 0.35f},
    [BROW_ARCH] = {0, 3},
    [NOSE_W] = {0.05f, 0.12f},
    [NOSE_Y] = {0.1f, 0.22f},
    [NOSE_DARK] = {0.1f, 0.3f},
    [MOUTH_Y] = {0.32f, 0.44f},
    [MOUTH_W] = {0.13f, 0.24f},
    [MOUTH_H] = {0.025f, 0.06f},
    [BEARD] = {-1.2f, 0.8f},
    [BEARD_TOP] = {0.2f, 0.5f},
    [GLASSES] = {-2, 1},
    [GLASSES_R] = {0.12f, 0.17f},
    [NECK] = {0.2f, 0.34f},
};
_Static_assert((int)N_TRAITS <= (int)MIEN_TRAITS,
               "portrait.h has room for all");

enum circumstance {
    SHIFT_X,
    SHIFT_Y,
    SCALE,
    ROTATION,
    TURN,
    NOD,
    LIGHT_X,
    LIGHT_Y,
    EXPOSURE,
    CONTRAST,
    WARMTH,
    SMILE,
    OPEN,
    BLINK,
    GAZE,
    SCENE,
    N_CIRCUMSTANCES
};

/* How far each goes to either side of 0. */
static const float circumstances[N_CIRCUMSTANCES] = {
    [SHIFT_X] = 0.075f, [SHIFT_Y] = 0.075f, [SCALE] = 0.075f,
    [ROTATION] = 0.12f, [TURN] = 0.09f,     [NOD] = 0.045f,
    [LIGHT_X] = 0.5f,   [LIGHT_Y] = 0.4f,   [EXPOSURE] = 0.09f,
    [CONTRAST] = 0.12f, [WARMTH] = 0.06f,   [SMILE] = 1.2f,
    [OPEN] = 0.035f,    [BLINK] = 0.4f,     [GAZE] = 0.025f,
    [SCENE] = 0.2f,
};
_Static_assert((int)N_CIRCUMSTANCES <= (int)MIEN_CIRCUMSTANCES,
               "so has it of these");

void mien_portrait_person(mien_portrait *p, mien_rng *rng) {
    for (int i = 0; i < N_TRAITS; i++)
        p->trait[i] = (float)mien_rng_range(rng, traits[i][0], traits[i][1]);
}

void mien_portrait_photo(mien_portrait *p, mien_rng *rng, float range) {
    for (int i = 0; i < N_CIRCUMSTANCES; i++)
        p->circumstance[i] =
            range * circumstances[i] * (float)mien_rng_range(rng, -1, 1);
}

/* ---- tones ------------------------------------------------------------ */

typedef struct tone {
    float r, g, b;
} tone;

static tone mix(tone a, tone b, float share) {
    return (tone){a.r + share * (b.r - a.r), a.g + share * (b.g - a.g),
                  a.b + share * (b.b - a.b)};
}

static tone times(tone a, float by) {
    return (tone){a.r * by, a.g * by, a.b * by};
}

/* A muted colour around the wheel, 0..6. */
static tone hue(float h, float light) {
    const float wave = 1.0471976f; /* a sixth of a turn */
    return (tone){light * (0.85f + 0.25f * cosf(wave * h)),
                  light * (0.85f + 0.25f * cosf(wave * (h - 2))),
                  light * (0.85f + 0.25f * cosf(wave * (h - 4)))};
}

static tone hair_tone(const float *t) {
    static const tone steps[] = {{0.08f, 0.06f, 0.05f},
                                 {0.27f, 0.16f, 0.09f},
                                 {0.52f, 0.26f, 0.12f},
                                 {0.78f, 0.62f, 0.36f},
                                 {0.66f, 0.66f, 0.66f}};
    const int i = t[HAIR] < 3 ? (int)t[HAIR] : 3;
    return times(mix(steps[i], steps[i + 1], t[HAIR] - (float)i),
                 t[HAIR_LIGHT]);
}

static tone skin_tone(const float *t) {
    const tone light = {0.95f, 0.8f, 0.7f}, dark = {0.4f, 0.26f, 0.18f};
    tone skin = mix(light, dark, t[SKIN]);
    skin.r += t[SKIN_RED];
    return skin;
}

/* ---- shapes ----------------------------------------------------------- */

/* What is drawn: the tones of a person and the place that is looked at. */
typedef struct canvas {
    const float *t, *c; /* traits, circumstances */
    tone skin, hair, back, cloth;
    float soft; /* over which an edge fades, in the frame of the head */
    float x, y; /* in that frame */
    tone at;    /* what is there so far */
} canvas;

static float clamp01(float x) { return x < 0 ? 0 : x > 1 ? 1 : x; }

/* How much of the pixel lies inside, `away` from the edge. */
static float cover(const canvas *k, float away) {
    return clamp01(0.5f - away / k->soft);
}

/* About how far (x, y) is outside an ellipse around 0. */
static float ellipse(float x, float y, float a, float b) {
    const float r = sqrtf(x * x / (a * a) + y * y / (b * b));
    return (r - 1) * (a < b ? a : b);
}

static void paint(canvas *k, tone with, float share) {
    k->at = mix(k->at, with, clamp01(share));
}

static void paint_behind(canvas *k) {
    const float *t = k->t;
    const float slope = t[BACK_SLOPE] + k->c[SCENE] * 0.4f;
    k->at = times(k->back, 1 + slope * k->x + k->c[SCENE] * k->y);
    const float w = t[HEAD_W] * t[HAIR_W], top = t[HEAD_H] + t[HAIR_TOP];
    const float down = t[HAIR_DOWN];
    const float cap = ellipse(k->x, k->y, w, top);
    const float fall = fmaxf(fabsf(k->x) - w, fmaxf(-k->y, k->y - down));
    paint(k, k->hair, fmaxf(cover(k, fmaxf(cap, k->y - down)), cover(k, fall)));
    paint(k, times(k->skin, 0.8f),
          cover(k, fmaxf(fabsf(k->x) - t[NECK], -k->y)));
    paint(k, k->cloth, cover(k, ellipse(k->x, k->y - 1.35f, 0.95f, 0.5f)));
}

/* The ellipsoid of the head, its light from where the photo says. */
static void paint_head(canvas *k) {
    const float *t = k->t;
    const float narrow = 1 + t[JAW] * clamp01(k->y / t[HEAD_H]) +
                         t[CHEEK] * (1 - fabsf(k->y - 0.1f));
    const float w = t[HEAD_W] * narrow;
    const float ear = ellipse(fabsf(k->x) - t[HEAD_W], k->y - t[EYE_Y] - 0.06f,
                              t[EAR] * 0.6f, t[EAR]);
    paint(k, times(k->skin, 0.85f), cover(k, ear));
    const float nx = k->x / w, ny = k->y / t[HEAD_H];
    const float nz = sqrtf(fmaxf(0, 1 - nx * nx - ny * ny));
    const float light =
        0.78f + 0.25f * nz + 0.3f * (nx * k->c[LIGHT_X] + ny * k->c[LIGHT_Y]);
    paint(k, times(k->skin, light),
          cover(k, ellipse(k->x, k->y, w, t[HEAD_H])));
    const float beard = fmaxf(ellipse(k->x, k->y, w, t[HEAD_H]),
                              t[BEARD_TOP] - k->y - 0.3f * k->x * k->x);
    paint(k, times(k->hair, light), t[BEARD] * cover(k, beard));
}

/* Of what lies on the face, x is counted from where the head has turned to. */
static void paint_nose_and_mouth(canvas *k, float x, float y) {
    const float *t = k->t;
    const float side = x - 0.5f * t[NOSE_W] * (k->c[LIGHT_X] > 0 ? -1 : 1);
    const float bridge =
        ellipse(side, y - 0.4f * t[NOSE_Y], 0.035f, 0.75f * t[NOSE_Y] + 0.05f);
    paint(k, times(k->at, 0.75f), t[NOSE_DARK] * 2 * cover(k, bridge));
    const float tip = ellipse(x, y - t[NOSE_Y], t[NOSE_W], 0.03f);
    paint(k, times(k->skin, 0.5f), 3 * t[NOSE_DARK] * cover(k, tip));
    const float bent = y - t[MOUTH_Y] + k->c[SMILE] * (x * x - 0.02f);
    const float open = fmaxf(0, k->c[OPEN]);
    const float lips = ellipse(x, bent, t[MOUTH_W], t[MOUTH_H] + open);
    tone lip = times(k->skin, 0.72f);
    lip.r += t[LIP_RED];
    paint(k, lip, cover(k, lips));
    const tone dark = {0.2f, 0.08f, 0.08f};
    paint(k, dark,
          0.8f * cover(k, ellipse(x, bent, 0.85f * t[MOUTH_W],
                                  0.012f + 0.6f * open)));
}

/* One eye; x counts from its middle outwards. */
static void paint_eye(canvas *k, float x, float y, float gaze) {
    const float *t = k->t;
    const tone white = {0.93f, 0.93f, 0.92f}, black = {0.05f, 0.05f, 0.05f};
    const tone brown = {0.25f, 0.15f, 0.08f}, blue = {0.35f, 0.5f, 0.65f};
    const float h = t[EYE_H] * (1 - fmaxf(0, k->c[BLINK]));
    const float tilted = y + t[EYE_TILT] * x;
    const float lid = ellipse(x, tilted, t[EYE_W] * 1.15f, h + 0.02f);
    paint(k, times(k->skin, 0.55f), 0.7f * cover(k, lid));
    const float ball = ellipse(x, tilted, t[EYE_W], h);
    const float iris = ellipse(x - gaze, tilted, t[IRIS_R], t[IRIS_R]);
    paint(k, white, cover(k, ball));
    paint(k, mix(brown, blue, t[IRIS]), cover(k, fmaxf(ball, iris)));
    paint(k, black, cover(k, fmaxf(ball, iris + 0.6f * t[IRIS_R])));
    const float over = y + t[BROW_Y] + t[BROW_TILT] * x + t[BROW_ARCH] * x * x;
    paint(k, times(k->hair, 0.7f),
          0.9f * cover(k, ellipse(x, over, t[BROW_W], t[BROW_H])));
    const float ring = fabsf(ellipse(x, y, t[GLASSES_R], t[GLASSES_R] * 0.8f));
    paint(k, black, t[GLASSES] > 0 ? 0.9f * cover(k, ring - 0.012f) : 0);
}

static void paint_fringe(canvas *k) {
    const float *t = k->t;
    const float from = k->x - t[PARTING];
    const float line = t[HAIRLINE] * t[HEAD_H] / 0.7f - t[FRINGE] * from * from;
    const float cap =
        ellipse(k->x, k->y, t[HEAD_W] * t[HAIR_W], t[HEAD_H] + t[HAIR_TOP]);
    const float shine = 1 + 0.25f * k->c[LIGHT_X] * k->x;
    paint(k, times(k->hair, shine), cover(k, fmaxf(cap, k->y - line)));
}

static tone look(canvas *k) {
    paint_behind(k);
    paint_head(k);
    const float x = k->x - k->c[TURN], y = k->y - k->c[NOD];
    paint_nose_and_mouth(k, x, y);
    for (int side = -1; side <= 1; side += 2)
        paint_eye(k, (float)side * x - k->t[EYE_X], y - k->t[EYE_Y],
                  (float)side * k->c[GAZE]);
    paint_fringe(k);
    return k->at;
}

/* ---- the picture ------------------------------------------------------ */

/* Levels 0..1 as the camera gives them. */
static float expose(const float *c, float level, float tint) {
    return 0.5f + (level * (1 + tint * c[WARMTH]) - 0.5f) * (1 + c[CONTRAST]) +
           c[EXPOSURE];
}

static uint8_t store(float level) {
    return (uint8_t)(clamp01(level) * 255 + 0.5f);
}

static void place(canvas *k, int column, int row, int size) {
    const float *c = k->c;
    const float x = (2 * (float)column + 1) / (float)size - 1 - c[SHIFT_X];
    const float y = (2 * (float)row + 1) / (float)size - 1 - c[SHIFT_Y];
    const float scale = 1 / (1.05f + c[SCALE]);
    const float cosine = cosf(c[ROTATION]), sine = sinf(c[ROTATION]);
    k->x = scale * (cosine * x + sine * y);
    k->y = scale * (cosine * y - sine * x);
}

void mien_portrait_draw(mien_image *image, const mien_portrait *p, float noise,
                        mien_rng *rng) {
    const float *t = p->trait;
    canvas k = {.t = t,
                .c = p->circumstance,
                .skin = skin_tone(t),
                .hair = hair_tone(t),
                .back = hue(t[BACK_HUE], t[BACK_LIGHT]),
                .cloth = hue(t[CLOTH_HUE], t[CLOTH_LIGHT]),
                .soft = 3.0f / (float)image->width};
    for (int row = 0; row < image->height; row++)
        for (int column = 0; column < image->width; column++) {
            place(&k, column, row, image->width);
            const tone seen = look(&k);
            const float rgb[3] = {expose(k.c, seen.r, 1),
                                  expose(k.c, seen.g, 0),
                                  expose(k.c, seen.b, -1)};
            uint8_t *pixel = image->pixels + (size_t)row * image->stride +
                             (size_t)(column * image->channels);
            const float grey =
                0.299f * rgb[0] + 0.587f * rgb[1] + 0.114f * rgb[2];
            for (int i = 0; i < image->channels; i++)
                pixel[i] = store((image->channels == 1 ? grey : rgb[i]) +
                                 noise * (float)mien_rng_normal(rng));
        }
}
