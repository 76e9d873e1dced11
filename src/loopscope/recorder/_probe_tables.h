/* `Tables`: what all loops of a recording share. Its methods are the twin's; the functions below
 * also hand the probe's own failures to the registry. */

#ifndef LOOPSCOPE_PROBE_TABLES_H
#define LOOPSCOPE_PROBE_TABLES_H

#include "_probe_maps.h"
#include "_probe_watch.h"

#include <time.h>

#define OWNER_FLAG (UINT32_C(1) << 31) /* as in interner.py */
#define LOST_BYTES 8

/* ---- Memory of the trace --------------------------------------------------------------------- */

/* Memory to write into, which stays where it is until it is released. */
typedef struct {
    Py_buffer pinned;
    char *start;
    Py_ssize_t length;
} Memory;

/* Pins the writable memory that a memoryview shows.
 *
 * Not through the view itself: a view that is pinned complains on stderr when the garbage
 * collector clears it, and it may do so before this object lets go. What the view shows (a memory
 * map) is pinned instead. */
static int
memory_pin(Memory *memory, PyObject *view)
{
    Py_buffer shown;
    if (PyObject_GetBuffer(view, &shown, PyBUF_WRITABLE) < 0) {
        return -1;
    }
    PyObject *base = PyMemoryView_Check(view) ? PyMemoryView_GET_BASE(view) : NULL;
    memory->start = shown.buf;
    memory->length = shown.len;
    int result = PyObject_GetBuffer(base != NULL ? base : view, &memory->pinned, PyBUF_WRITABLE);
    PyBuffer_Release(&shown);
    return result;
}

static void
memory_release(Memory *memory)
{
    Py_buffer pinned = memory->pinned;
    memset(memory, 0, sizeof(*memory));
    PyBuffer_Release(&pinned);
}

/* ---- The object ----------------------------------------------------------------------------- */

typedef struct {
    PyObject_HEAD
    PyObject *registry; /* NULL once the garbage collector has emptied this object */
    PyObject *clock;    /* NULL: CLOCK_MONOTONIC */
    int64_t origin_ns;
    char active;
    Memory lost_cell;
    TaskMap tasks;
    TaskMap refs;          /* by address of a task's weak reference; `number` is the task's */
    PyObject *died;        /* the callback of those references */
    uint32_t last_entity;
    Watch watch;
    NodeMap nodes;
    ObjectCache objects;
} Tables;

static PyTypeObject *tables_type;

/* ---- Clock ----------------------------------------------------------------------------------- */

static int
call_clock(const Tables *self, int64_t *now)
{
    PyObject *answer = PyObject_CallNoArgs(self->clock);
    if (answer == NULL) {
        return -1;
    }
    long long value = PyLong_AsLongLong(answer);
    Py_DECREF(answer);
    if (value == -1 && PyErr_Occurred()) {
        return -1;
    }
    *now = value - self->origin_ns;
    return 0;
}

static inline int64_t
monotonic_ns(void)
{
    struct timespec reading;
    clock_gettime(CLOCK_MONOTONIC, &reading);
    return reading.tv_sec * INT64_C(1000000000) + reading.tv_nsec;
}

/* The time since the origin. */
static inline int
tables_now(const Tables *self, int64_t *now)
{
    if (self->clock != NULL) {
        return call_clock(self, now);
    }
    *now = monotonic_ns() - self->origin_ns;
    return 0;
}

/* ---- Calls to the registry ------------------------------------------------------------------- */

/* Any of these may run any Python code: other threads, the garbage collector, and with it other
 * hooks of the same queue. A caller looks at its own state afresh afterwards. */

/* Calls a method of the registry with `count` arguments, and lets go of these: NULL among them
 * means that making it failed. New reference. */
static PyObject *
call_registry(Tables *self, PyObject *method, PyObject **arguments, size_t count)
{
    PyObject *result = NULL;
    PyObject *stack[6] = {self->registry};
    bool complete = self->registry != NULL;
    for (size_t i = 0; i < count; i++) {
        stack[i + 1] = arguments[i];
        complete = complete && arguments[i] != NULL;
    }
    if (complete) {
        Py_INCREF(stack[0]);
        result = PyObject_VectorcallMethod(method, stack, count + 1, NULL);
        Py_DECREF(stack[0]);
    }
    else if (!PyErr_Occurred()) {
        PyErr_SetString(PyExc_RuntimeError, "these tables have no registry any more");
    }
    for (size_t i = 0; i < count; i++) {
        Py_XDECREF(arguments[i]);
    }
    return result;
}

#define CALL_REGISTRY(self, method, ...)                                                           \
    call_registry(self, method, (PyObject *[]){__VA_ARGS__},                                       \
                  sizeof((PyObject *[]){__VA_ARGS__}) / sizeof(PyObject *))

/* Turns the answer to such a call into the number that it is, and lets go of it. */
static int
number_from(PyObject *answer, uint32_t *number)
{
    if (answer == NULL) {
        return -1;
    }
    unsigned long value = PyLong_AsUnsignedLong(answer);
    Py_DECREF(answer);
    if (value == (unsigned long)-1 && PyErr_Occurred()) {
        return -1;
    }
    *number = (uint32_t)value;
    return 0;
}

static int
done_with(PyObject *answer)
{
    Py_XDECREF(answer);
    return answer != NULL ? 0 : -1;
}

/* Removes and returns the exception that is set. */
static PyObject *
take_exception(void)
{
#if PY_VERSION_HEX >= 0x030C0000
    return PyErr_GetRaisedException();
#else
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    if (traceback != NULL) {
        PyException_SetTraceback(value, traceback);
    }
    Py_XDECREF(type);
    Py_XDECREF(traceback);
    return value;
#endif
}

/* Sets an exception as it is, its context untouched; takes over the reference. */
static void
set_exception(PyObject *error)
{
#if PY_VERSION_HEX >= 0x030C0000
    PyErr_SetRaisedException(error);
#else
    PyErr_Restore(Py_NewRef(Py_TYPE(error)), error, PyException_GetTraceback(error));
#endif
}

/* Gives the exception that is set, a failure of the recorder's own, to the registry.
 *
 * Returns -1 with an exception set if that is none of the recorder's: a KeyboardInterrupt, say,
 * that came while it was at work and belongs to the program. */
static int
report_failure(Tables *self)
{
    if (!PyErr_ExceptionMatches(PyExc_Exception)) {
        return -1;
    }
    PyObject *error = take_exception();
    if (done_with(CALL_REGISTRY(self, names.failed, error)) == 0) {
        return 0;
    }
    if (!PyErr_ExceptionMatches(PyExc_Exception)) {
        return -1;
    }
    PyErr_Clear(); /* not even that could be reported */
    self->active = 0;
    return 0;
}

/* ---- Numbers of stacks ----------------------------------------------------------------------- */

/* Asks the registry for the number of a stack that was not seen before. */
static int
learn_node(Tables *self, NodeEntry entry, PyObject *described, long offset, uint32_t *number)
{
    if (number_from(CALL_REGISTRY(self, names.node, PyLong_FromUnsignedLong(entry.parent),
                                  Py_NewRef(described), PyLong_FromLong(offset)),
                    number) < 0) {
        return -1;
    }
    if (node_find(&self->nodes, entry.parent, entry.where, entry.offset) != 0) {
        return 0; /* another thread was faster */
    }
    entry.node = *number;
    return node_add(&self->nodes, entry);
}

/* The number of the stack `parent` with one more frame inside it, owner flag and all. */
static inline int
node_number(Tables *self, uint32_t parent, PyObject *where, int offset, uint32_t *number)
{
    parent &= ~OWNER_FLAG;
    *number = node_find(&self->nodes, parent, where, offset);
    if (*number != 0) {
        return 0;
    }
    NodeEntry entry = {where, offset, parent, 0, where};
    return learn_node(self, entry, where, offset, number);
}

/* A bound builtin is a new object at each use, and it would keep its own object alive: remember it
 * by its definition and its object's type. */
static int
builtin_number(Tables *self, PyObject *builtin, uint32_t *number)
{
    PyObject *owner = PyCFunction_GET_SELF(builtin);
    if (owner == NULL || PyModule_Check(owner)) {
        return node_number(self, 0, builtin, -1, number);
    }
    PyTypeObject *type = Py_TYPE(owner);
    const void *definition = ((PyCFunctionObject *)builtin)->m_ml;
    *number = node_find(&self->nodes, 0, definition, (intptr_t)type);
    if (*number != 0) {
        return 0;
    }
    NodeEntry entry = {definition, (intptr_t)type, 0, 0, (PyObject *)type};
    return learn_node(self, entry, builtin, -1, number);
}

/* What is called in the end: inside partials and bound methods. New reference. */
static PyObject *
innermost_callable(PyObject *callback)
{
    Py_INCREF(callback);
    for (;;) {
        PyObject *inner;
        if (PyMethod_Check(callback)) {
            inner = Py_NewRef(PyMethod_GET_FUNCTION(callback));
        }
        else if (PyObject_TypeCheck(callback, known.partial)) {
            inner = PyObject_GetAttr(callback, names.func);
        }
        else {
            return callback;
        }
        Py_DECREF(callback);
        if (inner == NULL) {
            return NULL;
        }
        callback = inner;
    }
}

/* The code object of a callable, NULL without an error if it has none. New reference. */
static PyObject *
code_of(PyObject *callable)
{
    if (PyFunction_Check(callable)) {
        return Py_NewRef(PyFunction_GET_CODE(callable));
    }
    if (Py_TYPE(callable)->tp_getattro != PyObject_GenericGetAttr) {
        return NULL; /* its own `__getattr__` must not notice that it is looked at */
    }
    PyObject *code = PyObject_GetAttr(callable, names.__code__);
    if (code == NULL && PyErr_ExceptionMatches(PyExc_AttributeError)) {
        PyErr_Clear();
    }
    else if (code != NULL && !PyCode_Check(code)) {
        Py_CLEAR(code);
    }
    return code;
}

static int
callable_number(Tables *self, PyObject *callable, uint32_t *number)
{
    if (PyCFunction_Check(callable)) {
        return builtin_number(self, callable, number);
    }
    PyObject *code = code_of(callable);
    if (code == NULL && PyErr_Occurred()) {
        return -1;
    }
    PyObject *where = code != NULL ? code : (PyObject *)Py_TYPE(callable);
    int result = node_number(self, 0, where, -1, number);
    Py_XDECREF(code);
    return result;
}

/* The place of a callback that belongs to no task. */
static int
callback_node(Tables *self, PyObject *callback, uint32_t *node)
{
    PyObject *callable = innermost_callable(callback);
    if (callable == NULL) {
        return -1;
    }
    int result = callable_number(self, callable, node);
    *node &= ~OWNER_FLAG;
    Py_DECREF(callable);
    return result;
}

/* ---- Numbers of tasks ------------------------------------------------------------------------ */

static inline uint32_t
entity_of(const Tables *self, PyObject *task)
{
    const TaskEntry *entry = task_find(&self->tasks, task);
    return entry != NULL && !entry->is_dead ? entry->entity : 0;
}

/* ---- Lost records ---------------------------------------------------------------------------- */

static void
count_lost(Tables *self)
{
    /* Little-endian, like the rest of the file. */
    unsigned char *cell = (unsigned char *)self->lost_cell.start;
    for (int i = 0; i < LOST_BYTES; i++) {
        if (++cell[i] != 0) {
            return;
        }
    }
}

#endif
