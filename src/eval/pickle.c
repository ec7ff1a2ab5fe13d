/* SPDX-License-Identifier: Apache-2.0 */
/* pickle.c - a stack machine of lists, bytes and truth values. */
#include "eval/pickle.h"

#include <string.h>

#include "base/mem.h"

enum { MAX_ITEMS = 1 << 22, LISTS = 8, MAX_SIZE = 1 << 30 };

typedef enum kind { MARK, BYTES, TRUTH, LIST, PAIR } kind;

/* What lies on the stack or in the memo; `at` is the offset of bytes, the
 * truth, or the list's number. */
typedef struct value {
    kind kind;
    size_t at, size;
} value;

/* A growing array of values. */
typedef struct values {
    value *item;
    size_t n, room;
} values;

typedef struct machine {
    const uint8_t *bytes;
    size_t size, at;
    size_t opcode; /* where the one being executed is */
    const char *name;
    values stack, memo;
    values list[LISTS];
    size_t lists;
    value pair[2]; /* the one pair there may be */
    bool paired, stopped;
} machine;

static mien_status malformed(const machine *m, const char *what) {
    return mien_fail(MIEN_EFORMAT, "%s: at byte %zu: %s", m->name, m->opcode,
                     what);
}

/* ---- values ----------------------------------------------------------- */

static mien_status put(const machine *m, values *v, value x) {
    if (v->n == v->room) {
        const size_t room = v->room ? 2 * v->room : 64;
        if (room > MAX_ITEMS)
            return mien_fail(MIEN_ELIMIT, "%s: over %d values", m->name,
                             MAX_ITEMS / 2);
        value *more = mien_realloc(v->item, room, sizeof *more);
        if (!more) return MIEN_ENOMEM;
        v->item = more;
        v->room = room;
    }
    v->item[v->n++] = x;
    return MIEN_OK;
}

static mien_status push(machine *m, value x) { return put(m, &m->stack, x); }

/* The topmost value, which is no mark; NULL: there is none. */
static value *top(machine *m) {
    values *s = &m->stack;
    return s->n && s->item[s->n - 1].kind != MARK ? &s->item[s->n - 1] : NULL;
}

/* ---- arguments of opcodes --------------------------------------------- */

static mien_status number(machine *m, size_t *out, size_t bytes) {
    *out = 0;
    if (m->size - m->at < bytes) return malformed(m, "the file ends early");
    for (size_t i = 0; i < bytes; i++) {
        const size_t byte = m->bytes[m->at++];
        if (byte && i >= sizeof *out)
            return malformed(m, "a number is too large");
        if (i < sizeof *out) *out |= byte << (8 * i);
    }
    return MIEN_OK;
}

/* A byte string behind its length. */
static mien_status take_bytes(machine *m, size_t width) {
    size_t size;
    MIEN_TRY(number(m, &size, width));
    if (size > m->size - m->at)
        return malformed(m, "a byte string goes on behind the file's end");
    const value x = {BYTES, m->at, size};
    m->at += size;
    return push(m, x);
}

/* ---- opcodes ---------------------------------------------------------- */

static mien_status empty_list(machine *m) {
    if (m->lists == LISTS) return malformed(m, "two lists are expected");
    return push(m, (value){LIST, m->lists++, 0});
}

/* The values above the last mark go into the list below it; without a mark,
 * the topmost one. */
static mien_status append(machine *m, bool marked) {
    values *s = &m->stack;
    size_t first = s->n ? s->n - 1 : 0;
    if (marked)
        while (first && s->item[first].kind != MARK) first--;
    const size_t list = marked ? first : s->n - 1;
    if (s->n < 2 || !list || s->item[list - 1].kind != LIST ||
        (marked && s->item[first].kind != MARK))
        return malformed(m, "something is appended to no list");
    values *to = &m->list[s->item[list - 1].at];
    for (size_t i = list + marked; i < s->n; i++) {
        if (s->item[i].kind != BYTES && s->item[i].kind != TRUTH)
            return malformed(m, "a list holds neither files nor truth values");
        MIEN_TRY(put(m, to, s->item[i]));
    }
    s->n = list;
    return MIEN_OK;
}

/* Two lists to the pair. */
static mien_status make_pair(machine *m, bool marked) {
    values *s = &m->stack;
    const size_t n = marked ? 3 : 2;
    if (m->paired || s->n < n || s->item[s->n - 1].kind != LIST ||
        s->item[s->n - 2].kind != LIST ||
        (marked && s->item[s->n - 3].kind != MARK))
        return malformed(m, "one pair of two lists is expected");
    m->pair[0] = s->item[s->n - 2];
    m->pair[1] = s->item[s->n - 1];
    m->paired = true;
    s->n -= n;
    return push(m, (value){PAIR, 0, 0});
}

/* Python numbers what it remembers from 0 on, one after the other. */
static mien_status remember(machine *m, size_t number_of) {
    const value *x = top(m);
    if (!x) return malformed(m, "nothing is there to be remembered");
    if (number_of < m->memo.n) {
        m->memo.item[number_of] = *x;
        return MIEN_OK;
    }
    if (number_of > m->memo.n) return malformed(m, "the memo has a gap");
    return put(m, &m->memo, *x);
}

static mien_status recall(machine *m, size_t number_of) {
    if (number_of >= m->memo.n)
        return malformed(m, "what is recalled was never remembered");
    return push(m, m->memo.item[number_of]);
}

static mien_status protocol(machine *m) {
    size_t n;
    MIEN_TRY(number(m, &n, 1));
    if (n >= 2 && n <= 4) return MIEN_OK;
    return mien_fail(MIEN_EUNSUPPORTED,
                     "%s: pickle protocol %zu; 2 to 4 are "
                     "read",
                     m->name, n);
}

static mien_status refuse(const machine *m, unsigned op) {
    return mien_fail(MIEN_EUNSUPPORTED,
                     "%s: at byte %zu: opcode 0x%02x is not read: only pickles "
                     "of a list of files and a list of truth values are",
                     m->name, m->opcode, op);
}

/* Those with a memo number or nothing behind them. */
static mien_status plain(machine *m, unsigned op) {
    size_t n = 0;
    switch (op) {
        case 'q':
        case 'h': MIEN_TRY(number(m, &n, 1)); break;
        case 'r':
        case 'j': MIEN_TRY(number(m, &n, 4)); break;
        case 0x95: return number(m, &n, 8); /* FRAME: only a hint */
        default: break;
    }
    switch (op) {
        case 'q':
        case 'r': return remember(m, n); /* BINPUT, LONG_BINPUT */
        case 'h':
        case 'j': return recall(m, n);            /* BINGET, LONG_BINGET */
        case 0x94: return remember(m, m->memo.n); /* MEMOIZE */
        case '(': return push(m, (value){MARK, 0, 0});
        case ']': return empty_list(m);
        case 'a': return append(m, false);     /* APPEND */
        case 'e': return append(m, true);      /* APPENDS */
        case 0x86: return make_pair(m, false); /* TUPLE2 */
        case 't': return make_pair(m, true);   /* TUPLE */
        default: return refuse(m, op);
    }
}

static mien_status execute(machine *m) {
    const unsigned op = m->bytes[m->at++];
    switch (op) {
        case 0x80: return protocol(m);
        case 'U':
        case 'C': return take_bytes(m, 1); /* SHORT_BIN... */
        case 'T':
        case 'B': return take_bytes(m, 4);  /* BIN... */
        case 0x8e: return take_bytes(m, 8); /* BINBYTES8 */
        case 0x88: return push(m, (value){TRUTH, 1, 0});
        case 0x89: return push(m, (value){TRUTH, 0, 0});
        case '.': m->stopped = true; return MIEN_OK;
        default: return plain(m, op);
    }
}

/* ---- what came out ---------------------------------------------------- */

static mien_status check_lists(const machine *m, const values *files,
                               const values *truths) {
    for (size_t i = 0; i < files->n; i++)
        if (files->item[i].kind != BYTES)
            return malformed(m, "the first list is not of files alone");
    for (size_t i = 0; i < truths->n; i++)
        if (truths->item[i].kind != TRUTH)
            return malformed(m, "the second list is not of truth values alone");
    if (truths->n && files->n == 2 * truths->n) return MIEN_OK;
    return mien_fail(MIEN_EFORMAT, "%s: %zu files for %zu pairs", m->name,
                     files->n, truths->n);
}

static mien_status deliver(mien_pickle *out, const machine *m) {
    if (m->stack.n != 1 || m->stack.item[0].kind != PAIR)
        return malformed(m, "the pickle is not one pair of two lists");
    const values *files = &m->list[m->pair[0].at];
    const values *truths = &m->list[m->pair[1].at];
    MIEN_TRY(check_lists(m, files, truths));
    out->picture = mien_alloc(files->n, sizeof *out->picture);
    out->same = mien_alloc(truths->n, sizeof *out->same);
    if (!out->picture || !out->same) return MIEN_ENOMEM;
    for (size_t i = 0; i < files->n; i++)
        out->picture[i] = (mien_pickle_bytes){m->bytes + files->item[i].at,
                                              files->item[i].size};
    for (size_t i = 0; i < truths->n; i++) out->same[i] = truths->item[i].at;
    out->pictures = (int)files->n;
    out->pairs = (int)truths->n;
    return MIEN_OK;
}

mien_status mien_pickle_parse(mien_pickle *out, const uint8_t *bytes,
                              size_t size, const char *name) {
    machine m = {.bytes = bytes, .size = size, .name = name};
    mien_status status = MIEN_OK;
    *out = (mien_pickle){0};
    if (!size || bytes[0] != 0x80)
        return mien_fail(MIEN_EFORMAT, "%s: not a pickle of protocol 2 to 4",
                         name);
    while (status == MIEN_OK && !m.stopped) {
        m.opcode = m.at;
        status =
            m.at < size ? execute(&m) : malformed(&m, "the file ends early");
    }
    if (status == MIEN_OK) status = deliver(out, &m);
    mien_free(m.stack.item);
    mien_free(m.memo.item);
    for (size_t i = 0; i < LISTS; i++) mien_free(m.list[i].item);
    if (status != MIEN_OK) mien_pickle_close(out);
    return status;
}

void mien_pickle_close(mien_pickle *p) {
    mien_free(p->picture);
    mien_free(p->same);
    *p = (mien_pickle){0};
}
