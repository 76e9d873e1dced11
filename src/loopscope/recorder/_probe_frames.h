/* Where suspended coroutines stand: the code and the instruction of their frames, and what stands
 * between two of them. */

#ifndef LOOPSCOPE_PROBE_FRAMES_H
#define LOOPSCOPE_PROBE_FRAMES_H

#include "_probe_python.h"

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

#endif
