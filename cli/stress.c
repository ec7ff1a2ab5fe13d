/* SPDX-License-Identifier: Apache-2.0 */
/* stress.c - mien stress [CASE...]. */
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "json.h"
#include "mien/health.h"
#include "mien/train.h"

typedef struct config {
    const char *arms, *data, *without, *csv, *map, *keep, *export;
    int seeds, threads;
    bool no_consent, list, json;
} config;

static const cli_option options[] = {
    {"arms", "A,B", "of plain, norm, value, agc, doctor [all]",
     offsetof(config, arms), CLI_TEXT},
    {"seeds", "N", "trainings of each case and arm [5]",
     offsetof(config, seeds), CLI_INT, 1, 1000},
    {"data", "PATH", "photos, a folder per person [generated ones]",
     offsetof(config, data), CLI_TEXT},
    {"without", "R,S", "remedies that the doctor must do without",
     offsetof(config, without), CLI_TEXT},
    {"no-consent", NULL, "the doctor may not change the architecture",
     offsetof(config, no_consent), CLI_FLAG},
    {"csv", "FILE", "write the table too", offsetof(config, csv), CLI_TEXT},
    {"map", "FILE",
     "draw the survival map, learning rate by starting scale, .png or .svg",
     offsetof(config, map), CLI_TEXT},
    {"threads", "N", "trainings at once [all processors]",
     offsetof(config, threads), CLI_INT, 1, 256},
    {"keep", "DIR", "leave the run folders there [they are deleted]",
     offsetof(config, keep), CLI_TEXT},
    {"export", "DIR",
     "write data and recipes for other programs, train nothing",
     offsetof(config, export), CLI_TEXT},
    {"list", NULL, "print the cases and the remedies, train nothing",
     offsetof(config, list), CLI_FLAG},
    {"json", NULL, "print the result as one JSON object",
     offsetof(config, json), CLI_FLAG},
    {0}};

/* ---- lists with commas ------------------------------------------------ */

enum { MAX_WORDS = 64 };

typedef struct words {
    char *text;
    const char *items[MAX_WORDS];
    int count;
} words;

static void split(words *out, const char *list) {
    char *rest;
    if (!list || !(out->text = strdup(list))) return;
    for (char *w = strtok_r(out->text, ", ", &rest);
         w && out->count < MAX_WORDS; w = strtok_r(NULL, ", ", &rest))
        out->items[out->count++] = w;
}

/* ---- JSON ------------------------------------------------------------- */

static json_t *step_json(const mien_stress_arm *a) {
    return a->detected_step < 0 ? json_null() : json_integer(a->detected_step);
}

static json_t *arm_json(const mien_stress_arm *a) {
    return json_pack("{s:b, s:o, s:o, s:o, s:s, s:b, s:b, s:b, s:f}", "pass",
                     a->pass, "median_r", cli_json_number(a->median_r),
                     "worst_r", cli_json_number(a->worst_r), "detected_step",
                     step_json(a), "diagnosis", a->diagnosis, "named", a->named,
                     "stopped", a->stopped, "non_finite", a->non_finite,
                     "seconds", a->seconds);
}

static json_t *case_json(const mien_stress_case *c) {
    json_t *arms = json_object();
    for (int k = 0; k < MIEN_STRESS_ARMS; k++)
        if (c->arms[k].ran)
            json_object_set_new(arms, c->arms[k].name, arm_json(&c->arms[k]));
    return json_pack("{s:s, s:s, s:f, s:f, s:o}", "name", c->name, "title",
                     c->title, "chance", c->chance, "healthy", c->healthy,
                     "arms", arms);
}

static mien_status print_json(const mien_stress_summary *s) {
    json_t *cases = json_array(), *passed = json_object();
    for (int i = 0; i < s->n; i++)
        json_array_append_new(cases, case_json(&s->cases[i]));
    for (int k = 0; s->n && k < MIEN_STRESS_ARMS; k++)
        if (s->cases[0].arms[k].ran)
            json_object_set_new(passed, s->cases[0].arms[k].name,
                                json_integer(s->passed[k]));
    return cli_json_print(json_pack("{s:o, s:o, s:i, s:i, s:s, s:f}", "cases",
                                    cases, "passed", passed, "diagnosed",
                                    s->diagnosed, "seeds", s->seeds, "data",
                                    s->data, "seconds", s->seconds));
}

/* ---- table ------------------------------------------------------------ */

/* " 0.98/0.91 ok", " 0.03/0.00 -", "  -" */
static void print_arm(const mien_stress_arm *a) {
    if (isnan(a->median_r))
        printf("  %5s %5s %s", "-", "-", a->pass ? "ok" : "- ");
    else
        printf("  %5.2f %5.2f %s", a->median_r, a->worst_r,
               a->pass         ? "ok"
               : a->non_finite ? "!!"
                               : "- ");
}

static void print_case(const mien_stress_case *c) {
    const mien_stress_arm *doctor = &c->arms[MIEN_STRESS_ARMS - 1];
    printf("%-37s", c->title);
    for (int k = 0; k < MIEN_STRESS_ARMS; k++)
        if (c->arms[k].ran) print_arm(&c->arms[k]);
    if (doctor->ran) {
        if (doctor->detected_step >= 0)
            printf("  %4d", doctor->detected_step);
        else
            printf("  %4s", "-");
        printf("  %s%s", doctor->stopped ? "stopped: " : "", doctor->diagnosis);
    }
    putchar('\n');
}

static void print_heading(const mien_stress_case *c) {
    printf("%-37s", "case");
    for (int k = 0; k < MIEN_STRESS_ARMS; k++)
        if (c->arms[k].ran) printf("  %-14s", c->arms[k].name);
    if (c->arms[MIEN_STRESS_ARMS - 1].ran) printf("  step  diagnosis");
    putchar('\n');
}

static void print_text(const mien_stress_summary *s) {
    if (!s->n) return;
    print_heading(&s->cases[0]);
    for (int i = 0; i < s->n; i++) print_case(&s->cases[i]);
    printf("%-37s", "passed");
    for (int k = 0; k < MIEN_STRESS_ARMS; k++)
        if (s->cases[0].arms[k].ran) {
            char share[32];
            snprintf(share, sizeof share, "%d of %d", s->passed[k], s->n);
            printf("  %-14s", share);
        }
    if (s->cases[0].arms[MIEN_STRESS_ARMS - 1].ran)
        printf("  and %d stopped by the right diagnosis", s->diagnosed);
    printf(
        "\n\nFor each arm: median and worst R of %d seed%s; ok: median .9, "
        "worst .7 and no\nweight that is not finite (!!), for the doctor also "
        "the cause named within 20 steps.\nData: %s; %.0f s.\n",
        s->seeds, s->seeds == 1 ? "" : "s", s->data, s->seconds);
}

/* ---- command ---------------------------------------------------------- */

static mien_status print_list(void) {
    puts("cases:");
    for (int i = 0; mien_stress_case_name(i); i++)
        printf("  %-18s %s\n", mien_stress_case_name(i),
               mien_stress_case_title(i));
    puts("remedies:");
    for (int i = 0; mien_stress_remedy(i); i++)
        printf("  %s\n", mien_stress_remedy(i));
    return MIEN_OK;
}

static void on_signal(int signal_number) {
    mien_train_interrupt();
    signal(signal_number, SIG_DFL); /* a second one ends at once */
}

static mien_status stress(const config *c, const mien_stress_options *o) {
    mien_stress *result;
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    mien_status status = mien_stress_run(&result, o);
    if (status != MIEN_OK) return status;
    if (c->json)
        status = print_json(mien_stress_summary_of(result));
    else
        print_text(mien_stress_summary_of(result));
    mien_stress_free(result);
    return status;
}

static mien_status run(const void *given, const cli_texts *cases) {
    const config *c = given;
    words arms = {0}, without = {0};
    if (c->list) return print_list();
    if (c->export) return mien_stress_export(c->export, c->data);
    split(&arms, c->arms);
    split(&without, c->without);
    const mien_stress_options o = {.cases = cases->items,
                                   .n_cases = cases->count,
                                   .arms = arms.items,
                                   .n_arms = arms.count,
                                   .without = without.items,
                                   .n_without = without.count,
                                   .data = c->data,
                                   .seeds = c->seeds,
                                   .threads = c->threads,
                                   .no_consent = c->no_consent,
                                   .csv = c->csv,
                                   .map = c->map,
                                   .keep = c->keep};
    const mien_status status = stress(c, &o);
    free(arms.text);
    free(without.text);
    return status;
}

const cli_command cli_stress = {
    .name = "stress",
    .summary = "break trainings in many ways and see who survives",
    .words = "[CASE...]",
    .min_words = 0,
    .max_words = 64,
    .more =
        "Each case is trained plainly, with three kinds of gradient clipping "
        "and with the\ndoctor. R is what is left of a healthy training's "
        "accuracy above chance: 1 all,\n0 nothing. --list names the cases.\n",
    .options = options,
    .config_size = sizeof(config),
    .run = run,
};
