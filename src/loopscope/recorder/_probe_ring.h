/* What is known of each entry of a ready queue: a ring that runs beside the deque.
 *
 * Entries are named by their sequence number, which stays right while the ring grows and tells
 * whether the entry is still there; a pointer would do neither. */

#ifndef LOOPSCOPE_PROBE_RING_H
#define LOOPSCOPE_PROBE_RING_H

#include "_probe_python.h"

#define FIRST_RING 64
#define UNKNOWN_STEP UINT32_C(0xFFFFFFFF) /* as in layout.py */

/* As `model.kinds.WakeKind`. */
enum {
    WAKE_OUTSIDE,
    WAKE_STEP,
    WAKE_TIMER,
    WAKE_IO,
    WAKE_THREAD,
    WAKE_RESUMED,
    WAKE_UNKNOWN,
};

/* Why something became ready. */
typedef struct {
    PyObject *task; /* strong; NULL for a callback that belongs to no task */
    int64_t ready;
    uint32_t waker;
    uint8_t kind;
} Wake;

static const Wake NO_WAKE = {NULL, 0, UNKNOWN_STEP, WAKE_UNKNOWN};

typedef struct {
    /* Strong: the address of a handle that was freed could be that of the next one. NULL where an
     * entry was taken out of turn. */
    PyObject *handle;
    Wake wake;
} RingEntry;

typedef struct {
    RingEntry *entries;
    size_t mask;
    uint64_t head; /* the oldest entry */
    uint64_t tail; /* the next one to be added */
    size_t count;  /* entries that have a handle */
} Ring;

static inline RingEntry *
ring_slot(const Ring *ring, uint64_t sequence)
{
    return &ring->entries[sequence & ring->mask];
}

/* The entry of that number, NULL if it is not in the ring any more. */
static inline RingEntry *
ring_at(const Ring *ring, uint64_t sequence)
{
    return sequence - ring->head < ring->tail - ring->head ? ring_slot(ring, sequence) : NULL;
}

static int
ring_grow(Ring *ring)
{
    size_t capacity = ring->entries != NULL ? (ring->mask + 1) * 2 : FIRST_RING;
    Ring grown = *ring;
    grown.mask = capacity - 1;
    grown.entries = PyMem_Calloc(capacity, sizeof(RingEntry));
    if (grown.entries == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (uint64_t sequence = ring->head; sequence != ring->tail; sequence++) {
        *ring_slot(&grown, sequence) = *ring_slot(ring, sequence);
    }
    PyMem_Free(ring->entries);
    *ring = grown;
    return 0;
}

/* Adds an entry of which nothing is known yet, and tells its number. */
static inline int
ring_push(Ring *ring, PyObject *handle, uint64_t *sequence)
{
    bool full = ring->entries == NULL || ring->tail - ring->head > ring->mask;
    if (full && ring_grow(ring) < 0) {
        return -1;
    }
    *sequence = ring->tail++;
    ring->count++;
    *ring_slot(ring, *sequence) = (RingEntry){Py_NewRef(handle), NO_WAKE};
    return 0;
}

/* Takes an entry out, whose references the caller gets. */
static inline RingEntry
ring_remove(Ring *ring, uint64_t sequence)
{
    RingEntry removed = *ring_slot(ring, sequence);
    ring_slot(ring, sequence)->handle = NULL;
    ring->count--;
    while (ring->head != ring->tail && ring_slot(ring, ring->head)->handle == NULL) {
        ring->head++;
    }
    return removed;
}

static void
ring_drop_oldest(Ring *ring)
{
    RingEntry dropped = ring_remove(ring, ring->head);
    Py_DECREF(dropped.handle);
    Py_XDECREF(dropped.wake.task);
}

/* Takes out what is known of a handle that has left the deque; the caller gets the wake's task.
 * `queued` is how many handles the deque still has.
 *
 * Handles leave in the order they came, so it is the oldest entry, unless the program has laid
 * hands on the deque: then the entry may lie further back, or not be there. */
static bool
ring_take(Ring *ring, PyObject *handle, size_t queued, Wake *wake)
{
    uint64_t sequence = ring->head;
    while (sequence != ring->tail && ring_slot(ring, sequence)->handle != handle) {
        sequence++;
    }
    bool found = sequence != ring->tail;
    if (found) {
        RingEntry entry = ring_remove(ring, sequence);
        *wake = entry.wake;
        Py_DECREF(entry.handle); /* the caller has the handle too */
    }
    while (ring->count > (queued != 0 ? 2 * queued + FIRST_RING : 0)) {
        ring_drop_oldest(ring); /* its handle has very likely been removed behind our back */
    }
    return found;
}

static int
ring_traverse(const Ring *ring, visitproc visit, void *arg)
{
    for (uint64_t sequence = ring->head; sequence != ring->tail; sequence++) {
        const RingEntry *entry = ring_slot(ring, sequence);
        if (entry->handle != NULL) {
            Py_VISIT(entry->handle);
            Py_VISIT(entry->wake.task);
        }
    }
    return 0;
}

static void
ring_clear(Ring *ring)
{
    Ring old = *ring;
    *ring = (Ring){NULL, 0, old.tail, old.tail, 0}; /* dropping handles may run code that appends */
    while (old.count > 0) {
        ring_drop_oldest(&old);
    }
    PyMem_Free(old.entries);
}

#endif
