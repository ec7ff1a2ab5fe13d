/* SPDX-License-Identifier: Apache-2.0 */
/* session.h - run the program and look at what it said. Its path is the
 * environment variable MIEN.
 *
 *   assert_int_equal(MIEN("model", "info", file), 0);
 *   says(out, "intact");
 *
 * Include after cmocka.h and scratch.h. */
#ifndef MIEN_TESTS_CLI_SESSION_H
#define MIEN_TESTS_CLI_SESSION_H

#include <fcntl.h>
#include <sys/wait.h>

enum { ROOM = 1 << 16, MAX_WORDS = 24 };

static char out[ROOM], err[ROOM];

/* The file that the program reads on stdin; NULL: none. Set it to use it. */
static const char *session_stdin;

static inline void slurp(char *to, const char *name) {
    size_t n;
    uint8_t *bytes = scratch_read(scratch(name), &n);
    if (n > ROOM - 1) n = ROOM - 1;
    memcpy(to, bytes, n);
    to[n] = 0;
    free(bytes);
}

static inline pid_t start(const char *const *words) {
    const pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid) return pid;
    const char *argv[MAX_WORDS + 2] = {"mien"};
    for (int i = 0; words[i]; i++) argv[i + 1] = words[i];
    const int o = open(scratch("out"), O_CREAT | O_TRUNC | O_WRONLY, 0600);
    if (session_stdin && !freopen(session_stdin, "rb", stdin)) _exit(97);
    const int e = open(scratch("err"), O_CREAT | O_TRUNC | O_WRONLY, 0600);
    if (o < 0 || e < 0 || dup2(o, 1) < 0 || dup2(e, 2) < 0) _exit(99);
    execv(getenv("MIEN"), (char *const *)argv);
    _exit(98);
}

static inline int finish(pid_t pid) {
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    slurp(out, "out");
    slurp(err, "err");
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

#define MIEN(...) finish(start((const char *const[]){__VA_ARGS__, NULL}))

static inline void says(const char *text, const char *part) {
    if (!strstr(text, part)) fail_msg("'%s' is not in: %s", part, text);
}

#endif
