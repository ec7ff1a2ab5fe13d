/* SPDX-License-Identifier: Apache-2.0 */
/* vec.h - three floats: a place in millimetres, a direction, or a colour.
 *
 *   mien_vec n = mien_unit(mien_cross(b, a));
 *   mien_vec lit = mien_scale(colour, fmaxf(mien_dot(n, light), 0));
 *
 * x runs to the right of the picture, y up, z towards the viewer. Colours are
 * linear red, green, blue; 1 is white paper in full light. */
#ifndef MIEN_SYNTH_VEC_H
#define MIEN_SYNTH_VEC_H

#include <math.h>

typedef struct mien_vec {
    float x, y, z;
} mien_vec;

/* Rows of a rotation: row r of the result is dot(row[r], v). */
typedef struct mien_turn {
    mien_vec row[3];
} mien_turn;

static inline mien_vec mien_vec_of(float x, float y, float z) {
    return (mien_vec){x, y, z};
}
static inline mien_vec mien_add(mien_vec a, mien_vec b) {
    return (mien_vec){a.x + b.x, a.y + b.y, a.z + b.z};
}
static inline mien_vec mien_sub(mien_vec a, mien_vec b) {
    return (mien_vec){a.x - b.x, a.y - b.y, a.z - b.z};
}
static inline mien_vec mien_mul(mien_vec a, mien_vec b) { /* by component */
    return (mien_vec){a.x * b.x, a.y * b.y, a.z * b.z};
}
static inline mien_vec mien_scale(mien_vec a, float s) {
    return (mien_vec){a.x * s, a.y * s, a.z * s};
}
/* a + s b */
static inline mien_vec mien_along(mien_vec a, mien_vec b, float s) {
    return (mien_vec){a.x + s * b.x, a.y + s * b.y, a.z + s * b.z};
}
/* a at t = 0, b at t = 1 */
static inline mien_vec mien_blend(mien_vec a, mien_vec b, float t) {
    return (mien_vec){a.x + t * (b.x - a.x), a.y + t * (b.y - a.y),
                      a.z + t * (b.z - a.z)};
}
static inline float mien_dot(mien_vec a, mien_vec b) {
    return a.x * b.x + a.y * b.y + a.z * b.z;
}
static inline mien_vec mien_cross(mien_vec a, mien_vec b) {
    return (mien_vec){a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z,
                      a.x * b.y - a.y * b.x};
}
static inline float mien_length(mien_vec a) { return sqrtf(mien_dot(a, a)); }
/* The zero vector stays what it is. */
static inline mien_vec mien_unit(mien_vec a) {
    float length = mien_length(a);
    return length > 0 ? mien_scale(a, 1 / length) : a;
}
static inline mien_vec mien_turned(const mien_turn *t, mien_vec v) {
    return (mien_vec){mien_dot(t->row[0], v), mien_dot(t->row[1], v),
                      mien_dot(t->row[2], v)};
}

#endif
