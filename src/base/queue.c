/* SPDX-License-Identifier: Apache-2.0 */
/* queue.c - a bounded first-in first-out queue between threads. */
#include <assert.h>

#include "base/mem.h"
#include "base/threads.h"

struct mien_queue {
    pthread_mutex_t lock;
    pthread_cond_t filled, emptied;
    void **items; /* a ring */
    size_t capacity, head, count;
    bool ended;
};

mien_status mien_queue_open(mien_queue **out, size_t capacity) {
    assert(capacity > 0);
    *out = NULL;
    mien_queue *queue = mien_alloc(1, sizeof(*queue));
    if (!queue) return MIEN_ENOMEM;
    queue->items = mien_alloc(capacity, sizeof(void *));
    if (!queue->items) {
        mien_free(queue);
        return MIEN_ENOMEM;
    }
    queue->capacity = capacity;
    pthread_mutex_init(&queue->lock, NULL);
    pthread_cond_init(&queue->filled, NULL);
    pthread_cond_init(&queue->emptied, NULL);
    *out = queue;
    return MIEN_OK;
}

bool mien_queue_push(mien_queue *queue, void *item) {
    pthread_mutex_lock(&queue->lock);
    while (!queue->ended && queue->count == queue->capacity)
        pthread_cond_wait(&queue->emptied, &queue->lock);
    const bool accepted = !queue->ended;
    if (accepted) {
        queue->items[(queue->head + queue->count) % queue->capacity] = item;
        queue->count++;
        pthread_cond_signal(&queue->filled);
    }
    pthread_mutex_unlock(&queue->lock);
    return accepted;
}

bool mien_queue_pop(mien_queue *queue, void **item) {
    pthread_mutex_lock(&queue->lock);
    while (!queue->ended && queue->count == 0)
        pthread_cond_wait(&queue->filled, &queue->lock);
    const bool found = queue->count > 0;
    if (found) {
        *item = queue->items[queue->head];
        queue->head = (queue->head + 1) % queue->capacity;
        queue->count--;
        pthread_cond_signal(&queue->emptied);
    }
    pthread_mutex_unlock(&queue->lock);
    return found;
}

void mien_queue_end(mien_queue *queue) {
    pthread_mutex_lock(&queue->lock);
    queue->ended = true;
    pthread_cond_broadcast(&queue->filled);
    pthread_cond_broadcast(&queue->emptied);
    pthread_mutex_unlock(&queue->lock);
}

void mien_queue_close(mien_queue *queue) {
    if (!queue) return;
    pthread_cond_destroy(&queue->emptied);
    pthread_cond_destroy(&queue->filled);
    pthread_mutex_destroy(&queue->lock);
    mien_free(queue->items);
    mien_free(queue);
}
