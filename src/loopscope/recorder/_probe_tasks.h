/* Introduces tasks to the trace, as `Registry.new_task` does, at a fraction of its cost.
 *
 * Only what every program does all the time is done here: a task of asyncio's own class, made on
 * the loop's thread by a step. Everything else is left to the registry. */

#ifndef LOOPSCOPE_PROBE_TASKS_H
#define LOOPSCOPE_PROBE_TASKS_H

#include "_probe_asyncio.h"
#include "_probe_state.h"

#define KIND_TASK 17 /* as `trace.layout.Kind` */
#define MOST_DIGITS 12
#define MOST_FRAMES 200

/* ---- Names ----------------------------------------------------------------------------------- */

/* N for the default task name `Task-N`, else 0. */
static uint64_t
default_number(PyObject *name)
{
    Py_ssize_t length;
    const char *text = PyUnicode_Check(name) ? PyUnicode_AsUTF8AndSize(name, &length) : NULL;
    if (text == NULL || length < 6 || length > 5 + MOST_DIGITS || memcmp(text, "Task-", 5) != 0 ||
        text[5] == '0') {
        PyErr_Clear();
        return 0;
    }
    uint64_t number = 0;
    for (Py_ssize_t i = 5; i < length; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return 0;
        }
        number = number * 10 + (uint64_t)(text[i] - '0');
    }
    return number;
}

static int
name_number(PyObject *task, uint64_t *number)
{
    PyObject *name = PyObject_CallMethodNoArgs(task, names.get_name);
    if (name == NULL) {
        return -1;
    }
    *number = default_number(name);
    Py_DECREF(name);
    return 0;
}

static int
tell_name(Tables *tables, uint32_t entity, PyObject *task, int64_t now)
{
    return done_with(CALL_REGISTRY(tables, names.named, PyLong_FromUnsignedLong(entity),
                                   Py_NewRef(task), PyLong_FromLongLong(now)));
}

/* ---- The line that made it ------------------------------------------------------------------- */

enum { USERS_CODE = 1, LIBRARY_CODE, PLUMBING };

/* A place in the table of stacks that no stack has: whose code a code object is. */
#define WHOSE_CODE_PARENT (UINT32_MAX & ~OWNER_FLAG)
#define WHOSE_CODE_OFFSET (-2)

static int
whose_code(Tables *tables, PyObject *code, uint32_t *whose)
{
    *whose = node_find(&tables->nodes, WHOSE_CODE_PARENT, code, WHOSE_CODE_OFFSET);
    if (*whose != 0) {
        return 0;
    }
    if (number_from(CALL_REGISTRY(tables, names.whose_code, Py_NewRef(code)), whose) < 0) {
        return -1;
    }
    if (node_find(&tables->nodes, WHOSE_CODE_PARENT, code, WHOSE_CODE_OFFSET) != 0) {
        return 0; /* another thread was faster */
    }
    NodeEntry entry = {code, WHOSE_CODE_OFFSET, WHOSE_CODE_PARENT, *whose, code};
    return node_add(&tables->nodes, entry);
}

/* Finds the innermost frame of the user's code; without one, the innermost that is neither
 * asyncio's nor loopscope's. `place->code` is NULL if there is none. */
static int
find_creator(Tables *tables, Place *place)
{
    *place = (Place){NULL, -1};
    PyFrameObject *frame = PyThreadState_GetFrame(PyThreadState_Get());
    int result = 0;
    for (int depth = 0; frame != NULL && result == 0 && depth < MOST_FRAMES; depth++) {
        PyObject *code = (PyObject *)PyFrame_GetCode(frame);
        uint32_t whose;
        result = whose_code(tables, code, &whose);
        if (result == 0 && (whose == USERS_CODE || (whose == LIBRARY_CODE && !place->code))) {
            Py_XSETREF(place->code, Py_NewRef(code));
            place->offset = PyFrame_GetLasti(frame);
        }
        Py_DECREF(code);
        PyFrameObject *outer = result == 0 && whose != USERS_CODE ? PyFrame_GetBack(frame) : NULL;
        Py_DECREF(frame);
        frame = outer;
    }
    Py_XDECREF(frame);
    return result;
}

static int
creator_node(Tables *tables, uint32_t *node)
{
    Place place;
    int result = find_creator(tables, &place);
    *node = 0;
    if (result == 0 && place.code != NULL) {
        result = node_number(tables, 0, place.code, place.offset, node);
        *node &= ~OWNER_FLAG;
    }
    Py_XDECREF(place.code);
    return result;
}

/* The coroutine's function as a place; 0 if it is none of Python's own coroutines. */
static int
coroutine_node(Tables *tables, PyObject *task, uint32_t *node)
{
    *node = 0;
    PyObject *coroutine = task_coroutine(task);
    if (coroutine == NULL) {
        return -1;
    }
    int result = 0;
    if (PyCoro_CheckExact(coroutine)) {
        PyObject *code = PyObject_GetAttr(coroutine, names.cr_code);
        result = code != NULL ? node_number(tables, 0, code, -1, node) : -1;
        *node &= ~OWNER_FLAG;
        Py_XDECREF(code);
    }
    Py_DECREF(coroutine);
    return result;
}

/* ---- Introducing it -------------------------------------------------------------------------- */

static int
remember(Tables *tables, PyObject *task, uint32_t entity, uint64_t number)
{
    PyObject *ref = PyWeakref_NewRef(task, tables->died);
    if (ref == NULL || task_bind(&tables->tasks, task, entity) < 0) {
        Py_XDECREF(ref);
        return -1;
    }
    TaskEntry *entry = task_find(&tables->tasks, task);
    PyObject *before = entry->ref;
    entry->unsettled = UNSETTLED;
    entry->number = number;
    entry->ref = ref;
    int result = task_bind(&tables->refs, ref, entity);
    if (result == 0) {
        task_find(&tables->refs, ref)->number = (uint64_t)(uintptr_t)task;
    }
    Py_XDECREF(before);
    return result;
}

/* Returns 1, 0 where the registry has to do it, or -1. */
static int
introduce_task(State *self, PyObject *task, int64_t now, uint32_t parent)
{
    Tables *tables = self->tables;
    uint32_t coroutine, creator;
    uint64_t number;
    if (self->phase != RUNNING || PyThread_get_thread_ident() != self->thread ||
        !is_c_task(task)) {
        return 0;
    }
    if (coroutine_node(tables, task, &coroutine) < 0) {
        return -1;
    }
    if (coroutine == 0) {
        return 0;
    }
    if (creator_node(tables, &creator) < 0 || name_number(task, &number) < 0) {
        return -1;
    }
    uint32_t entity = ++tables->last_entity;
    Record record = {stamp(KIND_TASK, now), stamp(0, (int64_t)number),
                     entity, coroutine, creator, parent};
    if (write_record(self, record) < 0 || remember(tables, task, entity, number) < 0 ||
        (number == 0 && tell_name(tables, entity, task, now) < 0)) {
        return -1;
    }
    return 1;
}

/* Looks at a task's name once more after its first step. */
static int
settle(State *self, PyObject *task, int64_t now)
{
    TaskMap *tasks = &self->tables->tasks;
    TaskEntry *entry = tasks->unsettled_count != 0 ? task_find(tasks, task) : NULL;
    if (entry == NULL || entry->unsettled == SETTLED || entry->entity != self->task_id) {
        return 0;
    }
    bool look_again = entry->unsettled == LOOK_AGAIN;
    uint64_t before = entry->number, number = 0;
    entry->unsettled = SETTLED;
    tasks->unsettled_count--;
    if (look_again) {
        return done_with(CALL_REGISTRY(self->tables, names.settled,
                                       PyLong_FromUnsignedLong(self->task_id), Py_NewRef(task),
                                       PyLong_FromLongLong(now)));
    }
    if (name_number(task, &number) < 0) {
        return -1;
    }
    return number != 0 && number == before ? 0 : tell_name(self->tables, self->task_id, task, now);
}

#endif
