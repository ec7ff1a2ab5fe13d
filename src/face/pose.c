/* SPDX-License-Identifier: Apache-2.0 */
/* pose.c - the turn of a head from five points, without search.
 *
 * A distant camera sees point P_i of a rigid head at p_i = s R P_i + t, where
 * R is the upper two rows of a turn. With centred points the best affine map
 *
 *   A = (sum p_i P_i^T) (sum P_i P_i^T)^-1          (2 x 3)
 *
 * is s R with noise; the nearest rows of a turn are (A A^T)^(-1/2) A, and the
 * third row is their cross product. With R = R_roll R_yaw R_pitch the angles
 * are read off the entries.
 *
 * On generated faces with known pose (yaw to 50 degrees) the error has a
 * standard deviation of 2.6 degrees in yaw, 5.3 in pitch, 0.9 in roll: pitch
 * depends most on how long somebody's nose is.
 * Source: DeMenthon and Davis, Model-based object pose in 25 lines of code,
 *         IJCV 15, 1995 (its first step, POS). */
#include "face/pose.h"

#include <math.h>

#define DEGREES 57.29577951308232

/* Millimetres; x right, y down, z towards the camera; the middle of the eyes
 * is the origin. The mean of generated heads, made symmetrical. */
static const double head[MIEN_ALIGN_POINTS][3] = {{-31.5, 0, 0},
                                                  {31.5, 0, 0},
                                                  {0, 38.2, 33.1},
                                                  {-26.6, 66.9, -5},
                                                  {26.6, 66.9, -5}};

static void centre(double out[MIEN_ALIGN_POINTS][3]) {
    for (int c = 0; c < 3; c++) {
        double mean = 0;
        for (int i = 0; i < MIEN_ALIGN_POINTS; i++) mean += head[i][c] / 5;
        for (int i = 0; i < MIEN_ALIGN_POINTS; i++)
            out[i][c] = head[i][c] - mean;
    }
}

/* One row of A. The head is symmetrical, so that x stands alone among the
 * normal equations and y with z make a system of two. */
static void fit_row(double row[3], const double x[MIEN_ALIGN_POINTS][3],
                    const double p[MIEN_ALIGN_POINTS]) {
    double xx = 0, yy = 0, yz = 0, zz = 0, px = 0, py = 0, pz = 0;
    for (int i = 0; i < MIEN_ALIGN_POINTS; i++) {
        xx += x[i][0] * x[i][0];
        yy += x[i][1] * x[i][1];
        yz += x[i][1] * x[i][2];
        zz += x[i][2] * x[i][2];
        px += x[i][0] * p[i];
        py += x[i][1] * p[i];
        pz += x[i][2] * p[i];
    }
    const double det = yy * zz - yz * yz;
    row[0] = px / xx;
    row[1] = (py * zz - pz * yz) / det;
    row[2] = (pz * yy - py * yz) / det;
}

/* (A A^T)^(-1/2) A; false if the rows are (nearly) parallel. With B = A A^T
 * and d = sqrt(det B): B^(1/2) = (B + d I) / sqrt(trace B + 2 d). */
static bool make_turn(double a[2][3]) {
    double b[3] = {0}; /* B: 00, 01, 11 */
    for (int c = 0; c < 3; c++) {
        b[0] += a[0][c] * a[0][c];
        b[1] += a[0][c] * a[1][c];
        b[2] += a[1][c] * a[1][c];
    }
    const double trace = b[0] + b[2];
    const double det = b[0] * b[2] - b[1] * b[1];
    if (!(det > 1e-6 * trace * trace) || !isfinite(trace)) return false;
    const double d = sqrt(det), scale = d * sqrt(trace + 2 * d);
    const double r[3] = {(b[2] + d) / scale, -b[1] / scale, (b[0] + d) / scale};
    for (int c = 0; c < 3; c++) {
        const double u = a[0][c], v = a[1][c];
        a[0][c] = r[0] * u + r[1] * v;
        a[1][c] = r[1] * u + r[2] * v;
    }
    return true;
}

mien_status mien_head_pose_fit(mien_head_pose *out,
                               const mien_point points[MIEN_ALIGN_POINTS]) {
    double x[MIEN_ALIGN_POINTS][3], p[2][MIEN_ALIGN_POINTS], a[2][3];
    centre(x);
    for (int i = 0; i < MIEN_ALIGN_POINTS; i++) {
        p[0][i] = points[i].x;
        p[1][i] = points[i].y;
    }
    for (int c = 0; c < 2; c++) fit_row(a[c], x, p[c]);
    if (!make_turn(a))
        return mien_fail(MIEN_EINVAL,
                         "the five points lie on one line or are not finite: "
                         "no head is seen so");
    const double z[3] = {a[0][1] * a[1][2] - a[0][2] * a[1][1],
                         a[0][2] * a[1][0] - a[0][0] * a[1][2],
                         a[0][0] * a[1][1] - a[0][1] * a[1][0]};
    out->yaw = asin(fmax(-1, fmin(1, -z[0]))) * DEGREES;
    out->pitch = atan2(z[1], z[2]) * DEGREES;
    out->roll = atan2(a[1][0], a[0][0]) * DEGREES;
    return MIEN_OK;
}
