/* SPDX-License-Identifier: Apache-2.0 */
/* scene.h - what the renderer sees: things, light, a camera.
 *
 *   mien_scene scene = {0};
 *   mien_mesh *mesh;
 *   MIEN_TRY(mien_scene_thing(&scene, &mesh, (mien_material){
 *       .look = leather_look, .what = &leather}));
 *   ... fill mesh ...
 *   mien_scene_free(&scene);
 */
#ifndef MIEN_SYNTH_SCENE_H
#define MIEN_SYNTH_SCENE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/fail.h"
#include "synth/mesh.h"
#include "synth/vec.h"

/* A point of a surface that a pixel sees. */
typedef struct mien_fragment {
    mien_vec position, normal; /* in the world; the normal faces the viewer */
    mien_vec rest;             /* in head space, at rest: for noise */
    float at[2];               /* the mesh's coordinates there */
    mien_vec view;             /* unit, towards the camera */
    float size;                /* millimetres that a pixel spans there: finer
                                  detail than that must be faded out */
    bool back;                 /* the back of the triangle is seen */
} mien_fragment;

/* What the light meets there. Starts as a white, dull, smooth surface. */
typedef struct mien_surface {
    mien_vec albedo;
    mien_vec normal;  /* starts as the fragment's; bumps turn it */
    mien_vec tangent; /* of hair and cloth: along the strand */
    float roughness;  /* .05 wet, .4 skin, 1 chalk */
    float specular;   /* reflectance head-on: .028 skin, .04 plastic */
    float scatter;    /* 0 to 1: how much light wanders below the surface */
    float strand;     /* 0 surface, 1 fibre: highlights about the tangent */
    float occlusion;  /* 1 open to all the sky, 0 closed */
    float opacity;    /* 1; glass less: what is behind it shows through */
} mien_surface;

typedef struct mien_material {
    const char *name;
    /* Is there anything at this point? NULL: everywhere. Called for each
     * sample of a pixel before the depth is compared, so holes, fringes and
     * strands are cut out by it; only at, rest and size are set. */
    bool (*covers)(const void *what, const mien_fragment *f);
    void (*look)(mien_surface *s, const void *what, const mien_fragment *f);
    const void *what;  /* must outlive the scene */
    bool one_sided;    /* leave out triangles seen from behind */
    bool unshadowing;  /* casts no shadow: glass, eyelashes */
    bool translucent;  /* drawn last, with the surface's opacity */
    int16_t owner;     /* number of the person in the picture, -1 none */
    bool face;         /* the skin of a face: what occlusion is measured on */
} mien_material;

typedef struct mien_thing {
    mien_mesh mesh;
    mien_material material;
} mien_thing;

/* Light: one lamp or sun, and all the rest as second-order spherical
 * harmonics of the irradiance (Ramamoorthi and Hanrahan, SIGGRAPH 2001). */
typedef struct mien_light {
    mien_vec towards; /* unit, to the lamp */
    mien_vec colour;  /* of a white surface that faces it */
    float size;       /* radians of its radius: .005 sun, .3 soft box */
    mien_vec rim_towards, rim; /* a second lamp without shadow; black: none */
    mien_vec sky[9];           /* irradiance / pi, in order 1, y, z, x, xy,
                                  yz, 3z^2-1, xz, x^2-y^2 */
} mien_light;

/* A pinhole camera; it looks along `turn`'s third row, reversed. */
typedef struct mien_camera {
    mien_vec eye;
    mien_turn turn;  /* world to camera: x right, y up, z towards the eye */
    float focal;     /* pixels */
    float centre[2]; /* pixels: where the axis meets the picture */
    int width, height;
} mien_camera;

enum { MIEN_SCENE_MOST = 1024 };

typedef struct mien_scene {
    mien_thing *thing;
    int things, room;
    mien_light light;
    mien_camera camera;
    mien_arena arena; /* for the materials' `what` */
} mien_scene;

/* Add a thing with an empty mesh. The pointer holds until the next call.
 *
 * Errors: MIEN_ENOMEM; MIEN_ELIMIT over MIEN_SCENE_MOST. */
mien_status mien_scene_thing(mien_scene *scene, mien_mesh **mesh,
                             mien_material material);
/* Room in the scene's arena; zeroed, NULL when out of memory. */
void *mien_scene_room(mien_scene *scene, size_t size);
/* Nothing in it; meshes keep their room for the next picture. */
void mien_scene_empty(mien_scene *scene);
void mien_scene_free(mien_scene *scene);

/* Where a point falls in the picture: x, y in pixels (centres have whole
 * coordinates, the first is (0, 0), y down), z the distance along the axis. */
mien_vec mien_camera_project(const mien_camera *camera, mien_vec p);

#endif
