/* SPDX-License-Identifier: Apache-2.0 */
/* report.c - the page: verdict, tables, pictures. Every element is closed, so
 * that it is well-formed XML as well as HTML. */
#include "health/report.h"

#include <string.h>

#include "base/file.h"
#include "health/account.h"
#include "health/explain.h"
#include "health/picture.h"
#include "health/report_parts.h"

enum { PATH_ROOM = 4096, PAGE_CAP = 256 << 20 };

/* In the dark the pictures are turned over: white paper becomes black, hues
 * stay. Captions therefore speak of hues, never of light and dark. */
static const char style[] =
    ":root{color-scheme:light dark;--ink:#212129;--paper:#fff;--soft:#5b5e68;"
    "--line:#dfe0e6;--card:#f6f6f9;--blue:#1f5eb0;--red:#b3202c;"
    "--orange:#a4550a;--green:#1d7044}\n"
    "@media(prefers-color-scheme:dark){:root{--ink:#e8e8ee;--paper:#16161a;"
    "--soft:#a2a5b0;--line:#34353d;--card:#1f2026;--blue:#7fb0f0;"
    "--red:#f08a90;--orange:#eda860;--green:#7fd0a4}"
    "figure svg{filter:invert(.91) hue-rotate(180deg)}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0 auto;padding:2rem 1.2rem 4rem;max-width:64rem;"
    "background:var(--paper);color:var(--ink);"
    "font:16px/1.55 system-ui,sans-serif}\n"
    "h1{font-size:1.7rem;margin:0 0 .2rem}"
    "h2{font-size:1.25rem;margin:2.6rem 0 .6rem}\n"
    ".soft{color:var(--soft)}"
    ".verdict{border-left:5px solid var(--blue);background:var(--card);"
    "padding:.9rem 1.1rem;margin:1rem 0;border-radius:0 6px 6px 0}\n"
    ".verdict.stopped{border-color:var(--red)}"
    ".verdict.finished{border-color:var(--green)}"
    ".verdict p{margin:0}\n"
    ".scroll{overflow-x:auto}"
    "table{border-collapse:collapse;width:100%;font-size:.88rem}"
    "th,td{text-align:left;vertical-align:top;padding:.4rem .55rem;"
    "border-bottom:1px solid var(--line)}"
    "th{color:var(--soft);font-weight:600;white-space:nowrap}"
    "td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}\n"
    "code{font-size:.92em;overflow-wrap:anywhere}"
    ".fail{color:var(--red);font-weight:600}"
    ".warn{color:var(--orange);font-weight:600}"
    ".kept{color:var(--green);font-weight:600}\n"
    "figure{margin:1.4rem 0;padding:.4rem;border:1px solid var(--line);"
    "border-radius:8px;overflow-x:auto}"
    "figure svg{display:block;width:100%;min-width:40rem;height:auto}"
    "figcaption{color:var(--soft);font-size:.92rem;padding:.5rem .6rem}\n"
    ".fork{width:180px;height:56px;display:block}"
    "summary{cursor:pointer;color:var(--blue)}\n"
    "@media print{details>*{display:block}}\n";

mien_status mien_report_put(mien_buf *out, const char *text) {
    for (; *text; text++) {
        const unsigned char c = (unsigned char)*text;
        if (strchr("&<>\"'", c))
            MIEN_TRY(mien_buf_printf(out, "&#%d;", c));
        else
            MIEN_TRY(
                mien_buf_append(out, c < 0x20 || c == 0x7f ? " " : text, 1));
    }
    return MIEN_OK;
}

mien_status mien_report_heading(mien_buf *out, const char *id,
                                const char *title) {
    return mien_buf_printf(out, "<h2 id=\"%s\">%s</h2>\n", id, title);
}

/* ---- verdict ---------------------------------------------------------- */

static mien_status put_verdict(mien_buf *out, const mien_past *past) {
    const char *state = mien_account_state_name(mien_account_state_of(past));
    mien_buf text = {.cap = 1 << 20};
    MIEN_TRY(mien_buf_printf(
        out, "<section id=\"verdict\" class=\"verdict %s\"><p>", state));
    mien_status status = mien_account_paragraph(&text, past);
    if (status == MIEN_OK)
        status = mien_report_put(out, (const char *)text.data);
    mien_buf_close(&text);
    MIEN_TRY(status);
    return mien_buf_printf(out, "</p></section>\n");
}

static mien_status put_advice(mien_buf *out, const mien_past *past) {
    mien_advice advice;
    mien_account_advise(&advice, past);
    if (!advice.n) return MIEN_OK;
    MIEN_TRY(mien_report_heading(out, "advice", "What you can do"));
    MIEN_TRY(mien_buf_printf(out, "<ol>\n"));
    for (int i = 0; i < advice.n; i++) {
        MIEN_TRY(mien_buf_printf(out, "<li>"));
        MIEN_TRY(mien_report_put(out, advice.items[i]));
        MIEN_TRY(mien_buf_printf(out, "</li>\n"));
    }
    return mien_buf_printf(out, "</ol>\n");
}

/* ---- pictures --------------------------------------------------------- */

/* Marks behind which cairo writes a name that must be one of its kind on the
 * whole page. */
static const char *const names[] = {"id=\"", "href=\"#", "url(#"};

/* An SVG file's root and what it holds, its names begun with "p<number>-". */
static mien_status put_svg(mien_buf *out, const char *svg, int number) {
    const char *at = strstr(svg, "<svg");
    while (at && *at) {
        size_t n = strcspn(at + 1, "ihu") + 1;
        for (int k = 0; k < 3; k++) {
            const size_t length = strlen(names[k]);
            if (strncmp(at, names[k], length)) continue;
            MIEN_TRY(mien_buf_append(out, at, length));
            MIEN_TRY(mien_buf_printf(out, "p%d-", number));
            at += length;
            n = strcspn(at, "ihu");
            break;
        }
        MIEN_TRY(mien_buf_append(out, at, n));
        at += n;
    }
    return MIEN_OK;
}

static mien_status put_picture(mien_buf *out, const mien_picture_ops *picture,
                               const mien_past *past, int attempt, int number) {
    mien_buf svg = {.cap = PAGE_CAP};
    mien_status status = mien_picture_append(&svg, picture, past, attempt);
    if (status == MIEN_OK)
        status = mien_buf_printf(out, "<figure id=\"%s-%d\">\n", picture->name,
                                 attempt + 1);
    if (status == MIEN_OK)
        status = put_svg(out, (const char *)svg.data, number);
    mien_buf_close(&svg);
    MIEN_TRY(status);
    MIEN_TRY(mien_buf_printf(out, "<figcaption>"));
    MIEN_TRY(mien_report_put(out, picture->reading));
    return mien_buf_printf(out, "</figcaption>\n</figure>\n");
}

/* Those of the whole run, or those of an attempt, that have something to
 * show; `number` counts all on the page. */
static mien_status put_pictures(mien_buf *out, const mien_past *past,
                                int attempt, bool whole, int *number) {
    int n;
    const mien_picture_ops *const *all = mien_pictures(&n);
    for (int i = 0; i < n; i++)
        if (all[i]->whole == whole && mien_picture_any(all[i], past, attempt))
            MIEN_TRY(put_picture(out, all[i], past, attempt, ++*number));
    return MIEN_OK;
}

/* The last attempt that has probed steps, from `below` down; -1: none. */
static int probed_attempt(const mien_past *past, int below) {
    int i = below - 1;
    while (i >= 0 && !past->attempts[i].n_times) i--;
    return i;
}

static mien_status put_course(mien_buf *out, const mien_past *past,
                              int *number) {
    if (!past->n_steps && !past->n_sweeps) return MIEN_OK;
    MIEN_TRY(mien_report_heading(out, "course", "The whole run"));
    return put_pictures(out, past, past->n_attempts - 1, true, number);
}

static mien_status put_inside(mien_buf *out, const mien_past *past,
                              int *number) {
    const int last = probed_attempt(past, past->n_attempts);
    if (last < 0) return MIEN_OK;
    MIEN_TRY(mien_report_heading(out, "inside", "Inside the network"));
    if (past->n_attempts > 1)
        MIEN_TRY(mien_buf_printf(out,
                                 "<p class=\"soft\">Start %d of %d, the last "
                                 "that was measured.</p>\n",
                                 last + 1, past->n_attempts));
    MIEN_TRY(put_pictures(out, past, last, false, number));
    int first = 0;
    while (first < last && !past->attempts[first].n_times) first++;
    if (first == last) return MIEN_OK;
    MIEN_TRY(mien_buf_printf(
        out,
        "<details><summary>The same of start %d, before it was helped"
        "</summary>\n",
        first + 1));
    MIEN_TRY(put_pictures(out, past, first, false, number));
    return mien_buf_printf(out, "</details>\n");
}

/* ---- the page --------------------------------------------------------- */

static mien_status put_head(mien_buf *out, const char *name) {
    MIEN_TRY(mien_buf_printf(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta "
        "charset=\"utf-8\"/>\n<meta name=\"viewport\" "
        "content=\"width=device-width, initial-scale=1\"/>\n<title>"));
    MIEN_TRY(mien_report_put(out, name));
    MIEN_TRY(mien_buf_printf(out,
                             ": gradient health</title>\n<style>\n%s"
                             "</style>\n</head>\n<body>\n<h1>",
                             style));
    MIEN_TRY(mien_report_put(out, name));
    return mien_buf_printf(
        out,
        "</h1>\n<p class=\"soft\">How the gradients of this training "
        "fared, by mien.</p>\n");
}

static mien_status put_page(mien_buf *out, const mien_past *past,
                            const char *name) {
    int number = 0;
    const int last = probed_attempt(past, past->n_attempts);
    MIEN_TRY(put_head(out, name));
    MIEN_TRY(put_verdict(out, past));
    MIEN_TRY(put_advice(out, past));
    MIEN_TRY(mien_report_acts(out, past));
    MIEN_TRY(put_course(out, past, &number));
    MIEN_TRY(mien_report_findings(out, past));
    MIEN_TRY(mien_report_quarantines(out, past));
    MIEN_TRY(put_inside(out, past, &number));
    if (last >= 0) MIEN_TRY(mien_report_layers(out, past, last));
    return mien_buf_printf(out, "</body>\n</html>\n");
}

mien_status mien_report_write(const char *path, const mien_past *past,
                              const char *name) {
    mien_buf page = {.cap = PAGE_CAP};
    mien_status status = put_page(&page, past, name);
    if (status == MIEN_OK) status = mien_file_write(path, page.data, page.size);
    mien_buf_close(&page);
    return status;
}

mien_status mien_health_report(const char *html_path, const char *run_folder) {
    char path[PATH_ROOM];
    mien_past *past;
    MIEN_TRY(mien_path_join(path, sizeof path, run_folder, "health.jsonl"));
    MIEN_TRY(mien_past_read(&past, path));
    const mien_status status =
        mien_report_write(html_path, past, mien_run_name(run_folder));
    mien_past_free(past);
    return status;
}
