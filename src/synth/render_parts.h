/* SPDX-License-Identifier: Apache-2.0 */
/* render_parts.h - what the stages of the renderer hand to each other.
 *
 *   mesh corners -> samples (render_raster.c) -> fragments (render_resolve.c)
 *   -> shadow and occlusion a pixel (render_shadow.c, render_shade.c)
 *   -> light (render_light.c, render.c)
 *
 * Depth is kept as its inverse, `w`: linear in the picture, larger is nearer,
 * 0 is infinitely far. */
#ifndef MIEN_SYNTH_RENDER_PARTS_H
#define MIEN_SYNTH_RENDER_PARTS_H

#include "synth/render.h"

enum {
    SAMPLES = 8,        /* of a pixel */
    TRIANGLE_BITS = 22, /* of a sample's id; the rest is the thing */
    PATTERN = 16,       /* turns of the sampling pattern, 4 x 4 pixels */
    TAPS = 8            /* places looked at a turn */
};
#define NOTHING UINT32_MAX
#define NEAREST 10.0f /* millimetres before the camera where the world ends */

/* fmaxf() asks more of a processor than these, and calls a function. */
static inline float more(float a, float b) { return a > b ? a : b; }
static inline float less(float a, float b) { return a < b ? a : b; }

/* Memory that grows and stays. */
typedef struct room {
    void *bytes;
    size_t size;
} room;
/* At least count * size bytes, their content undefined; NULL: no memory. */
void *mien_room_get(room *r, size_t count, size_t size);

/* A corner in a picture: x, y in pixels, and w. A corner that is not before
 * the camera has a w of 0. */
typedef struct corner {
    float x, y, w;
} corner;

/* A triangle ready to be filled: inside is where all a x + b y + c >= 0. */
typedef struct filling {
    float a[3], b[3], c[3];
    float w, wx, wy;     /* of w: at (x, y) it is w + wx x + wy y */
    float w_low, w_high; /* the corners' */
    int x0, y0, x1, y1;  /* pixels that it may touch, inclusive */
    uint32_t id;         /* of samples: thing << TRIANGLE_BITS | triangle */
} filling;

/* What a pixel sees of one thing at about one depth. */
typedef struct seen {
    uint32_t pixel, id;
    float b, c;  /* where in the triangle: weights of its second and third
                    corner, at the middle of the samples */
    float share; /* of the pixel */
    bool first;  /* the most that the pixel sees */
} seen;

/* Of a pixel: how open its nearest thing is to lamp and sky. */
typedef struct openness {
    float lit;     /* share of the lamp that is seen */
    float through; /* light that came through 4 mm and less of a thing */
    float hollow;  /* share of the sky left by what is near, */
    float around;  /* and by what is further */
} openness;

/* The lamp's view: parallel, its own pixels. */
typedef struct shadow {
    mien_vec right, down, towards;
    float x, y, scale; /* texel = (dot(p, right) - x) * scale */
    int side;
    float *height; /* along `towards`; the highest at each texel */
} shadow;

struct mien_renderer {
    int width, height;
    mien_camera camera;
    float *w;      /* [pixel * SAMPLES + sample] */
    uint32_t *id;  /* of the same */
    float *veil_w; /* the same of one translucent thing */
    uint32_t *veil_id;
    float *depth;     /* of what the pixel sees most of; infinite: nothing */
    mien_vec *normal; /* of the same */
    openness *open;
    seen *seen;
    int count; /* of `seen` */
    shadow shadow;
    float turn[PATTERN][TAPS][2]; /* places on the unit disc */
    room corner_room, w_room, id_room, veil_w_room, veil_id_room, depth_room,
        normal_room, open_room, between_room, seen_room, shadow_room;
};

/* A fragment for a look. */
mien_fragment mien_fragment_at(const mien_scene *scene, const seen *s);

/* Where triangles are drawn: y runs down. */
typedef struct grid {
    int size[2];
    float reach;    /* how far samples lie from a pixel's middle */
    bool one_sided; /* leave out what is seen from behind */
} grid;
/* Prepare a triangle; false when there is nothing to fill. */
bool mien_filling_of(filling *out, const corner p[3], const grid *on);

/* A triangle whose material cuts holes: at, rest and size at a place in it,
 * for `covers`. */
typedef struct cut_corner {
    corner p;
    float at[2];
    mien_vec rest;
} cut_corner;
typedef struct cutter {
    const mien_material *material;
    cut_corner corner[3];
    float span;    /* a pixel spans span / w; span where it is parallel */
    bool parallel; /* the picture's rays do not meet: w is no inverse */
} cutter;
void mien_cutter_load(cutter *cut, const mien_mesh *mesh, const uint32_t *c,
                      const corner p[3]);
bool mien_cutter_keeps(const cutter *cut, float x, float y);

/* Fill the samples with every opaque thing; or with one thing. */
mien_status mien_raster_scene(mien_renderer *r, const mien_scene *scene);
mien_status mien_raster_veil(mien_renderer *r, const mien_scene *scene,
                             int thing);
/* From samples to r->seen. */
mien_status mien_resolve(mien_renderer *r, const mien_scene *scene,
                         const float *w, const uint32_t *id);

mien_status mien_shadow_cast(mien_renderer *r, const mien_scene *scene);
/* lit and through at a place of the world. */
void mien_shadow_at(openness *out, const mien_renderer *r,
                    const mien_light *light, mien_vec p, mien_vec normal,
                    int turn);

/* Fill r->depth, normal and open from r->seen. */
mien_status mien_open_pixels(mien_renderer *r, const mien_scene *scene);

/* The direction that a place in the picture sees, 1 long along the axis. */
mien_vec mien_ray(const mien_camera *camera, float x, float y);

/* Light that leaves a surface towards the viewer. */
typedef struct lit {
    mien_vec body, shine; /* what the opacity takes a share of, and not */
} lit;
lit mien_light_surface(const mien_light *light, const mien_surface *s,
                       const mien_fragment *f, const openness *open);

#endif
