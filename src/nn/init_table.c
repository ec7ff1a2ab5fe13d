/* SPDX-License-Identifier: Apache-2.0 */
/* init_table.c - the initialisers that inits.def lists. */
#include "nn/init.h"

#define MIEN_INIT(name) extern const mien_init_ops mien_init_##name;
#include "nn/inits.def"
#undef MIEN_INIT

const mien_init_ops *const *mien_inits(int *count) {
    static const mien_init_ops *const table[] = {
#define MIEN_INIT(name) &mien_init_##name,
#include "nn/inits.def"
#undef MIEN_INIT
        0};
    *count = (int)(sizeof table / sizeof *table) - 1;
    return table;
}
