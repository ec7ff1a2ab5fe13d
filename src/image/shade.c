/* SPDX-License-Identifier: Apache-2.0 */
/* shade.c - one number as a colour.
 *
 * A path through Oklab, whose distances are those that eyes see:
 *
 *   L = .27 + .67 t     h = 300 - 195 t degrees     C = .11 - .02 sin(pi t)
 *
 * then back to linear light and to sRGB. With that chroma nothing leaves what a
 * screen can show. */
#include <math.h>

#include "image/chart.h"

static double encode(double light) {
    const double x = fmin(fmax(light, 0), 1);
    return x <= 0.0031308 ? 12.92 * x : 1.055 * pow(x, 1 / 2.4) - 0.055;
}

static double cube(double x) { return x * x * x; }

mien_paint mien_shade(double share) {
    const double t = share > 0 ? fmin(share, 1) : 0, pi = acos(-1);
    const double L = 0.27 + 0.67 * t, C = 0.11 - 0.02 * sin(pi * t);
    const double h = (300 - 195 * t) * pi / 180;
    const double a = C * cos(h), b = C * sin(h);
    const double l = cube(L + 0.3963377774 * a + 0.2158037573 * b);
    const double m = cube(L - 0.1055613458 * a - 0.0638541728 * b);
    const double s = cube(L - 0.0894841775 * a - 1.2914855480 * b);
    return (mien_paint){
        encode(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
        encode(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
        encode(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s), 1};
}
