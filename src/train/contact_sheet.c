/* SPDX-License-Identifier: Apache-2.0 */
/* contact_sheet.c - a picture of what the network sees. */
#include <stdio.h>

#include "mien/data.h"
#include "nn/losses/detect.h"
#include "train/source.h"

enum { SIDE = 8, GAP = 2, LABEL = 10, MAX_PIXELS = 64 << 20 };

typedef struct sheet {
    mien_image *image;
    const mien_input *input;
    int rows, columns, cell_w, cell_h, shown;
} sheet;

void mien_data_show_defaults(mien_data_show_options *options) {
    *options = (mien_data_show_options){0};
}

static mien_status make_sheet(sheet *s, const mien_data_show_options *o) {
    s->rows = o->rows ? o->rows : SIDE;
    s->columns = o->columns ? o->columns : SIDE;
    s->cell_w = (s->input->width < 24 ? 24 : s->input->width) + GAP;
    s->cell_h = s->input->height + LABEL + GAP;
    if ((double)s->rows * s->columns * s->cell_w * s->cell_h > MAX_PIXELS)
        return mien_fail(MIEN_ELIMIT,
                         "a sheet of %d x %d samples of %d x %d "
                         "pixels is too large: ask for fewer rows or columns",
                         s->rows, s->columns, s->input->height,
                         s->input->width);
    MIEN_TRY(mien_image_new(&s->image, s->columns * s->cell_w + GAP,
                            s->rows * s->cell_h + GAP, 3));
    mien_image_fill(s->image, 0, 0, s->image->width, s->image->height,
                    (mien_colour){32, 32, 32});
    return MIEN_OK;
}

/* A detector's targets: boxes, grey where they are ignored, and points. */
static void draw_faces(mien_image *image, const float *target) {
    const mien_colour to_find = {80, 255, 80}, ignored = {128, 128, 128};
    for (int i = 0; i < (int)target[0]; i++) {
        const float *f = target + 1 + i * MIEN_DETECT_BOX;
        const mien_box box = {(int)f[0], (int)f[1], (int)f[2], (int)f[3]};
        mien_image_draw_box(image, box, 1, f[4] < 0 ? ignored : to_find);
        for (int k = 5; k < MIEN_DETECT_BOX && f[4] > 0; k += 2)
            mien_image_fill(image, (int)f[k] - 1, (int)f[k + 1] - 1, 2, 2,
                            to_find);
    }
}

static mien_status put(sheet *s, const float *x, int32_t label,
                       const float *faces) {
    const int left = GAP + s->shown % s->columns * s->cell_w;
    const int top = GAP + s->shown / s->columns * s->cell_h;
    const mien_text_style style = {1, {255, 255, 255}};
    char text[16];
    mien_image *one;
    MIEN_TRY(mien_input_image(&one, s->input, x));
    if (faces) draw_faces(one, faces);
    mien_image_paste(s->image, one, left, top);
    mien_image_free(one);
    snprintf(text, sizeof text, "%d", (int)label);
    mien_image_draw_text(s->image, left, top + s->input->height + 1, text,
                         style);
    s->shown++;
    return MIEN_OK;
}

/* Batches of an epoch until the sheet is full or the epoch is over. */
static mien_status fill(sheet *s, mien_loader *loader, int vector) {
    const mien_shape shape = mien_input_shape(s->input);
    const int all = s->rows * s->columns;
    for (int step = 0; step < mien_loader_steps(loader) && s->shown < all;
         step++) {
        const mien_loaded *b;
        MIEN_TRY(mien_loader_next(loader, &b));
        for (int i = 0; i < b->count && s->shown < all; i++)
            MIEN_TRY(put(s, b->x + (size_t)i * mien_shape_count(shape),
                         b->label[i],
                         vector ? b->target + (size_t)i * vector : NULL));
    }
    return MIEN_OK;
}

static mien_status show(mien_data_facts *facts, mien_dataset *data,
                        const mien_data_show_options *o, int batch) {
    sheet s = {.input = &data->input};
    mien_loader *loader = NULL;
    const mien_feed feed = {.part = MIEN_TRAIN,
                            .twins = data->twins && batch % 2 == 0,
                            .batch = batch,
                            .train = true,
                            .augment = !o->plain,
                            .epoch = o->epoch};
    mien_status status = make_sheet(&s, o);
    if (status == MIEN_OK) status = mien_dataset_load(&loader, data, &feed);
    if (status == MIEN_OK) status = fill(&s, loader, data->reader->vector);
    if (status == MIEN_OK)
        status =
            mien_image_save(s.image, o->out ? o->out : "contact-sheet.png", 0);
    mien_loader_close(loader);
    mien_image_free(s.image);
    *facts = (mien_data_facts){.samples = data->reader->count,
                               .train = data->split.count[MIEN_TRAIN],
                               .validation = data->split.count[MIEN_VAL],
                               .test = data->split.count[MIEN_TEST],
                               .classes = data->reader->classes,
                               .rows = data->input.height,
                               .columns = data->input.width,
                               .channels = data->input.channels,
                               .shown = s.shown};
    return status;
}

mien_status mien_data_show(mien_data_facts *facts, const char *recipe,
                           const mien_data_show_options *options) {
    mien_data_show_options defaults;
    mien_recipe r;
    mien_dataset *data = NULL;
    mien_data_show_defaults(&defaults);
    const mien_data_show_options *o = options ? options : &defaults;
    *facts = (mien_data_facts){0};
    MIEN_TRY(mien_recipe_open(
        &r, recipe,
        &(mien_overrides){.set = o->set, .n_set = o->n_set, .data = o->data}));
    mien_status status = mien_dataset_open(&data, r.data, r.input, r.augment);
    if (status == MIEN_OK) status = show(facts, data, o, r.train.batch);
    mien_dataset_close(data);
    mien_recipe_close(&r);
    return status;
}
