/* SPDX-License-Identifier: Apache-2.0 */
/* headgear.c - crowns of cloth on a hull, and brims. */
#include "synth/headgear.h"

#include "synth/waves.h"

enum { SIDES = 56, CROWN_ROWS = 16, BRIM_ROWS = 7 };

mien_status mien_crown_build(mien_mesh *mesh, const mien_crown *crown) {
    int first;
    MIEN_TRY(
        mien_mesh_grid(mesh, (mien_grid){CROWN_ROWS, SIDES, true}, &first));
    for (int i = 0; i < CROWN_ROWS * SIDES; i++) {
        const float part = (float)(i / SIDES) / (CROWN_ROWS - 1);
        const float up = mien_mix(crown->low, crown->high, part);
        const float turn = MIEN_PI * (2 * (float)(i % SIDES) / SIDES - 1);
        mien_hull hull = crown->hull;
        hull.lift += crown->swell * (1 - (2 * part - 1) * (2 * part - 1));
        mien_vec p = mien_hull_at(&hull, turn, up);
        const float rise = mien_step(0, 0.8f, up);
        const mien_vec wave = mien_scale(p, 1 / 26.0f);
        p.y += crown->raise * rise +
               crown->crumple * mien_noise3(wave, crown->seed);
        mesh->position[first + i] = p;
        mesh->at[first + i][0] = turn * 90;
        mesh->at[first + i][1] = up * 150;
    }
    return MIEN_OK;
}

mien_status mien_brim_build(mien_mesh *mesh, const mien_brim *brim) {
    const bool around = brim->span >= MIEN_PI;
    int first;
    MIEN_TRY(
        mien_mesh_grid(mesh, (mien_grid){BRIM_ROWS, SIDES, around}, &first));
    const float steps = around ? SIDES : SIDES - 1;
    for (int i = 0; i < BRIM_ROWS * SIDES; i++) {
        const float part = (float)(i / SIDES) / (BRIM_ROWS - 1);
        const float t = 2 * (float)(i % SIDES) / steps - 1;
        const float turn = t * (around ? MIEN_PI : brim->span);
        const float c = mien_cosine(turn), s = mien_sine(turn);
        mien_vec p = mien_hull_at(&brim->hull, turn, 0);
        /* A peak is as far out as a circle reaches beyond the crown. */
        const float reach =
            around
                ? mien_mix(brim->side, brim->front, c * c)
                : brim->front * mien_power(mien_clamp(1 - t * t, 0, 1), 0.6f);
        p.x += s * reach * part * (around ? 1 : 0.45f);
        p.z += (around ? c : 1) * reach * part;
        p.y -= part * part *
               mien_mix(brim->curl, brim->droop, around ? c * c : 1 - t * t);
        mesh->position[first + i] = p;
        mesh->at[first + i][0] = turn * 110;
        mesh->at[first + i][1] = part * reach;
    }
    return MIEN_OK;
}
