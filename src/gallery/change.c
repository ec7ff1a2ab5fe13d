/* SPDX-License-Identifier: Apache-2.0 */
/* change.c - changes that are done wholly or not at all. */
#include <string.h>

#include "gallery/parts.h"

mien_status mien_gallery_read_head(mien_gallery *g) {
    uint8_t bytes[MIEN_HEAD_BYTES] = {0};
    size_t size = sizeof bytes;
    mien_head head;
    MIEN_TRY(g->store->ops->head_get(g->store, bytes, &size));
    const mien_status status = mien_head_read(&head, bytes, size);
    if (status != MIEN_OK) return mien_fail_in(status, "%s", g->path);
    if (!mien_head_sound(bytes, &g->keys))
        return mien_fail(MIEN_ECORRUPT,
                         "%s does not open with this key: it is another's, or "
                         "the file was changed",
                         g->path);
    if (g->width && memcmp(g->id, head.id, sizeof g->id) != 0)
        return mien_fail(MIEN_ECORRUPT, "%s is another gallery now", g->path);
    g->head = head;
    return MIEN_OK;
}

static mien_status write_head(mien_gallery *g) {
    uint8_t bytes[MIEN_HEAD_BYTES];
    g->head.generation++;
    MIEN_TRY(mien_head_write(bytes, &g->head, &g->keys));
    return g->store->ops->head_put(g->store, bytes, sizeof bytes);
}

mien_status mien_change_begin(mien_gallery *g) {
    if (!g->write)
        return mien_fail(MIEN_EINVAL, "%s is open to read only", g->path);
    if (g->broken)
        return mien_fail(MIEN_EINVAL,
                         "%s: an earlier change of these failed; cancel them",
                         g->path);
    if (!g->batch) {
        MIEN_TRY(g->store->ops->begin(g->store, true));
        const mien_status status = mien_gallery_read_head(g);
        if (status != MIEN_OK) g->store->ops->undo(g->store);
        MIEN_TRY(status);
    }
    memcpy(g->before, g->head.digest, sizeof g->before);
    return MIEN_OK;
}

/* The digest changes before the store does. */
static bool touched(const mien_gallery *g) {
    return memcmp(g->before, g->head.digest, sizeof g->before) != 0;
}

mien_status mien_change_end(mien_gallery *g, mien_status status) {
    if (status == MIEN_OK) status = write_head(g);
    if (g->batch) {
        g->broken = status != MIEN_OK && touched(g);
        return status;
    }
    if (status == MIEN_OK) status = g->store->ops->commit(g->store);
    if (status != MIEN_OK) g->store->ops->undo(g->store);
    return status;
}

mien_status mien_reading_begin(mien_gallery *g) {
    if (g->batch) return MIEN_OK;
    MIEN_TRY(g->store->ops->begin(g->store, false));
    const mien_status status = mien_gallery_read_head(g);
    if (status != MIEN_OK) g->store->ops->undo(g->store);
    return status;
}

void mien_reading_end(mien_gallery *g) {
    if (!g->batch) g->store->ops->undo(g->store);
}

mien_status mien_gallery_begin(mien_gallery *gallery) {
    pthread_mutex_lock(&gallery->lock);
    mien_status status;
    if (gallery->batch)
        status = mien_fail(MIEN_EINVAL, "%s: changes have begun already",
                           gallery->path);
    else
        status = mien_change_begin(gallery);
    if (status == MIEN_OK) {
        gallery->batch = true;
        gallery->batch_layout = gallery->head.layout;
    }
    pthread_mutex_unlock(&gallery->lock);
    return status;
}

static mien_status end_batch(mien_gallery *g) {
    if (!g->batch)
        return mien_fail(MIEN_EINVAL, "%s: no changes have begun", g->path);
    if (g->broken)
        return mien_fail(MIEN_EINVAL,
                         "%s: a change failed, so none of them is kept",
                         g->path);
    MIEN_TRY(g->store->ops->commit(g->store));
    g->batch = false;
    if (g->head.layout == g->batch_layout) return MIEN_OK;
    return mien_file_remove(g->vectors_path);
}

mien_status mien_gallery_commit(mien_gallery *gallery) {
    pthread_mutex_lock(&gallery->lock);
    const mien_status status = end_batch(gallery);
    pthread_mutex_unlock(&gallery->lock);
    if (status != MIEN_OK) mien_gallery_cancel(gallery);
    return status;
}

/* Searches among the changes have seen what never was. */
void mien_gallery_cancel(mien_gallery *gallery) {
    pthread_rwlock_wrlock(&gallery->index_lock);
    pthread_mutex_lock(&gallery->lock);
    if (gallery->batch) {
        gallery->store->ops->undo(gallery->store);
        gallery->batch = gallery->broken = false;
        mien_index_drop(&gallery->index);
    }
    pthread_mutex_unlock(&gallery->lock);
    pthread_rwlock_unlock(&gallery->index_lock);
}
