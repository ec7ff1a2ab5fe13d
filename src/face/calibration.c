/* SPDX-License-Identifier: Apache-2.0 */
/* calibration.c - score to FMR and back, and the record in the model file. */
#include "face/calibration.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "face/contract.h"
#include "tensor/safetensors.h"

void mien_calibration_free(mien_calibration *c) { mien_free(c); }

const mien_calibration_facts *mien_calibration_about(
    const mien_calibration *c) {
    return &c->facts;
}

/* ---- look up ---------------------------------------------------------- */

static double between(double a, double b, double share) {
    return exp(log(a) + share * (log(b) - log(a)));
}

mien_fmr mien_calibration_fmr(const mien_calibration *c, double similarity) {
    int i = 0;
    const double s = isnan(similarity) ? -1 : similarity;
    while (i < c->n - 2 && c->knot[i + 1].score <= s) i++;
    const mien_knot *k = &c->knot[i];
    const double share =
        fmax(0, fmin(1, (s - k[0].score) / (k[1].score - k[0].score)));
    mien_fmr out = {.fmr = between(k[0].fmr, k[1].fmr, share),
                    .low = between(k[0].low, k[1].low, share),
                    .high = between(k[0].high, k[1].high, share)};
    out.extrapolated = out.fmr < c->facts.least_fmr * (1 - 1e-9);
    return out;
}

static mien_status check_wanted(const mien_calibration *c, double fmr,
                                bool extrapolate) {
    const mien_calibration_facts *f = &c->facts;
    if (!(fmr > 0 && fmr <= 1))
        return mien_fail(MIEN_EINVAL,
                         "an FMR of %g: above 0 and at most 1 is possible",
                         fmr);
    if (fmr < c->knot[c->n - 1].fmr)
        return mien_fail(MIEN_ELIMIT,
                         "no similarity has an FMR of %g: that of 1, the "
                         "highest, is %.2g",
                         fmr, c->knot[c->n - 1].fmr);
    if (fmr < f->least_fmr * (1 - 1e-9) && !extrapolate)
        return mien_fail(MIEN_ELIMIT,
                         "an FMR of %g is below what the model's calibration "
                         "shows: %lld comparisons of %d people reach down to "
                         "%.2g; calibrate with more people, or extrapolate",
                         fmr, (long long)f->impostors, f->people, f->least_fmr);
    return MIEN_OK;
}

mien_status mien_calibration_threshold(double *out, const mien_calibration *c,
                                       double fmr, bool extrapolate) {
    int i = 0;
    MIEN_TRY(check_wanted(c, fmr, extrapolate));
    while (i < c->n - 2 && c->knot[i + 1].fmr > fmr) i++;
    const mien_knot *k = &c->knot[i];
    const double share =
        (log(fmr) - log(k[0].fmr)) / (log(k[1].fmr) - log(k[0].fmr));
    double t = k[0].score + share * (k[1].score - k[0].score);
    /* Rounding must not let more through than was asked for. */
    while (t < k[1].score && mien_calibration_fmr(c, t).fmr > fmr)
        t = nextafter(t, INFINITY);
    *out = t;
    return MIEN_OK;
}

/* ---- the record ------------------------------------------------------- */

mien_status mien_calibration_write(mien_buf *out, const mien_calibration *c) {
    const mien_calibration_facts *f = &c->facts;
    json_t *knots = json_array();
    for (int i = 0; i < c->n; i++) {
        const mien_knot *k = &c->knot[i];
        json_array_append_new(knots, json_pack("[f, f, f, f]", k->score, k->fmr,
                                               k->low, k->high));
    }
    json_t *record = json_pack(
        "{s:i, s:s, s:s, s:I, s:i, s:f, s:f, s:f, s:o}", "version", 1,
        "contract", c->contract, "source", c->source, "impostors",
        (json_int_t)f->impostors, "people", f->people, "least_fmr",
        f->least_fmr, "shape", f->shape, "scale", f->scale, "knots", knots);
    char *text = record ? json_dumps(record, JSON_COMPACT | JSON_SORT_KEYS |
                                                 JSON_REAL_PRECISION(17))
                        : NULL;
    json_decref(record);
    if (!text)
        return mien_fail(MIEN_EINVAL,
                         "the calibration cannot be written as JSON: its "
                         "source is not UTF-8, or memory ran out");
    const mien_status status = mien_buf_append(out, text, strlen(text));
    free(text);
    return status;
}

static bool read_knot(mien_knot *k, json_t *list) {
    double x[4];
    if (json_array_size(list) != 4) return false;
    for (size_t i = 0; i < 4; i++) {
        if (!json_is_number(json_array_get(list, i))) return false;
        x[i] = json_number_value(json_array_get(list, i));
    }
    *k = (mien_knot){x[0], x[1], x[2], x[3]};
    return k->score >= -1 && k->score <= 1 && k->low > 0 && k->low <= k->fmr &&
           k->fmr <= k->high && k->high <= 1;
}

static bool read_knots(mien_calibration *c, json_t *list) {
    const size_t n = json_array_size(list);
    if (n < 2 || n > MIEN_KNOTS_MAX) return false;
    for (size_t i = 0; i < n; i++) {
        if (!read_knot(&c->knot[i], json_array_get(list, i))) return false;
        const mien_knot *k = &c->knot[i];
        if (i && (k->score <= k[-1].score || k->fmr >= k[-1].fmr ||
                  k->low > k[-1].low || k->high > k[-1].high))
            return false;
    }
    c->n = (int)n;
    return c->knot[0].fmr == 1;
}

static double number(json_t *record, const char *key) {
    json_t *x = json_object_get(record, key);
    return json_is_number(x) ? json_number_value(x) : NAN;
}

static bool copy_text(char *out, size_t room, json_t *record, const char *key) {
    const char *text = json_string_value(json_object_get(record, key));
    if (!text || strlen(text) >= room) return false;
    strcpy(out, text);
    return true;
}

static bool read_record(mien_calibration *c, json_t *record) {
    mien_calibration_facts *f = &c->facts;
    const double impostors = number(record, "impostors");
    const double people = number(record, "people");
    if (number(record, "version") != 1 ||
        !copy_text(c->contract, sizeof c->contract, record, "contract") ||
        !copy_text(c->source, sizeof c->source, record, "source") ||
        !read_knots(c, json_object_get(record, "knots")))
        return false;
    *f = (mien_calibration_facts){.least_fmr = number(record, "least_fmr"),
                                  .shape = number(record, "shape"),
                                  .scale = number(record, "scale"),
                                  .contract = c->contract,
                                  .source = c->source};
    if (!(impostors >= 1 && impostors < 1e15 && people >= 2 && people < 1e9))
        return false;
    f->impostors = (int64_t)impostors;
    f->people = (int)people;
    return f->least_fmr > 0 && f->least_fmr <= 1 && isfinite(f->shape) &&
           f->scale > 0;
}

mien_status mien_calibration_read(mien_calibration **out, const char *text,
                                  const char *contract, const char *path) {
    *out = NULL;
    mien_calibration *c = mien_alloc(1, sizeof *c);
    if (!c) return MIEN_ENOMEM;
    json_t *record = json_loads(text, 0, NULL);
    mien_status status = MIEN_OK;
    if (!read_record(c, record))
        status = mien_fail(MIEN_EFORMAT,
                           "%s: its calibration is no falling curve of FMR "
                           "over score as this version writes it",
                           path);
    else if (strcmp(c->contract, contract))
        status =
            mien_fail(MIEN_ECORRUPT,
                      "%s: its calibration was made with another model", path);
    json_decref(record);
    if (status == MIEN_OK)
        *out = c;
    else
        mien_free(c);
    return status;
}

/* ---- into the model file ---------------------------------------------- */

static bool is_kept(const char *key) {
    return strcmp(key, "calibration") && strcmp(key, MIEN_SEAL_TENSORS) &&
           strcmp(key, MIEN_SEAL_HEADER);
}

static mien_status rewrite(const char *path, const char *record) {
    mien_safetensors *file;
    int n, n_metas, kept = 0;
    MIEN_TRY(mien_safetensors_open(&file, path, true));
    const mien_tensor *tensors = mien_safetensors_tensors(file, &n);
    const mien_meta *old = mien_safetensors_metas(file, &n_metas);
    mien_meta *metas = mien_alloc((size_t)n_metas + 1, sizeof *metas);
    mien_status status = metas ? MIEN_OK : MIEN_ENOMEM;
    for (int i = 0; status == MIEN_OK && i < n_metas; i++)
        if (is_kept(old[i].key)) metas[kept++] = old[i];
    if (status == MIEN_OK) {
        metas[kept++] = (mien_meta){"calibration", record};
        status = mien_safetensors_write(
            path, &(mien_safetensors_content){.tensors = tensors,
                                              .count = n,
                                              .metas = metas,
                                              .meta_count = kept});
    }
    mien_free(metas);
    mien_safetensors_close(file);
    return status;
}

mien_status mien_calibration_store(const char *model_path,
                                   const mien_calibration *c) {
    char contract[MIEN_HASH_HEX];
    mien_model *model;
    mien_buf record = {.cap = 1 << 20};
    MIEN_TRY(mien_model_load(&model, model_path, 1));
    mien_contract_hash(contract, model);
    mien_model_free(model);
    if (strcmp(contract, c->contract))
        return mien_fail(MIEN_EINVAL,
                         "%s: the calibration was made with another model",
                         model_path);
    mien_status status = mien_calibration_write(&record, c);
    if (status == MIEN_OK) status = rewrite(model_path, (char *)record.data);
    mien_buf_close(&record);
    return status;
}
