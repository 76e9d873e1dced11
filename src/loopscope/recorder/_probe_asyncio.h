/* What asyncio's handles and tasks say of themselves: which task a callback belongs to, what it
 * waits for, how it ended. */

#ifndef LOOPSCOPE_PROBE_ASYNCIO_H
#define LOOPSCOPE_PROBE_ASYNCIO_H

#include "_probe_frames.h"

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
