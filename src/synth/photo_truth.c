/* SPDX-License-Identifier: Apache-2.0 */
/* photo_truth.c - where a face is in a photo and how well it is seen.
 *
 * The face is a part of the skin's chart: from the hairline to the chin, and
 * as far round as the cheeks. Its box bounds all of it; what is
 * hidden of it and how it is lit are told by those of its grid points that
 * face the camera. */
#include "synth/photo_parts.h"
#include "synth/waves.h"

/* The part of the chart that people draw boxes about: to the hairline, and
 * nearly as far round as the ears. */
static const float least_v = MIEN_CHART_CHIN_V - 4;
static const float most_v = MIEN_CHART_HAIRLINE_V + 2, most_u = 93;

/* One grid point in so many, each way, is asked about. */
enum { STRIDE = 3 };

/* Cosine of the steepest skin that still counts as turned to the camera. */
static const float grazing = 0.15f;

typedef struct tally {
    int facing, hidden;
    float light[2];
    int lit[2];
} tally;

static bool in_face(const mien_head *head, int row, int column) {
    const float v = head->row_v[row], u = head->column_u[column];
    return v >= least_v && v <= most_v && u >= -most_u && u <= most_u;
}

static mien_vec picture_of(const mien_studio *s, const mien_head *head,
                           mien_vec p) {
    return mien_camera_project(&s->scene.camera, mien_moved(&head->pose, p));
}

/* ---- box -------------------------------------------------------------- */

static void bound(mien_photo_face *t, const mien_studio *s,
                  const mien_head *head) {
    float left = 1e9f, right = -1e9f, top = 1e9f, bottom = -1e9f;
    for (int r = 0; r < MIEN_HEAD_ROWS; r++)
        for (int c = 0; c < MIEN_HEAD_COLUMNS; c++) {
            if (!in_face(head, r, c)) continue;
            const mien_vec p =
                picture_of(s, head, head->skin[r * MIEN_HEAD_COLUMNS + c]);
            if (p.x < left) left = p.x;
            if (p.x > right) right = p.x;
            if (p.y < top) top = p.y;
            if (p.y > bottom) bottom = p.y;
        }
    t->x = left;
    t->y = top;
    t->width = right - left;
    t->height = bottom - top;
}

/* ---- sight and light -------------------------------------------------- */

static bool faces_camera(const mien_studio *s, const mien_head *head, int i,
                         mien_vec place) {
    const mien_vec view = mien_unit(mien_sub(s->scene.camera.eye, place));
    const mien_vec normal = mien_turned(&head->pose.turn, head->skin_normal[i]);
    return mien_dot(view, normal) > grazing;
}

static float light_at(const mien_studio *s, mien_vec p) {
    const mien_frame *f = &s->frame;
    const int x = (int)(p.x + 0.5f), y = (int)(p.y + 0.5f);
    if (x < 0 || y < 0 || x >= f->width || y >= f->height) return 0;
    const mien_vec l = f->light[y * f->width + x];
    return 0.2126f * l.x + 0.7152f * l.y + 0.0722f * l.z;
}

static void count(tally *t, const mien_studio *s, const mien_head *head,
                  int row, int column) {
    const int i = row * MIEN_HEAD_COLUMNS + column;
    const mien_vec place = mien_moved(&head->pose, head->skin[i]);
    if (!faces_camera(s, head, i, place)) return;
    t->facing++;
    if (mien_renderer_sees(s->renderer, place) != MIEN_SIGHT_CLEAR) {
        t->hidden++;
        return;
    }
    const int half = head->column_u[column] > 0;
    t->light[half] += light_at(s, mien_camera_project(&s->scene.camera, place));
    t->lit[half]++;
}

static void look_over(mien_photo_face *t, const mien_studio *s,
                      const mien_head *head) {
    tally n = {0};
    for (int r = 0; r < MIEN_HEAD_ROWS; r += STRIDE)
        for (int c = 0; c < MIEN_HEAD_COLUMNS; c += STRIDE)
            if (in_face(head, r, c)) count(&n, s, head, r, c);
    t->hidden = n.facing ? (float)n.hidden / (float)n.facing : 1;
    t->light_ratio = 1;
    if (!n.lit[0] || !n.lit[1]) return;
    const float a = n.light[0] / (float)n.lit[0];
    const float b = n.light[1] / (float)n.lit[1];
    if (a > 0 && b > 0) t->light_ratio = a > b ? a / b : b / a;
}

/* ---- all of it -------------------------------------------------------- */

void mien_photo_truth(mien_photo_face *t, const mien_studio *s,
                      const mien_head *head) {
    *t = (mien_photo_face){.pose = head->shot->pose,
                           .expression = head->shot->expression};
    for (int i = 0; i < 5; i++) t->five[i] = picture_of(s, head, head->five[i]);
    for (int i = 0; i < MIEN_LANDMARKS; i++) {
        const mien_vec place = mien_moved(&head->pose, head->point[i]);
        t->point[i] = mien_camera_project(&s->scene.camera, place);
        t->seen[i] = (uint8_t)mien_renderer_sees(s->renderer, place);
    }
    bound(t, s, head);
    look_over(t, s, head);
}
