/* SPDX-License-Identifier: Apache-2.0 */
/* test_reference.c - the reference lists every row of every table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "data/augment.h"
#include "data/reader.h"
#include "health/detector.h"
#include "health/remedy.h"
#include "mien/reference.h"
#include "nn/layer.h"
#include "nn/loss.h"
#include "optim/optimiser.h"
#include "train/fault.h"

static char *text_of(const char *table, mien_reference_form form) {
    char *text;
    assert_int_equal(mien_reference_text(&text, table, form), MIEN_OK);
    return text;
}

static void has_row(const char *text, const char *one, const char *name) {
    char head[96];
    snprintf(head, sizeof head, "\n### %s %s\n", one, name);
    if (!strstr(text, head)) fail_msg("no heading '%s %s'", one, name);
}

static void reference__has_every_row(void **state) {
    (void)state;
    char *text = text_of(NULL, MIEN_REFERENCE_MARKDOWN);
    int n;
    const mien_layer_ops *const *layers = mien_layers(&n);
    for (int i = 0; i < n; i++) has_row(text, "layer", layers[i]->name);
    const mien_loss_ops *const *losses = mien_losses(&n);
    for (int i = 0; i < n; i++) has_row(text, "loss", losses[i]->name);
    const mien_augment_ops *const *augments = mien_augments(&n);
    for (int i = 0; i < n; i++) has_row(text, "augment", augments[i]->name);
    const mien_reader_ops *const *readers = mien_readers(&n);
    for (int i = 0; i < n; i++) has_row(text, "reader", readers[i]->name);
    const mien_table *optim = mien_optimisers();
    for (int i = 0; i < optim->n; i++)
        has_row(text, "optimiser", optim->rows[i]->name);
    const mien_detector_ops *const *detectors = mien_detectors(&n);
    for (int i = 0; i < n; i++) has_row(text, "detector", detectors[i]->name);
    const mien_remedy_ops *const *remedies = mien_remedies(&n);
    for (int i = 0; i < n; i++) has_row(text, "remedy", remedies[i]->name);
    const mien_table *faults = mien_fault_table();
    for (int i = 0; i < faults->n; i++)
        has_row(text, "fault", faults->rows[i]->name);
    has_row(text, "section", "health.limits");
    mien_reference_free(text);
}

static void reference__rows_have_their_options(void **state) {
    (void)state;
    char *text = text_of("optimisers", MIEN_REFERENCE_PLAIN);
    assert_non_null(strstr(text, "adam - "));
    assert_non_null(strstr(text,
                           "  beta1          memory of the mean "
                           "(0..0.999999) [0.9]\n"));
    mien_reference_free(text);
}

static void reference__every_table_is_a_part_of_the_whole(void **state) {
    (void)state;
    char *whole = text_of(NULL, MIEN_REFERENCE_PLAIN);
    const char *name;
    int n = 0;
    for (; (name = mien_reference_table(n)); n++) {
        char *part = text_of(name, MIEN_REFERENCE_PLAIN);
        assert_true(strlen(part) > 0 && strlen(mien_reference_summary(n)) > 0);
        assert_non_null(strstr(whole, part));
        mien_reference_free(part);
    }
    assert_true(n > 0);
    assert_null(mien_reference_table(-1));
    assert_null(mien_reference_summary(n));
    mien_reference_free(whole);
}

static void reference__an_unknown_table_is_refused(void **state) {
    (void)state;
    char *text;
    assert_int_equal(mien_reference_text(&text, "layerz", MIEN_REFERENCE_PLAIN),
                     MIEN_EINVAL);
    assert_null(text);
    assert_non_null(strstr(mien_error(), "did you mean 'layers'"));
    mien_reference_free(NULL);
}

static void reference__survives_failing_allocations(void **state) {
    (void)state;
    mien_status status = MIEN_ENOMEM;
    int n = 0;
    for (; status != MIEN_OK && n < 1000; n++) {
        char *text;
        mien_mem_fail_after(n);
        status = mien_reference_text(&text, NULL, MIEN_REFERENCE_MARKDOWN);
        mien_mem_fail_after(-1);
        if (status != MIEN_OK) {
            assert_int_equal(status, MIEN_ENOMEM);
            assert_null(text);
        }
        mien_reference_free(text);
    }
    assert_true(n > 1 && n < 1000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reference__has_every_row),
        cmocka_unit_test(reference__rows_have_their_options),
        cmocka_unit_test(reference__every_table_is_a_part_of_the_whole),
        cmocka_unit_test(reference__an_unknown_table_is_refused),
        cmocka_unit_test(reference__survives_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
