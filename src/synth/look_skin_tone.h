/* SPDX-License-Identifier: Apache-2.0 */
/* look_skin_tone.h - from traits of pigment to colours: what melanin, blood
 * and age make of skin, hair, irises and lips.
 *
 *   person->skin = mien_skin_albedo(tone, undertone);
 *
 * Colours are albedos, linear red, green and blue; traits as in traits.def. */
#ifndef MIEN_SYNTH_LOOK_SKIN_TONE_H
#define MIEN_SYNTH_LOOK_SKIN_TONE_H

#include "synth/vec.h"

/* tone: 0 lightest to 1 darkest; undertone: -2 rosy to 2 yellow. */
mien_vec mien_skin_albedo(float tone, float undertone);

/* dark: 0 fair to 1 black; red: 0 ash to 1 ginger; grey: the share of white
 * hairs; dye: 0 none, else a hue of fashion, 0 to 1. */
mien_vec mien_hair_albedo(float dark, float red, float grey, float dye);

/* iris: dark brown 0, brown, hazel, green, grey, blue 1. */
mien_vec mien_iris_albedo(float iris);

/* lip_red: -2 pale to 2 painted, upon a skin. */
mien_vec mien_lip_albedo(mien_vec skin, float lip_red);

#endif
