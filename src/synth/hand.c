/* SPDX-License-Identifier: Apache-2.0 */
/* hand.c - a hand with its forearm: a palm, five tubes, an arm, a sleeve. */
#include "synth/hand.h"

#include "synth/clothes.h"
#include "synth/paint.h"
#include "synth/waves.h"

/* From the knuckle: place, length, radius at the root; of a man's hand. */
typedef struct finger {
    float x, y, length, radius;
} finger;
static const finger fingers[MIEN_FINGERS] = {{29, 88, 71, 9.4f},
                                             {9.5f, 93, 79, 9.6f},
                                             {-10, 90, 73, 9.2f},
                                             {-28, 80, 57, 8.2f}};

/* ---- skin -----------------------------------------------------------------
 */

/* at: along the finger 0 to 1 (the palm: 0), how far to the back -1 to 1. */
static void hand_look(mien_surface *s, const void *what,
                      const mien_fragment *f) {
    const mien_person *p = what;
    const float back = mien_step(-0.4f, 0.4f, f->at[1]);
    const float along = f->at[0];
    mien_vec inner =
        mien_blend(p->skin, mien_vec_of(0.62f, 0.36f, 0.27f), 0.3f);
    mien_vec skin = mien_blend(inner, p->skin, back);
    const float joint = mien_bell((along - 0.42f) / 0.035f) +
                        mien_bell((along - 0.72f) / 0.03f);
    skin = mien_scale(skin, 1 - 0.16f * mien_clamp(joint, 0, 1));
    const float red = mien_step(0.75f, 1, along);
    skin = mien_mul(skin, mien_vec_of(1, 1 - 0.1f * red, 1 - 0.12f * red));
    const mien_vec spot = mien_scale(f->rest, 1 / 9.0f);
    skin = mien_scale(skin, 1 + 0.06f * mien_noise3(spot, p->seed));
    const float nail = mien_step(0.84f, 0.86f, along) *
                       mien_step(1.0f, 0.975f, along) *
                       mien_step(0.72f, 0.8f, f->at[1]);
    const mien_vec plate = {0.72f, 0.47f, 0.4f};
    s->albedo = mien_blend(skin, mien_blend(p->skin, plate, 0.6f), nail);
    s->roughness = mien_mix(0.5f, 0.22f, nail);
    s->specular = 0.03f;
    s->scatter = 0.8f;
}

/* ---- shape, in its own space ----------------------------------------------
 */

static mien_status palm(mien_mesh *mesh) {
    enum { RINGS = 12, SIDES = 24 };
    int first;
    MIEN_TRY(mien_mesh_grid(mesh, (mien_grid){RINGS, SIDES, true}, &first));
    for (int i = 0; i < RINGS * SIDES; i++) {
        const float part = (float)(i / SIDES) / (RINGS - 1);
        const float turn = 2 * MIEN_PI * (float)(i % SIDES) / SIDES;
        const float c = mien_cosine(turn), s = mien_sine(turn);
        const float wide = mien_mix(27, 41, mien_step(0, 0.75f, part)) *
                           mien_mix(1, 0.93f, mien_step(0.85f, 1, part));
        const float ball = 7 * mien_bell((part - 0.35f) / 0.25f) *
                           mien_step(0.1f, 0.8f, c) * mien_step(0.3f, -0.6f, s);
        const float thick =
            mien_mix(18, 12.5f, part) * (part > 0.99f ? 0.5f : 1);
        const float flat = sqrtf(1.0001f - 0.72f * c * c);
        const mien_vec p = {wide * c * (part > 0.99f ? 0.92f : 1),
                            94 * part - (part > 0.5f ? 8 * c * c * part : 0),
                            thick * s * flat * 1.15f - ball};
        mesh->position[first + i] = p;
        mesh->at[first + i][0] = 0;
        mesh->at[first + i][1] = s;
    }
    return MIEN_OK;
}

/* A finger: three bones, each bent by `curl` towards the palm. */
static mien_status one_finger(mien_mesh *mesh, const finger *f, float curl,
                              float spread) {
    enum { POINTS = 13 };
    static const float bone[3] = {0.46f, 0.3f, 0.24f};
    mien_vec path[POINTS], at = {f->x, f->y - 6, 1};
    float radius[POINTS], turn = 0.35f * curl;
    const int first = mesh->vertices;
    for (int i = 0; i < POINTS; i++) {
        const float part = (float)i / (POINTS - 1);
        const int which = part < bone[0] ? 0 : part < bone[0] + bone[1] ? 1 : 2;
        const float wanted = curl * mien_mix(0.8f, 1 + (float)which, 0.85f);
        path[i] = at;
        radius[i] = f->radius * mien_mix(1, 0.76f, part) *
                    (1 + 0.06f * mien_bell((part - 0.44f) / 0.06f) +
                     0.04f * mien_bell((part - 0.74f) / 0.05f));
        turn = mien_mix(turn, wanted, 0.6f);
        const float step = (f->length + 6) / (POINTS - 1);
        const float flat = mien_cosine(turn);
        at.x += step * mien_sine(spread) * flat;
        at.y += step * mien_cosine(spread) * flat;
        at.z -= step * mien_sine(turn);
    }
    MIEN_TRY(mien_mesh_tube(mesh, path, radius, POINTS, 12));
    for (int i = first; i < mesh->vertices; i++) {
        const mien_vec n = mesh->normal[i];
        const int k =
            (int)mien_clamp(mesh->at[i][0] * (POINTS - 2), 0, POINTS - 2);
        const mien_vec d = mien_unit(mien_sub(path[k + 1], path[k]));
        mesh->at[i][1] = n.z * sqrtf(1.0001f - d.z * d.z) - n.y * d.z;
    }
    return MIEN_OK;
}

static mien_status thumb(mien_mesh *mesh, const mien_hand *hand) {
    enum { POINTS = 9 };
    mien_vec path[POINTS], at = {22, 24, -4};
    float radius[POINTS];
    const int first = mesh->vertices;
    for (int i = 0; i < POINTS; i++) {
        const float part = (float)i / (POINTS - 1);
        const float away =
            hand->thumb[0] - hand->thumb[1] * mien_step(0.3f, 0.9f, part);
        path[i] = at;
        radius[i] = mien_mix(14.5f, 8.6f, mien_step(0, 0.75f, part));
        at = mien_along(at,
                        (mien_vec){mien_sine(away), mien_cosine(away), -0.3f},
                        82.0f / (POINTS - 1));
    }
    MIEN_TRY(mien_mesh_tube(mesh, path, radius, POINTS, 12));
    for (int i = first; i < mesh->vertices; i++)
        mesh->at[i][1] = 0.8f * mesh->normal[i].z + 0.55f * mesh->normal[i].x;
    return MIEN_OK;
}

/* ---- in its place ---------------------------------------------------------
 */

typedef struct frame {
    mien_vec origin, x, y, z;
    float size;
} frame;

static frame frame_of(const mien_hand *hand, const mien_head *head) {
    const mien_vec y = mien_unit(hand->along);
    const mien_vec z =
        mien_unit(mien_along(hand->back, y, -mien_dot(hand->back, y)));
    const mien_vec x = hand->left ? mien_cross(y, z) : mien_cross(z, y);
    const float man = head->person->trait[MIEN_TRAIT_sex];
    return (frame){hand->wrist, x, y, z, 0.93f + 0.06f * man};
}

static mien_vec placed(const frame *f, mien_vec p) {
    mien_vec q = mien_along(f->origin, f->x, p.x * f->size);
    q = mien_along(q, f->y, p.y * f->size);
    return mien_along(q, f->z, p.z * f->size);
}

/* The forearm and, over its lower part, a sleeve. */
static mien_status forearm(mien_mesh *mesh, const frame *f, mien_vec arm,
                           float from, float radius) {
    enum { POINTS = 6 };
    mien_vec path[POINTS];
    float thick[POINTS];
    const mien_vec way = mien_unit(arm);
    const mien_vec start = placed(f, (mien_vec){0, 12, 0});
    for (int i = 0; i < POINTS; i++) {
        const float part = (float)i / (POINTS - 1);
        path[i] = mien_along(start, way, from + 260 * part);
        thick[i] = radius * f->size * mien_mix(1, 1.4f, part);
    }
    return mien_mesh_tube(mesh, path, thick, POINTS, 16);
}

static mien_status sleeve(mien_scene *scene, const mien_head *head,
                          const frame *f, mien_vec arm) {
    const uint32_t seed = mien_wear_seed(head);
    mien_cloth *cloth = mien_cloth_new(scene, mien_clothes_seed(head));
    if (!cloth) return MIEN_ENOMEM;
    mien_mesh *mesh;
    MIEN_TRY(mien_wear_cloth(scene, &mesh, head, cloth));
    MIEN_TRY(forearm(mesh, f, arm, mien_chance(seed, 70, 52, 110), 34));
    for (int i = 0; i < mesh->vertices; i++)
        mesh->position[i] = mien_along(
            mesh->position[i], mesh->normal[i],
            4 * mien_noise3(mien_scale(mesh->position[i], 0.05f), seed));
    mien_wear_fix(mesh, head);
    return MIEN_OK;
}

mien_status mien_hand_build(mien_scene *scene, const mien_head *head,
                            const mien_hand *hand) {
    const frame f = frame_of(hand, head);
    mien_mesh *mesh;
    MIEN_TRY(mien_scene_thing(scene, &mesh,
                              (mien_material){.name = "hand",
                                              .look = hand_look,
                                              .what = head->person,
                                              .owner = (int16_t)head->owner}));
    MIEN_TRY(palm(mesh));
    for (int i = 0; i < MIEN_FINGERS; i++)
        MIEN_TRY(one_finger(mesh, &fingers[i], hand->curl[i],
                            hand->spread * (1.4f - (float)i)));
    MIEN_TRY(thumb(mesh, hand));
    for (int i = 0; i < mesh->vertices; i++)
        mesh->position[i] = placed(&f, mesh->position[i]);
    const int arm = mesh->vertices;
    MIEN_TRY(forearm(mesh, &f, hand->arm, -26, 24));
    for (int i = arm; i < mesh->vertices; i++) {
        mesh->at[i][0] = 0;
        mesh->at[i][1] = mien_dot(mesh->normal[i], f.z);
    }
    mien_wear_fix(mesh, head);
    return sleeve(scene, head, &f, hand->arm);
}
