/* SPDX-License-Identifier: Apache-2.0 */
/* train_tiny.c - train as a recipe says, and print what came of it.
 *
 *   train_tiny shapes.yaml FOLDER RUN */
#include "mien/train.h"

#include <stdio.h>

#include "mien/log.h"

static void line(void *context, mien_log_level level, const char *text) {
    (void)context;
    if (level >= MIEN_LOG_INFO) fprintf(stderr, "%s\n", text);
}

/* Called at every step; a program with a window would move its bar. */
static void progress(void *context, const char *task, int64_t done,
                     int64_t total, const char *note) {
    (void)context, (void)task, (void)done, (void)total, (void)note;
}

int main(int argc, char **argv) {
    if (argc != 4)
        return fprintf(stderr, "usage: train_tiny RECIPE DATA RUN\n"), 2;
    mien_log_set(&(mien_log_sink){line, progress}, NULL);

    mien_train_options options;
    mien_train_defaults(&options);
    options.data = argv[2];
    options.out = argv[3];
    const char *const set[] = {"train.threads=1"}; /* any key of the recipe */
    options.set = set;
    options.n_set = 1;

    mien_train_result *result;
    if (mien_train_run(&result, argv[1], &options) != MIEN_OK)
        return fprintf(stderr, "%s\n", mien_error()), 2;
    const mien_train_summary *s = mien_train_summary_of(result);
    printf("%s: loss %.4f, accuracy %.1f %% after %lld steps\n", s->split,
           s->loss, 100 * s->accuracy, (long long)s->steps);
    printf("model %s\n", s->model);
    mien_train_result_free(result);
    return 0;
}
