/* SPDX-License-Identifier: Apache-2.0 */
/* paint.c - brushes for backdrops. */
#include "synth/paint.h"

enum { LATTICE = 512 }; /* most columns of a wash */

float mien_paint_side(const mien_frame *frame) {
    return 0.5f * (float)frame->width / (float)frame->height;
}

static float place_x(const mien_frame *frame, int column) {
    return ((float)column + 0.5f - 0.5f * (float)frame->width) /
           (float)frame->height;
}

static float place_y(const mien_frame *frame, int row) {
    return 1 - ((float)row + 0.5f) / (float)frame->height;
}

/* ---- washes ---------------------------------------------------------------
 */

static void blend(mien_vec *pixel, mien_vec value, mien_mode mode) {
    if (mode == MIEN_PAINT_TIMES)
        *pixel = mien_mul(*pixel, value);
    else if (mode == MIEN_PAINT_PLUS)
        *pixel = mien_add(*pixel, value);
    else
        *pixel = value;
}

/* Row `r` of the lattice, `step` pixels apart. */
static void wash_row(mien_vec *row, const mien_frame *frame,
                     const mien_wash *wash, int step, int r) {
    float y = place_y(frame, r * step);
    int columns = (frame->width - 1) / step + 2;
    for (int c = 0; c < columns; c++)
        row[c] = wash->tint(wash->what, place_x(frame, c * step), y);
}

/* A row of pixels between two rows of the lattice. */
static void wash_between(mien_vec *pixels, int width, const mien_vec *row[2],
                         float down, const mien_wash *wash, int step) {
    float share = 1 / (float)step;
    for (int c = 0, start = 0; start < width; c++, start += step) {
        mien_vec a = mien_blend(row[0][c], row[1][c], down);
        mien_vec b = mien_blend(row[0][c + 1], row[1][c + 1], down);
        mien_vec slope = mien_scale(mien_sub(b, a), share);
        int end = start + step < width ? start + step : width;
        for (int x = start; x < end; x++) {
            blend(&pixels[x], a, wash->mode);
            a = mien_add(a, slope);
        }
    }
}

static void wash_pixels(mien_frame *frame, const mien_wash *wash) {
    for (int r = 0; r < frame->height; r++)
        for (int c = 0; c < frame->width; c++)
            blend(&frame->light[(size_t)r * frame->width + c],
                  wash->tint(wash->what, place_x(frame, c), place_y(frame, r)),
                  wash->mode);
}

void mien_paint_wash(mien_frame *frame, mien_wash wash) {
    int step = wash.cells > 0 ? frame->height / wash.cells : 1;
    if (step < 2 && (wash.cells == 0 || frame->width <= LATTICE - 2)) {
        wash_pixels(frame, &wash);
        return;
    }
    int least = frame->width / (LATTICE - 2) + 1;
    if (step < least) step = least;
    mien_vec rows[2][LATTICE];
    wash_row(rows[0], frame, &wash, step, 0);
    for (int r = 0; r * step < frame->height; r++) {
        const mien_vec *pair[2] = {rows[r & 1], rows[(r + 1) & 1]};
        wash_row(rows[(r + 1) & 1], frame, &wash, step, r + 1);
        for (int y = r * step; y < (r + 1) * step && y < frame->height; y++)
            wash_between(frame->light + (size_t)y * frame->width, frame->width,
                         pair, (float)(y - r * step) / (float)step, &wash,
                         step);
    }
}

/* ---- shapes ---------------------------------------------------------------
 */

/* The pixels that a box touches, as a range of each axis; false: none. */
typedef struct range {
    int left, top, right, bottom;
} range;

static int whole(float x, int least, int most) {
    return (int)mien_clamp(floorf(x), (float)least, (float)most);
}

static bool touched(range *out, const mien_frame *frame, mien_box box,
                    float soft) {
    float h = (float)frame->height, half = 0.5f * (float)frame->width;
    *out = (range){whole((box.left - soft) * h + half, 0, frame->width),
                   whole((1 - box.top - soft) * h, 0, frame->height),
                   whole((box.right + soft) * h + half + 1, 0, frame->width),
                   whole((1 - box.bottom + soft) * h + 1, 0, frame->height)};
    return out->left < out->right && out->top < out->bottom;
}

/* Edges no sharper than a pixel. */
static float edge_of(const mien_frame *frame, float soft) {
    float pixel = 1 / (float)frame->height;
    return soft > pixel ? soft : pixel;
}

/* How far into [low, high] is x, 0 to 1, with edges of breadth 1 / sharp. */
static float inside(float x, float low, float high, float sharp) {
    float a = (x - low) * sharp + 0.5f, b = (high - x) * sharp + 0.5f;
    return mien_clamp(a, 0, 1) * mien_clamp(b, 0, 1);
}

static void cover(mien_vec *pixel, mien_vec colour, float share) {
    *pixel = mien_blend(*pixel, colour, share);
}

void mien_paint_box(mien_frame *frame, mien_box box, mien_brush brush) {
    float soft = edge_of(frame, brush.soft), sharp = 1 / soft;
    range area;
    if (!touched(&area, frame, box, soft)) return;
    for (int r = area.top; r < area.bottom; r++) {
        mien_vec *row = frame->light + (size_t)r * frame->width;
        float part =
            brush.cover * inside(place_y(frame, r), box.bottom, box.top, sharp);
        if (part <= 0) continue;
        for (int c = area.left; c < area.right; c++)
            cover(&row[c], brush.colour,
                  part * inside(place_x(frame, c), box.left, box.right, sharp));
    }
}

void mien_paint_disc(mien_frame *frame, mien_disc disc, mien_brush brush) {
    float soft = edge_of(frame, brush.soft);
    mien_box box = {disc.x - disc.across, disc.y - disc.up,
                    disc.x + disc.across, disc.y + disc.up};
    range area;
    if (!touched(&area, frame, box, soft)) return;
    float least = disc.across < disc.up ? disc.across : disc.up;
    float sharp = least / soft;
    for (int r = area.top; r < area.bottom; r++) {
        mien_vec *row = frame->light + (size_t)r * frame->width;
        float v = (place_y(frame, r) - disc.y) / disc.up;
        for (int c = area.left; c < area.right; c++) {
            float u = (place_x(frame, c) - disc.x) / disc.across;
            float part = (1 - sqrtf(u * u + v * v)) * sharp + 0.5f;
            if (part <= 0) continue;
            part = brush.cover * (part < 1 ? part : 1);
            if (disc.plus)
                row[c] = mien_along(row[c], brush.colour, part);
            else
                cover(&row[c], brush.colour, part);
        }
    }
}

/* Lines a x + b y + c, in units of the edge, positive inside. */
static void lines_of(float line[4][3], const float corner[4][2], float soft) {
    for (int i = 0; i < 4; i++) {
        const float *p = corner[i], *q = corner[(i + 1) & 3];
        float a = p[1] - q[1], b = q[0] - p[0];
        float length = sqrtf(a * a + b * b);
        float scale = length > 0 ? 1 / (length * soft) : 0;
        line[i][0] = a * scale;
        line[i][1] = b * scale;
        line[i][2] = -(a * p[0] + b * p[1]) * scale + 0.5f;
    }
}

static mien_box box_of(const float corner[4][2]) {
    mien_box box = {corner[0][0], corner[0][1], corner[0][0], corner[0][1]};
    for (int i = 1; i < 4; i++) {
        box.left = fminf(box.left, corner[i][0]);
        box.right = fmaxf(box.right, corner[i][0]);
        box.bottom = fminf(box.bottom, corner[i][1]);
        box.top = fmaxf(box.top, corner[i][1]);
    }
    return box;
}

void mien_paint_quad(mien_frame *frame, const float corner[4][2],
                     mien_brush brush) {
    float line[4][3], soft = edge_of(frame, brush.soft);
    range area;
    if (!touched(&area, frame, box_of(corner), soft)) return;
    lines_of(line, corner, soft);
    for (int r = area.top; r < area.bottom; r++) {
        mien_vec *row = frame->light + (size_t)r * frame->width;
        float y = place_y(frame, r);
        for (int c = area.left; c < area.right; c++) {
            float x = place_x(frame, c), part = 1;
            for (int i = 0; i < 4; i++) {
                float in = line[i][0] * x + line[i][1] * y + line[i][2];
                if (in < part) part = in;
            }
            if (part > 0) cover(&row[c], brush.colour, brush.cover * part);
        }
    }
}

void mien_paint_stroke(mien_frame *frame, mien_stroke s, mien_brush brush) {
    float dx = s.x1 - s.x0, dy = s.y1 - s.y0;
    float length = sqrtf(dx * dx + dy * dy);
    if (length <= 0) return;
    float nx = -dy / length * 0.5f * s.breadth;
    float ny = dx / length * 0.5f * s.breadth;
    const float corner[4][2] = {{s.x0 - nx, s.y0 - ny},
                                {s.x1 - nx, s.y1 - ny},
                                {s.x1 + nx, s.y1 + ny},
                                {s.x0 + nx, s.y0 + ny}};
    mien_paint_quad(frame, corner, brush);
}

void mien_paint_below(mien_frame *frame, mien_skyline height, const void *what,
                      mien_brush brush) {
    float soft = edge_of(frame, brush.soft), sharp = 1 / soft;
    for (int c = 0; c < frame->width; c++) {
        float top = height(what, place_x(frame, c));
        int first =
            whole((1 - top - soft) * (float)frame->height, 0, frame->height);
        for (int r = first; r < frame->height; r++) {
            float part = (top - place_y(frame, r)) * sharp + 0.5f;
            cover(&frame->light[(size_t)r * frame->width + c], brush.colour,
                  brush.cover * mien_clamp(part, 0, 1));
        }
    }
}

/* ---- light and grain ------------------------------------------------------
 */

static mien_vec fall_tint(const void *what, float x, float y) {
    const mien_fall *fall = what;
    float dx = (x - fall->x) / fall->reach, dy = (y - fall->y) / fall->reach;
    float t = mien_mix(1, fall->far, mien_step(0, 1, sqrtf(dx * dx + dy * dy)));
    return mien_vec_of(t, t, t);
}

void mien_paint_fall(mien_frame *frame, mien_fall fall) {
    mien_paint_wash(frame, (mien_wash){.tint = fall_tint,
                                       .what = &fall,
                                       .cells = 24,
                                       .mode = MIEN_PAINT_TIMES});
}

static mien_vec grain_tint(const void *what, float x, float y) {
    const mien_grain *grain = what;
    float scale = 1 / grain->patch;
    float t =
        1 + grain->depth * mien_fractal2(x * scale, y * scale, 2, grain->seed);
    t = t > 0.05f ? t : 0.05f;
    return mien_vec_of(t, t, t);
}

void mien_paint_grain(mien_frame *frame, mien_grain grain) {
    float cells = mien_clamp(5 / grain.patch, 8, 128);
    mien_paint_wash(frame, (mien_wash){.tint = grain_tint,
                                       .what = &grain,
                                       .cells = (int)cells,
                                       .mode = MIEN_PAINT_TIMES});
}

/* ---- chance ---------------------------------------------------------------
 */

float mien_chance(uint32_t seed, uint32_t choice, float low, float high) {
    return mien_mix(low, high, mien_hash_unit(seed, choice, 0x9e37u));
}

int mien_chance_of(uint32_t seed, uint32_t choice, int n) {
    return (int)(mien_hash(seed, choice, 0x7f4au) % (uint32_t)n);
}

mien_vec mien_chance_vary(mien_vec colour, uint32_t seed, uint32_t choice,
                          float much) {
    float light = 1 + mien_chance(seed, choice, -much, much);
    float warm = mien_chance(seed, choice ^ 0x5bd1u, -much, much) * 0.3f;
    return mien_vec_of(colour.x * light * (1 + warm), colour.y * light,
                       colour.z * light * (1 - warm));
}

static float linear_of(uint32_t byte) {
    float x = (float)byte / 255;
    return x <= 0.04045f ? x / 12.92f : mien_power((x + 0.055f) / 1.055f, 2.4f);
}

mien_vec mien_srgb(uint32_t rgb) {
    return mien_vec_of(linear_of(rgb >> 16 & 255), linear_of(rgb >> 8 & 255),
                       linear_of(rgb & 255));
}
