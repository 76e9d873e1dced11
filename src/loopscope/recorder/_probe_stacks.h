/* Reads the await stack of a suspended task, and what it waits for. */

#ifndef LOOPSCOPE_PROBE_STACKS_H
#define LOOPSCOPE_PROBE_STACKS_H

#include "_probe_asyncio.h"
#include "_probe_tables.h"

#define DEEPEST_STACK 256 /* as in stacks.py */

/* ---- Await stacks ---------------------------------------------------------------------------- */

typedef struct {
    uint32_t node;
    PyObject *innermost; /* whose frame stands innermost, NULL if none does; strong */
} AwaitStack;

/* Goes one level deeper: adds the frame of `awaited`, if it has one, and replaces `awaited` by what
 * that waits for. Returns 1, 0 where the stack ends, or -1. */
static int
descend(Tables *self, AwaitStack *stack, PyObject **awaited)
{
    const GeneratorKind *kind = generator_kind(*awaited);
    if (kind == NULL) {
        PyObject *inner = behind_wrapper(*awaited);
        if (inner == NULL || (kind = generator_kind(inner)) == NULL) {
            return 0;
        }
        Py_INCREF(inner);
        Py_SETREF(*awaited, inner);
    }
    Place place = {NULL, -1};
    int found = read_place(kind, *awaited, &place);
    if (found <= 0) {
        return found;
    }
    int result = node_number(self, stack->node, place.code, place.offset, &stack->node);
    Py_DECREF(place.code);
    if (result < 0) {
        return -1;
    }
    PyObject *next = field_read(&kind->awaited, *awaited);
    if (next == NULL) {
        return -1;
    }
    Py_XSETREF(stack->innermost, *awaited);
    *awaited = next;
    return 1;
}

/* Reads the await stack of a suspended task. */
static int
await_stack(Tables *self, PyObject *task, AwaitStack *stack)
{
    *stack = (AwaitStack){0, NULL};
    PyObject *awaited = task_coroutine(task);
    if (awaited == NULL) {
        return -1;
    }
    int result = 1;
    for (int depth = 0; result > 0 && depth < DEEPEST_STACK; depth++) {
        result = descend(self, stack, &awaited);
    }
    Py_DECREF(awaited);
    return result < 0 ? -1 : 0;
}

/* ---- What a task waits for ------------------------------------------------------------------- */

static int
object_number(Tables *self, PyObject *object, int64_t now, uint32_t *number)
{
    *number = object_find(&self->objects, object);
    if (*number != 0) {
        return 0;
    }
    if (number_from(CALL_REGISTRY(self, names.object_id, Py_NewRef(object),
                                  PyLong_FromLongLong(now)),
                    number) < 0) {
        return -1;
    }
    return *number != 0 ? object_remember(&self->objects, object, *number) : 0;
}

/* The number of what a task waits for: a task, a gathering, a lock ... 0 for a nameless future.
 * The twin leaves this to `Registry.awaited_object`. */
static int
awaited_object(Tables *self, PyObject *waiter, const AwaitStack *stack, int64_t now,
               uint32_t *number)
{
    *number = waiter != Py_None ? entity_of(self, waiter) : 0;
    if (*number != 0) {
        return 0;
    }
    if (strcmp(Py_TYPE(waiter)->tp_name, "_GatheringFuture") == 0) {
        return object_number(self, waiter, now, number);
    }
    if (!(stack->node & OWNER_FLAG)) {
        return 0;
    }
    PyObject *owner = self_of_frame(stack->innermost);
    if (owner == NULL) {
        return -1;
    }
    int result = object_number(self, owner, now, number);
    Py_DECREF(owner);
    return result;
}

#endif
