/* SPDX-License-Identifier: Apache-2.0 */
/* stores.c - the table of stores. */
#include <string.h>

#include "gallery/store.h"

#define MIEN_STORE(name) extern const mien_store_ops mien_store_##name;
#include "gallery/stores.def"
#undef MIEN_STORE

static const mien_store_ops *const table[] = {
#define MIEN_STORE(name) &mien_store_##name,
#include "gallery/stores.def"
#undef MIEN_STORE
};

mien_status mien_store_open(mien_store **out, const mien_store_how *how) {
    *out = NULL;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (!strncmp(how->where, table[i]->prefix, strlen(table[i]->prefix)))
            return table[i]->open(out, how);
    return mien_fail(MIEN_EUNSUPPORTED, "%s: no store of that kind",
                     how->where);
}
