/* SPDX-License-Identifier: Apache-2.0 */
/* test_threads.c - the pool runs every task once; the queue keeps order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/threads.h"

#define TASKS 500

typedef struct tally {
    atomic_int runs[TASKS];
    atomic_int highest_worker;
    int fail_from; /* tasks from here on fail */
} tally;

static mien_status count_run(void *context, int task, int worker) {
    tally *t = context;
    atomic_fetch_add(&t->runs[task], 1);
    int seen = atomic_load(&t->highest_worker);
    while (worker > seen &&
           !atomic_compare_exchange_weak(&t->highest_worker, &seen, worker))
        continue;
    if (task >= t->fail_from)
        return mien_fail(task % 2 ? MIEN_EDATA : MIEN_EIO, "task %d", task);
    return MIEN_OK;
}

static void pool__runs_every_task_once(void **state) {
    (void)state;
    for (int threads = 1; threads <= 4; threads++) {
        mien_pool *pool;
        assert_int_equal(mien_pool_open(&pool, threads), MIEN_OK);
        assert_int_equal(mien_pool_threads(pool), threads);
        for (int n = 0; n <= TASKS; n += 125) {
            tally t = {.fail_from = TASKS};
            assert_int_equal(mien_pool_run(pool, n, count_run, &t), MIEN_OK);
            for (int i = 0; i < TASKS; i++)
                assert_int_equal(atomic_load(&t.runs[i]), i < n);
            assert_true(atomic_load(&t.highest_worker) < threads);
        }
        mien_pool_close(pool);
    }
}

static void pool__survives_many_small_jobs(void **state) {
    (void)state;
    mien_pool *pool;
    assert_int_equal(mien_pool_open(&pool, 3), MIEN_OK);
    for (int job = 0; job < 3000; job++) {
        tally t = {.fail_from = TASKS};
        assert_int_equal(mien_pool_run(pool, 3, count_run, &t), MIEN_OK);
        for (int i = 0; i < 3; i++)
            assert_int_equal(atomic_load(&t.runs[i]), 1);
    }
    mien_pool_close(pool);
}

static void pool__reports_the_lowest_failing_task(void **state) {
    (void)state;
    for (int threads = 1; threads <= 3; threads += 2) {
        mien_pool *pool;
        tally t = {.fail_from = 41};
        assert_int_equal(mien_pool_open(&pool, threads), MIEN_OK);
        assert_int_equal(mien_pool_run(pool, 200, count_run, &t), MIEN_EDATA);
        assert_string_equal(mien_error(), "task 41");
        for (int i = 0; i < 200; i++)
            assert_int_equal(atomic_load(&t.runs[i]), 1);
        t.fail_from = TASKS;
        assert_int_equal(mien_pool_run(pool, 5, count_run, &t), MIEN_OK);
        mien_pool_close(pool);
    }
}

typedef struct meeting {
    pthread_mutex_t lock;
    pthread_cond_t arrived;
    int here;
} meeting;

static mien_status meet(void *context, int task, int worker) {
    meeting *m = context;
    (void)task;
    (void)worker;
    pthread_mutex_lock(&m->lock);
    m->here++;
    pthread_cond_broadcast(&m->arrived);
    while (m->here < 2) pthread_cond_wait(&m->arrived, &m->lock);
    pthread_mutex_unlock(&m->lock);
    return MIEN_OK;
}

static void pool__two_threads_run_at_the_same_time(void **state) {
    (void)state;
    meeting m = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0};
    mien_pool *pool;
    assert_int_equal(mien_pool_open(&pool, 2), MIEN_OK);
    assert_int_equal(mien_pool_run(pool, 2, meet, &m), MIEN_OK);
    mien_pool_close(pool);
}

static void pool__refuses_a_senseless_number_of_threads(void **state) {
    (void)state;
    mien_pool *pool;
    assert_int_equal(mien_pool_open(&pool, 0), MIEN_EINVAL);
    assert_null(pool);
    assert_int_equal(mien_pool_open(&pool, 257), MIEN_EINVAL);
    assert_null(pool);
    mien_pool_close(NULL);
    assert_true(mien_cpu_count() >= 1);
}

static void open__failing_allocations_leave_nothing(void **state) {
    (void)state;
    for (int n = 0; n < 2; n++) {
        mien_pool *pool;
        mien_queue *queue;
        mien_mem_fail_after(n);
        assert_int_equal(mien_pool_open(&pool, 2), MIEN_ENOMEM);
        assert_null(pool);
        mien_mem_fail_after(n);
        assert_int_equal(mien_queue_open(&queue, 2), MIEN_ENOMEM);
        assert_null(queue);
    }
    mien_mem_fail_after(-1);
}

static void *push_numbers(void *context) {
    mien_queue *queue = context;
    for (uintptr_t i = 1; i <= 1000; i++)
        if (!mien_queue_push(queue, (void *)i)) return NULL;
    mien_queue_end(queue);
    return NULL;
}

static void queue__keeps_order_between_threads(void **state) {
    (void)state;
    mien_queue *queue;
    pthread_t thread;
    void *item;
    assert_int_equal(mien_queue_open(&queue, 3), MIEN_OK);
    pthread_create(&thread, NULL, push_numbers, queue);
    for (uintptr_t i = 1; i <= 1000; i++) {
        assert_true(mien_queue_pop(queue, &item));
        assert_int_equal((uintptr_t)item, i);
    }
    assert_false(mien_queue_pop(queue, &item));
    pthread_join(thread, NULL);
    mien_queue_close(queue);
}

static void queue__gives_out_what_is_left_after_its_end(void **state) {
    (void)state;
    mien_queue *queue;
    void *item;
    int a, b;
    assert_int_equal(mien_queue_open(&queue, 2), MIEN_OK);
    assert_true(mien_queue_push(queue, &a));
    assert_true(mien_queue_push(queue, &b));
    mien_queue_end(queue);
    assert_false(mien_queue_push(queue, &a));
    assert_true(mien_queue_pop(queue, &item));
    assert_ptr_equal(item, &a);
    assert_true(mien_queue_pop(queue, &item));
    assert_ptr_equal(item, &b);
    assert_false(mien_queue_pop(queue, &item));
    mien_queue_close(queue);
    mien_queue_close(NULL);
}

static void queue__its_end_wakes_a_blocked_pusher(void **state) {
    (void)state;
    mien_queue *queue;
    pthread_t thread;
    assert_int_equal(mien_queue_open(&queue, 1), MIEN_OK);
    pthread_create(&thread, NULL, push_numbers, queue);
    usleep(1000);
    mien_queue_end(queue);
    pthread_join(thread, NULL);
    mien_queue_close(queue);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pool__runs_every_task_once),
        cmocka_unit_test(pool__survives_many_small_jobs),
        cmocka_unit_test(pool__reports_the_lowest_failing_task),
        cmocka_unit_test(pool__two_threads_run_at_the_same_time),
        cmocka_unit_test(pool__refuses_a_senseless_number_of_threads),
        cmocka_unit_test(open__failing_allocations_leave_nothing),
        cmocka_unit_test(queue__keeps_order_between_threads),
        cmocka_unit_test(queue__gives_out_what_is_left_after_its_end),
        cmocka_unit_test(queue__its_end_wakes_a_blocked_pusher),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
