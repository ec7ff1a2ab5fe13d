/* SPDX-License-Identifier: Apache-2.0 */
/* report.c - figures, tables and charts that grow until they are handed over.
 */
#include "eval/report.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/mem.h"
#include "face/contract.h"

enum { TEXT = 512 };

/* A growing array. */
typedef struct list {
    void *items;
    int count, room;
} list;

struct mien_report {
    mien_report_facts facts;
    list figures, tables, panels, notes;
    mien_arena arena; /* texts, points */
    mien_status status;
};

const mien_interval mien_no_interval = {NAN, NAN};

/* ---- figures ---------------------------------------------------------- */

mien_figure mien_figure_share(const char *key, const char *label, double value,
                              mien_interval interval) {
    return (mien_figure){.key = key,
                         .label = label,
                         .unit = MIEN_UNIT_SHARE,
                         .value = value,
                         .low = interval.low,
                         .high = interval.high};
}

mien_figure mien_figure_ratio(const char *key, const char *label, double value,
                              mien_interval interval) {
    mien_figure f = mien_figure_share(key, label, value, interval);
    f.unit = MIEN_UNIT_NUMBER;
    return f;
}

mien_figure mien_figure_number(const char *key, const char *label,
                               double value) {
    return mien_figure_ratio(key, label, value, mien_no_interval);
}

mien_figure mien_figure_count(const char *key, const char *label,
                              double value) {
    mien_figure f = mien_figure_number(key, label, value);
    f.unit = MIEN_UNIT_COUNT;
    return f;
}

mien_figure mien_figure_text(const char *key, const char *label,
                             const char *text) {
    mien_figure f = mien_figure_number(key, label, NAN);
    f.unit = MIEN_UNIT_TEXT;
    f.text = text;
    return f;
}

/* ---- putting together ------------------------------------------------- */

mien_status mien_report_new(mien_report **out, const char *protocol) {
    mien_report *r = mien_alloc(1, sizeof *r);
    *out = NULL;
    if (!r) return MIEN_ENOMEM;
    r->facts.protocol = mien_arena_strdup(&r->arena, protocol);
    if (!r->facts.protocol) {
        mien_report_free(r);
        return MIEN_ENOMEM;
    }
    *out = r;
    return MIEN_OK;
}

/* A new zeroed item at the end, or NULL after an error. */
static void *push(mien_report *r, list *l, size_t size) {
    if (r->status != MIEN_OK) return NULL;
    if (l->count == l->room) {
        const int room = l->room ? 2 * l->room : 8;
        void *items = mien_realloc(l->items, (size_t)room, size);
        if (!items) {
            r->status = MIEN_ENOMEM;
            return NULL;
        }
        l->items = items;
        l->room = room;
    }
    return memset((char *)l->items + size * (size_t)l->count++, 0, size);
}

static const char *keep(mien_report *r, const char *text) {
    if (!text || r->status != MIEN_OK) return NULL;
    const char *copy = mien_arena_strdup(&r->arena, text);
    if (!copy) r->status = MIEN_ENOMEM;
    return copy;
}

static void keep_figure(mien_report *r, mien_figure *to, mien_figure from) {
    *to = from;
    to->key = keep(r, from.key);
    to->label = keep(r, from.label);
    to->text = keep(r, from.text);
}

void mien_report_data(mien_report *r, const char *data_hash) {
    if (data_hash) r->facts.data_hash = keep(r, data_hash);
}

void mien_report_model(mien_report *r, const mien_model *model) {
    char hash[MIEN_HASH_HEX];
    if (!model) return;
    mien_contract_hash(hash, model);
    r->facts.model = keep(r, hash);
    r->facts.weights_hash = keep(r, mien_model_info(model)->weights_hash);
}

void mien_report_interval(mien_report *r, const char *text) {
    if (text) r->facts.interval = keep(r, text);
}

void mien_report_note(mien_report *r, const char *format, ...) {
    char text[TEXT];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    const char **note = push(r, &r->notes, sizeof *note);
    if (note) *note = keep(r, text);
}

void mien_report_add(mien_report *r, mien_figure figure) {
    mien_figure *f = push(r, &r->figures, sizeof *f);
    if (f) keep_figure(r, f, figure);
}

/* While a table grows, its cells are in an array of their own. */
typedef struct growing {
    mien_table table;
    list cells;
} growing;

void mien_report_table(mien_report *r, const char *key, const char *label) {
    growing *t = push(r, &r->tables, sizeof *t);
    if (!t) return;
    t->table.key = keep(r, key);
    t->table.label = keep(r, label);
}

static growing *last_table(mien_report *r) {
    return (growing *)r->tables.items + r->tables.count - 1;
}

void mien_report_row(mien_report *r) {
    if (r->status == MIEN_OK) last_table(r)->table.rows++;
}

void mien_report_cell(mien_report *r, mien_figure figure) {
    if (r->status != MIEN_OK) return;
    growing *t = last_table(r);
    assert(t->table.rows > 0);
    mien_figure *f = push(r, &t->cells, sizeof *f);
    if (f) keep_figure(r, f, figure);
    if (t->table.rows == 1) t->table.columns = t->cells.count;
}

void mien_report_panel(mien_report *r, const mien_panel *panel) {
    mien_panel *p = push(r, &r->panels, sizeof *p);
    if (!p) return;
    *p = *panel;
    p->key = keep(r, panel->key);
    p->x_label = keep(r, panel->x_label);
    p->y_label = keep(r, panel->y_label);
    p->curves = 0;
    p->curve = NULL;
}

void mien_report_curve(mien_report *r, const char *label, const double *x,
                       const double *y, int n) {
    if (r->status != MIEN_OK) return;
    mien_panel *p = (mien_panel *)r->panels.items + r->panels.count - 1;
    mien_curve *all =
        mien_arena_alloc(&r->arena, (size_t)p->curves + 1, sizeof *all);
    double *points = mien_arena_alloc(&r->arena, 2 * (size_t)n, sizeof *points);
    if (!all || !points) {
        r->status = MIEN_ENOMEM;
        return;
    }
    if (p->curves) memcpy(all, p->curve, (size_t)p->curves * sizeof *all);
    if (n) memcpy(points, x, (size_t)n * sizeof *x);
    if (n) memcpy(points + n, y, (size_t)n * sizeof *y);
    all[p->curves++] = (mien_curve){keep(r, label), points, points + n, n};
    p->curve = all;
}

static void settle_tables(mien_report *r) {
    const growing *t = r->tables.items;
    mien_table *flat =
        mien_arena_alloc(&r->arena, (size_t)r->tables.count, sizeof *flat);
    if (!flat) r->status = MIEN_ENOMEM;
    for (int i = 0; i < r->tables.count && flat; i++) {
        assert(t[i].cells.count == t[i].table.rows * t[i].table.columns);
        flat[i] = t[i].table;
        flat[i].cell = t[i].cells.items;
    }
    r->facts.table = flat;
    r->facts.tables = flat ? r->tables.count : 0;
}

mien_status mien_report_finish(mien_report **out, mien_report *r) {
    *out = NULL;
    if (r->status == MIEN_OK) settle_tables(r);
    const mien_status status = r->status;
    if (status != MIEN_OK) {
        mien_report_free(r);
        return status;
    }
    r->facts.figure = r->figures.items;
    r->facts.figures = r->figures.count;
    r->facts.panel = r->panels.items;
    r->facts.panels = r->panels.count;
    r->facts.note = r->notes.items;
    r->facts.notes = r->notes.count;
    *out = r;
    return MIEN_OK;
}

const mien_report_facts *mien_report_facts_of(const mien_report *r) {
    return &r->facts;
}

void mien_report_free(mien_report *r) {
    if (!r) return;
    growing *t = r->tables.items;
    for (int i = 0; i < r->tables.count; i++) mien_free(t[i].cells.items);
    mien_free(r->tables.items);
    mien_free(r->figures.items);
    mien_free(r->panels.items);
    mien_free(r->notes.items);
    mien_arena_close(&r->arena);
    mien_free(r);
}
