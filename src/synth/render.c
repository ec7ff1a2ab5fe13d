/* SPDX-License-Identifier: Apache-2.0 */
/* render.c - a scene to linear light, stage by stage. */
#include "synth/render.h"

#include "base/mem.h"
#include "synth/render_parts.h"
#include "synth/waves.h"

#define MOST_SIDE 8192
#define BRIGHTEST 1e3f
#define WITHIN    4.0f /* mm before a place that do not hide it */

void *mien_room_get(room *r, size_t count, size_t size) {
    size_t wanted;
    if (!mien_size_mul(&wanted, count, size)) wanted = SIZE_MAX;
    if (wanted <= r->size && r->bytes) return r->bytes;
    void *fresh = mien_realloc(r->bytes, wanted, 1);
    if (!fresh) return NULL;
    r->bytes = fresh;
    r->size = wanted;
    return fresh;
}

/* A spiral of even density on the unit disc, turned by the golden angle. */
static void lay_pattern(mien_renderer *r) {
    for (int k = 0; k < PATTERN; k++)
        for (int i = 0; i < TAPS; i++) {
            const float far =
                sqrtf(((float)i + 0.5f + ((float)k - 7.5f) / (PATTERN + 1.0f)) /
                      TAPS);
            const float angle =
                2.39996323f * (float)i + 2 * MIEN_PI * (float)k / PATTERN;
            r->turn[k][i][0] = far * mien_cosine(angle);
            r->turn[k][i][1] = far * mien_sine(angle);
        }
}

mien_status mien_renderer_open(mien_renderer **out) {
    *out = mien_alloc(1, sizeof **out);
    if (!*out) return MIEN_ENOMEM;
    lay_pattern(*out);
    return MIEN_OK;
}

void mien_renderer_close(mien_renderer *r) {
    if (!r) return;
    room *const all[] = {&r->corner_room, &r->w_room,       &r->id_room,
                         &r->veil_w_room, &r->veil_id_room, &r->depth_room,
                         &r->normal_room, &r->open_room,    &r->between_room,
                         &r->seen_room,   &r->shadow_room};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        mien_free(all[i]->bytes);
    mien_free(r);
}

/* A look may come to no number; a picture must not. */
static mien_vec tame(mien_vec v) {
    return (mien_vec){v.x > 0 ? less(v.x, BRIGHTEST) : 0,
                      v.y > 0 ? less(v.y, BRIGHTEST) : 0,
                      v.z > 0 ? less(v.z, BRIGHTEST) : 0};
}

static lit shade(const mien_scene *scene, const seen *s, const openness *open,
                 float *opacity) {
    const mien_fragment f = mien_fragment_at(scene, s);
    const mien_material *m = &scene->thing[s->id >> TRIANGLE_BITS].material;
    mien_surface surface = {.albedo = {0.8f, 0.8f, 0.8f},
                            .normal = f.normal,
                            .roughness = 1,
                            .specular = 0.04f,
                            .occlusion = 1,
                            .opacity = 1};
    if (m->look) m->look(&surface, m->what, &f);
    *opacity = mien_clamp(surface.opacity, 0, 1);
    const lit l = mien_light_surface(&scene->light, &surface, &f, open);
    return (lit){tame(l.body), tame(l.shine)};
}

/* Everything opaque: what is seen replaces its share of the backdrop. */
static void paint(mien_renderer *r, mien_frame *frame,
                  const mien_scene *scene) {
    for (int i = 0; i < r->count;) {
        const uint32_t pixel = r->seen[i].pixel;
        mien_vec sum = {0};
        float left = 1, opacity;
        for (; i < r->count && r->seen[i].pixel == pixel; i++) {
            const lit l = shade(scene, &r->seen[i], &r->open[pixel], &opacity);
            sum = mien_along(sum, mien_add(l.body, l.shine), r->seen[i].share);
            left -= r->seen[i].share;
        }
        frame->light[pixel] = mien_along(sum, frame->light[pixel], left);
        frame->depth[pixel] = left <= 0.5f ? r->depth[pixel] : INFINITY;
    }
}

/* One translucent thing over what is there. */
static mien_status paint_veil(mien_renderer *r, mien_frame *frame,
                              const mien_scene *scene, int thing) {
    MIEN_TRY(mien_raster_veil(r, scene, thing));
    MIEN_TRY(mien_resolve(r, scene, r->veil_w, r->veil_id));
    const openness open = {1, 0, 1, 1};
    for (int i = 0; i < r->count; i++) {
        const seen *s = &r->seen[i];
        float opacity;
        const lit l = shade(scene, s, &open, &opacity);
        mien_vec *at = &frame->light[s->pixel];
        *at = mien_scale(*at, 1 - opacity * s->share);
        *at = mien_along(*at, l.body, opacity * s->share);
        *at = mien_along(*at, l.shine, s->share);
    }
    return MIEN_OK;
}

static float distance(const mien_scene *scene, int thing) {
    const mien_mesh *mesh = &scene->thing[thing].mesh;
    mien_vec sum = {0};
    for (int i = 0; i < mesh->vertices; i++)
        sum = mien_add(sum, mesh->position[i]);
    const float scale = mesh->vertices ? 1 / (float)mesh->vertices : 0;
    return mien_camera_project(&scene->camera, mien_scale(sum, scale)).z;
}

/* Translucent things, the furthest first. */
static mien_status paint_veils(mien_renderer *r, mien_frame *frame,
                               const mien_scene *scene) {
    int order[MIEN_SCENE_MOST], n = 0;
    float far[MIEN_SCENE_MOST];
    for (int i = 0; i < scene->things; i++) {
        if (!scene->thing[i].material.translucent) continue;
        const float z = distance(scene, i);
        int k = n++;
        for (; k > 0 && far[k - 1] < z; k--) {
            order[k] = order[k - 1];
            far[k] = far[k - 1];
        }
        order[k] = i;
        far[k] = z;
    }
    for (int k = 0; k < n; k++) MIEN_TRY(paint_veil(r, frame, scene, order[k]));
    return MIEN_OK;
}

mien_status mien_render(mien_renderer *r, mien_frame *frame,
                        const mien_scene *scene) {
    const mien_camera *c = &scene->camera;
    if (c->width < 1 || c->height < 1 || c->width > MOST_SIDE ||
        c->height > MOST_SIDE || !(c->focal > 0))
        return mien_fail(MIEN_EINVAL,
                         "render: a camera of %dx%d pixels and a focal length "
                         "of %g; sides of 1 to %d and a focal length above 0",
                         c->width, c->height, c->focal, MOST_SIDE);
    if (frame->width != c->width || frame->height != c->height)
        return mien_fail(MIEN_EINVAL,
                         "render: a frame of %dx%d for a camera of %dx%d",
                         frame->width, frame->height, c->width, c->height);
    r->width = c->width;
    r->height = c->height;
    r->camera = *c;
    const size_t pixels = (size_t)c->width * (size_t)c->height;
    for (size_t i = 0; i < pixels; i++) frame->depth[i] = INFINITY;
    MIEN_TRY(mien_raster_scene(r, scene));
    MIEN_TRY(mien_resolve(r, scene, r->w, r->id));
    MIEN_TRY(mien_shadow_cast(r, scene));
    MIEN_TRY(mien_open_pixels(r, scene));
    paint(r, frame, scene);
    return paint_veils(r, frame, scene);
}

mien_sight mien_renderer_sees(const mien_renderer *r, mien_vec p) {
    const mien_vec at = mien_camera_project(&r->camera, p);
    const float x = floorf(at.x + 0.5f), y = floorf(at.y + 0.5f);
    if (!(at.z >= NEAREST && x >= 0 && y >= 0 && x < (float)r->width &&
          y < (float)r->height) ||
        !r->w)
        return MIEN_SIGHT_OUTSIDE;
    const size_t pixel = (size_t)y * (size_t)r->width + (size_t)x;
    /* The nearest sample to the place would be as good; most of them vote. */
    int hiding = 0;
    for (int s = 0; s < SAMPLES; s++)
        hiding += r->w[pixel * SAMPLES + (size_t)s] * (at.z - WITHIN) > 1;
    return 2 * hiding > SAMPLES ? MIEN_SIGHT_HIDDEN : MIEN_SIGHT_CLEAR;
}
