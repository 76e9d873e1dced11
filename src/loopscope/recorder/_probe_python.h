/* What the probe has to know of CPython and asyncio: the types, the names, and the attributes that
 * are read without a lookup.
 *
 * Everything here is found once, when the module is imported. Where a thing is not as expected the
 * probe falls back to the public way, which is slower and gives the same answers. */

#ifndef LOOPSCOPE_PROBE_PYTHON_H
#define LOOPSCOPE_PROBE_PYTHON_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <structmember.h>

#ifdef Py_GIL_DISABLED
#error "The C probe relies on the GIL: free-threaded builds use its Python twin."
#endif

#define AS_FUNCTION(function) ((PyCFunction)(void (*)(void))(function))

/* ---- Attributes read without a lookup -------------------------------------------------------- */

/* An attribute whose descriptor is implemented in C. `owner` is NULL if there is no such one. */
typedef struct {
    PyTypeObject *owner;
    getter get; /* NULL: the value lies in the object, at `offset` */
    void *closure;
    Py_ssize_t offset;
} Field;

/* Finds a field; one that does not exist, or is of an unknown kind, is left empty. */
static void
field_find(Field *field, PyTypeObject *type, const char *name)
{
    memset(field, 0, sizeof(*field));
    PyObject *descriptor = PyObject_GetAttrString((PyObject *)type, name);
    if (descriptor == NULL) {
        PyErr_Clear();
        return;
    }
    if (Py_IS_TYPE(descriptor, &PyGetSetDescr_Type)) {
        PyGetSetDef *definition = ((PyGetSetDescrObject *)descriptor)->d_getset;
        field->get = definition->get;
        field->closure = definition->closure;
        field->owner = type;
    }
    else if (Py_IS_TYPE(descriptor, &PyMemberDescr_Type)) {
        PyMemberDef *member = ((PyMemberDescrObject *)descriptor)->d_member;
        if (member->type == T_OBJECT || member->type == T_OBJECT_EX) {
            field->offset = member->offset;
            field->owner = type;
        }
    }
    Py_DECREF(descriptor);
    /* The descriptor's definition lives as long as the type does. */
    Py_XINCREF(field->owner);
}

static inline bool
field_fits(const Field *field, PyObject *object)
{
    return field->owner != NULL && PyObject_TypeCheck(object, field->owner);
}

/* Reads a field that fits. An empty slot reads as None. New reference. */
static inline PyObject *
field_read(const Field *field, PyObject *object)
{
    if (field->get != NULL) {
        return field->get(object, field->closure);
    }
    PyObject *value = *(PyObject **)((char *)object + field->offset);
    return Py_NewRef(value != NULL ? value : Py_None);
}

/* Reads an attribute through its field if that fits, else by name. New reference. */
static inline PyObject *
read_attribute(const Field *field, PyObject *object, PyObject *name)
{
    return field_fits(field, object) ? field_read(field, object) : PyObject_GetAttr(object, name);
}

/* ---- What is found at import ----------------------------------------------------------------- */

/* A kind of object that runs a Python frame: coroutine, generator or async generator. */
typedef struct {
    PyTypeObject *type;
    Field frame;
    Field awaited;
} GeneratorKind;

static struct {
    PyTypeObject *handle;
    PyTypeObject *timer_handle;
    PyTypeObject *c_task;      /* NULL where asyncio has no C accelerator */
    PyTypeObject *python_task;
    PyTypeObject *partial;
    PyTypeObject *step_wrapper; /* learnt when the first one is seen: asyncio does not export it */
    Field handle_callback;
    Field timer_when;
    Field task_waiter;
    Field task_coro;
    Field task_state;
    Field task_exception;
    Field step_wrapper_self;
    GeneratorKind generators[3];
    bool direct_frames;
    bool complete;
} known;

/* Interned names, for what has to be looked up after all. */
static struct {
    PyObject *_callback, *_when, *_fut_waiter, *_exception, *get_coro, *done, *cancelled;
    PyObject *__self__, *__step, *__wakeup, *__code__, *func, *self, *f_locals;
    PyObject *cr_code, *get_name, *named, *whose_code;
    PyObject *node, *new_task, *settled, *raised, *object_id, *job, *next_block, *failed;
} names;

static PyTypeObject *
import_type(const char *module_name, const char *name)
{
    PyObject *module = PyImport_ImportModule(module_name);
    if (module == NULL) {
        return NULL;
    }
    PyObject *type = PyObject_GetAttrString(module, name);
    Py_DECREF(module);
    if (type != NULL && !PyType_Check(type)) {
        PyErr_Format(PyExc_ImportError, "%s.%s is not a class", module_name, name);
        Py_CLEAR(type);
    }
    return (PyTypeObject *)type;
}

static int
intern_names(void)
{
#define INTERN(name)                                                                               \
    if ((names.name = PyUnicode_InternFromString(#name)) == NULL) {                                \
        return -1;                                                                                 \
    }
    INTERN(_callback) INTERN(_when) INTERN(_fut_waiter) INTERN(_exception) INTERN(get_coro)
    INTERN(done) INTERN(cancelled) INTERN(__self__) INTERN(__step) INTERN(__wakeup)
    INTERN(__code__) INTERN(func) INTERN(self) INTERN(f_locals) INTERN(node) INTERN(new_task)
    INTERN(cr_code) INTERN(get_name) INTERN(named) INTERN(whose_code)
    INTERN(settled) INTERN(raised) INTERN(object_id) INTERN(job) INTERN(next_block) INTERN(failed)
#undef INTERN
    return 0;
}

static int
find_asyncio(void)
{
    known.handle = import_type("asyncio.events", "Handle");
    known.timer_handle = import_type("asyncio.events", "TimerHandle");
    known.python_task = import_type("asyncio.tasks", "_PyTask");
    known.partial = import_type("functools", "partial");
    if (!known.handle || !known.timer_handle || !known.python_task || !known.partial) {
        return -1;
    }
    known.c_task = import_type("_asyncio", "Task");
    if (known.c_task == NULL) {
        PyErr_Clear(); /* every task is a _PyTask then */
    }
    field_find(&known.handle_callback, known.handle, "_callback");
    field_find(&known.timer_when, known.timer_handle, "_when");
    if (known.c_task != NULL) {
        field_find(&known.task_waiter, known.c_task, "_fut_waiter");
        field_find(&known.task_coro, known.c_task, "_coro");
        field_find(&known.task_state, known.c_task, "_state");
        field_find(&known.task_exception, known.c_task, "_exception");
    }
    return 0;
}

static void
find_generator_kind(int index, PyTypeObject *type, const char *frame, const char *awaited)
{
    GeneratorKind *kind = &known.generators[index];
    kind->type = type;
    field_find(&kind->frame, type, frame);
    field_find(&kind->awaited, type, awaited);
}

#endif
