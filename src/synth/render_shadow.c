/* SPDX-License-Identifier: Apache-2.0 */
/* render_shadow.c - what the lamp does not reach.
 *
 * The heights of all things as the lamp sees them, then for a place the share
 * of the heights around it that are not above it. How far around: the lamp's
 * size times how far above the hiding things are, as in similar triangles.
 * Source: Reeves et al., Rendering antialiased shadows with depth maps,
 * SIGGRAPH 1987; Fernando, Percentage-closer soft shadows, 2005. */
#include "synth/render_parts.h"
#include "synth/waves.h"

#define LOWEST            -1e30f
#define FINEST            1024  /* texels of a side at most */
#define COARSE            1.3f  /* pixels a texel */
#define SEARCH            60.0f /* mm above a place that are searched */
#define LENGTH_OF_THROUGH 4.0f  /* mm after which 1/e of light is left */

static mien_vec to_lamp(const shadow *s, mien_vec p) {
    return (mien_vec){mien_dot(p, s->right), mien_dot(p, s->down),
                      mien_dot(p, s->towards)};
}

typedef struct box {
    float low[2], high[2];
} box;

static void widen(box *b, mien_vec p) {
    if (p.x < b->low[0]) b->low[0] = p.x;
    if (p.y < b->low[1]) b->low[1] = p.y;
    if (p.x > b->high[0]) b->high[0] = p.x;
    if (p.y > b->high[1]) b->high[1] = p.y;
}

static bool casts(const mien_material *m) {
    return !m->unshadowing && !m->translucent;
}

/* The lamp's axes, the box of what casts shadow, and texels about as large as
 * the pixels are in its middle. */
static void frame(shadow *s, const mien_scene *scene) {
    const mien_vec side =
        fabsf(s->towards.y) < 0.9f ? (mien_vec){0, 1, 0} : (mien_vec){1, 0, 0};
    s->right = mien_unit(mien_cross(side, s->towards));
    s->down = mien_cross(s->right, s->towards);
    box b = {{1e9f, 1e9f}, {-1e9f, -1e9f}};
    double depth = 0, count = 0;
    for (int i = 0; i < scene->things; i++) {
        const mien_mesh *mesh = &scene->thing[i].mesh;
        if (!casts(&scene->thing[i].material)) continue;
        for (int k = 0; k < mesh->vertices; k++) {
            widen(&b, to_lamp(s, mesh->position[k]));
            depth += mien_camera_project(&scene->camera, mesh->position[k]).z;
            count++;
        }
    }
    if (!(count > 0)) {
        s->side = 1;
        s->x = s->y = 0;
        s->scale = 1;
        return;
    }
    const float pixel = COARSE * (float)(depth / count) / scene->camera.focal;
    const float extent = more(b.high[0] - b.low[0], b.high[1] - b.low[1]);
    const float margin = 0.02f * extent + 2 * pixel;
    const float wanted = (extent + 2 * margin) / pixel;
    s->side = (int)mien_clamp(wanted == wanted ? wanted : 0, 16, FINEST);
    s->x = b.low[0] - margin;
    s->y = b.low[1] - margin;
    s->scale = (float)s->side / (extent + 2 * margin);
}

static void fill(const shadow *s, const filling *t, const cutter *cut) {
    for (int y = t->y0; y <= t->y1; y++) {
        float *row = s->height + (size_t)y * (size_t)s->side;
        const float e0 = t->b[0] * (float)y + t->c[0];
        const float e1 = t->b[1] * (float)y + t->c[1];
        const float e2 = t->b[2] * (float)y + t->c[2];
        const float start = t->w + (float)(y - t->y0) * t->wy;
        for (int x = t->x0; x <= t->x1; x++) {
            const float at = (float)x;
            if (t->a[0] * at + e0 < 0 || t->a[1] * at + e1 < 0 ||
                t->a[2] * at + e2 < 0)
                continue;
            const float w = mien_clamp(start + (float)(x - t->x0) * t->wx,
                                       t->w_low, t->w_high);
            if (w > row[x] && (!cut->material->covers ||
                               mien_cutter_keeps(cut, at, (float)y)))
                row[x] = w;
        }
    }
}

static void cast_thing(const shadow *s, corner *at, const mien_thing *thing) {
    const mien_mesh *mesh = &thing->mesh;
    cutter cut = {
        .material = &thing->material, .parallel = true, .span = 1 / s->scale};
    for (int i = 0; i < mesh->vertices; i++) {
        const mien_vec p = to_lamp(s, mesh->position[i]);
        at[i] = (corner){(p.x - s->x) * s->scale, (p.y - s->y) * s->scale, p.z};
    }
    const grid square = {.size = {s->side, s->side},
                         .one_sided = thing->material.one_sided};
    for (int i = 0; i < mesh->triangles; i++) {
        const uint32_t *c = mesh->corner[i];
        const corner p[3] = {at[c[0]], at[c[1]], at[c[2]]};
        filling t;
        if (!mien_filling_of(&t, p, &square)) continue;
        if (thing->material.covers) mien_cutter_load(&cut, mesh, c, p);
        fill(s, &t, &cut);
    }
}

mien_status mien_shadow_cast(mien_renderer *r, const mien_scene *scene) {
    shadow *s = &r->shadow;
    s->towards = mien_unit(scene->light.towards);
    frame(s, scene);
    const size_t texels = (size_t)s->side * (size_t)s->side;
    s->height = mien_room_get(&r->shadow_room, texels, sizeof *s->height);
    int most = 1;
    for (int i = 0; i < scene->things; i++)
        if (scene->thing[i].mesh.vertices > most)
            most = scene->thing[i].mesh.vertices;
    corner *at = mien_room_get(&r->corner_room, (size_t)most, sizeof *at);
    if (!s->height || !at) return MIEN_ENOMEM;
    for (size_t i = 0; i < texels; i++) s->height[i] = LOWEST;
    for (int i = 0; i < scene->things; i++)
        if (casts(&scene->thing[i].material))
            cast_thing(s, at, &scene->thing[i]);
    return MIEN_OK;
}

static float height_at(const shadow *s, float x, float y) {
    const float side = (float)s->side;
    x += 0.5f;
    y += 0.5f;
    if (!(x >= 0 && y >= 0 && x < side && y < side)) return LOWEST;
    return s->height[(size_t)y * (size_t)s->side + (size_t)x];
}

/* A place as the lamp sees it, and the plane of the surface there. */
typedef struct spot {
    float x, y, height;     /* texels; millimetres */
    float slope_x, slope_y; /* millimetres a texel */
    float slack;            /* what is higher by less hides nothing */
} spot;

#define STEEPEST 4.0f

static spot spot_of(const shadow *s, mien_vec p, mien_vec normal) {
    const float texel = 1 / s->scale;
    const mien_vec n = to_lamp(s, normal);
    /* Step off the surface, the more the more aslant the lamp sees it. */
    const float aslant = sqrtf(mien_clamp(1 - n.z * n.z, 0, 1));
    const mien_vec from =
        to_lamp(s, mien_along(p, normal, texel * (0.3f + 0.5f * aslant)));
    const float steep = texel / (n.z > 0.1f ? n.z : 0.1f);
    const float most = STEEPEST * texel;
    return (spot){(from.x - s->x) * s->scale,
                  (from.y - s->y) * s->scale,
                  from.z,
                  mien_clamp(-n.x * steep, -most, most),
                  mien_clamp(-n.y * steep, -most, most),
                  0.7f * texel};
}

/* How far above the spot's plane the lamp sees something, at each tap. */
static void over(float out[TAPS], const shadow *s, const spot *at,
                 const float tap[TAPS][2], float wide) {
    for (int i = 0; i < TAPS; i++) {
        const float dx = wide * tap[i][0], dy = wide * tap[i][1];
        out[i] = height_at(s, at->x + dx, at->y + dy) - at->height - at->slack -
                 dx * at->slope_x - dy * at->slope_y;
    }
}

void mien_shadow_at(openness *out, const mien_renderer *r,
                    const mien_light *light, mien_vec p, mien_vec normal,
                    int turn) {
    const shadow *s = &r->shadow;
    const spot at = spot_of(s, p, normal);
    const float search = mien_clamp(light->size * SEARCH * s->scale, 1.5f,
                                    0.1f * (float)s->side);
    float h[TAPS], above = 0, blockers = 0;
    over(h, s, &at, r->turn[turn], search);
    for (int i = 0; i < TAPS; i++) {
        above += h[i] > 0 ? h[i] : 0;
        blockers += h[i] > 0 ? 1.0f : 0;
    }
    out->lit = 1;
    out->through = 0;
    if (!(blockers > 0)) return;
    const float wide =
        mien_clamp(light->size * above / blockers * s->scale, 1, search);
    over(h, s, &at, r->turn[turn], wide);
    float hidden = 0, through = 0;
    for (int i = 0; i < TAPS; i++) {
        /* e^-u, near enough */
        const float u = more(h[i], 0) / LENGTH_OF_THROUGH;
        const float left = 1 / (1 + u * (1 + u * (0.5f + u * 0.16666667f)));
        hidden += h[i] > 0 ? 1.0f : 0;
        through += h[i] > 0 ? left : 0;
    }
    out->lit = 1 - hidden / TAPS;
    out->through = through / TAPS;
}
