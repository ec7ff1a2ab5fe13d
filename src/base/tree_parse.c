/* SPDX-License-Identifier: Apache-2.0 */
/* tree_parse.c - YAML text to a tree, by libyaml's events.
 *
 * An alias becomes a copy of what its anchor names; the cap on nodes keeps a
 * few lines of aliases of aliases from filling the memory. */
#include <string.h>
#include <yaml.h>

#include "base/file.h"
#include "base/tree.h"
#include "base/tree_text.h"

#define MAX_DEPTH   32
#define MAX_BYTES   ((size_t)1 << 20)
#define MAX_NODES   200000
#define MAX_ANCHORS 64

typedef struct parser {
    yaml_parser_t yaml;
    yaml_event_t event; /* the one looked at */
    bool has_event;
    mien_arena *arena;
    const char *file;
    int nodes;
    struct {
        const char *name;
        const mien_tree *tree;
    } anchors[MAX_ANCHORS];
    int anchor_count;
} parser;

static mien_status fail_at(const parser *p, size_t line, const char *what) {
    return mien_fail(MIEN_EFORMAT, "%s:%zu: %s", p->file, line + 1, what);
}

static mien_status fail_here(const parser *p, const char *what) {
    return fail_at(p, p->event.start_mark.line, what);
}

static mien_status advance(parser *p) {
    if (p->has_event) yaml_event_delete(&p->event);
    p->has_event = yaml_parser_parse(&p->yaml, &p->event);
    if (p->has_event) return MIEN_OK;
    if (p->yaml.error == YAML_MEMORY_ERROR)
        return mien_fail(MIEN_ENOMEM, "out of memory: parsing %s", p->file);
    return fail_at(p, p->yaml.problem_mark.line,
                   p->yaml.problem ? p->yaml.problem : "cannot be parsed");
}

static mien_tree *new_node(parser *p) {
    mien_tree *node = mien_arena_alloc(p->arena, 1, sizeof(*node));
    if (!node) return NULL;
    node->file = p->file;
    node->line = (int)p->event.start_mark.line + 1;
    return node;
}

static mien_status copy_text(const char **out, parser *p) {
    const char *text = (const char *)p->event.data.scalar.value;
    if (strlen(text) != p->event.data.scalar.length)
        return fail_here(p, "a zero byte inside a text");
    *out = mien_arena_strdup(p->arena, text);
    return *out ? MIEN_OK : MIEN_ENOMEM;
}

static mien_status parse_scalar(mien_tree *node, parser *p) {
    MIEN_TRY(copy_text(&node->text, p));
    node->kind = MIEN_TREE_SCALAR;
    if (p->event.data.scalar.style != YAML_PLAIN_SCALAR_STYLE ||
        !mien_text_is_null(node->text))
        return MIEN_OK;
    node->kind = MIEN_TREE_NULL;
    node->text = NULL;
    return MIEN_OK;
}

static int count_nodes(const mien_tree *tree) {
    int n = 1;
    for (const mien_tree *c = tree->first; c; c = c->next) n += count_nodes(c);
    return n;
}

static int depth_of(const mien_tree *tree) {
    int deepest = 0;
    for (const mien_tree *c = tree->first; c; c = c->next) {
        const int depth = depth_of(c) + 1;
        if (depth > deepest) deepest = depth;
    }
    return deepest;
}

static mien_status parse_alias(mien_tree **out, parser *p, int depth) {
    const char *name = (const char *)p->event.data.alias.anchor;
    const mien_tree *found = NULL;
    for (int i = 0; i < p->anchor_count; i++)
        if (strcmp(p->anchors[i].name, name) == 0) found = p->anchors[i].tree;
    if (!found) return fail_here(p, "an alias of an anchor not yet complete");
    if (depth + depth_of(found) > MAX_DEPTH)
        return fail_here(p, "nested deeper than 32 levels");
    p->nodes += count_nodes(found);
    if (p->nodes > MAX_NODES) return fail_here(p, "too many values");
    *out = mien_tree_copy(p->arena, found);
    if (!*out) return MIEN_ENOMEM;
    (*out)->key = NULL;
    (*out)->line = (int)p->event.start_mark.line + 1;
    return MIEN_OK;
}

static mien_status parse_node(mien_tree **out, parser *p, int depth);

static mien_status parse_list(mien_tree *list, parser *p, int depth) {
    mien_tree **tail = &list->first;
    list->kind = MIEN_TREE_LIST;
    MIEN_TRY(advance(p));
    while (p->event.type != YAML_SEQUENCE_END_EVENT) {
        MIEN_TRY(parse_node(tail, p, depth + 1));
        tail = &(*tail)->next;
        list->count++;
        MIEN_TRY(advance(p));
    }
    return MIEN_OK;
}

static mien_status parse_key(const char **key, parser *p,
                             const mien_tree *map) {
    if (p->event.type != YAML_SCALAR_EVENT)
        return fail_here(p, "a key must be a plain text");
    MIEN_TRY(copy_text(key, p));
    const mien_tree *twin = mien_tree_get(map, *key);
    if (!twin) return MIEN_OK;
    return mien_fail(MIEN_EFORMAT, "%s:%zu: '%s' is already set in line %d",
                     p->file, p->event.start_mark.line + 1, *key, twin->line);
}

static mien_status parse_map(mien_tree *map, parser *p, int depth) {
    mien_tree **tail = &map->first;
    map->kind = MIEN_TREE_MAP;
    MIEN_TRY(advance(p));
    while (p->event.type != YAML_MAPPING_END_EVENT) {
        const char *key = NULL;
        const int line = (int)p->event.start_mark.line + 1;
        MIEN_TRY(parse_key(&key, p, map));
        MIEN_TRY(advance(p));
        mien_tree *child;
        MIEN_TRY(parse_node(&child, p, depth + 1));
        child->key = key;
        child->line = line; /* a block value begins on the next one */
        *tail = child;
        tail = &child->next;
        map->count++;
        MIEN_TRY(advance(p));
    }
    return MIEN_OK;
}

static mien_status keep_anchor(const char **name, parser *p,
                               const yaml_char_t *anchor,
                               const yaml_char_t *tag) {
    if (tag) return fail_here(p, "tags are not supported");
    if (!anchor) return MIEN_OK;
    if (p->anchor_count == MAX_ANCHORS)
        return fail_here(p, "more than 64 anchors");
    *name = mien_arena_strdup(p->arena, (const char *)anchor);
    return *name ? MIEN_OK : MIEN_ENOMEM;
}

static mien_status parse_body(mien_tree *node, const char **anchor, parser *p,
                              int depth) {
    switch (p->event.type) {
        case YAML_SCALAR_EVENT:
            MIEN_TRY(keep_anchor(anchor, p, p->event.data.scalar.anchor,
                                 p->event.data.scalar.tag));
            return parse_scalar(node, p);
        case YAML_SEQUENCE_START_EVENT:
            MIEN_TRY(keep_anchor(anchor, p, p->event.data.sequence_start.anchor,
                                 p->event.data.sequence_start.tag));
            return parse_list(node, p, depth);
        case YAML_MAPPING_START_EVENT:
            MIEN_TRY(keep_anchor(anchor, p, p->event.data.mapping_start.anchor,
                                 p->event.data.mapping_start.tag));
            return parse_map(node, p, depth);
        default: return fail_here(p, "a value is missing");
    }
}

/* The event looked at begins a value; leaves its last event looked at. */
static mien_status parse_node(mien_tree **out, parser *p, int depth) {
    *out = NULL;
    if (depth > MAX_DEPTH) return fail_here(p, "nested deeper than 32 levels");
    if (p->event.type == YAML_ALIAS_EVENT) return parse_alias(out, p, depth);
    if (++p->nodes > MAX_NODES) return fail_here(p, "too many values");
    mien_tree *node = new_node(p);
    if (!node) return MIEN_ENOMEM;
    const char *anchor = NULL;
    MIEN_TRY(parse_body(node, &anchor, p, depth));
    if (anchor && p->anchor_count == MAX_ANCHORS)
        return fail_here(p, "more than 64 anchors");
    if (anchor) {
        p->anchors[p->anchor_count].name = anchor;
        p->anchors[p->anchor_count++].tree = node;
    }
    *out = node;
    return MIEN_OK;
}

static mien_status parse_document(mien_tree **out, parser *p) {
    MIEN_TRY(advance(p)); /* stream start */
    MIEN_TRY(advance(p));
    if (p->event.type == YAML_STREAM_END_EVENT) { /* empty: no value */
        *out = new_node(p);
        return *out ? MIEN_OK : MIEN_ENOMEM;
    }
    mien_tree *root;
    MIEN_TRY(advance(p));
    MIEN_TRY(parse_node(&root, p, 1));
    MIEN_TRY(advance(p)); /* document end */
    MIEN_TRY(advance(p));
    if (p->event.type != YAML_STREAM_END_EVENT)
        return fail_here(p, "a second document; want only one");
    *out = root;
    return MIEN_OK;
}

mien_status mien_tree_parse(mien_tree **out, mien_arena *arena,
                            const char *text, size_t size, const char *name) {
    *out = NULL;
    if (size > MAX_BYTES)
        return mien_fail(MIEN_EFORMAT, "%s: over 1 MiB is no recipe", name);
    parser p = {.arena = arena, .file = mien_arena_strdup(arena, name)};
    if (!p.file) return MIEN_ENOMEM;
    if (!yaml_parser_initialize(&p.yaml))
        return mien_fail(MIEN_ENOMEM, "out of memory: parsing %s", name);
    yaml_parser_set_input_string(&p.yaml, (const unsigned char *)text, size);
    const mien_status status = parse_document(out, &p);
    if (p.has_event) yaml_event_delete(&p.event);
    yaml_parser_delete(&p.yaml);
    return status;
}

mien_status mien_tree_load(mien_tree **out, mien_arena *arena,
                           const char *path) {
    *out = NULL;
    mien_buf text = {.cap = MAX_BYTES};
    mien_status status = mien_file_read(&text, path);
    if (status == MIEN_OK)
        status = mien_tree_parse(out, arena, (const char *)text.data, text.size,
                                 path);
    mien_buf_close(&text);
    return status;
}
