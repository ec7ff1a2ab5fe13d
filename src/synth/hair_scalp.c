/* SPDX-License-Identifier: Apache-2.0 */
/* hair_scalp.c - the hairline, and the distance of the skin by direction. */
#include "synth/hair_scalp.h"

#include <string.h>

#include "synth/waves.h"

#define BEHIND     0.14f /* radians from the ear's canal to its middle */
#define ROW_HEIGHT 8.0f  /* mm, of a row below the centre */

/* Round the head by |u|: over the forehead, down the temple before the ear,
 * over the ear, down behind it, along the nape. */
static const float line_u[] = {0,   26,  42,  53,  61,  68,  76,
                               83,  90,  96,  106, 110, 114, 126,
                               134, 140, 150, 170, 200, 240};
static const float line_v[] = {68,  69, 67, 60, 51, 41, 31,  20,  7,   -10,
                               -14, 4,  33, 36, 26, 0,  -26, -46, -58, -62};
enum { LINE_POINTS = sizeof line_u / sizeof *line_u };

/* ---- the hairline ----------------------------------------------------- */

float mien_scalp_line(const mien_scalp *s, float u) {
    const float a = mien_clamp(u < 0 ? -u : u, 0, MIEN_CHART_BACK);
    int i = 1;
    while (i < LINE_POINTS - 1 && line_u[i] < a) i++;
    const float t = (a - line_u[i - 1]) / (line_u[i] - line_u[i - 1]);
    const float v = mien_mix(line_v[i - 1], line_v[i], t);
    const float uneven =
        mien_noise2(u * 0.07f, 0.5f, s->head->person->seed ^ 0x11u);
    return v + s->rise * mien_step(92, 40, a) +
           s->recede * mien_bell((a - 46) / 15) - s->peak * mien_bell(a / 11) +
           2.2f * uneven;
}

static float larger(float a, float b) { return a > b ? a : b; }

float mien_scalp_inside(const mien_scalp *s, float u, float v) {
    const float here = mien_scalp_line(s, u);
    const float slope =
        (mien_scalp_line(s, u + 1.5f) - mien_scalp_line(s, u - 1.5f)) / 3;
    /* Where the line is steep, what lies above all of it is far inside. */
    const float above = v - larger(here, larger(mien_scalp_line(s, u - 9),
                                                mien_scalp_line(s, u + 9)));
    return larger(above, (v - here) / sqrtf(1 + slope * slope));
}

/* ---- the table -------------------------------------------------------- */

/* Where p is in the table: row and column as real numbers; the distance. */
static float place(const mien_scalp *s, mien_vec p, float *row, float *column) {
    const mien_vec q = mien_sub(p, s->centre);
    const float flat = sqrtf(q.x * q.x + q.z * q.z);
    const float turn = mien_arctan2(q.x, q.z) / (2 * MIEN_PI);
    *column = (turn < 0 ? turn + 1 : turn) * MIEN_SCALP_ROUND;
    if (q.y < 0) {
        *row = MIEN_SCALP_LOW + q.y / ROW_HEIGHT;
        return flat;
    }
    *row = MIEN_SCALP_LOW +
           mien_arctan2(q.y, flat) * (MIEN_SCALP_HIGH / (0.5f * MIEN_PI));
    return sqrtf(flat * flat + q.y * q.y);
}

static void scatter(mien_scalp *s, mien_vec p) {
    float row, column;
    const float far = place(s, p, &row, &column);
    const int r = (int)(row + 0.5f);
    const int c = (int)(column + 0.5f) % MIEN_SCALP_ROUND;
    if (row < -0.5f || r >= MIEN_SCALP_ROWS) return;
    if (far > s->radius[r][c]) s->radius[r][c] = far;
}

/* Cells that no vertex fell into take what is beside and above them. */
static void fill_holes(mien_scalp *s) {
    for (int r = MIEN_SCALP_ROWS - 1; r >= 0; r--)
        for (int c = 0; c < MIEN_SCALP_ROUND; c++) {
            float *here = &s->radius[r][c];
            const int left = (c + MIEN_SCALP_ROUND - 1) % MIEN_SCALP_ROUND;
            const int right = (c + 1) % MIEN_SCALP_ROUND;
            if (*here > 0) continue;
            const float a = s->radius[r][left], b = s->radius[r][right];
            const float above =
                r + 1 < MIEN_SCALP_ROWS ? s->radius[r + 1][c] : 0;
            *here = a > 0 && b > 0 ? 0.5f * (a + b) : above > 0 ? above : a + b;
        }
}

/* An ear is a mesh of its own: widen the table about it. */
static void cover_ears(mien_scalp *s, float ears) {
    for (int side = 0; side < 2; side++) {
        const mien_vec ear = s->head->ear_canal[side];
        const mien_vec q = mien_sub(ear, s->centre);
        const float turn = mien_arctan2(q.x, q.z);
        for (int r = 0; r < MIEN_SCALP_ROWS; r++) {
            const float y =
                s->centre.y + (float)(r - MIEN_SCALP_LOW) * ROW_HEIGHT;
            const float tall = mien_bell((y - ear.y - 4) / 22);
            for (int c = 0; c < MIEN_SCALP_ROUND; c++) {
                float off = (float)c / MIEN_SCALP_ROUND * 2 * MIEN_PI - turn -
                            (side ? BEHIND : -BEHIND);
                off -= 2 * MIEN_PI * floorf(off / (2 * MIEN_PI) + 0.5f);
                s->radius[r][c] += ears * tall * mien_bell(off / 0.32f);
            }
        }
    }
}

void mien_scalp_of(mien_scalp *out, const mien_head *head, float ears) {
    const float *trait = head->person->trait;
    const float high = trait[MIEN_TRAIT_hairline];
    const float male = mien_step(-0.2f, 0.4f, trait[MIEN_TRAIT_sex]);
    memset(out, 0, sizeof *out);
    out->head = head;
    out->centre = (mien_vec){0, 30, -6};
    out->rise = 4.5f * high;
    const uint32_t seed = head->person->seed;
    const float corner = mien_hash_unit(seed, 1, 0x11),
                peak = mien_hash_unit(seed, 2, 0x11);
    out->recede = male * (2 + 7 * (high > 0 ? high : 0)) + 12 * corner - 6;
    out->peak = 7 * mien_clamp(2 * peak - 1, 0, 1);
    for (int r = 0; r < MIEN_HEAD_ROWS; r++)
        for (int c = 0; c < MIEN_HEAD_COLUMNS; c++)
            scatter(out, head->skin[r * MIEN_HEAD_COLUMNS + c]);
    fill_holes(out);
    if (ears > 0) cover_ears(out, ears);
}

float mien_scalp_radius(const mien_scalp *s, mien_vec p) {
    float row, column;
    place(s, p, &row, &column);
    row = mien_clamp(row, 0, MIEN_SCALP_ROWS - 1.001f);
    const int r = (int)row, c = (int)column % MIEN_SCALP_ROUND;
    const int d = (c + 1) % MIEN_SCALP_ROUND;
    const float t = column - floorf(column);
    return mien_mix(mien_mix(s->radius[r][c], s->radius[r][d], t),
                    mien_mix(s->radius[r + 1][c], s->radius[r + 1][d], t),
                    row - (float)r);
}

mien_vec mien_scalp_outward(const mien_scalp *s, mien_vec p) {
    mien_vec q = mien_sub(p, s->centre);
    if (q.y < 0) q.y = 0;
    return mien_unit(q);
}

mien_vec mien_scalp_lift(const mien_scalp *s, mien_vec p, float lift) {
    const mien_vec out = mien_scalp_outward(s, p);
    const float at = mien_dot(mien_sub(p, s->centre), out);
    return mien_along(p, out, mien_scalp_radius(s, p) + lift - at);
}

mien_vec mien_scalp_clear(const mien_scalp *s, mien_vec p, float lift) {
    const mien_vec out = mien_scalp_outward(s, p);
    const float at = mien_dot(mien_sub(p, s->centre), out);
    const float least = mien_scalp_radius(s, p) + lift;
    return at < least ? mien_along(p, out, least - at) : p;
}
