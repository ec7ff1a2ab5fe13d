/* SPDX-License-Identifier: Apache-2.0 */
/* threads.c - a pool that runs numbered tasks.
 *
 * Workers sleep until a job opens, join it under the lock, and take task
 * numbers from an atomic counter. The caller works too; when no number is
 * left it closes the job and waits for those who joined. A worker that wakes
 * too late finds the job closed and sleeps on, so nobody waits for it. */
#include "base/threads.h"

#include <assert.h>
#include <sched.h>
#include <signal.h>
#include <string.h>

#include "base/mem.h"

#define MAX_THREADS   256
#define SENTENCE_ROOM 1024

typedef struct worker {
    mien_pool *pool;
    pthread_t thread;
    int number;
} worker;

struct mien_pool {
    int threads, started; /* started: workers 1..started are running */
    worker *workers;
    pthread_mutex_t lock;
    pthread_cond_t opened, left;
    bool open, quit;
    unsigned long job; /* counts jobs: a worker joins each once */
    int joined;
    int n; /* of the job: */
    mien_task task;
    void *context;
    atomic_int next;
    int failed; /* lowest failing task, or n */
    mien_status status;
    char sentence[SENTENCE_ROOM];
};

static void note_failure(mien_pool *pool, int task, mien_status status) {
    pthread_mutex_lock(&pool->lock);
    if (task < pool->failed) {
        pool->failed = task;
        pool->status = status;
        strncpy(pool->sentence, mien_error(), SENTENCE_ROOM - 1);
    }
    pthread_mutex_unlock(&pool->lock);
}

static void take_tasks(mien_pool *pool, int number) {
    for (;;) {
        const int i = atomic_fetch_add(&pool->next, 1);
        if (i >= pool->n) return;
        const mien_status status = pool->task(pool->context, i, number);
        if (status != MIEN_OK) note_failure(pool, i, status);
    }
}

static void *work(void *argument) {
    const worker *self = argument;
    mien_pool *pool = self->pool;
    unsigned long seen = 0;
    pthread_mutex_lock(&pool->lock);
    while (!pool->quit) {
        if (!pool->open || pool->job == seen) {
            pthread_cond_wait(&pool->opened, &pool->lock);
            continue;
        }
        seen = pool->job;
        pool->joined++;
        pthread_mutex_unlock(&pool->lock);
        take_tasks(pool, self->number);
        pthread_mutex_lock(&pool->lock);
        if (--pool->joined == 0) pthread_cond_signal(&pool->left);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

/* Signals stay with the program's own threads. */
static mien_status start_workers(mien_pool *pool) {
    sigset_t all, before;
    int error = 0;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    for (int i = 1; i < pool->threads && error == 0; i++) {
        pool->workers[i] = (worker){.pool = pool, .number = i};
        error = pthread_create(&pool->workers[i].thread, NULL, work,
                               &pool->workers[i]);
        if (error == 0) pool->started = i;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error != 0)
        return mien_fail(MIEN_ENOMEM, "cannot start thread %d of %d: %s",
                         pool->started + 1, pool->threads, strerror(error));
    return MIEN_OK;
}

mien_status mien_pool_open(mien_pool **out, int threads) {
    *out = NULL;
    if (threads < 1 || threads > MAX_THREADS)
        return mien_fail(MIEN_EINVAL, "%d threads is outside 1..%d", threads,
                         MAX_THREADS);
    mien_pool *pool = mien_alloc(1, sizeof(*pool));
    if (!pool) return MIEN_ENOMEM;
    pool->threads = threads;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->opened, NULL);
    pthread_cond_init(&pool->left, NULL);
    pool->workers = mien_alloc((size_t)threads, sizeof(worker));
    const mien_status status =
        pool->workers ? start_workers(pool) : MIEN_ENOMEM;
    if (status != MIEN_OK) {
        mien_pool_close(pool);
        return status;
    }
    *out = pool;
    return MIEN_OK;
}

static void open_job(mien_pool *pool, int n, mien_task task, void *context) {
    pthread_mutex_lock(&pool->lock);
    assert(!pool->open); /* one job at a time, and none inside a task */
    pool->n = pool->failed = n;
    pool->task = task;
    pool->context = context;
    atomic_store(&pool->next, 0);
    pool->status = MIEN_OK;
    pool->job++;
    pool->open = true;
    if (n > 1 && pool->threads > 1) pthread_cond_broadcast(&pool->opened);
    pthread_mutex_unlock(&pool->lock);
}

mien_status mien_pool_run(mien_pool *pool, int n, mien_task task,
                          void *context) {
    assert(n >= 0);
    open_job(pool, n, task, context);
    take_tasks(pool, 0);
    pthread_mutex_lock(&pool->lock);
    while (pool->joined > 0) pthread_cond_wait(&pool->left, &pool->lock);
    pool->open = false;
    pthread_mutex_unlock(&pool->lock);
    if (pool->status == MIEN_OK) return MIEN_OK;
    return mien_fail(pool->status, "%s", pool->sentence);
}

int mien_pool_threads(const mien_pool *pool) { return pool->threads; }

void mien_pool_close(mien_pool *pool) {
    if (!pool) return;
    pthread_mutex_lock(&pool->lock);
    pool->quit = true;
    pthread_cond_broadcast(&pool->opened);
    pthread_mutex_unlock(&pool->lock);
    for (int i = 1; i <= pool->started; i++)
        pthread_join(pool->workers[i].thread, NULL);
    pthread_cond_destroy(&pool->left);
    pthread_cond_destroy(&pool->opened);
    pthread_mutex_destroy(&pool->lock);
    mien_free(pool->workers);
    mien_free(pool);
}

int mien_cpu_count(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof(set), &set) != 0) return 1;
    const int n = CPU_COUNT(&set);
    return n < 1 ? 1 : n > MAX_THREADS ? MAX_THREADS : n;
}
