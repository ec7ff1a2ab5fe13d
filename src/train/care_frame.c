/* SPDX-License-Identifier: Apache-2.0 */
/* care_frame.c - what a step showed.
 *
 * What the loss is for answers that know nothing, L0:
 *
 *   cross entropy   ln C           binary   ln 2
 *   margin heads    ln C + s^2/2d + s sin m      while s^2/2d < ln C: there
 *                   all cosines are N(0, 1/d)
 *
 * Mean cosine between n unit vectors u:  (|sum u|^2 - n) / (n (n - 1)). */
#include "train/care_frame.h"

#include <math.h>
#include <string.h>

#include "health/remedy.h"
#include "nn/losses/margin.h"
#include "base/finite.h"

static bool is_margin(const mien_net *net) {
    static const char *const heads[] = {"arcface", "cosface",
                                        "subcenter_arcface"};
    for (size_t i = 0; net->loss && i < sizeof heads / sizeof *heads; i++)
        if (!strcmp(net->loss->name, heads[i])) return true;
    return false;
}

static double expected_loss(const mien_net *net) {
    const double classes = net->spec.classes;
    if (!net->loss) return NAN;
    if (!strcmp(net->loss->name, "cross_entropy")) return log(classes);
    if (!strcmp(net->loss->name, "binary_cross_entropy")) return log(2);
    if (!is_margin(net)) return NAN;
    const mien_margin_config *m = net->loss_config;
    const double spread = (double)m->s * m->s / (2.0 * mien_net_width(net));
    if (spread > log(classes)) return NAN;
    return log(classes) + spread + (m->warmup > 0 ? 0 : m->s * sin(m->m));
}

void mien_care_learn_setup(mien_trainer *t) {
    mien_care *c = t->care;
    const mien_choice *optim = &t->update.optim;
    c->expected = expected_loss(t->net);
    c->gentle_lr = c->sharpness = NAN;
    c->decay = ((const mien_optim_config *)optim->config)->weight_decay;
    c->frame.steps = mien_trainer_steps(t) * mien_recipe_epochs(&t->recipe);
    c->decoupled = !strcmp(optim->row->name, "adamw");
}

/* ---- data and answers ------------------------------------------------- */

enum { MOST_COUNTED = 512, MOST_COMPARED = 256 };

static int distinct_labels(const int32_t *label, int n) {
    int distinct = 0;
    if (!label) return 0;
    for (int i = 0; i < n; i++) {
        int k = 0;
        while (k < i && label[k] != label[i]) k++;
        distinct += k == i;
    }
    return distinct;
}

static double mean_cosine(const float *y, int n, int width) {
    double norm[MOST_COMPARED], sum = 0;
    int used = 0;
    if (width < 2 || n < 2) return NAN;
    if (n > MOST_COMPARED) n = MOST_COMPARED;
    for (int i = 0; i < n; i++) {
        norm[i] = mien_norm2(y + (size_t)i * width, (size_t)width);
        used += norm[i] > 0;
    }
    if (used < 2) return NAN;
    for (int k = 0; k < width; k++) {
        double column = 0;
        for (int i = 0; i < n; i++)
            if (norm[i] > 0) column += y[(size_t)i * width + k] / norm[i];
        sum += column * column;
    }
    return (sum - used) / ((double)used * (used - 1));
}

/* Angles to the right class, from scores s cos(theta). */
static void angles(mien_frame *f, const mien_seen *seen) {
    const mien_result *r = seen->result;
    double sum = 0;
    if (f->margin_s <= 0 || !r->scores || !seen->batch->label) return;
    for (int i = 0; i < seen->batch->n; i++) {
        double c = r->scores[(size_t)i * r->n_scores + seen->batch->label[i]] /
                   f->margin_s;
        c = c > 1 ? 1 : c < -1 ? -1 : c;
        const double theta = acos(c);
        sum += theta;
        if (!(theta >= f->theta_least)) f->theta_least = theta;
    }
    f->theta = sum / seen->batch->n;
}

static void fill_answers(mien_trainer *t, const mien_seen *seen) {
    mien_frame *f = &t->care->frame;
    const mien_batch *b = seen->batch;
    const mien_result *r = seen->result;
    f->samples = b->n;
    f->classes = t->net->spec.classes;
    f->distinct =
        distinct_labels(b->label, b->n < MOST_COUNTED ? b->n : MOST_COUNTED);
    f->cosine = f->theta = f->theta_least = NAN;
    f->margin_s = f->margin_m = 0;
    if (is_margin(t->net)) {
        const mien_margin_config *m = t->net->loss_config;
        f->margin_s = m->s;
        f->margin_m =
            b->progress >= m->warmup ? m->m : m->m * b->progress / m->warmup;
    }
    if (!r) return; /* the batch was not run */
    angles(f, seen);
    if (!t->care->probe) return;
    f->cosine = mean_cosine(r->y, b->n, r->width);
}

/* ---- layers and tensors ----------------------------------------------- */

static double norm_of(const mien_probe *p) {
    return p->rms * sqrt((double)p->count);
}

/* A unit is dead when it was 0 in every one of the last batches. */
static double dead_share(mien_care *c, int layer, const mien_layer_probe *p) {
    uint16_t *idle = c->idle_for[layer];
    int dead = 0;
    if (!idle || !p->units) return NAN;
    for (int u = 0; u < p->units; u++) {
        idle[u] = p->alive[u] ? 0 : (uint16_t)(idle[u] + (idle[u] < 65535));
        dead += idle[u] >= MIEN_DEAD_BATCHES;
    }
    if (++c->batches_probed[layer] < MIEN_DEAD_BATCHES) return NAN;
    return (double)dead / p->units;
}

static void fill_layers(mien_trainer *t) {
    mien_care *c = t->care;
    for (int i = 0; i < c->frame.n_layers; i++) {
        mien_layer_state *layer = &c->layers[i];
        const mien_layer_probe *p = mien_runner_probe(t->run, c->row_of[i]);
        const mien_layer_state *before = i ? layer - 1 : NULL;
        layer->y = p->y;
        layer->dy = p->dy;
        layer->idle = layer->activation ? p->dead : NAN;
        layer->dead = dead_share(c, i, p);
        layer->forward_gain =
            p->y.rms / (before ? before->y.rms : c->frame.input.rms);
        layer->backward_gain =
            before ? norm_of(&before->dy) / norm_of(&p->dy) : NAN;
    }
}

/* |W| over what He's initialisation would give it. */
static double scale_of(const mien_weight *w, double norm) {
    if (w->spec.role != MIEN_ROLE_WEIGHT || w->spec.fan_in < 1) return NAN;
    return norm / sqrt((double)w->count) / sqrt(2.0 / w->spec.fan_in);
}

static void fill_tensors(mien_trainer *t, const mien_seen *seen) {
    mien_care *c = t->care;
    for (int i = 0; i < c->frame.n_tensors; i++) {
        mien_tensor_state *s = &c->tensors[i];
        const mien_moved *m = &t->update.moved[i];
        s->weight = m->before;
        s->gradient = t->update.norms[i];
        s->update = seen->skipped ? NAN : m->update;
        s->ratio = m->before > 0 ? s->update / m->before : NAN;
        s->stalled = seen->skipped ? NAN : t->update.stalled[i];
        s->scale = scale_of(&t->net->weights.items[i], m->before);
    }
}

/* The step's rate, scaled down to what moves nothing by more than
 * MIEN_GENTLE. */
static double gentle_rate(const mien_trainer *t, double lr) {
    const mien_care *c = t->care;
    double most = 0;
    for (int i = 0; i < c->frame.n_tensors; i++)
        if (c->tensors[i].role == MIEN_ROLE_WEIGHT &&
            c->tensors[i].ratio > most)
            most = c->tensors[i].ratio;
    return most > 0 ? lr * MIEN_GENTLE / most : NAN;
}

/* How much of what moves the weights is decay. */
static double decay_share(const mien_trainer *t, const mien_seen *seen) {
    const mien_care *c = t->care;
    double weight = 0, update = 0;
    if (c->decay <= 0 || seen->skipped) return 0;
    for (int i = 0; i < t->update.n; i++) {
        if (t->update.tensors[i].role != MIEN_ROLE_WEIGHT) continue;
        const mien_moved *m = &t->update.moved[i];
        weight += m->before * m->before;
        update += m->update * m->update;
    }
    const double pull = c->decay * sqrt(weight);
    return c->decoupled ? seen->update->lr * pull / sqrt(update)
                        : pull / seen->update->norm;
}

void mien_care_fill(mien_trainer *t, const mien_seen *seen) {
    mien_care *c = t->care;
    mien_frame *f = &c->frame;
    const mien_update_report *u = seen->update;
    f->step = t->at.step;
    f->epoch = t->at.epoch;
    f->batch = seen->first_batch;
    f->loss = seen->loss;
    f->accuracy = seen->accuracy;
    f->lr = u->lr;
    f->norm = u->norm;
    f->backbone = u->backbone;
    f->head = u->head;
    f->threshold = u->threshold;
    f->clipped = u->clipped;
    f->skipped = seen->skipped;
    f->bad = seen->bad;
    f->expected = c->expected;
    f->precision = t->recipe.precision.type;
    f->scaling = seen->scaling;
    f->sharpness = c->sharpness;
    f->probed = c->probe && seen->result;
    fill_answers(t, seen);
    f->decay_share = 0;
    if (!f->probed) return;
    f->decay_share = decay_share(t, seen);
    fill_layers(t);
    fill_tensors(t, seen);
    if (t->at.step == 0) c->gentle_lr = gentle_rate(t, u->lr);
}
