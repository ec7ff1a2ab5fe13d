/* SPDX-License-Identifier: Apache-2.0 */
/* recipe_table.c - the keys of a recipe, their ranges and defaults. */
#include "train/recipe_table.h"

#define TREE(name, help) \
    { #name, help, offsetof(mien_recipe, name), .kind = MIEN_TREE }

const mien_param mien_recipe_keys[] = {
    TREE(data, "what to train on: reader, path, shares held out"),
    TREE(input, "size and scaling of the network's input"),
    {"alignment", "how the photos were aligned, part of the model's contract",
     offsetof(mien_recipe, alignment), .kind = MIEN_CHOICE,
     .choices = "none|umeyama112"},
    TREE(augment, "changes to training samples, a list"),
    TREE(model, "the layers, a list"),
    TREE(init, "how weights start"),
    TREE(loss, "what is minimised"),
    TREE(head, "another name for loss, for the margin heads"),
    TREE(optim, "the optimiser"),
    TREE(schedule, "how the learning rate moves"),
    TREE(clip, "bounds of the gradient"),
    TREE(regularise, "penalties on weights"),
    TREE(constrain, "bounds of weights"),
    {"train", "epochs, batch and the like", offsetof(mien_recipe, train_tree),
     .kind = MIEN_TREE},
    {"stages", "settings to go on with, a list",
     offsetof(mien_recipe, stages_tree), .kind = MIEN_TREE},
    TREE(bound, "bounds of each update, on top of the optimiser"),
    {"precision", "rounding to 16 bits, to see what it does",
     offsetof(mien_recipe, precision_tree), .kind = MIEN_TREE},
    {"health", "doctor, watch or off, and its settings",
     offsetof(mien_recipe, health_tree), .kind = MIEN_TREE},
    {"teacher", "whose embeddings are learned, for the losses distill and sum",
     offsetof(mien_recipe, teacher_tree), .kind = MIEN_TREE},
    TREE(faults, "what to break on purpose, to try the doctor, a list"),
    {0}};

#undef TREE
#define AT(member) offsetof(mien_train_settings, member)

const mien_param mien_train_keys[] = {
    {"epochs", "passes over the training samples", AT(epochs), 1, 1e6, 10,
     .kind = MIEN_INT},
    {"batch", "samples a step", AT(batch), 1, 65536, 32, .kind = MIEN_INT},
    {"shards", "parts of a batch that threads share; bits depend on it",
     AT(shards), 1, 64, 2, .kind = MIEN_INT},
    {"threads", "0: all processors; bits do not depend on it", AT(threads), 0,
     256, 0, .kind = MIEN_INT},
    {"accumulate", "batches whose gradients make one step", AT(accumulate), 1,
     4096, 1, .kind = MIEN_INT},
    {"seed", "of weights, order, augmentation, dropout", AT(seed), 0,
     2147483647, 42, .kind = MIEN_INT},
    {"class_weights", "auto: rare classes weigh more", AT(class_weights),
     .kind = MIEN_CHOICE, .choices = "none|auto"},
    {"early_stop", "patience, metric, delta", AT(early_stop_tree),
     .kind = MIEN_TREE},
    {"ema", "decay of a moving average of the weights; 0: none", AT(ema), 0,
     0.999999, 0, .kind = MIEN_DOUBLE},
    {"keep", "epoch checkpoints kept beside the last one", AT(keep), 0, 1000, 0,
     .kind = MIEN_INT},
    {"validate_every", "epochs between two validations", AT(validate_every), 1,
     1e6, 1, .kind = MIEN_INT},
    {"save_every", "epochs between two checkpoints", AT(save_every), 1, 1e6, 1,
     .kind = MIEN_INT},
    {"max_skips", "steps in a row that are not finite before it stops",
     AT(max_skips), 1, 1e6, 50, .kind = MIEN_INT},
    {"start", "a model whose weights to begin with, by the tensors' names",
     AT(start), .kind = MIEN_STRING},
    {0}};

#undef AT
#define AT(member) offsetof(mien_early_stop, member)

const mien_param mien_early_stop_keys[] = {
    {"patience", "validations without a better one; 0: never stop",
     AT(patience), 0, 1e6, 5, .kind = MIEN_INT},
    {"metric", "what has to get better", AT(metric), .kind = MIEN_CHOICE,
     .choices = "loss|accuracy"},
    {"delta", "by how much", AT(delta), 0, 1e6, 0, .kind = MIEN_DOUBLE},
    {0}};

#undef AT
#define AT(member) offsetof(mien_health_settings, member)

const mien_param mien_health_keys[] = {
    {"mode", "doctor: notice and repair; watch: notice; off", AT(mode),
     .kind = MIEN_CHOICE, .choices = "doctor|watch|off"},
    {"every", "steps between two whose layers are measured", AT(every), 1, 1e6,
     10, .kind = MIEN_INT},
    {"fork", "steps with and without a remedy before it is kept", AT(fork), 4,
     1e6, 50, .kind = MIEN_INT},
    {"consent", "the doctor may change the architecture", AT(consent),
     .kind = MIEN_BOOL},
    {"without", "remedies not to use, \"lsuv, rate\"", AT(without),
     .kind = MIEN_STRING},
    {"limits", "of the detectors, see the reference", AT(limits),
     .kind = MIEN_TREE},
    {0}};

#undef AT
#define AT(member) offsetof(mien_precision_settings, member)

const mien_param mien_precision_keys[] = {
    {"type", "what activations and gradients are rounded to", AT(type),
     .kind = MIEN_CHOICE, .choices = "float32|fp16|bf16"},
    {"loss_scale", "the loss times this before backward; 0: found while "
     "training", AT(loss_scale), 0, 1e30, 1, .kind = MIEN_DOUBLE},
    {"master", "keep float32 weights beside the rounded ones", AT(master),
     .base = 1, .kind = MIEN_BOOL},
    {0}};

#undef AT
#define AT(member) offsetof(mien_teacher_settings, member)

const mien_param mien_teacher_keys[] = {
    {"path", "a model of mien, or an .onnx file", AT(path),
     .kind = MIEN_STRING},
    {"scale", "of an .onnx file: pixels are divided by it", AT(scale), 1e-6,
     1e6, 1},
    {"mean", "then this is taken off: [one] number, or one a channel",
     AT(mean), -1e6, 1e6, .kind = MIEN_FLOATS},
    {"std", "then they are divided by this: [one] number, or one a channel",
     AT(std), 1e-6, 1e6, .kind = MIEN_FLOATS},
    {"bgr", "its channels are blue, green, red", AT(bgr), .kind = MIEN_BOOL},
    {0}};

#undef AT
#define AT(member) offsetof(mien_stage_keys_config, member)

const mien_param mien_stage_keys[] = {
    {"name", "for the report", AT(name), .kind = MIEN_STRING},
    {"epochs", "of this stage; 0: as train.epochs", AT(epochs), 0, 1e6, 0,
     .kind = MIEN_INT},
    {"optim", "replaces the section", AT(optim), .kind = MIEN_TREE},
    {"schedule", "replaces the section", AT(schedule), .kind = MIEN_TREE},
    {"clip", "replaces the section", AT(clip), .kind = MIEN_TREE},
    {"regularise", "replaces the section", AT(regularise), .kind = MIEN_TREE},
    {"constrain", "replaces the section", AT(constrain), .kind = MIEN_TREE},
    {"bound", "replaces the section", AT(bound), .kind = MIEN_TREE},
    {0}};

static mien_status section(mien_buf *out, const char *title,
                           const mien_param *keys) {
    MIEN_TRY(mien_buf_printf(out, "%s\n", title));
    MIEN_TRY(mien_params_help(out, keys));
    return mien_buf_printf(out, "\n");
}

mien_status mien_recipe_help(mien_buf *out) {
    MIEN_TRY(section(out, "Sections of a recipe:", mien_recipe_keys));
    MIEN_TRY(section(out, "Keys of train:", mien_train_keys));
    MIEN_TRY(section(out, "Keys of train.early_stop:", mien_early_stop_keys));
    MIEN_TRY(section(out, "Keys of health:", mien_health_keys));
    MIEN_TRY(section(out, "Keys of precision:", mien_precision_keys));
    MIEN_TRY(section(out, "Keys of teacher:", mien_teacher_keys));
    return section(out, "Keys of an item of stages:", mien_stage_keys);
}
