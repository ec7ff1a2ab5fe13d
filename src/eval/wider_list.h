/* SPDX-License-Identifier: Apache-2.0 */
/* wider_list.h - photos with the faces that a detector should find.
 *
 *   mien_wider_list list;
 *   MIEN_TRY(mien_wider_list_read(&list, "test.txt", NULL, 16));
 *   mien_wider_list_close(&list);
 *
 * Either "# path w h" and "x1 y1 x2 y2 ..." as data/boxes.h has it, or the
 * file that WIDER FACE distributes: a path, the number of faces, then for each
 * "x y w h blur expression illumination invalid occlusion pose". Levels that
 * lie beside the latter as wider_{easy,medium,hard}_val.txt say which faces
 * count: "path i j k", from 1; it is what the official .mat files hold. */
#ifndef MIEN_EVAL_WIDER_LIST_H
#define MIEN_EVAL_WIDER_LIST_H

#include "base/arena.h"
#include "base/fail.h"
#include "base/hash.h"

enum { MIEN_WIDER_LEVELS = 3 };

/* Units: pixels of the photo at the size that the list says. */
typedef struct mien_truth {
    float x, y, width, height;
    unsigned counts; /* bit k: it counts at level k; else it is ignored */
} mien_truth;

typedef struct mien_wider_photo {
    const char *path;  /* complete */
    const char *name;  /* as the list has it */
    int width, height; /* 0: the list does not say */
    int first, count;  /* of its faces */
} mien_wider_photo;

typedef struct mien_wider_list {
    mien_wider_photo *photo;
    mien_truth *face;
    int photos, faces, photo_room, face_room;
    const char *level[MIEN_WIDER_LEVELS]; /* "easy", ... or "all" */
    int levels;
    mien_arena arena;
    char hash[MIEN_HASH_HEX]; /* of the files that were read */
} mien_wider_list;

/* Where the photos lie: `folder`, or NULL: the list's folder or `images` in
 * it. Without lists of levels there is one level, "all", at which faces count
 * that are not invalid and whose longer side has at least min_size pixels.
 *
 * Errors: MIEN_EFORMAT names file and line; MIEN_ELIMIT; as mien_file_read();
 *         MIEN_ENOMEM; *out is then empty. */
mien_status mien_wider_list_read(mien_wider_list *out, const char *path,
                                 const char *folder, int min_size);
void mien_wider_list_close(mien_wider_list *list);

/* WIDER's own file and one of its levels, from memory (for fuzzing); `name`
 * begins the messages. Paths are those of the file. The texts are changed. */
mien_status mien_wider_parse(mien_wider_list *out, char *text, const char *name,
                             int min_size);
mien_status mien_wider_parse_level(mien_wider_list *list, char *text,
                                   const char *name, int level);

#endif
