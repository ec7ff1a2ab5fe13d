/* SPDX-License-Identifier: Apache-2.0 */
/* csv.c - the table of the stress suite, a row a case and arm. */
#include <math.h>

#include "base/file.h"
#include "train/stress/outputs.h"

enum { MAX_TABLE = 16 << 20 };

static const char heading[] =
    "case,title,arm,chance,healthy,median_r,worst_r,pass,detected_step,named,"
    "stopped,non_finite,seconds,diagnosis\n";

static mien_status put_number(mien_buf *out, double x) {
    return isnan(x) ? mien_buf_printf(out, ",")
                    : mien_buf_printf(out, "%.4f,", x);
}

/* Titles and diagnoses have commas but no quotes. */
static mien_status put_row(mien_buf *out, const mien_stress_case *c,
                           const mien_stress_arm *a) {
    MIEN_TRY(mien_buf_printf(out, "%s,\"%s\",%s,", c->name, c->title, a->name));
    MIEN_TRY(put_number(out, c->chance));
    MIEN_TRY(put_number(out, c->healthy));
    MIEN_TRY(put_number(out, a->median_r));
    MIEN_TRY(put_number(out, a->worst_r));
    MIEN_TRY(mien_buf_printf(out, "%d,", a->pass));
    if (a->detected_step >= 0)
        MIEN_TRY(mien_buf_printf(out, "%d", a->detected_step));
    return mien_buf_printf(out, ",%d,%d,%d,%.2f,\"%s\"\n", a->named, a->stopped,
                           a->non_finite, a->seconds, a->diagnosis);
}

static mien_status put_all(mien_buf *out, const mien_stress_summary *s) {
    MIEN_TRY(mien_buf_printf(out, "%s", heading));
    for (int i = 0; i < s->n; i++)
        for (int k = 0; k < MIEN_STRESS_ARMS; k++)
            if (s->cases[i].arms[k].ran)
                MIEN_TRY(put_row(out, &s->cases[i], &s->cases[i].arms[k]));
    return MIEN_OK;
}

mien_status mien_stress_write_csv(const mien_stress_summary *s,
                                  const char *path) {
    mien_buf text = {.cap = MAX_TABLE};
    mien_status status = put_all(&text, s);
    if (status == MIEN_OK) status = mien_file_write(path, text.data, text.size);
    mien_buf_close(&text);
    return status;
}
