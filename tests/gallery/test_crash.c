/* SPDX-License-Identifier: Apache-2.0 */
/* test_crash.c - writers that are killed, readers beside a writer, disks that
 * are full, memory that is not there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>

#include "base/fail.h"
#include "base/file.h"
#include "gallery_fixture.h"

/* Enrol until killed; a byte for each template that is safe. */
static void write_for_ever(const char *path, int report) {
    mien_gallery *g;
    const mien_gallery_options o = to_write();
    if (mien_gallery_open(&g, path, &o) != MIEN_OK) _exit(1);
    for (int i = 0;; i++) {
        float x[WIDTH];
        face_vector(x, WIDTH, (uint32_t)i, 0, 0.5);
        const mien_template t = {x, "", NAN};
        if (mien_gallery_enrol(g, NULL, person_name(i), &t, 1) != MIEN_OK ||
            write(report, "x", 1) != 1)
            _exit(1);
        if (i % 7 == 6) mien_gallery_remove(g, person_name(i - 3));
    }
}

static void writer__killed_leaves_what_it_reported(void **state) {
    (void)state;
    char path[512];
    for (int round = 0; round < 12; round++) {
        char name[32];
        int ends[2], safe = 0;
        snprintf(name, sizeof name, "kill%d.mien", round);
        snprintf(path, sizeof path, "%s", scratch(name));
        assert_int_equal(pipe(ends), 0);
        const pid_t child = fork();
        if (child == 0) write_for_ever(path, ends[1]);
        close(ends[1]);
        char byte;
        while (safe < 3 + 5 * round && read(ends[0], &byte, 1) == 1) safe++;
        kill(child, SIGKILL);
        while (read(ends[0], &byte, 1) == 1) safe++;
        close(ends[0]);
        int ended;
        waitpid(child, &ended, 0);
        assert_true(WIFSIGNALED(ended));
        mien_gallery *g = open_to(path, to_read());
        assert_ok(mien_gallery_verify(g, NULL, NULL));
        assert_string_equal(who_is(g, safe - 1), person_name(safe - 1));
        mien_gallery_close(g);
        g = open_to(path, to_write()); /* the lock went with it */
        enrol(g, 9999, 0, 1);
        assert_ok(mien_gallery_verify(g, NULL, NULL));
        mien_gallery_close(g);
    }
}

/* From the very first moment on: there is no gallery, or a whole one. */
static void creation__killed_leaves_none_or_a_whole(void **state) {
    (void)state;
    char path[512];
    for (int round = 0; round < 20; round++) {
        char name[32];
        snprintf(name, sizeof name, "new%d.mien", round);
        snprintf(path, sizeof path, "%s", scratch(name));
        const pid_t child = fork();
        if (child == 0) {
            int nowhere[2];
            if (pipe(nowhere) == 0) write_for_ever(path, nowhere[1]);
            _exit(1);
        }
        usleep((unsigned)(400 * round));
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        mien_gallery *g = open_to(path, to_write());
        assert_ok(mien_gallery_verify(g, NULL, NULL));
        enrol(g, 9999, 0, 1);
        mien_gallery_close(g);
    }
}

/* ---- readers beside a writer ---- */

typedef struct reading {
    mien_gallery *g;
    atomic_bool *stop;
    int searches;
    bool wrong;
} reading;

/* People 0 to 4 are there all the time. */
static void *read_on(void *context) {
    reading *r = context;
    const mien_query query = {.top = 3, .least = 0.4f};
    for (int i = 0; !atomic_load(r->stop); i++) {
        float x[WIDTH];
        mien_matches *m;
        face_vector(x, WIDTH, (uint32_t)(i % 5), 999, 0.5);
        if (mien_gallery_search(&m, r->g, x, 1, &query) != MIEN_OK) {
            r->wrong = true;
            break;
        }
        r->wrong |= m->count[0] < 1 || strcmp(m->items[0].name, "") == 0;
        char want[32];
        snprintf(want, sizeof want, "Person %d", i % 5);
        r->wrong |= m->count[0] && strcmp(m->items[0].name, want) != 0;
        mien_matches_free(m);
        r->searches++;
    }
    return NULL;
}

static void change_much(mien_gallery *g) {
    for (int i = 0; i < 30; i++) {
        enrol(g, 100 + i, 0, 10);
        if (i % 6 == 1)
            assert_ok(mien_gallery_merge(g, person_name(100 + i),
                                         person_name(99 + i)));
        else if (i % 6 == 4)
            assert_ok(mien_gallery_remove(g, person_name(100 + i)));
        if (i % 10 == 9) assert_ok(mien_gallery_prepare(g));
    }
}

static void readers__see_a_whole_gallery_while_one_writes(void **state) {
    (void)state;
    enum { READERS = 4 };
    mien_gallery *writer = open_to(scratch("r.mien"), to_write());
    enrol_all(writer, 5, 2);
    atomic_bool stop = false;
    pthread_t threads[READERS];
    reading readers[READERS];
    for (int i = 0; i < READERS; i++) {
        mien_gallery_options o = to_read();
        o.wait = 5;
        o.threads = i == 1 ? 2 : 1;
        /* the last two share the writer's handle */
        mien_gallery *g = i < 2 ? open_to(scratch("r.mien"), o) : writer;
        readers[i] = (reading){.g = g, .stop = &stop};
        pthread_create(&threads[i], NULL, read_on, &readers[i]);
    }
    change_much(writer);
    atomic_store(&stop, true);
    for (int i = 0; i < READERS; i++) {
        pthread_join(threads[i], NULL);
        assert_false(readers[i].wrong);
        assert_true(readers[i].searches > 0);
        if (i < 2) mien_gallery_close(readers[i].g);
    }
    assert_ok(mien_gallery_verify(writer, NULL, NULL));
    mien_gallery_close(writer);
}

/* ---- without memory, without room ---- */

static mien_status use(const char *path) {
    mien_gallery *g;
    mien_matches *m = NULL;
    mien_gallery_options o = to_write();
    float x[WIDTH];
    face_vector(x, WIDTH, 1, 0, 0.5);
    const mien_template t = {x, "s", 1};
    const mien_query query = {.top = 2, .least = -1};
    MIEN_TRY(mien_gallery_open(&g, path, &o));
    mien_status status = mien_gallery_enrol(g, NULL, "A", &t, 1);
    if (status == MIEN_OK) status = mien_gallery_search(&m, g, x, 1, &query);
    mien_matches_free(m);
    if (status == MIEN_OK) status = mien_gallery_prepare(g);
    if (status == MIEN_OK) status = mien_gallery_rename(g, "A", "B");
    if (status == MIEN_OK) status = mien_gallery_merge(g, "B", "Keep");
    if (status == MIEN_OK) status = mien_gallery_verify(g, NULL, NULL);
    mien_people p = {0};
    if (status == MIEN_OK) status = mien_gallery_list(&p, g, 0, 9);
    mien_people_free(&p);
    mien_gallery_close(g);
    return status;
}

static void gallery__without_memory_stays_whole(void **state) {
    (void)state;
    char path[512];
    snprintf(path, sizeof path, "%s", scratch("m.mien"));
    mien_gallery *g = open_to(path, to_write());
    enrol(g, 5, 0, 2);
    assert_ok(mien_gallery_rename(g, "Person 5", "Keep"));
    mien_gallery_close(g);
    int failures = 0;
    for (int n = 0;; n++) {
        mien_mem_fail_after(n);
        const mien_status status = use(path);
        const bool all = mien_mem_fail_after(-1) <= n;
        if (status == MIEN_OK && all) break;
        failures += status != MIEN_OK;
        if (status != MIEN_OK) /* prepare() cannot write the file */
            assert_true(status == MIEN_ENOMEM || status == MIEN_EIO ||
                        status == MIEN_EINVAL);
        g = open_to(path, to_write());
        assert_ok(mien_gallery_verify(g, NULL, NULL));
        mien_gallery_remove(g, "A");
        mien_gallery_remove(g, "B");
        mien_gallery_close(g);
    }
    assert_true(failures > 30);
}

static void vectors__that_do_not_fit_on_the_disk_are_done_without(
    void **state) {
    (void)state;
    mien_gallery *g = open_to(scratch("n.mien"), to_write());
    enrol_all(g, 30, 16);
    mien_file_full_after(1000);
    assert_string_equal(who_is(g, 7), "Person 7");
    assert_int_equal(mien_gallery_prepare(g), MIEN_EIO);
    mien_file_full_after(-1);
    assert_int_equal(access(scratch("n.mien.vectors"), F_OK), -1);
    assert_string_equal(who_is(g, 8), "Person 8");
    assert_ok(mien_gallery_prepare(g));
    assert_int_equal(access(scratch("n.mien.vectors"), F_OK), 0);
    assert_string_equal(who_is(g, 9), "Person 9");
    mien_gallery_close(g);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writer__killed_leaves_what_it_reported),
        cmocka_unit_test(creation__killed_leaves_none_or_a_whole),
        cmocka_unit_test(readers__see_a_whole_gallery_while_one_writes),
        cmocka_unit_test(gallery__without_memory_stays_whole),
        cmocka_unit_test(vectors__that_do_not_fit_on_the_disk_are_done_without),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
