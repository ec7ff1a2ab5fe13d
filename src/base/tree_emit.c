/* SPDX-License-Identifier: Apache-2.0 */
/* tree_emit.c - a tree to YAML text, by libyaml's emitter. */
#include <stdbool.h>
#include <string.h>
#include <yaml.h>

#include "base/tree.h"
#include "base/tree_text.h"

typedef struct emitter {
    yaml_emitter_t yaml;
    mien_buf *out;
    mien_status status; /* of the last append to `out` */
} emitter;

static int append(void *context, unsigned char *bytes, size_t size) {
    emitter *e = context;
    e->status = mien_buf_append(e->out, bytes, size);
    return e->status == MIEN_OK;
}

/* The emitter frees the event, also when it fails. */
static mien_status emit(emitter *e, yaml_event_t *event, int made) {
    if (made && yaml_emitter_emit(&e->yaml, event)) return MIEN_OK;
    if (e->status != MIEN_OK) return e->status;
    if (!made || e->yaml.error == YAML_MEMORY_ERROR)
        return mien_fail(MIEN_ENOMEM, "out of memory: writing YAML");
    return mien_fail(MIEN_EINVAL, "cannot write YAML: %s",
                     e->yaml.problem ? e->yaml.problem : "unknown reason");
}

static mien_status emit_scalar(emitter *e, const char *text,
                               yaml_scalar_style_t style) {
    yaml_event_t event;
    const int made = yaml_scalar_event_initialize(
        &event, NULL, NULL, (const yaml_char_t *)text, (int)strlen(text), 1, 1,
        style);
    return emit(e, &event, made);
}

/* libyaml does not know which texts would read back as no value. */
static mien_status emit_text(emitter *e, const char *text) {
    return emit_scalar(e, text,
                       mien_text_is_null(text) ? YAML_SINGLE_QUOTED_SCALAR_STYLE
                                               : YAML_ANY_SCALAR_STYLE);
}

/* Lists and maps without containers in them go on one line. */
static bool is_flat(const mien_tree *tree) {
    for (const mien_tree *c = tree->first; c; c = c->next)
        if (c->kind == MIEN_TREE_LIST || c->kind == MIEN_TREE_MAP) return false;
    return true;
}

static mien_status emit_node(emitter *e, const mien_tree *tree, int depth) {
    yaml_event_t event;
    if (tree->kind == MIEN_TREE_NULL)
        return emit_scalar(e, "null", YAML_PLAIN_SCALAR_STYLE);
    if (tree->kind == MIEN_TREE_SCALAR) return emit_text(e, tree->text);
    const bool list = tree->kind == MIEN_TREE_LIST;
    const bool flow = depth > 0 && is_flat(tree);
    int made =
        list ? yaml_sequence_start_event_initialize(
                   &event, NULL, NULL, 1,
                   flow ? YAML_FLOW_SEQUENCE_STYLE : YAML_BLOCK_SEQUENCE_STYLE)
             : yaml_mapping_start_event_initialize(
                   &event, NULL, NULL, 1,
                   flow ? YAML_FLOW_MAPPING_STYLE : YAML_BLOCK_MAPPING_STYLE);
    MIEN_TRY(emit(e, &event, made));
    for (const mien_tree *c = tree->first; c; c = c->next) {
        if (!list) MIEN_TRY(emit_text(e, c->key));
        MIEN_TRY(emit_node(e, c, depth + 1));
    }
    made = list ? yaml_sequence_end_event_initialize(&event)
                : yaml_mapping_end_event_initialize(&event);
    return emit(e, &event, made);
}

static mien_status emit_stream(emitter *e, const mien_tree *tree) {
    yaml_event_t event;
    int made = yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING);
    MIEN_TRY(emit(e, &event, made));
    made = yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 1);
    MIEN_TRY(emit(e, &event, made));
    MIEN_TRY(emit_node(e, tree, 0));
    made = yaml_document_end_event_initialize(&event, 1);
    MIEN_TRY(emit(e, &event, made));
    made = yaml_stream_end_event_initialize(&event);
    return emit(e, &event, made);
}

mien_status mien_tree_emit(mien_buf *out, const mien_tree *tree) {
    emitter e = {.out = out};
    if (!yaml_emitter_initialize(&e.yaml))
        return mien_fail(MIEN_ENOMEM, "out of memory: writing YAML");
    yaml_emitter_set_output(&e.yaml, append, &e);
    yaml_emitter_set_unicode(&e.yaml, 1);
    yaml_emitter_set_width(&e.yaml, 80);
    const mien_status status = emit_stream(&e, tree);
    yaml_emitter_delete(&e.yaml);
    return status;
}
