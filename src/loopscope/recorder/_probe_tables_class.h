/* The class `Tables` as Python sees it: making it, taking it apart, and its methods. */

#ifndef LOOPSCOPE_PROBE_TABLES_CLASS_H
#define LOOPSCOPE_PROBE_TABLES_CLASS_H

#include "_probe_tables.h"

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
