/* Finds stalls without the GIL: taking it two hundred times a second would slow the program down.
 *
 * Each queue has a pulse, which says since when its running step runs. Pulses are never freed while
 * their tables live, so that the watching thread may read them at any time. */

#ifndef LOOPSCOPE_PROBE_WATCH_H
#define LOOPSCOPE_PROBE_WATCH_H

#include "_probe_python.h"

#include <stdatomic.h>
#include <time.h>

#define NOT_RUNNING INT64_MAX

typedef struct Pulse {
    _Atomic int64_t begin; /* of the running step, or NOT_RUNNING */
    _Atomic bool taken;    /* by a queue that lives */
    struct Pulse *next;
    /* Only the watching thread's: the step it has looked at, and when to look again. */
    int64_t looked_begin;
    int64_t next_look;
} Pulse;

typedef struct {
    _Atomic(Pulse *) first;
    atomic_bool interrupted;
} Watch;

static inline void
pulse_set(Pulse *pulse, int64_t begin)
{
    if (pulse != NULL) {
        atomic_store_explicit(&pulse->begin, begin, memory_order_relaxed);
    }
}

/* A pulse for a new queue; under the GIL. */
static Pulse *
watch_take(Watch *watch)
{
    for (Pulse *pulse = atomic_load(&watch->first); pulse != NULL; pulse = pulse->next) {
        if (!atomic_load(&pulse->taken)) {
            atomic_store(&pulse->taken, true);
            return pulse;
        }
    }
    Pulse *pulse = PyMem_RawCalloc(1, sizeof(Pulse));
    if (pulse == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    atomic_store(&pulse->begin, NOT_RUNNING);
    atomic_store(&pulse->taken, true);
    pulse->next = atomic_load(&watch->first);
    atomic_store(&watch->first, pulse);
    return pulse;
}

static void
watch_give_back(Pulse *pulse)
{
    if (pulse != NULL) {
        pulse_set(pulse, NOT_RUNNING);
        atomic_store(&pulse->taken, false);
    }
}

static void
watch_free(Watch *watch)
{
    Pulse *pulse = atomic_load(&watch->first);
    atomic_store(&watch->first, NULL);
    while (pulse != NULL) {
        Pulse *next = pulse->next;
        PyMem_RawFree(pulse);
        pulse = next;
    }
}

/* Whether a step has become a stall, or a stall has grown enough for another look. */
static bool
is_worth_a_look(Pulse *pulse, int64_t now, int64_t stall_ns, int64_t growth)
{
    int64_t begin = atomic_load_explicit(&pulse->begin, memory_order_relaxed);
    if (begin == NOT_RUNNING || now - begin < stall_ns ||
        (pulse->looked_begin == begin && now < pulse->next_look)) {
        return false;
    }
    int64_t grown = (now - begin) / growth;
    pulse->looked_begin = begin;
    pulse->next_look = now + (grown > stall_ns ? grown : stall_ns);
    return true;
}

static bool
watch_look(Watch *watch, int64_t now, int64_t stall_ns, int64_t growth)
{
    bool found = false;
    for (Pulse *pulse = atomic_load(&watch->first); pulse != NULL; pulse = pulse->next) {
        found |= is_worth_a_look(pulse, now, stall_ns, growth);
    }
    return found;
}

static void
rest(int64_t ns)
{
    struct timespec duration = {ns / 1000000000, ns % 1000000000};
    nanosleep(&duration, NULL);
}

#endif
