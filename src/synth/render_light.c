/* SPDX-License-Identifier: Apache-2.0 */
/* render_light.c - what a surface sends towards the viewer.
 *
 *   body  = albedo (lamp * soft cosine * shadow + rim + sky(n) * openness)
 *   shine = lamp * pi D V F + sky(mirrored) * F_sky
 *
 * Under skin, light wanders: the cosine's corner at the shadow's edge is
 * rounded, (x + sqrt(x^2 + w^2)) / 2, red furthest, and light that has gone
 * through little comes out red. Fibres shine in two cones about the strand.
 * Source: Walter et al., Microfacet models for refraction, EGSR 2007 (GGX);
 * Ramamoorthi and Hanrahan, An efficient representation for irradiance
 * environment maps, SIGGRAPH 2001; Penner, Pre-integrated skin shading,
 * SIGGRAPH 2011; Kajiya and Kay, Rendering fur with three dimensional
 * textures, SIGGRAPH 1989; Marschner et al., Light scattering from human hair
 * fibers, SIGGRAPH 2003; Jimenez et al., Practical real-time strategies for
 * accurate indirect occlusion, SIGGRAPH 2016. */
#include "synth/render_parts.h"
#include "synth/waves.h"

/* The sky's light from a direction, three colours and an idle one at once. */
typedef float colours __attribute__((vector_size(16)));

static mien_vec sky_of(const mien_light *light, mien_vec n) {
    const mien_vec *c = light->sky;
    const float basis[9] = {1,
                            n.y,
                            n.z,
                            n.x,
                            n.x * n.y,
                            n.y * n.z,
                            3 * n.z * n.z - 1,
                            n.x * n.z,
                            n.x * n.x - n.y * n.y};
    colours sum = {0};
    for (int i = 0; i < 9; i++)
        sum += (colours){c[i].x, c[i].y, c[i].z, 0} * basis[i];
    return (mien_vec){more(sum[0], 0), more(sum[1], 0), more(sum[2], 0)};
}

/* max(x, 0) with its corner rounded over `wide`, 1 at 1. */
static float soft(float x, float wide) {
    const float square = wide * wide;
    return (x + sqrtf(x * x + square)) / (1 + sqrtf(1 + square));
}

/* How far red, green and blue wander, relative to red. */
static const mien_vec wander = {1.0f, 0.45f, 0.25f};

/* The cosines for the three colours; finer bumps are lost in red first. */
static mien_vec cosines(const mien_surface *s, mien_vec smooth,
                        mien_vec towards) {
    const float fine = mien_dot(s->normal, towards);
    const float coarse = mien_dot(smooth, towards);
    const float wide = 0.26f * s->scatter;
    const float lost = 0.7f * s->scatter;
    return (mien_vec){
        soft(mien_mix(fine, coarse, lost * wander.x), wide * wander.x),
        soft(mien_mix(fine, coarse, lost * wander.y), wide * wander.y),
        soft(mien_mix(fine, coarse, lost * wander.z), wide * wander.z)};
}

/* The lamp's light at the surface, by colour: what arrives, what comes
 * through thin parts, and the shadow's edge in which red goes furthest. */
static mien_vec arriving(const mien_surface *s, const openness *o) {
    const float edge = o->lit * (1 - o->lit) * s->scatter;
    const float t = o->through * s->scatter;
    return (mien_vec){mien_clamp(o->lit + edge * 0.7f + 0.7f * t, 0, 1),
                      mien_clamp(o->lit + edge * 0.2f + 0.4f * t * t, 0, 1),
                      mien_clamp(o->lit + 0.2f * t * t * t, 0, 1)};
}

/* pi D V F cos for one lamp, as a share of what a white surface would send;
 * `size` of the lamp widens the highlight. */
static float highlight(const mien_surface *s, mien_vec view, mien_vec towards,
                       float size) {
    const float nl = mien_dot(s->normal, towards);
    const float nv = more(mien_dot(s->normal, view), 0.05f);
    if (!(nl > 0)) return 0;
    const mien_vec half = mien_unit(mien_add(view, towards));
    const float nh = mien_clamp(mien_dot(s->normal, half), 0, 1);
    const float vh = mien_clamp(mien_dot(view, half), 0, 1);
    const float a =
        mien_clamp(s->roughness * s->roughness + 0.4f * size, 0.003f, 1);
    const float a2 = a * a, k = 0.5f * a;
    const float d = nh * nh * (a2 - 1) + 1;
    const float v = 0.25f / ((nl * (1 - k) + k) * (nv * (1 - k) + k));
    const float grazing = 1 - vh, g2 = grazing * grazing;
    const float f = s->specular + (1 - s->specular) * g2 * g2 * grazing;
    return a2 / (d * d) * v * f * nl;
}

/* Share of a white sky that is mirrored towards the viewer.
 * Source: Karis, Physically based shading on mobile, 2014 (its fit). */
static float sky_shine(const mien_surface *s, float nv) {
    const float rough = s->roughness;
    const float x = 1 - rough, y = 0.0425f - 0.0275f * rough;
    const float z = 1.04f - 0.572f * rough, w = -0.04f + 0.022f * rough;
    const float edge = less(x * x, mien_exp2(-9.28f * nv)) * x + y;
    const float scale = -1.04f * edge + z, add = 1.04f * edge + w;
    return s->specular * scale + add * mien_clamp(25 * s->specular, 0, 1);
}

/* Occlusion between coloured walls is brighter than between black ones. */
static float bounced(float open, float albedo) {
    const float a = 2.0404f * albedo - 0.3324f;
    const float b = -4.7951f * albedo + 0.6417f;
    const float c = 2.7552f * albedo + 0.6903f;
    return more(open, ((open * a + b) * open + c) * open);
}

/* ---- fibres ------------------------------------------------------------ */

/* A lobe about the cone that mirrors the light, shifted along the strand. */
static float cone(mien_vec tangent, mien_vec normal, mien_vec half, float shift,
                  float sharp) {
    const mien_vec t = mien_unit(mien_along(tangent, normal, shift));
    const float along = mien_dot(t, half);
    return mien_exp(-along * along * sharp);
}

/* Diffuse and shine of a strand for one lamp of white light. */
static lit strand(const mien_surface *s, mien_vec view, mien_vec towards,
                  mien_vec smooth) {
    const float along = mien_dot(s->tangent, towards);
    const float sine = sqrtf(mien_clamp(1 - along * along, 0, 1));
    const float facing = soft(mien_dot(smooth, towards), 0.6f);
    const mien_vec half = mien_unit(mien_add(view, towards));
    const float rough = more(s->roughness, 0.1f);
    const float sharp = 4 / (rough * rough);
    const float first = cone(s->tangent, smooth, half, -0.07f, sharp);
    const float second = cone(s->tangent, smooth, half, 0.12f, sharp * 0.3f);
    const float wrap = mien_clamp(0.25f + facing, 0, 1);
    const float gain = wrap * s->specular;
    mien_vec shine = mien_scale((mien_vec){1, 1, 1}, 2.2f * gain * first);
    shine = mien_along(shine, s->albedo, 9 * gain * second);
    return (lit){mien_scale(s->albedo, sine * facing), shine};
}

/* ---- all together ------------------------------------------------------ */

static void add_lamp(lit *out, const mien_surface *s, const mien_fragment *f,
                     mien_vec towards, mien_vec colour, mien_vec reaching,
                     float size) {
    const mien_vec here = mien_mul(colour, reaching);
    if (s->strand < 1) {
        const float part = 1 - s->strand;
        const mien_vec body =
            mien_mul(mien_mul(s->albedo, here), cosines(s, f->normal, towards));
        const float shine = highlight(s, f->view, towards, size);
        out->body = mien_along(out->body, body, part);
        out->shine = mien_along(out->shine,
                                mien_scale(colour, reaching.z * shine), part);
    }
    if (s->strand > 0) {
        const lit fibre = strand(s, f->view, towards, f->normal);
        out->body =
            mien_along(out->body, mien_mul(fibre.body, here), s->strand);
        out->shine =
            mien_along(out->shine, mien_mul(fibre.shine, here), s->strand);
    }
}

static void add_sky(lit *out, const mien_light *light, const mien_surface *s,
                    const mien_fragment *f, const openness *o) {
    const float open = o->hollow * o->around * s->occlusion;
    const mien_vec n =
        mien_unit(mien_blend(s->normal, f->normal, 0.4f * s->scatter));
    const mien_vec left = {bounced(open, s->albedo.x),
                           bounced(open, s->albedo.y),
                           bounced(open, s->albedo.z)};
    const mien_vec sky = mien_mul(sky_of(light, n), left);
    out->body = mien_add(out->body, mien_mul(s->albedo, sky));
    const float nv = more(mien_dot(s->normal, f->view), 0);
    const mien_vec mirrored =
        mien_unit(mien_sub(mien_scale(s->normal, 2 * nv), f->view));
    const float shine =
        sky_shine(s, nv) * open * (0.3f + 0.7f * open) * (1 - 0.7f * s->strand);
    out->shine = mien_along(out->shine, sky_of(light, mirrored), shine);
}

lit mien_light_surface(const mien_light *light, const mien_surface *s,
                       const mien_fragment *f, const openness *open) {
    lit out = {0};
    const mien_vec reaching = arriving(s, open);
    add_lamp(&out, s, f, light->towards, light->colour, reaching, light->size);
    const mien_vec rim = light->rim;
    if (rim.x > 0 || rim.y > 0 || rim.z > 0) {
        const float left = open->around * open->hollow;
        add_lamp(&out, s, f, light->rim_towards, rim,
                 (mien_vec){left, left, left}, 0.1f);
    }
    add_sky(&out, light, s, f, open);
    return out;
}
