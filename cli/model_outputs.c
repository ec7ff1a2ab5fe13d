/* SPDX-License-Identifier: Apache-2.0 */
/* model_outputs.c - the named outputs of an imported network, told. */
#include "model_outputs.h"

#include <stdio.h>

json_t *cli_outputs_json(const mien_model *model) {
    int n;
    const mien_model_output *o = mien_model_outputs(model, &n);
    json_t *list = json_array();
    for (int i = 0; i < n; i++) {
        json_t *extents = json_array();
        for (int k = 0; k < o[i].rank; k++)
            json_array_append_new(extents, json_integer(o[i].extents[k]));
        json_array_append_new(
            list,
            json_pack("{s:s, s:o, s:i, s:i}", "name", o[i].name, "extents",
                      extents, "first", o[i].first, "count", o[i].count));
    }
    return list;
}

void cli_outputs_print(const mien_model *model) {
    int n;
    const mien_model_output *o = mien_model_outputs(model, &n);
    for (int i = 0; i < n; i++) {
        printf("%-14s %s:", i ? "" : "outputs", o[i].name);
        for (int k = 0; k < o[i].rank; k++)
            printf("%s%d", k ? " x " : " ", o[i].extents[k]);
        printf("\n");
    }
}
