/* SPDX-License-Identifier: Apache-2.0 */
/* gallery.h - the people one knows, and who of them is in a photo.
 *
 *   mien_gallery_options options;
 *   mien_gallery_defaults(&options);
 *   options.write = options.create = true;
 *   options.contract = mien_embedder_contract(embedder);
 *   options.width = mien_embedder_width(embedder);
 *   mien_gallery *gallery;
 *   if (mien_gallery_open(&gallery, "people.mien", &options) != MIEN_OK) ...
 *   mien_template t = {.values = embedding, .source = "ada.jpg", .quality =
 * 80}; mien_gallery_enrol(gallery, NULL, "Ada", &t, 1);
 *
 *   mien_matches *found;
 *   mien_query query = {.top = 5, .least = 0.3f};
 *   if (mien_gallery_search(&found, gallery, probes, n, &query) == MIEN_OK)
 *       printf("%s\n", found->count[0] ? found->items[0].name : "stranger");
 *   mien_matches_free(found);
 *   mien_gallery_close(gallery);
 *
 * A gallery is a file, PATH, with PATH.key beside it (the key that its vectors
 * are encrypted with; mode 0600), PATH.lock, and PATH.vectors, which is derived
 * from the rest, made when it pays, and may be deleted. It holds templates of
 * one model contract.
 *
 * Thread: any thread may call any of this at any time, also several at once:
 *         searches run side by side when options.threads is 1. Several
 *         processes may read a gallery; one at a time has it open to write. */
#ifndef MIEN_GALLERY_H
#define MIEN_GALLERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mien/status.h"

enum {
    MIEN_GALLERY_KEY = 32,      /* bytes of a key */
    MIEN_GALLERY_NAME = 255,    /* most bytes of a person's name */
    MIEN_GALLERY_SOURCE = 1023, /* most bytes of a template's source */
    MIEN_GALLERY_WIDTH = 4096,  /* most values of a template */
    MIEN_GALLERY_TOP = 1000     /* most people of an answer */
};

typedef struct mien_gallery mien_gallery;

typedef struct mien_gallery_options {
    bool write;           /* to change it; one process at a time */
    bool create;          /* make a new one if there is none; needs write,
                             contract and width */
    const char *contract; /* of the model, 64 hex digits; NULL: whatever the
                             gallery has */
    const char *model;    /* its name, for people; NULL: "" */
    int width;            /* values of a template; 0: as the gallery has it */
    const uint8_t *key;   /* MIEN_GALLERY_KEY bytes; NULL: from PATH.key, made
                             with a new gallery */
    bool cache;           /* keep PATH.vectors [true] */
    int threads;          /* of one search [1] */
    double wait;          /* seconds for another process to be done [5] */
} mien_gallery_options;

void mien_gallery_defaults(mien_gallery_options *options);

/* Open a gallery, or make one.
 *
 * Owns:   *out is the caller's; mien_gallery_close() frees it.
 * Errors: MIEN_ENOTFOUND without the file or its key; MIEN_EINVAL when it is
 *         bound to another contract (the sentence names both) or the key file
 *         is open to others; MIEN_ECORRUPT for another key or a damaged file;
 *         MIEN_EUNSUPPORTED for a file that is no gallery; MIEN_EIO when
 *         another process has it open to write; MIEN_ENOMEM, MIEN_ENOSPACE;
 *         *out is then NULL. */
mien_status mien_gallery_open(mien_gallery **out, const char *path,
                              const mien_gallery_options *options);
void mien_gallery_close(mien_gallery *gallery); /* NULL is fine */

typedef struct mien_gallery_facts {
    char id[33];       /* hex digits, drawn when it was made */
    char contract[65]; /* of the model that made its templates */
    char model[64];    /* its name, as it was given */
    int width;         /* values of a template */
    int64_t people, templates;
} mien_gallery_facts;

mien_status mien_gallery_info(mien_gallery_facts *out, mien_gallery *gallery);

/* ---- changes ----
 *
 * Each is done wholly or not at all, and is on the disk when the call returns.
 * Several together: begin, the calls, commit. Errors of all: MIEN_EINVAL for a
 * gallery that is not open to write, MIEN_EIO, MIEN_ENOSPACE, MIEN_ENOMEM,
 * MIEN_ECORRUPT. */

mien_status mien_gallery_begin(mien_gallery *gallery);
mien_status mien_gallery_commit(mien_gallery *gallery);
void mien_gallery_cancel(mien_gallery *gallery); /* nothing begun is fine */

typedef struct mien_template {
    const float *values; /* of unit length */
    const char *source;  /* a note on where it is from; NULL: "" */
    double quality;      /* 0 to 100; NaN: unknown */
} mien_template;

/* Add templates of a person, who is made if there is none of that name.
 *
 * Shapes: templates and ids n; ids takes the new numbers and may be NULL.
 * Errors: MIEN_EINVAL for a name or source that is too long, has control
 *         characters or is no UTF-8; MIEN_EDATA for a template that is blank,
 *         not finite or not of unit length. Nothing is then added. */
mien_status mien_gallery_enrol(mien_gallery *gallery, int64_t *ids,
                               const char *person,
                               const mien_template *templates, int n);

/* Errors: MIEN_ENOTFOUND for nobody of that name; MIEN_EINVAL for a new name
 *         that is taken. */
mien_status mien_gallery_rename(mien_gallery *gallery, const char *person,
                                const char *name);

/* Give all templates of `from` to `into`; `from` is then gone. */
mien_status mien_gallery_merge(mien_gallery *gallery, const char *from,
                               const char *into);

/* Remove a person with all templates, or one template by its number. They are
 * found no more; their encrypted bytes may stay in the files for a while.
 *
 * Errors: MIEN_ENOTFOUND. */
mien_status mien_gallery_remove(mien_gallery *gallery, const char *person);
mien_status mien_gallery_remove_template(mien_gallery *gallery, int64_t id);

/* Leave nothing in any file of what was removed. Writes the whole gallery
 * anew; not between begin and commit.
 *
 * Errors: MIEN_EIO while another process reads. */
mien_status mien_gallery_wipe(mien_gallery *gallery);

/* Remove a person and wipe. */
mien_status mien_gallery_erase(mien_gallery *gallery, const char *person);

/* Delete a gallery with all its files, the key overwritten first.
 *
 * Errors: MIEN_ENOTFOUND, MIEN_EIO while another process has it open to
 *         write. */
mien_status mien_gallery_destroy(const char *path);

/* ---- lists ----
 *
 * Owns: the caller's; free with mien_people_free(), mien_templates_free(). */

typedef struct mien_person {
    int64_t id, templates, added; /* seconds since 1970 */
    char *name;
} mien_person;

typedef struct mien_people {
    mien_person *items;
    int count;
} mien_people;

/* People by number, at most `most` from the one after `after`; 0: from the
 * first. */
mien_status mien_gallery_list(mien_people *out, mien_gallery *gallery,
                              int64_t after, int most);
void mien_people_free(mien_people *people);

typedef struct mien_template_note {
    int64_t id, added;
    double quality; /* NaN: unknown */
    char *source;
} mien_template_note;

typedef struct mien_template_notes {
    mien_template_note *items;
    int count;
} mien_template_notes;

/* Errors: MIEN_ENOTFOUND for nobody of that name. */
mien_status mien_gallery_templates(mien_template_notes *out,
                                   mien_gallery *gallery, const char *person);
void mien_templates_free(mien_template_notes *notes);

/* ---- search ---- */

typedef struct mien_query {
    int top;     /* people a probe, 1 to MIEN_GALLERY_TOP */
    float least; /* nobody below this similarity; -1: everybody */
} mien_query;

typedef struct mien_match {
    int64_t person, template_id; /* the person's best template */
    float similarity;            /* the cosine */
    char name[MIEN_GALLERY_NAME + 1];
} mien_match;

typedef struct mien_matches {
    int n, top;
    int *count;        /* n; people found for a probe */
    bool *failed;      /* n; the probe was blank or not finite: it matches
                          nobody */
    mien_match *items; /* n x top, best first */
} mien_matches;

/* Who is most like each of the probes, as exactly as comparing with every
 * template in float32 would tell. Opening does not grow with the gallery; the
 * first search reads its 8-bit codes.
 *
 * Shapes: probes n x width, of unit length.
 * Owns:   *out is the caller's; mien_matches_free() frees it.
 * Errors: MIEN_EINVAL for a query out of range; MIEN_EDATA for a probe that is
 *         not of unit length; MIEN_ECORRUPT, naming the record; MIEN_EIO,
 *         MIEN_ENOMEM; *out is then NULL. */
mien_status mien_gallery_search(mien_matches **out, mien_gallery *gallery,
                                const float *probes, int n,
                                const mien_query *query);
void mien_matches_free(mien_matches *matches); /* NULL is fine */

/* The probes are faces of one photo: name nobody twice. Of all ways to do so,
 * the one where the similarities above `least` sum to the most. Exact if
 * matches->top is at least the number of probes.
 *
 * Shapes: out n; which of a probe's matches is it, -1: none of them.
 * Errors: MIEN_ENOMEM. */
mien_status mien_matches_assign(int *out, const mien_matches *matches,
                                float least);

/* Write PATH.vectors now, so that the next one to open the gallery need not. */
mien_status mien_gallery_prepare(mien_gallery *gallery);

/* ---- copies ---- */

/* Takes a line, with its newline; another status than MIEN_OK ends it. */
typedef mien_status (*mien_gallery_sink)(void *context, const char *line,
                                         size_t size);

/* All of it as JSON lines, vectors in clear. docs/gallery.md has the format. */
mien_status mien_gallery_export(mien_gallery *gallery, mien_gallery_sink sink,
                                void *context);

/* Add what was exported, all or nothing; people of the same name become one.
 *
 * Errors: MIEN_EFORMAT with the line, MIEN_ECORRUPT for a text that was cut or
 *         changed, MIEN_EINVAL for another contract, and those of enrolment. */
mien_status mien_gallery_import(mien_gallery *gallery, const char *text,
                                size_t size);

/* ---- verification ---- */

typedef void (*mien_gallery_fault)(void *context, const char *sentence);

/* Look at every byte that means something: the file's structure, each record,
 * that none is missing, and the file of vectors. `fault` is told of each that
 * is not right, and may be NULL.
 *
 * Errors: MIEN_ECORRUPT with the first fault. */
mien_status mien_gallery_verify(mien_gallery *gallery, mien_gallery_fault fault,
                                void *context);

#endif
