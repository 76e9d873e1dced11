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

/* ---- The class ------------------------------------------------------------------------------- */

/* A task that the probe introduced has died. */
static PyObject *
task_died(PyObject *object, PyObject *ref)
{
    Tables *self = (Tables *)object;
    TaskEntry *back = task_find(&self->refs, ref);
    if (back == NULL) {
        Py_RETURN_NONE;
    }
    void *task = (void *)(uintptr_t)back->number;
    task_remove(&self->refs, back);
    TaskEntry *entry = task_find(&self->tasks, task);
    if (entry != NULL && entry->ref == ref) {
        task_forget(&self->tasks, task);
        entry->ref = NULL;
        Py_DECREF(ref);
    }
    Py_RETURN_NONE;
}

static PyMethodDef task_died_definition = {"task_died", task_died, METH_O,
                                           "Told of the death of a task."};

static PyObject *
Tables_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"registry", "clock", "origin_ns", "lost_cell", NULL};
    PyObject *registry, *clock, *lost_cell;
    long long origin_ns;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OOLO:Tables", keywords, &registry, &clock,
                                     &origin_ns, &lost_cell)) {
        return NULL;
    }
    Tables *self = (Tables *)type->tp_alloc(type, 0);
    if (self == NULL) {
        return NULL;
    }
    self->registry = Py_NewRef(registry);
    self->clock = clock == Py_None ? NULL : Py_NewRef(clock);
    self->origin_ns = origin_ns;
    self->active = 1;
    self->died = PyCFunction_New(&task_died_definition, (PyObject *)self);
    if (self->died == NULL || memory_pin(&self->lost_cell, lost_cell) < 0) {
        Py_DECREF(self);
        return NULL;
    }
    if (self->lost_cell.length < LOST_BYTES) {
        PyErr_Format(PyExc_ValueError, "lost_cell has %zd bytes, it needs %d",
                     self->lost_cell.length, LOST_BYTES);
        Py_DECREF(self);
        return NULL;
    }
    return (PyObject *)self;
}

static int
Tables_traverse(PyObject *object, visitproc visit, void *arg)
{
    Tables *self = (Tables *)object;
    Py_VISIT(Py_TYPE(object));
    Py_VISIT(self->registry);
    Py_VISIT(self->clock);
    Py_VISIT(self->lost_cell.pinned.obj);
    Py_VISIT(self->died);
    for (size_t i = 0; self->tasks.entries != NULL && i <= self->tasks.mask; i++) {
        Py_VISIT(self->tasks.entries[i].ref);
    }
    return node_traverse(&self->nodes, visit, arg);
}

static int
Tables_clear(PyObject *object)
{
    Tables *self = (Tables *)object;
    self->active = 0;
    Py_CLEAR(self->registry);
    Py_CLEAR(self->clock);
    Py_CLEAR(self->died);
    for (size_t i = 0; self->tasks.entries != NULL && i <= self->tasks.mask; i++) {
        Py_CLEAR(self->tasks.entries[i].ref);
    }
    node_clear(&self->nodes);
    object_clear(&self->objects);
    return 0;
}

static void
Tables_dealloc(PyObject *object)
{
    Tables *self = (Tables *)object;
    PyTypeObject *type = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    Tables_clear(object);
    memory_release(&self->lost_cell);
    watch_free(&self->watch);
    PyMem_Free(self->tasks.entries);
    PyMem_Free(self->refs.entries);
    type->tp_free(object);
    Py_DECREF(type);
}

static PyObject *
Tables_stop(PyObject *self, PyObject *unused)
{
    ((Tables *)self)->active = 0;
    Py_RETURN_NONE;
}

static PyObject *
Tables_now(PyObject *self, PyObject *unused)
{
    int64_t now;
    return tables_now((Tables *)self, &now) < 0 ? NULL : PyLong_FromLongLong(now);
}

static PyObject *
Tables_entity_of(PyObject *self, PyObject *task)
{
    return PyLong_FromUnsignedLong(entity_of((Tables *)self, task));
}

static PyObject *
Tables_bind(PyObject *self, PyObject *args)
{
    PyObject *task;
    unsigned int entity;
    if (!PyArg_ParseTuple(args, "OI:bind", &task, &entity) ||
        task_bind(&((Tables *)self)->tasks, task, entity) < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *
Tables_forget(PyObject *self, PyObject *address)
{
    void *task = PyLong_AsVoidPtr(address);
    if (task == NULL && PyErr_Occurred()) {
        return NULL;
    }
    task_forget(&((Tables *)self)->tasks, task);
    Py_RETURN_NONE;
}

static PyObject *
Tables_node(PyObject *self, PyObject *args)
{
    unsigned int parent;
    uint32_t number;
    PyObject *where;
    int offset;
    if (!PyArg_ParseTuple(args, "IOi:node", &parent, &where, &offset) ||
        node_number((Tables *)self, parent, where, offset, &number) < 0) {
        return NULL;
    }
    return PyLong_FromUnsignedLong(number);
}

static PyObject *
Tables_entity_ever(PyObject *self, PyObject *task)
{
    const TaskEntry *entry = task_find(&((Tables *)self)->tasks, task);
    return PyLong_FromUnsignedLong(entry != NULL ? entry->entity : 0);
}

static PyObject *
Tables_new_entity(PyObject *self, PyObject *unused)
{
    return PyLong_FromUnsignedLong(++((Tables *)self)->last_entity);
}

static int
append_living(PyObject *list, const TaskEntry *entry)
{
    PyObject *task = PyWeakref_GetObject(entry->ref);
    if (task == NULL || task == Py_None) {
        return task == NULL ? -1 : 0;
    }
    PyObject *pair = Py_BuildValue("(IO)", (unsigned int)entry->entity, task);
    int result = pair != NULL ? PyList_Append(list, pair) : -1;
    Py_XDECREF(pair);
    return result;
}

static PyObject *
Tables_alive(PyObject *object, PyObject *unused)
{
    const TaskMap *tasks = &((Tables *)object)->tasks;
    PyObject *list = PyList_New(0);
    for (size_t i = 0; list != NULL && tasks->entries != NULL && i <= tasks->mask; i++) {
        const TaskEntry *entry = &tasks->entries[i];
        if (entry->address != 0 && entry->ref != NULL && append_living(list, entry) < 0) {
            Py_CLEAR(list);
        }
    }
    return list;
}

static PyObject *
Tables_wait_for_stall(PyObject *object, PyObject *args)
{
    Tables *self = (Tables *)object;
    long long stall_ns, look_every_ns, growth;
    if (!PyArg_ParseTuple(args, "LLL:wait_for_stall", &stall_ns, &look_every_ns, &growth)) {
        return NULL;
    }
    bool found = false;
    Py_BEGIN_ALLOW_THREADS
    while (!found && !atomic_exchange(&self->watch.interrupted, false) && self->active) {
        rest(look_every_ns);
        int64_t reading = monotonic_ns() - self->origin_ns;
        found = self->clock == NULL && watch_look(&self->watch, reading, stall_ns, growth);
    }
    Py_END_ALLOW_THREADS
    return PyBool_FromLong(found);
}

static PyObject *
Tables_interrupt_wait(PyObject *self, PyObject *unused)
{
    atomic_store(&((Tables *)self)->watch.interrupted, true);
    Py_RETURN_NONE;
}

static PyMethodDef tables_methods[] = {
    {"stop", Tables_stop, METH_NOARGS, "Make every queue of this recording an ordinary one."},
    {"now", Tables_now, METH_NOARGS, "Return the time since the origin."},
    {"entity_of", Tables_entity_of, METH_O, "Return a task's number, 0 if it is unknown."},
    {"bind", Tables_bind, METH_VARARGS, "Remember a task's number by its address."},
    {"forget", Tables_forget, METH_O, "Note that the task at this address has died."},
    {"entity_ever", Tables_entity_ever, METH_O,
     "Return a task's number, also of one that is just dying; 0 if it never had one."},
    {"alive", Tables_alive, METH_NOARGS,
     "Return the living tasks which the probe itself introduced, with their numbers."},
    {"new_entity", Tables_new_entity, METH_NOARGS,
     "Return a number for a task, object or job."},
    {"wait_for_stall", Tables_wait_for_stall, METH_VARARGS,
     "Wait until some loop's step has run for too long, and it is time to look at it."},
    {"interrupt_wait", Tables_interrupt_wait, METH_NOARGS,
     "Make wait_for_stall, in whatever thread, return False."},
    {"node", Tables_node, METH_VARARGS,
     "Return the number of a stack, from memory where it was seen before."},
    {NULL},
};

static PyMemberDef tables_members[] = {
    {"active", T_BOOL, offsetof(Tables, active), 0, "Whether queues record."},
    {NULL},
};

static PyType_Slot tables_slots[] = {
    {Py_tp_doc, "What all loops of a recording share: the clock, the numbers of tasks and stacks."},
    {Py_tp_new, Tables_new},
    {Py_tp_traverse, Tables_traverse},
    {Py_tp_clear, Tables_clear},
    {Py_tp_dealloc, Tables_dealloc},
    {Py_tp_methods, tables_methods},
    {Py_tp_members, tables_members},
    {0, NULL},
};

static PyType_Spec tables_spec = {
    .name = "loopscope.recorder._probe.Tables",
    .basicsize = sizeof(Tables),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .slots = tables_slots,
};

#endif
