/* SPDX-License-Identifier: Apache-2.0 */
/* protocols.c - the table of protocols. */
#include <stdio.h>
#include <string.h>

#include "eval/protocol.h"

#define MIEN_PROTOCOL(name) extern const mien_protocol mien_protocol_##name;
#include "eval/protocols.def"
#undef MIEN_PROTOCOL

static const mien_protocol *const table[] = {
#define MIEN_PROTOCOL(name) &mien_protocol_##name,
#include "eval/protocols.def"
#undef MIEN_PROTOCOL
};

const mien_protocol *const *mien_protocols(int *count) {
    *count = (int)(sizeof table / sizeof *table);
    return table;
}

mien_status mien_protocol_find(const mien_protocol **out, const char *name) {
    char list[256] = "";
    int count;
    mien_protocols(&count);
    for (int i = 0; i < count; i++) {
        *out = table[i];
        if (!strcmp(name, table[i]->name)) return MIEN_OK;
        const size_t n = strlen(list);
        snprintf(list + n, sizeof list - n, "%s%s", i ? ", " : "",
                 table[i]->name);
    }
    *out = NULL;
    return mien_fail(MIEN_EINVAL, "no protocol '%s'; there are %s", name, list);
}
