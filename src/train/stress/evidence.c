/* SPDX-License-Identifier: Apache-2.0 */
/* evidence.c - read the journal of a run, look through its weight files. */
#include "train/stress/evidence.h"

#include <jansson.h>
#include <string.h>

#include "base/file.h"
#include "base/folder.h"
#include "tensor/safetensors.h"
#include "base/finite.h"

enum { MAX_JOURNAL = 1 << 30 };

typedef struct reading {
    mien_evidence *out;
    const char *path;
    int line;
    int64_t onset;
    uint64_t wanted;
    int64_t attempt, before; /* steps made in earlier attempts */
    int64_t latest;          /* step of this attempt that was spoken of */
} reading;

static int64_t number(const json_t *object, const char *key) {
    return json_integer_value(json_object_get(object, key));
}

static const char *text(const json_t *object, const char *key) {
    const char *value = json_string_value(json_object_get(object, key));
    return value ? value : "";
}

static void take_finding(reading *r, const json_t *object, int64_t step) {
    const mien_cause cause = mien_cause_named(text(object, "cause"));
    if (cause == MIEN_CAUSES || !strcmp(text(object, "severity"), "note"))
        return;
    if (step < r->onset && r->attempt == 0) return;
    r->out->found |= MIEN_CAUSE_BIT(cause);
    if (r->out->detected >= 0 || !(r->wanted & MIEN_CAUSE_BIT(cause))) return;
    r->out->detected = r->before + step - r->onset;
    if (r->out->detected < 0) r->out->detected = 0;
}

static void take_act(reading *r, const json_t *object, int64_t step) {
    const mien_cause cause = mien_cause_named(text(object, "cause"));
    if (cause == MIEN_CAUSES || (step < r->onset && r->attempt == 0)) return;
    r->out->acted |= MIEN_CAUSE_BIT(cause);
}

/* Step -1 is before training. */
static void take(reading *r, const json_t *object) {
    const bool finding = !strcmp(text(object, "kind"), "finding");
    int64_t step = number(object, "step");
    if (step < 0) step = 0;
    if (number(object, "attempt") > r->attempt) {
        r->attempt = number(object, "attempt");
        r->before += r->latest;
        r->latest = 0;
    }
    if (step > r->latest) r->latest = step;
    if (finding)
        take_finding(r, object, step);
    else
        take_act(r, object, step);
}

/* Frames are long and many: only lines that begin as findings and acts do are
 * parsed. */
static mien_status read_line(reading *r, const char *line, size_t length) {
    enum { HEAD = 24 };
    char head[HEAD + 1] = "";
    json_error_t why;
    r->line++;
    memcpy(head, line, length < HEAD ? length : HEAD);
    if (!strstr(head, "\"finding\"") && !strstr(head, "\"act\""))
        return MIEN_OK;
    json_t *object = json_loadb(line, length, 0, &why);
    if (!object)
        return mien_fail(MIEN_EFORMAT, "%s:%d: %s", r->path, r->line, why.text);
    take(r, object);
    json_decref(object);
    return MIEN_OK;
}

static mien_status read_lines(reading *r, const char *all, size_t size) {
    const char *end = all + size;
    while (all < end) {
        const char *stop = memchr(all, '\n', (size_t)(end - all));
        if (!stop) return MIEN_OK; /* the last line was cut off by a kill */
        MIEN_TRY(read_line(r, all, (size_t)(stop - all)));
        all = stop + 1;
    }
    return MIEN_OK;
}

mien_status mien_evidence_read(mien_evidence *out, const char *path,
                               int64_t onset, uint64_t wanted) {
    mien_buf all = {.cap = MAX_JOURNAL};
    reading r = {.out = out, .path = path, .onset = onset, .wanted = wanted};
    *out = (mien_evidence){.detected = -1};
    if (!mien_file_exists(path)) return MIEN_OK;
    mien_status status = mien_file_read(&all, path);
    if (status == MIEN_OK && all.data)
        status = read_lines(&r, (const char *)all.data, all.size);
    mien_buf_close(&all);
    return status;
}

/* ---- weights ---------------------------------------------------------- */

/* Weights, averages and optimiser slots are float32; doubles are figures and
 * histories, where "not yet" may be NaN. */
static bool bad_tensor(const mien_tensor *t) {
    const size_t n = mien_tensor_count(t);
    return t->dtype == MIEN_F32 && mien_first_bad(t->data, n) < n;
}

static mien_status look_at(void *context, const char *path) {
    static const char ending[] = ".safetensors";
    const size_t length = strlen(path), tail = sizeof ending - 1;
    bool *bad = context;
    mien_safetensors *file;
    int n;
    if (length < tail || strcmp(path + length - tail, ending)) return MIEN_OK;
    MIEN_TRY(mien_safetensors_open(&file, path, true));
    const mien_tensor *tensors = mien_safetensors_tensors(file, &n);
    for (int i = 0; i < n; i++) *bad |= bad_tensor(&tensors[i]);
    mien_safetensors_close(file);
    return MIEN_OK;
}

mien_status mien_evidence_weights(bool *bad, const char *folder) {
    *bad = false;
    return mien_folder_walk(folder, look_at, bad);
}
