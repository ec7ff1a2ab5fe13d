/* SPDX-License-Identifier: Apache-2.0 */
/* parts.h - what the files behind mien/gallery.h share. Private to src/gallery.
 *
 * Two locks. `index_lock` guards the index: searches hold it together, what
 * changes the index alone. `lock` guards the rest. Who needs both takes
 * `index_lock` first. */
#ifndef MIEN_GALLERY_PARTS_H
#define MIEN_GALLERY_PARTS_H

#include "base/private.h"
#include "base/threads.h"
#include "gallery/head.h"
#include "gallery/segment.h"
#include "gallery/store.h"
#include "gallery/vectors.h"
#include "mien/gallery.h"

/* The templates as of one generation of the gallery. */
typedef struct mien_index {
    bool loaded;
    uint64_t generation, layout;
    int64_t last_template;
    mien_vectors file;  /* rows of `base`; it may be none */
    mien_segment base;  /* what the file has */
    mien_segment fresh; /* what came later */
    bool warned;        /* that the file cannot be written */
} mien_index;

struct mien_gallery {
    pthread_mutex_t lock;
    pthread_rwlock_t index_lock;
    char *path, *vectors_path;
    mien_store *store;
    mien_lock writer;
    mien_keys keys;
    uint8_t id[MIEN_GALLERY_ID]; /* of the gallery, and its width: they do */
    int width;                   /* not change, and need no lock */
    mien_head head;              /* the last one read or written */
    bool write, cache;
    uint8_t before[MIEN_SEAL_BYTES]; /* the digest when a change began */
    bool batch;                      /* between begin and commit */
    uint64_t batch_layout;           /* as it was then */
    bool broken;     /* a change of the batch failed: no more of them */
    mien_pool *pool; /* NULL: searches run on their caller's thread */
    mien_index index;
};

/* "PATH" + suffix; NULL when out of memory. */
char *mien_gallery_beside(const char *path, const char *suffix);

/* Remove what killed processes left half written beside a gallery: "PATH.x"
 * under the temporary names of mien_writer and mien_private_create(). */
mien_status mien_gallery_sweep(const char *path);

/* ---- the head: under `lock` ---- */

mien_status mien_gallery_read_head(mien_gallery *g);

/* Begin a change, then end it (toggle the digest before the store is touched):
 * `status` MIEN_OK keeps it, else it is undone. Returns `status`, or why it
 * could not be kept. */
mien_status mien_change_begin(mien_gallery *g);
mien_status mien_change_end(mien_gallery *g, mien_status status);

/* Begin to read what belongs together, and end it. */
mien_status mien_reading_begin(mien_gallery *g);
void mien_reading_end(mien_gallery *g);

/* ---- records ---- */

/* Whether a name or a source may be stored; `what` begins the sentence. */
mien_status mien_check_text(const char *text, size_t most, const char *what);

/* Whether a vector is a template: 0 yes, 1 blank or not finite, 2 not of unit
 * length. */
enum { MIEN_VECTOR_UNIT, MIEN_VECTOR_BLANK, MIEN_VECTOR_LONG };
int mien_vector_kind(const float *x, int width);

void mien_seal_person(mien_person_row *row, const mien_gallery *g);
void mien_seal_template(mien_template_row *row, const mien_gallery *g);

/* Errors: MIEN_ECORRUPT, naming it, for a row that was changed; the vector of a
 *         template is looked at only when it is opened. */
mien_status mien_check_person(const mien_person_row *row,
                              const mien_gallery *g);
mien_status mien_check_template(const mien_template_row *row,
                                const mien_gallery *g);
mien_status mien_open_template(float *x, const mien_template_row *row,
                               const mien_gallery *g);

/* Find somebody: MIEN_ENOTFOUND. row->name is NULL afterwards. */
mien_status mien_gallery_find(mien_person_row *row, mien_gallery *g,
                              const char *name);

/* Add templates of a person; within a change. */
typedef struct mien_new_template {
    mien_template given;
    int64_t added;
} mien_new_template;

mien_status mien_enrol_person(int64_t *id, mien_gallery *g, const char *name,
                              int64_t added);
mien_status mien_enrol_template(int64_t *id, mien_gallery *g, int64_t person,
                                const mien_new_template *fresh);

/* ---- the index ---- */

/* Bring the index up to the gallery's generation. Takes the locks. */
mien_status mien_index_refresh(mien_gallery *g);

/* Write the file of vectors; under both locks, `index_lock` alone. */
mien_status mien_index_rebuild(mien_gallery *g);
void mien_index_drop(mien_index *index);

#endif
