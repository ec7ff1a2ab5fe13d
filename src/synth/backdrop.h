/* SPDX-License-Identifier: Apache-2.0 */
/* backdrop.h - what is behind people, as linear light: a file in backdrops/
 * and a line in backdrops.def each. */
#ifndef MIEN_SYNTH_BACKDROP_H
#define MIEN_SYNTH_BACKDROP_H

#include <stdint.h>

#include "synth/render.h"
#include "synth/vec.h"

typedef struct mien_backdrop {
    const char *name, *summary;
    bool outdoor;
    float often;
    /* Fill frame->light; no noise of film, no blur: the lens adds those. */
    void (*paint)(mien_frame *frame, uint32_t seed);
} mien_backdrop;

extern const mien_backdrop *const mien_backdrops[]; /* ends with NULL */

/* A lamp: light for a scene; a file in lights/ and a line in lights.def. */
typedef struct mien_lamp {
    const char *name, *summary;
    bool outdoor; /* goes with outdoor backdrops */
    float often;
    bool hard; /* only in hard photos */
    void (*shine)(mien_light *light, float heading, uint32_t seed);
} mien_lamp;

extern const mien_lamp *const mien_lamps[]; /* ends with NULL */

#endif
