/* SPDX-License-Identifier: Apache-2.0 */
/* hair_flow.c - sheets and locks of long hair. */
#include "synth/hair_flow.h"

#include "synth/waves.h"

static mien_vec flow_at(const mien_flow *f, float c, float s, float extra) {
    return f->at(f->what, c, s, extra);
}

/* ---- sheets ----------------------------------------------------------- */

mien_status mien_flow_sheet(mien_mesh *mesh, const mien_flow *flow,
                            mien_sheet sheet) {
    int first;
    MIEN_TRY(mien_mesh_grid(mesh, (mien_grid){sheet.rows, sheet.columns, false},
                            &first));
    for (int r = 0; r < sheet.rows; r++)
        for (int i = 0; i < sheet.columns; i++) {
            const float s = (float)r / (float)(sheet.rows - 1);
            const float c = (float)i / (float)(sheet.columns - 1);
            const int k = first + r * sheet.columns + i;
            const float lump =
                sheet.lumps * mien_step(0, 0.2f, s) *
                mien_noise2(c * flow->across * 0.09f, s * 2.2f, flow->seed);
            mesh->position[k] = flow_at(flow, c, s, sheet.extra + lump);
            mesh->at[k][0] = c * flow->across;
            mesh->at[k][1] = s;
        }
    for (int r = 0; r < sheet.rows; r++)
        for (int i = 0; i < sheet.columns; i++) {
            const int k = first + r * sheet.columns + i;
            const int to = r + 1 < sheet.rows ? k + sheet.columns : k;
            const int from = to == k ? k - sheet.columns : k;
            const float open =
                mien_mix(flow->open[0], flow->open[1], mesh->at[k][1]);
            const mien_vec way =
                mien_sub(mesh->position[to], mesh->position[from]);
            mesh->rest[k] = mien_scale(mien_unit(way), open);
        }
    return MIEN_OK;
}

/* ---- locks ------------------------------------------------------------ */

enum { POINTS_MOST = 48 };

typedef struct lock {
    float c, drift, from, to, extra, broad, turn;
    int number;
} lock;

static lock draw_lock(const mien_flow *flow, const mien_locks *l, int k) {
    float h[7];
    for (uint32_t i = 0; i < 7; i++)
        h[i] = mien_hash_unit((uint32_t)k, i, flow->seed);
    /* One in each of n slots: no bald patch and no heap. */
    const float slot = ((float)((k * 37) % l->n) + h[0]) / (float)l->n;
    return (lock){.c = mien_mix(l->c[0], l->c[1], slot),
                  .drift = l->drift * (2 * h[1] - 1),
                  .from = mien_mix(l->from[0], l->from[1], h[2]),
                  .to = mien_mix(l->to[0], l->to[1], h[3]),
                  .extra = mien_mix(l->extra[0], l->extra[1], h[4]),
                  .broad = l->broad * (0.6f + 0.8f * h[5]),
                  .turn = h[6]};
}

static mien_vec lock_point(const mien_flow *flow, const lock *k, float t) {
    const float s = mien_mix(k->from, k->to, t);
    const float c = mien_clamp(k->c + k->drift * t * t, 0, 1);
    return flow_at(flow, c, s, k->extra * mien_step(0, 0.25f, t) + 0.5f);
}

/* A coil about the path. */
static mien_vec coiled(const mien_locks *l, const lock *k, mien_vec p,
                       mien_vec side, mien_vec out, float t) {
    const float turn = 2 * MIEN_PI * (l->turns * t + k->turn);
    const float r = l->coil * mien_step(0, 0.2f, t);
    p = mien_along(p, side, r * mien_cosine(turn));
    return mien_along(p, out, r * (1 + mien_sine(turn)));
}

/* The strip: two columns, its normals leaning apart as those of a rod. */
static void add_lock(mien_mesh *mesh, const mien_scalp *scalp,
                     const mien_flow *flow, const mien_locks *l,
                     const lock *k) {
    mien_vec path[POINTS_MOST];
    const int n = l->points;
    for (int i = 0; i < n; i++)
        path[i] = lock_point(flow, k, (float)i / (float)(n - 1));
    int before = 0;
    for (int i = 0; i < n; i++) {
        const float t = (float)i / (float)(n - 1);
        const mien_vec way = mien_unit(
            mien_sub(path[i + 1 < n ? i + 1 : i], path[i > 0 ? i - 1 : 0]));
        mien_vec out = mien_scalp_outward(scalp, path[i]);
        const mien_vec side = mien_unit(mien_cross(way, out));
        out = mien_unit(mien_cross(side, way));
        const mien_vec at =
            l->coil > 0 ? coiled(l, k, path[i], side, out, t) : path[i];
        const float half =
            0.5f * k->broad * mien_mix(0.75f, 1, 4 * t * (1 - t));
        const float open = mien_mix(flow->open[0], flow->open[1], t);
        for (int e = 0; e < 2; e++) {
            const float sign = e ? 1.0f : -1.0f;
            const int v = mien_mesh_vertex(
                mesh, mien_along(at, side, sign * half),
                (float)k->number + 0.02f + 0.96f * (float)e, t);
            mesh->normal[v] = mien_unit(mien_along(out, side, 0.6f * sign));
            mesh->rest[v] = mien_scale(way, open);
            if (e == 0) continue;
            if (i > 0) {
                mien_mesh_triangle(mesh, before, before + 1, v);
                mien_mesh_triangle(mesh, before, v, v - 1);
            }
            before = v - 1;
        }
    }
}

mien_status mien_flow_locks(mien_mesh *mesh, const mien_scalp *scalp,
                            const mien_flow *flow, mien_locks locks) {
    if (locks.points > POINTS_MOST) locks.points = POINTS_MOST;
    const int n = locks.n * locks.points;
    MIEN_TRY(mien_mesh_reserve(mesh, 2 * n, 2 * n));
    const int base = mesh->vertices;
    for (int i = 0; i < locks.n; i++) {
        lock k = draw_lock(flow, &locks, i);
        k.number = (base / 16 + i) & 1023;
        add_lock(mesh, scalp, flow, &locks, &k);
    }
    return MIEN_OK;
}

/* ---- drapes ----------------------------------------------------------- */

#define OVER 150.0f /* mm from the parting to the ear, about */

/* The edge by the face: along the hairline and down before the ear. */
static mien_vec front_edge(const mien_drape *d, float a) {
    const float u = mien_mix(d->part_u, d->side * d->ear_u, a);
    const float off = u < 0 ? -u : u;
    float v = mien_scalp_line(d->scalp, off < 90 ? u : 90.0f);
    if (off > 90) v = mien_mix(v, 2, mien_step(88, 99, off));
    if (d->ear_u > 110) v = mien_mix(v, 30, mien_step(90, 112, off));
    v += 2 - d->sweep * mien_bell((off - 56) / 20) * mien_step(0.2f, 0.5f, a);
    return mien_head_at(d->scalp->head, u, v, NULL);
}

/* The edge in the back: from the end of the parting straight down. */
static mien_vec back_edge(const mien_drape *d, float a) {
    const float v = mien_mix(MIEN_CHART_CROWN_V - 6, d->back_v, a);
    return mien_head_at(d->scalp->head, MIEN_CHART_BACK, v, NULL);
}

static mien_vec over_skull(const mien_drape *d, float c, float a) {
    const mien_vec front = front_edge(d, a), back = back_edge(d, a);
    return mien_blend(front, back, c);
}

/* Shoulders: what falls before them goes forward, the rest back. */
static mien_vec on_shoulders(mien_vec p, float c) {
    const float low = mien_step(-95, -175, p.y);
    const float before = mien_step(0.5f, 0.2f, c);
    p.z += low * mien_mix(-22, 34, before);
    return p;
}

/* Off the skull: little at the parting and at the face, less on the side to
 * which the way is short. */
static float drape_lift(const mien_drape *d, float c, float a) {
    const float inner = mien_step(0, 0.25f, c);
    const float far = d->side * d->ear_u - d->part_u;
    const float way = mien_step(30, 130, far < 0 ? -far : far);
    const float rise = mien_step(-0.3f, 0.4f, a) *
                       mien_mix(1, d->settle, mien_step(0.5f, 1, a));
    return d->volume * rise * mien_mix(0.3f, 1, inner) +
           d->quiff * way * mien_bell((a - 0.4f) / 0.22f) * (1 - inner);
}

mien_vec mien_drape_at(const void *what, float c, float s, float extra) {
    const mien_drape *d = what;
    const float fall = d->fall * mien_mix(d->front, 1, mien_step(0, 0.5f, c));
    const float skull = OVER / (OVER + fall);
    const float a = s < skull ? s / skull : 1;
    const float past = s - skull;
    const float down = past > 0 ? past * (OVER + fall) : 0;
    const float inner = mien_step(0, 0.25f, c);
    const float lift = 2 + extra + drape_lift(d, c, a);
    mien_vec p = mien_scalp_lift(d->scalp, over_skull(d, c, a), lift);
    const mien_vec out = mien_scalp_outward(d->scalp, (mien_vec){p.x, 0, p.z});
    const mien_vec side = {out.z, 0, -out.x};
    if (down > 0) {
        const float end = down / (fall + 1);
        p.y -= down;
        p = mien_along(p, out, -d->tuck * end * end - 0.06f * down);
        p.z += d->frame * (1 - inner) * mien_step(0, 60, down);
        p = mien_scalp_clear(d->scalp, p, 3 + extra);
        p = on_shoulders(p, c);
    }
    const float length = a * OVER + down;
    const float turn = 2 * MIEN_PI * length / d->wavelength + d->phase +
                       5 * mien_noise2(c * 4, d->phase, 7);
    const float wave = d->wave * mien_step(0.25f, 1, a);
    p = mien_along(p, out, wave * (1 + mien_sine(turn)));
    return mien_along(p, side, 0.8f * wave * mien_cosine(turn));
}

/* ---- hair gathered ---------------------------------------------------- */

mien_vec mien_gather_at(const void *what, float c, float s, float extra) {
    const mien_gather *g = what;
    const float u = (2 * c - 1) * MIEN_CHART_BACK;
    const float off = u < 0 ? -u : u;
    /* The sideburn and the hair behind the ear are combed up with the rest. */
    float v = mien_scalp_line(g->scalp, u);
    if (off > 93 && off < 112) v = mien_mix(v, 24, mien_bell((off - 102) / 5));
    const mien_vec root = mien_head_at(g->scalp->head, u, v + 1, NULL);
    const float a = s * g->stop;
    const float lift = 1.2f + extra +
                       (g->volume + g->top * mien_step(90, 30, off)) *
                           mien_step(0, 0.3f, a) * mien_step(1.25f, 0.8f, a);
    /* Over the forehead the way leads by the crown, at the sides straight. */
    const float over = mien_step(120, 30, off);
    mien_vec by = mien_scale(mien_add(root, g->knot), 0.5f);
    by = mien_blend(by, (mien_vec){0.8f * root.x, 200, -10}, over);
    const mien_vec p =
        mien_blend(mien_blend(root, by, a), mien_blend(by, g->knot, a), a);
    return mien_scalp_lift(g->scalp, p, lift);
}
