/* SPDX-License-Identifier: Apache-2.0 */
/* chart.c - shapes and text by cairo.
 *
 * Cairo rather than a plotting library: it keeps no global state, returns
 * every error and never ends the program. */
#include "image/chart.h"

#include <cairo-svg.h>
#include <cairo.h>
#include <math.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"

struct mien_chart {
    cairo_surface_t *surface;
    cairo_t *cr;
    mien_buf bytes;
    char *path; /* NULL: stays in memory */
    bool png;
};

const mien_paint mien_ink = {0.13, 0.13, 0.16, 1};
const mien_paint mien_faint = {0.88, 0.88, 0.9, 1};
const mien_paint mien_grey = {0.55, 0.56, 0.6, 1};
const mien_paint mien_blue = {0.12, 0.37, 0.69, 1};
const mien_paint mien_orange = {0.87, 0.45, 0.1, 1};
const mien_paint mien_red = {0.79, 0.12, 0.18, 1};

static cairo_status_t take(void *context, const unsigned char *bytes,
                           unsigned int size) {
    return mien_buf_append(context, bytes, size) == MIEN_OK
               ? CAIRO_STATUS_SUCCESS
               : CAIRO_STATUS_WRITE_ERROR;
}

static bool ends_in(const char *path, const char *extension) {
    const size_t n = strlen(path), m = strlen(extension);
    return n > m && !strcmp(path + n - m, extension);
}

static void begin(mien_chart *c, int width, int height) {
    c->surface =
        c->png ? cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height)
               : cairo_svg_surface_create_for_stream(take, &c->bytes, width,
                                                     height);
    c->cr = cairo_create(c->surface);
    cairo_set_source_rgb(c->cr, 1, 1, 1);
    cairo_paint(c->cr);
}

mien_status mien_chart_open_memory(mien_chart **out, bool png, int width,
                                   int height) {
    *out = mien_alloc(1, sizeof **out);
    if (!*out) return MIEN_ENOMEM;
    (*out)->bytes.cap = (size_t)256 << 20;
    (*out)->png = png;
    begin(*out, width, height);
    return MIEN_OK;
}

mien_status mien_chart_open(mien_chart **out, const char *path, int width,
                            int height) {
    *out = NULL;
    const bool png = ends_in(path, ".png");
    if (!png && !ends_in(path, ".svg"))
        return mien_fail(MIEN_EINVAL, "%s: a chart is a .png or an .svg file",
                         path);
    MIEN_TRY(mien_chart_open_memory(out, png, width, height));
    (*out)->path = mien_strdup(path);
    if ((*out)->path) return MIEN_OK;
    mien_chart_close(*out);
    *out = NULL;
    return MIEN_ENOMEM;
}

/* Bring what was drawn into c->bytes. */
static mien_status finish(mien_chart *c) {
    const char *name = c->path ? c->path : "a chart";
    cairo_status_t drawn = cairo_status(c->cr);
    if (drawn == CAIRO_STATUS_SUCCESS && c->png)
        drawn = cairo_surface_write_to_png_stream(c->surface, take, &c->bytes);
    cairo_surface_finish(c->surface);
    if (drawn == CAIRO_STATUS_SUCCESS) drawn = cairo_surface_status(c->surface);
    if (drawn == CAIRO_STATUS_SUCCESS) return MIEN_OK;
    if (drawn == CAIRO_STATUS_NO_MEMORY || drawn == CAIRO_STATUS_WRITE_ERROR)
        return mien_fail(MIEN_ENOMEM, "%s: out of memory", name);
    return mien_fail(MIEN_EIO, "%s: the chart cannot be drawn: %s", name,
                     cairo_status_to_string(drawn));
}

mien_status mien_chart_save(mien_chart *c) {
    mien_status status = finish(c);
    if (status == MIEN_OK)
        status = mien_file_write(c->path, c->bytes.data, c->bytes.size);
    mien_chart_close(c);
    return status;
}

mien_status mien_chart_append(mien_chart *c, mien_buf *out) {
    mien_status status = finish(c);
    if (status == MIEN_OK)
        status = mien_buf_append(out, c->bytes.data, c->bytes.size);
    mien_chart_close(c);
    return status;
}

void mien_chart_close(mien_chart *c) {
    if (!c) return;
    if (c->cr) cairo_destroy(c->cr);
    if (c->surface) cairo_surface_destroy(c->surface);
    mien_buf_close(&c->bytes);
    mien_free(c->path);
    mien_free(c);
}

/* ---- shapes ----------------------------------------------------------- */

static void dip(mien_chart *c, mien_paint p) {
    cairo_set_source_rgba(c->cr, p.r, p.g, p.b, p.a);
}

void mien_chart_fill(mien_chart *c, mien_rect r, mien_paint paint) {
    dip(c, paint);
    cairo_rectangle(c->cr, r.x, r.y, r.width, r.height);
    cairo_fill(c->cr);
}

void mien_chart_corner(mien_chart *c, double x, double y) {
    cairo_line_to(c->cr, x, y);
}

void mien_chart_lift(mien_chart *c) { cairo_new_sub_path(c->cr); }

void mien_chart_draw(mien_chart *c, const mien_stroke *stroke) {
    const double dashes[] = {5, 4};
    dip(c, stroke->paint);
    cairo_set_line_width(c->cr, stroke->width);
    cairo_set_line_join(c->cr, CAIRO_LINE_JOIN_ROUND);
    cairo_set_dash(c->cr, dashes, stroke->dashed ? 2 : 0, 0);
    cairo_stroke(c->cr);
}

void mien_chart_area(mien_chart *c, mien_paint paint) {
    dip(c, paint);
    cairo_close_path(c->cr);
    cairo_fill(c->cr);
}

void mien_chart_dot(mien_chart *c, double x, double y, double radius,
                    mien_paint paint) {
    cairo_new_path(c->cr);
    cairo_arc(c->cr, x, y, radius, 0, 2 * acos(-1));
    mien_chart_area(c, paint);
}

void mien_chart_outline(mien_chart *c, mien_rect r, const mien_stroke *stroke) {
    cairo_rectangle(c->cr, r.x, r.y, r.width, r.height);
    mien_chart_draw(c, stroke);
}

void mien_chart_clip(mien_chart *c, mien_rect r) {
    cairo_save(c->cr);
    cairo_rectangle(c->cr, r.x, r.y, r.width, r.height);
    cairo_clip(c->cr);
}

void mien_chart_unclip(mien_chart *c) { cairo_restore(c->cr); }

static uint32_t packed(mien_paint p) {
    const double channel[] = {p.r, p.g, p.b};
    uint32_t pixel = 0;
    for (int k = 0; k < 3; k++)
        pixel =
            pixel << 8 | (uint32_t)(fmin(fmax(channel[k], 0), 1) * 255 + 0.5);
    return pixel;
}

void mien_chart_cells(mien_chart *c, mien_rect r, const mien_paint *cells,
                      int columns, int rows) {
    cairo_surface_t *s =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, columns, rows);
    unsigned char *bytes = cairo_image_surface_get_data(s);
    for (int y = 0; bytes && y < rows; y++) {
        uint32_t *row =
            (uint32_t *)(bytes + (size_t)y * cairo_image_surface_get_stride(s));
        for (int x = 0; x < columns; x++)
            row[x] = packed(cells[y * columns + x]);
    }
    cairo_surface_mark_dirty(s);
    cairo_save(c->cr);
    cairo_translate(c->cr, r.x, r.y);
    cairo_scale(c->cr, r.width / columns, r.height / rows);
    cairo_set_source_surface(c->cr, s, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(c->cr), CAIRO_FILTER_NEAREST);
    cairo_rectangle(c->cr, 0, 0, columns, rows);
    cairo_fill(c->cr);
    cairo_restore(c->cr);
    cairo_surface_destroy(s);
}

void mien_chart_line(mien_chart *c, const double from[2], const double to[2],
                     const mien_stroke *stroke) {
    mien_chart_corner(c, from[0], from[1]);
    mien_chart_corner(c, to[0], to[1]);
    mien_chart_draw(c, stroke);
}

static void set_font(mien_chart *c, const mien_lettering *style) {
    cairo_select_font_face(
        c->cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL,
        style->bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(c->cr, style->size);
}

double mien_chart_text_width(mien_chart *c, const char *text,
                             const mien_lettering *style) {
    cairo_text_extents_t size;
    set_font(c, style);
    cairo_text_extents(c->cr, text, &size);
    return size.x_advance;
}

void mien_chart_text(mien_chart *c, double x, double y, const char *text,
                     const mien_lettering *style) {
    const double width = mien_chart_text_width(c, text, style);
    const double capital = 0.72 * style->size; /* height of a digit */
    cairo_save(c->cr);
    dip(c, style->paint.a > 0 ? style->paint : mien_ink);
    cairo_translate(c->cr, x, y);
    if (style->upwards) cairo_rotate(c->cr, -acos(-1) / 2);
    cairo_move_to(c->cr, (style->along - 1) * width / 2,
                  (style->across + 1) * capital / 2);
    cairo_show_text(c->cr, text);
    cairo_new_path(c->cr); /* else the next line begins behind the text */
    cairo_restore(c->cr);
}
