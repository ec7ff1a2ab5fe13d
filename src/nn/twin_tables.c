/* SPDX-License-Identifier: Apache-2.0 */
/* twin_tables.c - the tables that the .def files list, in float and double. */
#include "nn/layer.h"
#include "nn/loss.h"
#include "nn/reparam.h"

#define MIEN_LAYER(name) extern const mien_layer_ops MIEN_LAYER_NAME(name);
#include "nn/layers.def"
#undef MIEN_LAYER
#define MIEN_LOSS(name) extern const mien_loss_ops MIEN_LOSS_NAME(name);
#include "nn/losses.def"
#undef MIEN_LOSS
#define MIEN_REPARAM(name) \
    extern const mien_reparam_ops MIEN_REPARAM_NAME(name);
#include "nn/reparams.def"
#undef MIEN_REPARAM

const mien_layer_ops *const *mien_layers(int *count) {
    static const mien_layer_ops *const table[] = {
#define MIEN_LAYER(name) &MIEN_LAYER_NAME(name),
#include "nn/layers.def"
#undef MIEN_LAYER
        0};
    *count = (int)(sizeof table / sizeof *table) - 1;
    return table;
}

const mien_loss_ops *const *mien_losses(int *count) {
    static const mien_loss_ops *const table[] = {
#define MIEN_LOSS(name) &MIEN_LOSS_NAME(name),
#include "nn/losses.def"
#undef MIEN_LOSS
        0};
    *count = (int)(sizeof table / sizeof *table) - 1;
    return table;
}

const mien_reparam_ops *const *mien_reparams(int *count) {
    static const mien_reparam_ops *const table[] = {
#define MIEN_REPARAM(name) &MIEN_REPARAM_NAME(name),
#include "nn/reparams.def"
#undef MIEN_REPARAM
        0};
    *count = (int)(sizeof table / sizeof *table) - 1;
    return table;
}
