/* SPDX-License-Identifier: Apache-2.0 */
/* head_base.c - skull, face and neck without features: a closed smooth shape.
 *
 * Each row of the chart is a curve about the head, given by where its front,
 * side and back are; between them radius r(a) at azimuth a mixes an ellipse
 * and a fourth-power oval by its squareness k:
 *
 *   1 / r^2 = s^2 + c^2,  1 / r'^4 = s^4 + c^4,  s = sin a / W, c = cos a / F
 *
 * Below the line of the jaw the skin goes over to a second shape of the same
 * kind, the neck. */
#include "synth/head_form.h"

/* A row of the mean: height, z of front, side and back, half breadth,
 * squareness of front and back. */
typedef struct slice {
    float v, y, front, wide, side, back, square, square_back;
} slice;

static const slice skull[] = {
    {-190, -186, 60, 40, 15, -66, 0, 0},
    {-150, -150, 66, 43, 15, -66, 0, 0},
    {-125, -126, 76, 36, 18, -68, 0, 0},
    {-112, -112.5f, 85.5f, 39, 17, -69, 0, 0},
    {-103, -103, 88.5f, 44.5f, 14, -70, 0.02f, 0},
    {-91, -91, 86, 50.5f, 12, -72, 0.06f, 0},
    {-80, -80, 88.5f, 55, 9, -74, 0.1f, 0},
    {-71, -71, 89.5f, 58, 7, -76, 0.15f, 0},
    {-62, -62, 90, 60.5f, 5, -79, 0.22f, 0},
    {-53, -53, 88, 62.5f, 4, -83, 0.28f, 0},
    {-40, -40, 86, 65, 1, -88, 0.36f, 0.05f},
    {-28, -28, 85.5f, 67.5f, -2, -92, 0.42f, 0.08f},
    {-15, -15, 86, 69.5f, -4, -95, 0.46f, 0.1f},
    {0, 0, 86.4f, 71, -7, -98, 0.5f, 0.1f},
    {10, 10, 90, 72.5f, -9, -99.5f, 0.5f, 0.1f},
    {20, 20, 93, 74, -11, -100, 0.46f, 0.1f},
    {30, 29.5f, 94, 75.2f, -13, -100, 0.4f, 0.1f},
    {42, 41, 93.5f, 76, -14, -99.5f, 0.32f, 0.1f},
    {55, 53.5f, 90.5f, 76, -15, -97.5f, 0.25f, 0.1f},
    {68, 66.5f, 85, 74.5f, -15, -93.5f, 0.2f, 0.08f},
    {80, 78, 78, 71.5f, -15, -88.5f, 0.15f, 0.05f},
    {93, 90, 69, 66.5f, -14, -82, 0.1f, 0.04f},
    {107, 102, 57.5f, 59, -13, -73, 0.08f, 0},
    {120, 111, 44.5f, 49.5f, -12, -62.5f, 0.05f, 0},
    {135, 118.6f, 28.5f, 36, -11, -48, 0, 0},
    {150, 123.3f, 10, 19, -10, -29.5f, 0, 0},
    {165, 125, -10, 0, -10, -10, 0, 0},
};
static const slice neck[] = {
    {-190, -176, 33, 60, -24, -84, 0.1f, 0.1f},
    {-170, -160, 35, 53, -20, -79, 0.1f, 0.1f},
    {-150, -142, 36, 48, -17, -76, 0.1f, 0.1f},
    {-130, -128, 37, 46.5f, -14, -74, 0.1f, 0.1f},
    {-110, -113, 39, 46.5f, -13, -74, 0.1f, 0.1f},
    {-80, -86, 46, 49.5f, -13, -76, 0.1f, 0.1f},
    {-40, -45, 50, 56, -13, -84, 0.1f, 0.1f},
};
enum {
    SKULLS = sizeof skull / sizeof skull[0],
    NECKS = sizeof neck / sizeof neck[0]
};

/* v of the lower edge of the jaw, over |u|. */
static const float jaw_line[][2] = {
    {0, -114}, {20, -113}, {40, -108}, {60, -98},  {76, -86},
    {90, -72}, {104, -52}, {118, -38}, {150, -45}, {240, -50}};

static float field(const slice *s, int which) {
    const float all[] = {s->y,    s->front,  s->wide,       s->side,
                         s->back, s->square, s->square_back};
    return all[which];
}

static slice slice_at(const slice *table, int n, float v) {
    float value[7];
    int i = 0;
    v = mien_clamp(v, table[0].v, table[n - 1].v);
    while (i < n - 2 && v > table[i + 1].v) i++;
    int a = i > 0 ? i - 1 : 0, b = i + 2 < n ? i + 2 : n - 1;
    for (int k = 0; k < 7; k++) {
        const float key[4][2] = {
            {table[a].v - (a == i), field(&table[a], k)},
            {table[i].v, field(&table[i], k)},
            {table[i + 1].v, field(&table[i + 1], k)},
            {table[b].v + (b == i + 1), field(&table[b], k)}};
        value[k] = mien_form_curve(key, 4, v);
    }
    return (slice){v,        value[0], value[1], value[2],
                   value[3], value[4], value[5], value[6]};
}

/* Offsets of height by the traits: y of root, base of the nose, lips, chin,
 * crown are where they say. */
static float height(const mien_form *f, float v, float y) {
    float base = 51 - MIEN_AMOUNT(f, nose_length);
    float chin = 119 - MIEN_AMOUNT(f, face_length);
    float lips = base + 0.3f * (chin - base) + MIEN_AMOUNT(f, mouth_height) -
                 0.6f * MIEN_NORMAL(f, chin_height);
    float crown = MIEN_AMOUNT(f, head_height) - 125;
    const float key[][2] = {{-190, 0.6f * chin}, {-150, 0.9f * chin},
                            {-114, chin},        {-71, lips + 4},
                            {-53, base + 3.5f},  {-20, 0.35f * base + 2},
                            {0, 1.5f},           {20, 0},
                            {68, 0.55f * crown}, {165, crown}};
    return y + mien_form_curve(key, sizeof key / sizeof key[0], v);
}

static void suit_skull(const mien_form *f, slice *s) {
    float v = s->v;
    float face = MIEN_AMOUNT(f, face_breadth) / 137;
    float jaw = MIEN_AMOUNT(f, jaw_breadth) / 113;
    float upper = MIEN_AMOUNT(f, head_breadth) / 152;
    const float key[][2] = {{-125, 0.3f * face + 0.7f * jaw},
                            {-75, jaw},
                            {-50, 0.5f * (face + jaw)},
                            {-18, face},
                            {5, 0.7f * face + 0.3f * upper},
                            {40, upper},
                            {165, upper}};
    s->wide *= mien_form_curve(key, sizeof key / sizeof key[0], v);
    float longer = MIEN_AMOUNT(f, head_length) - 193;
    s->back -= 0.75f * longer * mien_step(-130, 10, v) * mien_step(165, 100, v);
    s->side -= 0.3f * longer * mien_step(-20, 40, v) * mien_step(165, 100, v);
    s->front += 0.25f * longer * mien_step(0, 40, v) * mien_step(165, 60, v);
    float slope = MIEN_NORMAL(f, forehead_slope);
    s->front -= 4 * slope * mien_step(15, 75, v) * mien_step(165, 80, v);
    s->front +=
        1.5f * MIEN_NORMAL(f, forehead_round) * mien_bell((v - 48) / 20);
    s->square += 0.08f * MIEN_NORMAL(f, face_flat) * mien_step(-80, -20, v) *
                 mien_step(40, 10, v);
    s->square +=
        0.05f * MIEN_NORMAL(f, forehead_breadth) * mien_bell((v - 40) / 25);
    s->square = mien_clamp(s->square, 0, 0.9f);
    s->y = height(f, v, s->y);
}

static void suit_neck(const mien_form *f, slice *s) {
    float wide =
        MIEN_AMOUNT(f, neck_breadth) / 112 + 0.04f * MIEN_AMOUNT(f, sex);
    float jaw = MIEN_AMOUNT(f, jaw_breadth) / 113 - 1;
    s->wide *= wide + 0.5f * jaw * mien_step(-150, -100, s->v);
    s->front += 20 * (wide - 1) + 1.2f * MIEN_NORMAL(f, weight);
    s->back -= 30 * (wide - 1);
    s->y = height(f, s->v, s->y);
}

/* Azimuth of the column at |u|: about u / radius in front, a quarter turn at
 * the ear, half a turn at the back. */
static float azimuth(const slice *s, float out) {
    if (out >= MIEN_CHART_EAR_U)
        return MIEN_PI * 0.5f *
               (1 + (out - MIEN_CHART_EAR_U) /
                        (MIEN_CHART_BACK - MIEN_CHART_EAR_U));
    float t = out / MIEN_CHART_EAR_U;
    float depth = fmaxf(s->front - s->side, 40);
    float a = MIEN_CHART_EAR_U / depth; /* slopes at both ends */
    float b = 0.5f * MIEN_PI * MIEN_CHART_EAR_U /
              (MIEN_CHART_BACK - MIEN_CHART_EAR_U);
    float d = 0.5f * MIEN_PI;
    return t * (a + t * (3 * d - 2 * a - b + t * (a + b - 2 * d)));
}

static mien_vec round_slice(const slice *s, float out) {
    float angle = azimuth(s, out);
    float sine = mien_sine(angle), cosine = mien_cosine(angle);
    bool front = cosine > 0;
    float deep = fmaxf(front ? s->front - s->side : s->side - s->back, 0.01f);
    float a = sine / fmaxf(s->wide, 0.01f), b = cosine / deep;
    a *= a;
    b *= b;
    float r2 = 1 / sqrtf(a + b), r4 = 1 / sqrtf(sqrtf(a * a + b * b));
    float k = s->square_back +
              (s->square - s->square_back) * mien_step(-0.5f, 0.5f, cosine);
    float r = mien_mix(r2, r4, k);
    return mien_vec_of(r * sine, s->y, s->side + r * cosine);
}

void mien_form_base(const mien_form *f) {
    float line[MIEN_FORM_SIDE + 1];
    float drop = 2.5f * MIEN_NORMAL(f, jaw_depth);
    for (int k = 0; k <= MIEN_FORM_SIDE; k++) {
        float out = -f->head->column_u[MIEN_FORM_MIDDLE - k];
        line[k] = mien_form_curve(jaw_line,
                                  sizeof jaw_line / sizeof jaw_line[0], out) -
                  drop * mien_bell((out - 80) / 20);
    }
    for (int r = 0; r < MIEN_HEAD_ROWS; r++) {
        float v = f->head->row_v[r];
        slice high = slice_at(skull, SKULLS, v);
        slice low = slice_at(neck, NECKS, v);
        suit_skull(f, &high);
        suit_neck(f, &low);
        for (int k = 0; k <= MIEN_FORM_SIDE; k++) {
            float out = -f->head->column_u[MIEN_FORM_MIDDLE - k];
            float soft = mien_step(30, 110, out);
            float below =
                mien_step(line[k] + 2 + 5 * soft, line[k] - 9 - 7 * soft, v);
            mien_vec p =
                below < 1 ? round_slice(&high, out) : mien_vec_of(0, 0, 0);
            if (below > 0) p = mien_blend(p, round_slice(&low, out), below);
            *mien_form_skin(f, r, mien_form_column(k, 1)) = p;
            p.x = -p.x;
            *mien_form_skin(f, r, mien_form_column(k, -1)) = p;
        }
    }
}
