/* What the probe has to know of CPython and asyncio: attributes read without a lookup, the frames
 * of suspended coroutines, and which task a callback belongs to.
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

/* A frame's code and last instruction can be had without making a frame object, but only from
 * internals that change with each version. */
#if PY_VERSION_HEX < 0x030E0000
#define HAVE_DIRECT_FRAMES 1
#ifndef Py_BUILD_CORE
#define Py_BUILD_CORE 1
#define LOOPSCOPE_DEFINED_BUILD_CORE 1
#endif
#include <internal/pycore_frame.h>
#ifdef LOOPSCOPE_DEFINED_BUILD_CORE
#undef Py_BUILD_CORE
#endif
#else
#define HAVE_DIRECT_FRAMES 0
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

/* ---- Frames of suspended coroutines ---------------------------------------------------------- */

static inline const GeneratorKind *
generator_kind(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    for (int i = 0; i < 3; i++) {
        if (known.generators[i].type == type) {
            return &known.generators[i];
        }
    }
    return NULL;
}

/* Where a frame stands: its code (a new reference) and the byte offset of its instruction. */
typedef struct {
    PyObject *code;
    int offset;
} Place;

/* Returns 1, 0 where the coroutine is over and has no frame, or -1. */
static int
place_by_frame_object(const GeneratorKind *kind, PyObject *generator, Place *place)
{
    PyObject *frame = field_read(&kind->frame, generator);
    if (frame == NULL) {
        return -1;
    }
    int found = PyFrame_Check(frame);
    if (found) {
        place->code = (PyObject *)PyFrame_GetCode((PyFrameObject *)frame);
        place->offset = PyFrame_GetLasti((PyFrameObject *)frame);
    }
    Py_DECREF(frame);
    return found;
}

#if HAVE_DIRECT_FRAMES

/* NULL where the coroutine is over. */
static inline _PyInterpreterFrame *
inner_frame(PyObject *generator)
{
    PyGenObject *generator_object = (PyGenObject *)generator;
    if (generator_object->gi_frame_state >= FRAME_COMPLETED) {
        return NULL;
    }
    return (_PyInterpreterFrame *)generator_object->gi_iframe;
}

static inline int
place_directly(PyObject *generator, Place *place)
{
    _PyInterpreterFrame *frame = inner_frame(generator);
    if (frame == NULL) {
        return 0;
    }
#if PY_VERSION_HEX >= 0x030D0000
    place->code = Py_NewRef(frame->f_executable);
#else
    place->code = Py_NewRef((PyObject *)frame->f_code);
#endif
    int instruction = _PyInterpreterFrame_LASTI(frame);
    place->offset = instruction < 0 ? -1 : instruction * (int)sizeof(_Py_CODEUNIT);
    return 1;
}

/* The first argument of a suspended frame, which the caller knows to be named `self`. */
static PyObject *
first_argument_directly(PyObject *generator)
{
    _PyInterpreterFrame *frame = inner_frame(generator);
    PyObject *value = frame != NULL ? frame->localsplus[0] : NULL;
    if (value != NULL && PyCell_Check(value)) {
        value = PyCell_GET(value); /* a closure inside the function uses it too */
    }
    return Py_NewRef(value != NULL ? value : Py_None);
}

#endif

static inline int
read_place(const GeneratorKind *kind, PyObject *generator, Place *place)
{
#if HAVE_DIRECT_FRAMES
    if (known.direct_frames) {
        return place_directly(generator, place);
    }
#endif
    return place_by_frame_object(kind, generator, place);
}

static PyObject *
self_by_frame_object(const GeneratorKind *kind, PyObject *generator)
{
    PyObject *frame = field_read(&kind->frame, generator);
    if (frame == NULL) {
        return NULL;
    }
    PyObject *locals = PyObject_GetAttr(frame, names.f_locals);
    Py_DECREF(frame);
    if (locals == NULL) {
        return NULL;
    }
    PyObject *value = PyObject_GetItem(locals, names.self);
    Py_DECREF(locals);
    if (value == NULL && PyErr_ExceptionMatches(PyExc_KeyError)) {
        PyErr_Clear();
        value = Py_NewRef(Py_None);
    }
    return value;
}

/* The `self` of a suspended frame, None where there is none. New reference. */
static PyObject *
self_of_frame(PyObject *generator)
{
#if HAVE_DIRECT_FRAMES
    if (known.direct_frames) {
        return first_argument_directly(generator);
    }
#endif
    return self_by_frame_object(generator_kind(generator), generator);
}

#if HAVE_DIRECT_FRAMES

/* Whether the direct way gives for a sample what the public way does: the internals could differ
 * between the Python that compiled this and the one that runs it. */
static int
check_direct_frames(void)
{
    PyObject *globals = PyDict_New();
    if (globals == NULL) {
        return -1;
    }
    PyObject *sample = PyRun_String("(item for item in (1, 2))", Py_eval_input, globals, globals);
    PyObject *item = sample != NULL ? PyIter_Next(sample) : NULL;
    Place direct = {NULL, 0}, public = {NULL, 0};
    const GeneratorKind *kind = sample != NULL ? generator_kind(sample) : NULL;
    if (item != NULL && kind != NULL && place_by_frame_object(kind, sample, &public) == 1) {
        known.direct_frames = place_directly(sample, &direct) == 1 &&
                              direct.code == public.code && direct.offset == public.offset;
    }
    Py_XDECREF(direct.code);
    Py_XDECREF(public.code);
    Py_XDECREF(item);
    Py_XDECREF(sample);
    Py_DECREF(globals);
    return PyErr_Occurred() ? -1 : 0;
}

#endif

/* ---- What stands between two frames ---------------------------------------------------------- */

static bool
is_wrapper(PyObject *object)
{
    const char *name = Py_TYPE(object)->tp_name;
    if (name[0] != 'a' && name[0] != 'c') {
        return false;
    }
    return strcmp(name, "async_generator_asend") == 0 ||
           strcmp(name, "async_generator_athrow") == 0 ||
           strcmp(name, "coroutine_wrapper") == 0 || strcmp(name, "anext_awaitable") == 0;
}

static int
visit_wrapped(PyObject *object, void *found)
{
    if (!PyCoro_CheckExact(object) && !PyAsyncGen_CheckExact(object) && !is_wrapper(object)) {
        return 0;
    }
    *(PyObject **)found = object;
    return 1;
}

/* The coroutine or async generator behind a wrapper that does not show it as an attribute; NULL
 * if there is none. Borrowed. */
static PyObject *
behind_wrapper(PyObject *object)
{
    PyObject *found = NULL;
    while (object != NULL && is_wrapper(object)) { /* one may stand in another */
        traverseproc traverse = Py_TYPE(object)->tp_traverse;
        found = NULL;
        if (traverse != NULL) {
            traverse(object, visit_wrapped, &found);
        }
        object = found;
    }
    return found;
}

/* ---- Handles and tasks ----------------------------------------------------------------------- */

/* None means that the handle was cancelled. New reference. */
static inline PyObject *
handle_callback(PyObject *handle)
{
    return read_attribute(&known.handle_callback, handle, names._callback);
}

static inline bool
is_timer(PyObject *handle)
{
    return PyObject_TypeCheck(handle, known.timer_handle);
}

static inline bool
is_c_task(PyObject *object)
{
    return known.c_task != NULL && PyObject_TypeCheck(object, known.c_task);
}

static bool
learn_step_wrapper(PyTypeObject *type)
{
    const char *name = strrchr(type->tp_name, '.');
    name = name != NULL ? name + 1 : type->tp_name;
    if (known.step_wrapper != NULL || strcmp(name, "TaskStepMethWrapper") != 0) {
        return false;
    }
    field_find(&known.step_wrapper_self, type, "__self__");
    if (known.step_wrapper_self.owner == NULL) {
        return false; /* something else of that name */
    }
    known.step_wrapper = (PyTypeObject *)Py_NewRef(type);
    return true;
}

static PyObject *
task_of_builtin(PyObject *callback)
{
    PyObject *owner = PyCFunction_GET_SELF(callback);
    if (owner == NULL || !is_c_task(owner)) {
        return NULL;
    }
    const char *name = ((PyCFunctionObject *)callback)->m_ml->ml_name;
    bool wakes = strcmp(name, "TaskWakeup") == 0 || strcmp(name, "task_wakeup") == 0;
    return wakes ? Py_NewRef(owner) : NULL;
}

static PyObject *
task_of_method(PyObject *callback)
{
    PyObject *owner = PyMethod_GET_SELF(callback);
    PyObject *function = PyMethod_GET_FUNCTION(callback);
    if (!PyObject_TypeCheck(owner, known.python_task) || !PyFunction_Check(function)) {
        return NULL;
    }
    PyObject *name = ((PyFunctionObject *)function)->func_name;
    bool steps = PyUnicode_Compare(name, names.__step) == 0 ||
                 PyUnicode_Compare(name, names.__wakeup) == 0;
    return steps ? Py_NewRef(owner) : NULL;
}

/* The task whose step or wake-up a callback is; NULL, without an error, for any other callback.
 * A task's other methods (`loop.call_soon(task.cancel)`) are no steps. New reference. */
static PyObject *
task_of(PyObject *callback)
{
    PyTypeObject *type = Py_TYPE(callback);
    if (type == known.step_wrapper) {
        PyObject *task = field_read(&known.step_wrapper_self, callback);
        if (task != NULL && !is_c_task(task)) {
            Py_CLEAR(task); /* the wrapper was emptied by the garbage collector */
        }
        return task;
    }
    if (type == &PyCFunction_Type) {
        return task_of_builtin(callback);
    }
    if (type == &PyMethod_Type) {
        return task_of_method(callback);
    }
    return learn_step_wrapper(type) ? task_of(callback) : NULL;
}

/* The coroutine that a task drives. New reference. */
static inline PyObject *
task_coroutine(PyObject *task)
{
    if (field_fits(&known.task_coro, task)) {
        return field_read(&known.task_coro, task);
    }
    return PyObject_CallMethodNoArgs(task, names.get_coro);
}

/* What a task waits for, None if it only yielded. New reference. */
static inline PyObject *
task_waiter(PyObject *task)
{
    return read_attribute(&known.task_waiter, task, names._fut_waiter);
}

static int
call_predicate(PyObject *task, PyObject *name)
{
    PyObject *answer = PyObject_CallMethodNoArgs(task, name);
    if (answer == NULL) {
        return -1;
    }
    int truth = PyObject_IsTrue(answer);
    Py_DECREF(answer);
    return truth;
}

/* Whether a C task's state is the given one: 1, 0 or -1. */
static int
task_state_is(PyObject *task, const char *wanted)
{
    PyObject *state = field_read(&known.task_state, task);
    if (state == NULL) {
        return -1;
    }
    int same = PyUnicode_Check(state) && PyUnicode_CompareWithASCIIString(state, wanted) == 0;
    Py_DECREF(state);
    return same;
}

static int
task_is_done(PyObject *task)
{
    if (!field_fits(&known.task_state, task)) {
        return call_predicate(task, names.done);
    }
    int pending = task_state_is(task, "PENDING");
    return pending < 0 ? -1 : !pending;
}

static int
task_was_cancelled(PyObject *task)
{
    if (!field_fits(&known.task_state, task)) {
        return call_predicate(task, names.cancelled);
    }
    return task_state_is(task, "CANCELLED");
}

/* Whether an exception ended a task. Does not mark it as retrieved, as `exception()` would. */
static int
task_has_raised(PyObject *task)
{
    PyObject *error = read_attribute(&known.task_exception, task, names._exception);
    if (error == NULL) {
        return -1;
    }
    int raised = error != Py_None;
    Py_DECREF(error);
    return raised;
}

/* ---- Import ---------------------------------------------------------------------------------- */

static int
find_known(void)
{
    if (known.complete) {
        return 0; /* imported before, by another interpreter of this process */
    }
    if (intern_names() < 0 || find_asyncio() < 0) {
        return -1;
    }
    find_generator_kind(0, &PyCoro_Type, "cr_frame", "cr_await");
    find_generator_kind(1, &PyGen_Type, "gi_frame", "gi_yieldfrom");
    find_generator_kind(2, &PyAsyncGen_Type, "ag_frame", "ag_await");
    for (int i = 0; i < 3; i++) {
        if (known.generators[i].frame.owner == NULL || known.generators[i].awaited.owner == NULL) {
            PyErr_SetString(PyExc_ImportError, "coroutines do not show their frames here");
            return -1;
        }
    }
#if HAVE_DIRECT_FRAMES
    if (check_direct_frames() < 0) {
        return -1;
    }
#endif
    known.complete = true;
    return 0;
}

#endif
