/* SPDX-License-Identifier: Apache-2.0 */
/* store.h - where the records of a gallery lie.
 *
 *   mien_store *s;
 *   MIEN_TRY(mien_store_open(&s, &(mien_store_how){"people.mien", .write =
 * 1})); MIEN_TRY(s->ops->begin(s, true)); MIEN_TRY(s->ops->person_put(s,
 * &row)); MIEN_TRY(s->ops->commit(s)); s->ops->close(s);
 *
 * A store knows nothing of keys and vectors: it keeps rows, by their number,
 * and changes several of them at once or not at all. One thread at a time. */
#ifndef MIEN_GALLERY_STORE_H
#define MIEN_GALLERY_STORE_H

#include <stdbool.h>

#include "base/fail.h"
#include "gallery/seal.h"

typedef struct mien_person_row {
    int64_t id, added; /* added in seconds since 1970 */
    const char *name;
    int64_t templates; /* of theirs; only given, not taken */
    uint8_t seal[MIEN_SEAL_BYTES];
} mien_person_row;

typedef struct mien_template_row {
    int64_t id, person, added;
    double quality; /* NaN: unknown */
    const char *source;
    const uint8_t *sealed; /* the vector, encrypted */
    size_t size;
    uint8_t seal[MIEN_SEAL_BYTES];
} mien_template_row;

/* What a row points to lives until the visit ends; a status other than MIEN_OK
 * ends the walk. A visit does not use the store. */
typedef mien_status (*mien_person_visit)(void *context,
                                         const mien_person_row *row);
typedef mien_status (*mien_template_visit)(void *context,
                                           const mien_template_row *row);

typedef struct mien_store_how {
    const char *where;
    bool write, create; /* create: a new one; there must be none */
    double wait;        /* seconds for others to be done */
} mien_store_how;

typedef struct mien_store mien_store;

typedef struct mien_store_ops {
    const char *name, *summary;
    const char *prefix; /* of the places that are its; "": any other */

    /* Errors: MIEN_ENOTFOUND, MIEN_ECORRUPT, MIEN_EUNSUPPORTED for a file that
     *         is no gallery, MIEN_EIO, MIEN_ENOMEM; *out is then NULL. */
    mien_status (*open)(mien_store **out, const mien_store_how *how);
    void (*close)(mien_store *store); /* what was not committed is undone */

    /* All of these: MIEN_EIO, MIEN_ENOSPACE, MIEN_ECORRUPT, MIEN_ENOMEM. */
    mien_status (*begin)(mien_store *store, bool write);
    mien_status (*commit)(mien_store *store);
    void (*undo)(mien_store *store); /* nothing begun is fine */

    /* *size is the room, then what there is; 0: none. */
    mien_status (*head_get)(mien_store *store, uint8_t *bytes, size_t *size);
    mien_status (*head_put)(mien_store *store, const uint8_t *bytes,
                            size_t size);

    /* A put replaces the row of that number. A visit of one that is not there
     * is none. MIEN_EINVAL: another person has the name. */
    mien_status (*person_put)(mien_store *store, const mien_person_row *row);
    mien_status (*person_get)(mien_store *store, int64_t id,
                              mien_person_visit visit, void *context);
    mien_status (*person_find)(mien_store *store, const char *name,
                               mien_person_visit visit, void *context);
    mien_status (*person_remove)(mien_store *store, int64_t id);

    /* By number, from the one after `after`. */
    mien_status (*person_each)(mien_store *store, int64_t after,
                               mien_person_visit visit, void *context);

    mien_status (*template_put)(mien_store *store,
                                const mien_template_row *row);
    mien_status (*template_get)(mien_store *store, int64_t id,
                                mien_template_visit visit, void *context);
    mien_status (*template_remove)(mien_store *store, int64_t id);
    mien_status (*template_each)(mien_store *store, int64_t after,
                                 mien_template_visit visit, void *context);
    mien_status (*template_each_of)(mien_store *store, int64_t person,
                                    mien_template_visit visit, void *context);

    /* Leave nothing of removed rows anywhere, copies and logs included.
     *
     * Errors: MIEN_EIO when somebody who reads hinders it. */
    mien_status (*wipe)(mien_store *store);

    /* Whether it holds together; MIEN_ECORRUPT with what does not. */
    mien_status (*check)(mien_store *store);
} mien_store_ops;

struct mien_store {
    const mien_store_ops *ops;
};

/* Open with the store whose prefix fits. */
mien_status mien_store_open(mien_store **out, const mien_store_how *how);

#endif
