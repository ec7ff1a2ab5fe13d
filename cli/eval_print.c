/* SPDX-License-Identifier: Apache-2.0 */
/* eval_print.c - a report as text, as JSON, as files. */
#include "eval_print.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "json.h"

/* ---- JSON ------------------------------------------------------------- */

static json_t *value_of(const mien_figure *f) {
    if (f->unit == MIEN_UNIT_TEXT)
        return f->text ? json_string(f->text) : json_null();
    if (f->unit == MIEN_UNIT_COUNT && isfinite(f->value))
        return json_integer((json_int_t)f->value);
    return cli_json_number(f->value);
}

static void set_figure(json_t *object, const mien_figure *f) {
    char key[128];
    json_object_set_new(object, f->key, value_of(f));
    if (isnan(f->low)) return;
    snprintf(key, sizeof key, "%s_interval", f->key);
    json_object_set_new(
        object, key,
        json_pack("[oo]", cli_json_number(f->low), cli_json_number(f->high)));
}

static json_t *table_of(const mien_table *t) {
    json_t *list = json_array();
    for (int r = 0; r < t->rows; r++) {
        json_t *row = json_object();
        for (int c = 0; c < t->columns; c++)
            set_figure(row, &t->cell[r * t->columns + c]);
        json_array_append_new(list, row);
    }
    return list;
}

static mien_status print_json(const mien_report_facts *f) {
    json_t *o = json_pack("{s:s}", "protocol", f->protocol);
    for (int i = 0; i < f->figures; i++) set_figure(o, &f->figure[i]);
    for (int i = 0; i < f->tables; i++)
        json_object_set_new(o, f->table[i].key, table_of(&f->table[i]));
    json_t *notes = json_array();
    for (int i = 0; i < f->notes; i++)
        json_array_append_new(notes, json_string(f->note[i]));
    json_object_update_new(
        o, json_pack("{s:s?, s:o, s:s?, s:s?, s:s?}", "interval", f->interval,
                     "notes", notes, "data_hash", f->data_hash, "model",
                     f->model, "weights_hash", f->weights_hash));
    return cli_json_print(o);
}

/* ---- text ------------------------------------------------------------- */

static void write_value(char *to, size_t room, const mien_figure *f) {
    const bool share = f->unit == MIEN_UNIT_SHARE;
    if (f->unit == MIEN_UNIT_TEXT)
        snprintf(to, room, "%s", f->text ? f->text : "-");
    else if (!isfinite(f->value))
        snprintf(to, room, "-");
    else if (f->unit == MIEN_UNIT_COUNT)
        snprintf(to, room, "%.0f", f->value);
    else if (share && f->value != 0 && f->value < 1e-3)
        snprintf(to, room, "%.3g", f->value);
    else if (share)
        snprintf(to, room, "%.2f %%", 100 * f->value);
    else
        snprintf(to, room, "%.5g", f->value);
    const size_t n = strlen(to);
    if (isnan(f->low) || n >= room) return;
    const double scale = share ? 100 : 1;
    snprintf(to + n, room - n, share ? " (%.2f to %.2f)" : " (%.4f to %.4f)",
             scale * f->low, scale * f->high);
}

static void print_table(const mien_table *t) {
    char text[128];
    printf("\n%s\n", t->label);
    for (int r = -1; r < t->rows; r++) {
        for (int c = 0; c < t->columns; c++) {
            size_t width = strlen(t->cell[c].label);
            for (int i = 0; i < t->rows; i++) {
                write_value(text, sizeof text, &t->cell[i * t->columns + c]);
                if (strlen(text) > width) width = strlen(text);
            }
            if (r < 0)
                snprintf(text, sizeof text, "%s", t->cell[c].label);
            else
                write_value(text, sizeof text, &t->cell[r * t->columns + c]);
            printf("%s%*s", c ? "  " : "", (int)width, text);
        }
        putchar('\n');
    }
}

static void print_text(const mien_report_facts *f) {
    char text[256];
    int wide = 10;
    for (int i = 0; i < f->figures; i++) {
        const int n = (int)strlen(f->figure[i].label);
        if (n > wide) wide = n;
    }
    printf("%-*s %s\n", wide, "protocol", f->protocol);
    for (int i = 0; i < f->figures; i++) {
        write_value(text, sizeof text, &f->figure[i]);
        printf("%-*s %s\n", wide, f->figure[i].label, text);
    }
    if (f->interval) printf("%-*s %s\n", wide, "intervals", f->interval);
    printf("%-*s %.16s\n", wide, "data", f->data_hash);
    if (f->model)
        printf("%-*s %.16s (weights %.16s)\n", wide, "model", f->model,
               f->weights_hash);
    for (int i = 0; i < f->tables; i++)
        if (f->table[i].rows) print_table(&f->table[i]);
    for (int i = 0; i < f->notes; i++) printf("\nnote: %s\n", f->note[i]);
}

mien_status cli_eval_show(mien_report *report, const cli_eval_output *output) {
    const mien_report_facts *f = mien_report_facts_of(report);
    mien_status status = MIEN_OK;
    if (output->json)
        status = print_json(f);
    else
        print_text(f);
    if (status == MIEN_OK && output->csv)
        status = mien_report_write_csv(report, output->csv);
    if (status == MIEN_OK && output->plot)
        status = mien_report_plot(report, output->plot);
    mien_report_free(report);
    return status;
}
