/* SPDX-License-Identifier: Apache-2.0 */
/* past_fixture.h - a run that never was, as health.jsonl: a first start that
 * blows up, a second one with a spike, a rollback and a layer that dies.
 *
 *   fixture_plan plan = fixture_plans[0];
 *   fixture_write(scratch("health.jsonl"), &plan); */
#ifndef MIEN_TESTS_HEALTH_PAST_FIXTURE_H
#define MIEN_TESTS_HEALTH_PAST_FIXTURE_H

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

typedef struct fixture_plan {
    int layers, steps; /* steps: of the second start */
    int every;         /* probed steps */
    bool troubled;     /* with the first start, acts, findings, ... */
    bool nulls;        /* nothing is a number */
    bool verdict;      /* it reached its end */
} fixture_plan;

typedef struct fixture {
    FILE *file;
    fixture_plan plan;
    uint64_t seed;
    int attempt;
} fixture;

/* -1 to 1. */
static inline double fixture_noise(fixture *f) {
    f->seed = f->seed * 6364136223846793005u + 1442695040888963407u;
    return (double)(int64_t)(f->seed >> 11) / (double)(1ll << 52) - 1;
}

static inline void fixture_number(fixture *f, double x) {
    if (isfinite(x))
        fprintf(f->file, "%.9g", x);
    else
        fputs("null", f->file);
}

static inline void fixture_pair(fixture *f, const char *key, double x) {
    fprintf(f->file, ", \"%s\": ", key);
    fixture_number(f, f->plan.nulls ? NAN : x);
}

static inline void fixture_begin(fixture *f, const char *kind, int step) {
    fprintf(f->file, "{\"kind\": \"%s\", \"attempt\": %d, \"step\": %d", kind,
            f->attempt, step);
}

static inline void fixture_end(fixture *f) { fputs("}\n", f->file); }

static inline bool fixture_is_relu(int layer) { return layer % 2 == 1; }

static inline void fixture_name(char out[64], int layer) {
    if (fixture_is_relu(layer))
        snprintf(out, 64, "stage%d.block%d.relu", layer / 20 + 1,
                 layer % 20 / 2 + 1);
    else
        snprintf(out, 64, "stage%d.block%d.conv", layer / 20 + 1,
                 layer % 20 / 2 + 1);
}

static inline void fixture_rows(fixture *f) {
    const int n = f->plan.layers;
    char name[64];
    fixture_begin(f, "rows", 0);
    for (int what = 0; what < 3; what++) {
        fprintf(f->file, ", \"%s\": [",
                what == 0   ? "layers"
                : what == 1 ? "kinds"
                            : "activation");
        for (int i = 0; i < n; i++) {
            fixture_name(name, i);
            fputs(i ? ", " : "", f->file);
            if (what == 2)
                fputs(fixture_is_relu(i) ? "true" : "false", f->file);
            else
                fprintf(f->file, "\"%s\"",
                        what == 0            ? name
                        : fixture_is_relu(i) ? "relu"
                                             : "conv + bn");
        }
        fputs("]", f->file);
    }
    const int tensors = n; /* a weight and a bias for each conv */
    for (int what = 0; what < 3; what++) {
        fprintf(f->file, ", \"%s\": [",
                what == 0   ? "tensors"
                : what == 1 ? "roles"
                            : "layer_of");
        for (int i = 0; i < tensors; i++) {
            const int layer = i / 2 * 2;
            fixture_name(name, layer);
            fputs(i ? ", " : "", f->file);
            if (what == 0)
                fprintf(f->file, "\"%s.%s\"", name, i % 2 ? "bias" : "weight");
            else if (what == 1)
                fprintf(f->file, "\"%s\"", i % 2 ? "bias" : "weight");
            else
                fprintf(f->file, "%d", layer);
        }
        fputs("]", f->file);
    }
    fixture_end(f);
}

typedef double fixture_value(fixture *f, int step, int row);

/* How far the first start has blown up by a step. */
static inline double fixture_blast(const fixture *f, int step) {
    return f->plan.troubled && f->attempt == 0 ? exp(step / 9.0) : 1;
}

static inline double fixture_y_rms(fixture *f, int step, int row) {
    const double gain = f->attempt == 0 && f->plan.troubled ? 1.17 : 1.004;
    return pow(gain, row) * (1 + 0.05 * fixture_noise(f)) *
           pow(fixture_blast(f, step), 0.3);
}

static inline double fixture_y_max(fixture *f, int step, int row) {
    return 5 * fixture_y_rms(f, step, row);
}

static inline double fixture_share(fixture *f, int step, int row) {
    (void)step;
    return fixture_is_relu(row) ? 0.45 + 0.05 * fixture_noise(f) : 0;
}

static inline double fixture_none(fixture *f, int step, int row) {
    (void)f, (void)step, (void)row;
    return 0;
}

static inline double fixture_dy_rms(fixture *f, int step, int row) {
    const double gain = f->attempt == 0 && f->plan.troubled ? 1.2 : 1.015;
    return 2e-4 * pow(gain, f->plan.layers - row) *
           (1 + 0.2 * fixture_noise(f)) * fixture_blast(f, step);
}

static inline double fixture_dy_max(fixture *f, int step, int row) {
    return fixture_dy_rms(f, step, row) * (9 + 3 * fixture_noise(f));
}

static inline double fixture_idle(fixture *f, int step, int row) {
    if (!fixture_is_relu(row)) return 0;
    const double middle = 0.62 * f->plan.layers;
    const double ill = exp(-pow((row - middle) / 3, 2));
    const double grown =
        1 / (1 + exp(-(step - 0.45 * f->plan.steps) / (0.08 * f->plan.steps)));
    return fmin(fmax(0.02 + 0.9 * ill * grown + 0.01 * fixture_noise(f), 0), 1);
}

static inline double fixture_dead(fixture *f, int step, int row) {
    return step < 50 * f->plan.every ? NAN : fixture_idle(f, step, row);
}

static inline double fixture_gain(fixture *f, int step, int row) {
    (void)row;
    return pow(fixture_blast(f, step), 0.05) * (1 + 0.03 * fixture_noise(f));
}

static inline double fixture_weight(fixture *f, int step, int row) {
    (void)f;
    return row % 2 ? (step ? 0.05 : 0) : 12 + row * 0.1;
}

static inline double fixture_gradient(fixture *f, int step, int row) {
    return fixture_dy_rms(f, step, row) * 700;
}

static inline double fixture_update(fixture *f, int step, int row) {
    const double decay = 0.5 + 0.5 * cos(3.0 * step / (f->plan.steps + 1));
    const double slow = pow(10, -2.2 * row / f->plan.layers);
    return fixture_weight(f, 1, row) * 4e-3 * slow * (decay + 0.02) *
           exp(0.25 * fixture_noise(f)) * pow(fixture_blast(f, step), 0.7);
}

static inline void fixture_row(fixture *f, const char *key, int n, int step,
                               fixture_value *value) {
    fprintf(f->file, ", \"%s\": [", key);
    for (int i = 0; i < n; i++) {
        const double x = value(f, step, i);
        fputs(i ? ", " : "", f->file);
        fixture_number(f, f->plan.nulls ? NAN : x);
    }
    fputs("]", f->file);
}

static inline void fixture_probe(fixture *f, int step) {
    const struct {
        const char *key;
        fixture_value *value;
    } rows[] = {{"y_mean", fixture_none},       {"y_rms", fixture_y_rms},
                {"y_max", fixture_y_max},       {"y_zeros", fixture_share},
                {"y_saturated", fixture_none},  {"y_bad", fixture_none},
                {"dy_mean", fixture_none},      {"dy_rms", fixture_dy_rms},
                {"dy_max", fixture_dy_max},     {"dy_bad", fixture_none},
                {"dead", fixture_dead},         {"idle", fixture_idle},
                {"forward_gain", fixture_gain}, {"backward_gain", fixture_gain},
                {"weight", fixture_weight},     {"gradient", fixture_gradient},
                {"update", fixture_update}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        fixture_row(f, rows[i].key, f->plan.layers, step, rows[i].value);
}

static inline void fixture_frame(fixture *f, int step, double loss,
                                 double norm) {
    const bool bad = !isfinite(loss), skipped = bad;
    fixture_begin(f, "frame", step);
    fixture_pair(f, "loss", loss);
    fixture_pair(f, "accuracy", 1 - exp(-step / 400.0));
    fixture_pair(f, "lr",
                 0.1 * (f->attempt ? 0.2 : 1) *
                     (0.5 + 0.5 * cos(3.1 * step / f->plan.steps)));
    fixture_pair(f, "norm", norm);
    fixture_pair(f, "backbone", norm * 0.9);
    fixture_pair(f, "head", norm * 0.4);
    fixture_pair(f, "threshold", f->attempt ? 3.2 : NAN);
    fprintf(f->file, ", \"clipped\": %s, \"skipped\": %s, \"bad\": %s",
            f->attempt && norm > 3.2 ? "true" : "false",
            skipped ? "true" : "false", bad ? "\"loss\"" : "null");
    fixture_pair(f, "input_rms", 1);
    fixture_pair(f, "input_max", 2.4);
    fixture_pair(f, "cosine", 0.1);
    fixture_pair(f, "theta", 1.2);
    if (step % f->plan.every == 0) fixture_probe(f, step);
    fixture_end(f);
}

static inline void fixture_histograms(fixture *f, int step) {
    for (int tensor = 0; tensor < f->plan.layers; tensor++)
        for (int what = 0; what < 2; what++) {
            const double centre =
                what ? 40 - 13 - 3.0 * step / f->plan.steps : 40 - 4.5;
            const double width = what ? 3.2 : 1.6 + 0.01 * tensor;
            fixture_begin(f, "histogram", step);
            fprintf(f->file,
                    ", \"tensor\": %d, \"what\": \"%s\", \"zeros\": 3, "
                    "\"bad\": 0, \"min\": -1, \"max\": 1, \"sum\": 0.5, "
                    "\"squares\": 2",
                    tensor, what ? "gradient" : "weight");
            for (int sign = 0; sign < 2; sign++) {
                fprintf(f->file, ", \"%s\": [", sign ? "negative" : "positive");
                for (int b = 0; b < 64; b++)
                    fprintf(f->file, "%s%d", b ? ", " : "",
                            (int)(4000 * exp(-pow((b - centre) / width, 2))));
                fputs("]", f->file);
            }
            fixture_end(f);
        }
}

static inline void fixture_angles(fixture *f, int step) {
    const double mean = 88 - 45 * (1 - exp(-step / 500.0));
    fixture_begin(f, "angles", step);
    fputs(", \"bins\": [", f->file);
    for (int b = 0; b < 36; b++) {
        const double near = exp(-pow((b * 5 + 2.5 - mean) / 11, 2));
        const double wrong = exp(-pow((b * 5 + 2.5 - 89) / 6, 2));
        fprintf(f->file, "%s%d", b ? ", " : "", (int)(40 * near + 6 * wrong));
    }
    fputs("]", f->file);
    fixture_end(f);
}

static inline void fixture_finding(fixture *f, int step, const char *detector,
                                   const char *severity, const char *cause,
                                   const char *sentence) {
    fixture_begin(f, "finding", step);
    fprintf(f->file,
            ", \"detector\": \"%s\", \"severity\": \"%s\", \"cause\": \"%s\", "
            "\"since\": %d, \"value\": 4100, \"limit\": 1000, \"where\": "
            "\"stage1.block3.conv and stage1.block1.conv\", \"text\": \"%s\"",
            detector, severity, cause, step, sentence);
    fixture_end(f);
}

static inline void fixture_act(fixture *f, int step, const char *remedy,
                               const char *cause, const char *change,
                               bool kept) {
    fixture_begin(f, "act", step);
    fprintf(f->file,
            ", \"remedy\": \"%s\", \"cause\": \"%s\", \"changes\": [\"%s\"], "
            "\"kept\": %s, \"why\": \"fork test 50 steps: loss 2.31 -> %s "
            "with, null without\", \"with\": [",
            remedy, cause, change, kept ? "true" : "false",
            kept ? "1.12" : "2.9");
    for (int i = 0; i < 50; i++) {
        fputs(i ? ", " : "", f->file);
        fixture_number(f,
                       (kept ? 1.12 + 1.2 * exp(-i / 12.0) : 2.3 + i * 0.01) +
                           0.08 * fixture_noise(f));
    }
    fputs("], \"without\": [", f->file);
    for (int i = 0; i < 50; i++) {
        fputs(i ? ", " : "", f->file);
        fixture_number(f, i < 30 ? 2.31 + exp(i / 6.0) * 0.05 : NAN);
    }
    fprintf(f->file, "], \"from\": %d", step > 100 ? step - 100 : 0);
    fixture_end(f);
}

static inline void fixture_sweep(fixture *f) {
    fixture_begin(f, "sweep", 0);
    fputs(", \"lr\": [", f->file);
    for (int i = 0; i < 80; i++)
        fprintf(f->file, "%s%.6g", i ? ", " : "", 1e-6 * pow(10, i / 11.5));
    fputs("], \"loss\": [", f->file);
    for (int i = 0; i < 80; i++) {
        const double lr = 1e-6 * pow(10, i / 11.5);
        fputs(i ? ", " : "", f->file);
        fixture_number(f, i > 75 ? NAN
                                 : 2.4 - 1.4 / (1 + pow(2e-3 / lr, 1.2)) +
                                       pow(lr / 0.35, 2.5));
    }
    fputs("], \"diverged\": 0.62, \"suggested\": 0.02", f->file);
    fixture_end(f);
}

static inline void fixture_quarantine(fixture *f, int step, int sample) {
    fixture_begin(f, "quarantine", step);
    fprintf(f->file,
            ", \"epoch\": 1, \"batch\": %d, \"sample\": %d, \"reason\": "
            "\"gradient not finite <b> & \\\"so\\\"\"",
            step % 90, sample);
    fixture_end(f);
}

static inline void fixture_first_start(fixture *f) {
    fixture_rows(f);
    fixture_sweep(f);
    for (int step = 0; step < 60; step++) {
        const double up = exp(step / 9.0);
        fixture_frame(f, step, step < 52 ? 2.3 + 0.01 * up : NAN,
                      step < 50 ? 4 * up * (1.2 + fixture_noise(f)) : NAN);
        if (step % 50 == 0) fixture_histograms(f, step);
        if (step >= 12)
            fixture_finding(f, step, "exploding", "fail", "init_large",
                            "backward gain 4.1e3 between stage1.block3.conv "
                            "and stage1.block1.conv <script>");
        if (step == 52) fixture_quarantine(f, step, -1);
        if (step == 53) fixture_quarantine(f, step, 7);
    }
    fixture_act(f, 14, "rate", "rate", "optim.sgd.lr=0.05", false);
    fixture_act(f, 59, "lsuv", "init_large", "init.kind=lsuv", true);
    f->attempt = 1;
}

static inline double fixture_loss(fixture *f, int step) {
    const double spike = f->plan.troubled && step > f->plan.steps / 2 &&
                                 step < f->plan.steps / 2 + 40
                             ? 1.5
                             : 0;
    return 0.35 + 2 * exp(-step / 350.0) + spike + 0.12 * fixture_noise(f);
}

static inline void fixture_step(fixture *f, int step) {
    const double loss = fixture_loss(f, step);
    fixture_frame(f, step, loss,
                  (loss > 1.8 ? 9 : 2.2) * (1 + 0.4 * fixture_noise(f)));
    if (step % 50 == 0) fixture_histograms(f, step);
    if (step % 20 == 0) fixture_angles(f, step);
}

static inline int fixture_write(const char *path, const fixture_plan *plan) {
    fixture f = {.file = fopen(path, "w"), .plan = *plan, .seed = 7};
    if (!f.file) return -1;
    if (plan->troubled) fixture_first_start(&f);
    if (plan->steps) fixture_rows(&f);
    for (int step = 0; step < plan->steps; step++) {
        fixture_step(&f, step);
        if (!plan->troubled || step != plan->steps / 2 + 39) continue;
        fixture_finding(&f, step, "spike", "warn", "outlier",
                        "loss 6.4 MADs above its median");
        fixture_act(&f, step, "rollback", "outlier", "optim.sgd.lr=0.01", true);
        for (int again = step - 100 > 0 ? step - 100 : 0; again <= step;
             again++)
            fixture_frame(&f, again, 0.9 + 0.1 * fixture_noise(&f), 2);
    }
    if (plan->troubled)
        fixture_finding(&f, plan->steps - 1, "dead", "warn", "dead",
                        "half of the units are never on");
    if (plan->verdict) {
        fixture_begin(&f, "verdict", plan->steps);
        fputs(", \"text\": \"\"", f.file);
        fixture_end(&f);
    }
    return fclose(f.file);
}

#endif
