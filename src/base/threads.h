/* SPDX-License-Identifier: Apache-2.0 */
/* threads.h - a pool that runs numbered tasks, and a bounded queue.
 *
 *   mien_pool *pool;
 *   mien_pool_open(&pool, 2);
 *   mien_pool_run(pool, 8, run_shard, net);   (returns when all 8 are done)
 *   mien_pool_close(pool); */
#ifndef MIEN_BASE_THREADS_H
#define MIEN_BASE_THREADS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/fail.h"

typedef struct mien_pool mien_pool;

/* One task: `task` 0..n-1 says which, `worker` 0..threads-1 says on whom. */
typedef mien_status (*mien_task)(void *context, int task, int worker);

/* The calling thread is worker 0, so 1 starts no thread at all.
 *
 * Errors: MIEN_EINVAL outside 1..256, MIEN_ENOMEM; *out is then NULL. */
mien_status mien_pool_open(mien_pool **out, int threads);

/* Run tasks 0..n-1, in any order, on all workers; wait for all.
 *
 * Errors: the status and sentence of the lowest-numbered failing task, copied
 *         to the calling thread; the others still run. */
mien_status mien_pool_run(mien_pool *pool, int n, mien_task task,
                          void *context);
int mien_pool_threads(const mien_pool *pool);
void mien_pool_close(mien_pool *pool);

/* Processors this process may use, 1 or more. */
int mien_cpu_count(void);

/* A bounded first-in first-out queue of pointers between threads. */
typedef struct mien_queue mien_queue;

mien_status mien_queue_open(mien_queue **out, size_t capacity);
bool mien_queue_push(mien_queue *queue, void *item); /* false: ended */
bool mien_queue_pop(mien_queue *queue, void **item); /* false: ended, empty */
void mien_queue_end(mien_queue *queue); /* wakes everybody; no more pushes */
void mien_queue_close(mien_queue *queue);

#endif
