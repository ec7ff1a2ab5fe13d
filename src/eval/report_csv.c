/* SPDX-License-Identifier: Apache-2.0 */
/* report_csv.c - a report as one long table of text. */
#include <math.h>
#include <string.h>

#include "base/file.h"
#include "eval/report.h"

mien_status mien_csv_field(mien_buf *out, const char *text) {
    if (!text) return MIEN_OK;
    if (!strpbrk(text, ",\"\r\n")) return mien_buf_printf(out, "%s", text);
    MIEN_TRY(mien_buf_append(out, "\"", 1));
    for (; *text; text++)
        MIEN_TRY(mien_buf_append(out, *text == '"' ? "\"\"" : text,
                                 *text == '"' ? 2 : 1));
    return mien_buf_append(out, "\"", 1);
}

static mien_status put_number(mien_buf *out, double x) {
    return isfinite(x) ? mien_buf_printf(out, "%.9g,", x)
                       : mien_buf_append(out, ",", 1);
}

static mien_status put_figure(mien_buf *out, const mien_figure *f) {
    MIEN_TRY(mien_csv_field(out, f->key));
    MIEN_TRY(mien_buf_append(out, ",", 1));
    MIEN_TRY(put_number(out, f->value));
    MIEN_TRY(put_number(out, f->low));
    MIEN_TRY(put_number(out, f->high));
    MIEN_TRY(mien_csv_field(out, f->text));
    return mien_buf_append(out, "\n", 1);
}

static mien_status put_table(mien_buf *out, const mien_table *t) {
    for (int i = 0; i < t->rows * t->columns; i++) {
        MIEN_TRY(mien_buf_printf(out, "table,%s,%d,", t->key, i / t->columns));
        MIEN_TRY(put_figure(out, &t->cell[i]));
    }
    return MIEN_OK;
}

static mien_status put_curve(mien_buf *out, const mien_panel *p,
                             const mien_curve *c) {
    for (int i = 0; i < 2 * c->n; i++) {
        const double value = i % 2 ? c->y[i / 2] : c->x[i / 2];
        MIEN_TRY(mien_buf_printf(out, "chart,%s,%d,%s,", p->key, i / 2,
                                 i % 2 ? "y" : "x"));
        MIEN_TRY(put_number(out, value));
        MIEN_TRY(mien_buf_append(out, ",,", 2));
        MIEN_TRY(mien_csv_field(out, c->label));
        MIEN_TRY(mien_buf_append(out, "\n", 1));
    }
    return MIEN_OK;
}

static mien_status put_all(mien_buf *out, const mien_report_facts *f) {
    MIEN_TRY(mien_buf_printf(out, "part,name,row,key,value,low,high,text\n"));
    const mien_figure about[] = {
        mien_figure_text("protocol", "", f->protocol),
        mien_figure_text("interval", "", f->interval),
        mien_figure_text("data_hash", "", f->data_hash),
        mien_figure_text("model", "", f->model),
        mien_figure_text("weights_hash", "", f->weights_hash)};
    for (size_t i = 0; i < sizeof about / sizeof *about; i++) {
        MIEN_TRY(mien_buf_printf(out, "figure,,,"));
        MIEN_TRY(put_figure(out, &about[i]));
    }
    for (int i = 0; i < f->figures; i++) {
        MIEN_TRY(mien_buf_printf(out, "figure,,,"));
        MIEN_TRY(put_figure(out, &f->figure[i]));
    }
    for (int i = 0; i < f->tables; i++) MIEN_TRY(put_table(out, &f->table[i]));
    for (int i = 0; i < f->panels; i++)
        for (int k = 0; k < f->panel[i].curves; k++)
            MIEN_TRY(put_curve(out, &f->panel[i], &f->panel[i].curve[k]));
    return MIEN_OK;
}

mien_status mien_report_write_csv(const mien_report *r, const char *path) {
    mien_buf text = {.cap = (size_t)1 << 31};
    mien_status status = put_all(&text, mien_report_facts_of(r));
    if (status == MIEN_OK) status = mien_file_write(path, text.data, text.size);
    mien_buf_close(&text);
    return status;
}
