# SPDX-License-Identifier: Apache-2.0
# landmarks_boxes.awk - 49 points a face to a list of boxes with five points.
#
#   awk -v size=128 -f tools/landmarks_boxes.awk points.csv > boxes.txt
#
# points.csv: file, age, x0, y0, ... x48, y48 of photos of size x size pixels.
# The eyes are the means of points 19-24 and 25-30, the tip of the nose 13, the
# corners of the mouth 31 and 37. The box reaches from the hairline to the
# chin: from the middle of the eyes, with v the way down to the mouth, 2.6 |v|
# high, 2 |v| wide, its middle .31 v below.
BEGIN { FS = ","; if (!size) size = 128 }
FNR == 1 { next }
{
    for (k = 0; k < 2; k++) {
        ax = ay = 0
        for (i = 0; i < 6; i++) {
            ax += $(3 + 2 * (19 + 6 * k + i)) / 6
            ay += $(4 + 2 * (19 + 6 * k + i)) / 6
        }
        x[k] = ax
        y[k] = ay
    }
    n = split("13 31 37", from, " ")
    for (k = 1; k <= n; k++) {
        x[k + 1] = $(3 + 2 * from[k])
        y[k + 1] = $(4 + 2 * from[k])
    }
    ex = (x[0] + x[1]) / 2; ey = (y[0] + y[1]) / 2
    vx = (x[3] + x[4]) / 2 - ex; vy = (y[3] + y[4]) / 2 - ey
    v = sqrt(vx * vx + vy * vy)
    cx = ex + .31 * vx; cy = ey + .31 * vy
    printf "# %s %d %d\n", $1, size, size
    printf "%.1f %.1f %.1f %.1f", cx - v, cy - 1.3 * v, cx + v, cy + 1.3 * v
    for (k = 0; k < 5; k++) printf " %.1f %.1f 1", x[k], y[k]
    printf "\n"
}
