/* What one loop's ready queue knows, and the records it writes into the trace.
 *
 * Functions return 0, or -1 with an exception set, and leave the state whole before they call into
 * Python. */

#ifndef LOOPSCOPE_PROBE_STATE_H
#define LOOPSCOPE_PROBE_STATE_H

#include "_probe_ring.h"
#include "_probe_tables.h"

#include <stdatomic.h>

#define RECORD_BYTES 32
#define CODE_SHIFT 56
#define TIME_MASK ((UINT64_C(1) << CODE_SHIFT) - 1)

/* As `trace.layout.Kind`. */
enum { KIND_STEP = 1, KIND_TURN, KIND_BEGIN, KIND_PAUSE };

/* As `model.kinds.StepEnd`. */
enum { END_SUSPENDED, END_RETURNED, END_RAISED, END_CANCELLED, END_INTERRUPTED, END_CALLBACK };

/* Where the loop's thread is, between two hooks. */
enum { OUTSIDE, RUNNING, IDLE, DISPATCH };

#define NO_ENTRY UINT64_MAX

/* A step that an eager task has interrupted. */
typedef struct {
    Wake step;
    uint32_t task_id;
    uint32_t callback_node;
    PyObject *coroutine; /* strong or NULL */
} Outer;

typedef struct {
    Tables *tables; /* strong; NULL before `__init__` and after the garbage collector was here */
    uint32_t loop;
    unsigned long thread;
    bool runs; /* between begin_run and end_run: only then will something end the last step */
    int phase;
    Pulse *pulse; /* tells the watching thread since when the step runs */

    Memory body; /* the block that records go into */
    Py_ssize_t at;
    bool out_of_room;

    Ring ring;
    uint32_t step_count;
    int64_t begin;
    Wake step;
    uint32_t task_id;
    uint32_t callback_node;
    uint64_t again; /* the entry in which the running task made itself ready, or NO_ENTRY */

    bool has_turn;
    int64_t turn_began;
    int64_t turn_ended;
    uint32_t turn_events;

    Outer *eager;
    size_t eager_count;
    PyObject *eager_coroutine; /* strong or NULL */
} State;

/* The state lies behind the deque's own fields. */
static Py_ssize_t state_offset;

static inline State *
state_of(PyObject *queue)
{
    return (State *)((char *)queue + state_offset);
}

static inline bool
is_recording(const State *self)
{
    return self->tables != NULL && self->tables->active;
}

/* ---- Records --------------------------------------------------------------------------------- */

static inline uint64_t
stamp(unsigned code, int64_t time_ns)
{
    return (uint64_t)code << CODE_SHIFT | ((uint64_t)time_ns & TIME_MASK);
}

/* The file is little-endian, whatever the machine is. */
#if PY_BIG_ENDIAN
#define LITTLE64(value) __builtin_bswap64(value)
#define LITTLE32(value) __builtin_bswap32(value)
#else
#define LITTLE64(value) (value)
#define LITTLE32(value) (value)
#endif

typedef struct {
    uint64_t head;
    uint64_t second;
    uint32_t a, b, c, d;
} Record;

_Static_assert(sizeof(Record) == RECORD_BYTES, "a record has no padding");

/* Goes on to a fresh block. Returns 1, 0 when there is no more room in the trace, or -1. */
static int
next_block(State *self)
{
    if (self->out_of_room) {
        return 0;
    }
    PyObject *block = CALL_REGISTRY(self->tables, names.next_block,
                                    PyLong_FromUnsignedLong(self->loop));
    if (block == NULL) {
        return -1;
    }
    if (block == Py_None) {
        Py_DECREF(block);
        self->out_of_room = true;
        return 0;
    }
    Memory body, old = self->body;
    int result = memory_pin(&body, block);
    Py_DECREF(block);
    if (result < 0) {
        return -1;
    }
    if (body.length < RECORD_BYTES || (uintptr_t)body.start % sizeof(uint64_t) != 0) {
        memory_release(&body);
        PyErr_SetString(PyExc_ValueError, "this block cannot hold a record");
        return -1;
    }
    self->body = body;
    self->at = 0;
    memory_release(&old);
    return 1;
}

/* Writes a record; without room for it, counts it as lost.
 *
 * Its head, which says that something is there, is stored last: a process killed in between
 * leaves nothing half written. */
static int
write_record(State *self, Record record)
{
    while (self->at + RECORD_BYTES > self->body.length) {
        int room = next_block(self);
        if (room < 0) {
            return -1;
        }
        if (room == 0) {
            count_lost(self->tables);
            return 0;
        }
    }
    Record *place = (Record *)(self->body.start + self->at);
    self->at += RECORD_BYTES;
    place->second = LITTLE64(record.second);
    place->a = LITTLE32(record.a);
    place->b = LITTLE32(record.b);
    place->c = LITTLE32(record.c);
    place->d = LITTLE32(record.d);
    atomic_store_explicit((_Atomic uint64_t *)&place->head, LITTLE64(record.head),
                          memory_order_release);
    return 0;
}

static int
write_mark(State *self, unsigned kind, int64_t now)
{
    return write_record(self, (Record){stamp(kind, now), 0, 0, 0, 0, 0});
}

/* Writes `step`, which has run until now. */
static int
write_step(State *self, const Wake *step, int64_t now, unsigned end, uint32_t stack,
           uint32_t waits_for)
{
    int64_t ready = step->ready < self->begin ? step->ready : self->begin;
    unsigned how = end | (unsigned)step->kind << 4;
    Record record = {stamp(KIND_STEP, now), stamp(how, ready), self->task_id,
                     stack, waits_for, step->waker};
    self->step_count++;
    self->begin = now;
    return write_record(self, record);
}

/* Writes the pending turn: its first step begins now, with so many handles ready. */
static int
flush_turn(State *self, int64_t now, Py_ssize_t queued)
{
    if (!self->has_turn) {
        return 0;
    }
    self->has_turn = false;
    int64_t dispatch = now - self->turn_ended;
    return write_record(self, (Record){stamp(KIND_TURN, self->turn_ended),
                                       stamp(0, self->turn_began),
                                       (uint32_t)(dispatch < UINT32_MAX ? dispatch : UINT32_MAX),
                                       self->turn_events, (uint32_t)queued, 0});
}

/* ---- What is held ---------------------------------------------------------------------------- */

static int
state_traverse(const State *self, visitproc visit, void *arg)
{
    Py_VISIT(self->tables);
    Py_VISIT(self->body.pinned.obj);
    Py_VISIT(self->step.task);
    Py_VISIT(self->eager_coroutine);
    for (size_t i = 0; i < self->eager_count; i++) {
        Py_VISIT(self->eager[i].step.task);
        Py_VISIT(self->eager[i].coroutine);
    }
    return ring_traverse(&self->ring, visit, arg);
}

static inline bool
holds_anything(const State *self)
{
    return self->ring.entries != NULL || self->step.task != NULL || self->body.pinned.obj != NULL ||
           self->eager != NULL || self->pulse != NULL;
}

/* Lets go of everything that belongs to the program, and of the trace. */
static void
release_state(State *self)
{
    Memory body = self->body;
    Outer *eager = self->eager;
    size_t eager_count = self->eager_count;
    self->phase = OUTSIDE;
    self->has_turn = false;
    watch_give_back(self->pulse);
    self->pulse = NULL;
    memset(&self->body, 0, sizeof(self->body));
    self->at = 0;
    self->eager = NULL;
    self->eager_count = 0;
    Py_CLEAR(self->step.task);
    Py_CLEAR(self->eager_coroutine);
    for (size_t i = 0; i < eager_count; i++) {
        Py_XDECREF(eager[i].step.task);
        Py_XDECREF(eager[i].coroutine);
    }
    PyMem_Free(eager);
    ring_clear(&self->ring);
    memory_release(&body);
}

#endif
