/* The hot hooks in C: ready queue and selector of one loop.
 *
 * Twin of `python_probe.py`, which says what is recorded and why: same classes, same records, same
 * tests. What is only here is how it is made cheap:
 *
 *   _probe_python.h  types, names, and attributes read without a lookup
 *   _probe_frames.h  frames of suspended coroutines, read without a new object
 *   _probe_asyncio.h  whose a callback is, how a task ended
 *   _probe_maps.h    hash tables by address
 *   _probe_tables.h  what all loops share: the numbers of tasks and stacks, calls to the registry
 *   _probe_tables_class.h  `Tables`, the class around that
 *   _probe_stacks.h  await stacks, and what a task waits for
 *   _probe_watch.h   stalls seen without the GIL
 *   _probe_tasks.h   tasks introduced to the trace
 *   _probe_ring.h    what is known of each handle in the queue
 *   _probe_state.h   what is known of one loop, and the records about it
 *   _probe_queue.h   the steps of one loop
 *   _probe.c         `ReadyQueue` and the module
 *
 * Everything happens under the GIL. Any call into Python may let other threads or the garbage
 * collector in, and with them other hooks of the same queue. */

#include "_probe_queue.h"
#include "_probe_tables_class.h"

/* The deque's own methods, which the hooks stand in front of. */
static struct {
    PyTypeObject *type;
    PyCFunction append;
    PyCFunction appendleft;
    PyCFunction popleft;
    PyCFunction clear;
    lenfunc length;
} deque;

/* ---- What asyncio calls ---------------------------------------------------------------------- */

/* The queue's own work is done first, so that nothing that goes wrong in recording, a
 * KeyboardInterrupt included, can lose a handle. */

static inline Py_ssize_t
length(PyObject *queue)
{
    return deque.length(queue);
}

static void
let_go(State *self)
{
    if (holds_anything(self)) {
        release_state(self);
    }
}

static PyObject *
ReadyQueue_append(PyObject *queue, PyObject *handle)
{
    State *self = state_of(queue);
    PyObject *result = deque.append(queue, handle);
    if (result == NULL) {
        return NULL;
    }
    if (!is_recording(self)) {
        let_go(self);
    }
    else if (note_ready(self, handle) < 0 && report_failure(self->tables) < 0) {
        Py_CLEAR(result);
    }
    return result;
}

/* Gives a handle back whose step was prevented from beginning. */
static void
put_back(PyObject *queue, PyObject *handle)
{
    PyObject *error = take_exception();
    Py_XDECREF(deque.appendleft(queue, handle));
    set_exception(error);
    Py_DECREF(handle);
}

static PyObject *
ReadyQueue_popleft(PyObject *queue, PyObject *unused)
{
    State *self = state_of(queue);
    PyObject *handle = deque.popleft(queue, NULL);
    if (handle == NULL) {
        return NULL;
    }
    if (!is_recording(self)) {
        let_go(self);
    }
    else if (turn_over(self, handle, length(queue)) < 0 && report_failure(self->tables) < 0) {
        put_back(queue, handle);
        return NULL;
    }
    return handle;
}

static PyObject *
ReadyQueue_clear(PyObject *queue, PyObject *unused)
{
    PyObject *result = deque.clear(queue, NULL);
    ring_clear(&state_of(queue)->ring);
    return result;
}

/* Ends the idle time whatever `select` did, without touching the exception it may have raised. */
static PyObject *
note_events(State *self, int64_t began, PyObject *events)
{
    PyObject *error = events == NULL ? take_exception() : NULL;
    bool is_foreign = idle_ended(self, began, events) < 0 && report_failure(self->tables) < 0;
    if (error != NULL) {
        set_exception(error);
    }
    else if (is_foreign) {
        Py_CLEAR(events);
    }
    return events;
}

static PyObject *
recorded_select(PyObject *pair, PyObject *const *args, Py_ssize_t count, PyObject *keywords)
{
    PyObject *queue = PyTuple_GET_ITEM(pair, 0);
    PyObject *select = PyTuple_GET_ITEM(pair, 1);
    State *self = state_of(queue);
    if (!is_recording(self)) {
        let_go(self);
        return PyObject_Vectorcall(select, args, (size_t)count, keywords);
    }
    int64_t began;
    if (idle_begins(self, length(queue), &began) < 0 && report_failure(self->tables) < 0) {
        return NULL;
    }
    PyObject *events = PyObject_Vectorcall(select, args, (size_t)count, keywords);
    return is_recording(self) ? note_events(self, began, events) : events;
}

static PyMethodDef recorded_select_definition = {
    "select", AS_FUNCTION(recorded_select), METH_FASTCALL | METH_KEYWORDS,
    "The selector's select, which also records when the loop is idle."};

static PyObject *
ReadyQueue_wrap_select(PyObject *queue, PyObject *select)
{
    PyObject *pair = PyTuple_Pack(2, queue, select);
    if (pair == NULL) {
        return NULL;
    }
    PyObject *wrapped = PyCFunction_New(&recorded_select_definition, pair);
    Py_DECREF(pair);
    return wrapped;
}

/* ---- What the recorder calls ----------------------------------------------------------------- */

/* The state of a queue that has tables, NULL with an exception set for one that has not. */
static State *
state_with_tables(PyObject *queue)
{
    State *self = state_of(queue);
    if (self->tables == NULL) {
        PyErr_SetString(PyExc_RuntimeError, "this ReadyQueue was never initialised");
        return NULL;
    }
    return self;
}

static PyObject *
none_unless(int result)
{
    return result < 0 ? NULL : Py_NewRef(Py_None);
}

static PyObject *
ReadyQueue_begin_run(PyObject *queue, PyObject *unused)
{
    State *self = state_with_tables(queue);
    int64_t now;
    if (self == NULL || tables_now(self->tables, &now) < 0) {
        return NULL;
    }
    self->thread = PyThread_get_thread_ident();
    self->runs = true;
    self->phase = OUTSIDE;
    return none_unless(write_mark(self, KIND_BEGIN, now));
}

static PyObject *
ReadyQueue_end_run(PyObject *queue, PyObject *unused)
{
    State *self = state_with_tables(queue);
    int64_t now;
    if (self == NULL || tables_now(self->tables, &now) < 0 ||
        (self->phase == RUNNING && end_step(self, now) < 0) ||
        flush_turn(self, now, length(queue)) < 0) {
        return NULL;
    }
    self->runs = false;
    self->phase = OUTSIDE;
    return none_unless(write_mark(self, KIND_PAUSE, now));
}

static PyObject *
ReadyQueue_begin_inside(PyObject *queue, PyObject *args)
{
    State *self = state_with_tables(queue);
    PyObject *task;
    long long now;
    if (self == NULL || !PyArg_ParseTuple(args, "OL:begin_inside", &task, &now)) {
        return NULL;
    }
    self->thread = PyThread_get_thread_ident();
    self->runs = true;
    if (write_mark(self, KIND_BEGIN, now) < 0) {
        return NULL;
    }
    Wake step = {task != Py_None ? Py_NewRef(task) : NULL, now, UNKNOWN_STEP, WAKE_UNKNOWN};
    self->begin = now;
    start(self, step, 0);
    Py_RETURN_NONE;
}

static PyObject *
ReadyQueue_end_inside(PyObject *queue, PyObject *unused)
{
    State *self = state_with_tables(queue);
    int64_t now;
    if (self == NULL || tables_now(self->tables, &now) < 0) {
        return NULL;
    }
    Wake step = self->step;
    bool was_running = self->phase == RUNNING;
    self->step = NO_WAKE;
    self->again = NO_ENTRY;
    self->runs = false;
    self->phase = OUTSIDE;
    pulse_set(self->pulse, NOT_RUNNING);
    int result = was_running ? write_step(self, &step, now, END_INTERRUPTED, 0, 0) : 0;
    Py_XDECREF(step.task);
    return none_unless(result < 0 ? result : write_mark(self, KIND_PAUSE, now));
}

static PyObject *
ReadyQueue_running_step(PyObject *queue, PyObject *unused)
{
    const State *self = state_of(queue);
    if (self->phase != RUNNING) {
        Py_RETURN_NONE;
    }
    return Py_BuildValue("(IL)", (unsigned int)self->step_count, (long long)self->begin);
}

static PyObject *
ReadyQueue_running_task(PyObject *queue, PyObject *unused)
{
    const State *self = state_of(queue);
    return PyLong_FromUnsignedLong(self->phase == RUNNING ? self->task_id : 0);
}

static PyObject *
ReadyQueue_push_eager(PyObject *queue, PyObject *args)
{
    State *self = state_with_tables(queue);
    unsigned int entity;
    PyObject *coroutine;
    if (self == NULL || !PyArg_ParseTuple(args, "IO:push_eager", &entity, &coroutine)) {
        return NULL;
    }
    if (self->phase != RUNNING || PyThread_get_thread_ident() != self->thread) {
        Py_RETURN_FALSE;
    }
    return push_eager(self, entity, coroutine) < 0 ? NULL : Py_NewRef(Py_True);
}

static PyObject *
ReadyQueue_pop_eager(PyObject *queue, PyObject *task)
{
    State *self = state_with_tables(queue);
    if (self == NULL) {
        return NULL;
    }
    if (self->eager_count == 0 && is_recording(self)) {
        PyErr_SetString(PyExc_IndexError, "pop_eager without a push_eager");
        return NULL;
    }
    return none_unless(self->eager_count > 0 ? pop_eager(self, task) : 0);
}

/* ---- The class ------------------------------------------------------------------------------- */

static int
init_deque(PyObject *queue, PyObject *handles)
{
    PyObject *args = PyTuple_Pack(1, handles);
    int result = args != NULL ? deque.type->tp_init(queue, args, NULL) : -1;
    Py_XDECREF(args);
    return result;
}

static int
note_all(PyObject *queue, PyObject *handles)
{
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(handles); i++) {
        if (note_ready(state_of(queue), PyList_GET_ITEM(handles, i)) < 0) {
            return -1;
        }
    }
    return 0;
}

static int
init_state(State *self, Tables *tables, uint32_t loop)
{
    release_state(self); /* `__init__` may be called twice */
    Tables *before = self->tables;
    memset(self, 0, sizeof(*self));
    self->tables = (Tables *)Py_NewRef((PyObject *)tables);
    self->loop = loop;
    self->phase = OUTSIDE;
    self->step = NO_WAKE;
    self->again = NO_ENTRY;
    self->pulse = watch_take(&tables->watch);
    Py_XDECREF((PyObject *)before);
    return self->pulse != NULL ? 0 : -1;
}

static int
ReadyQueue_init(PyObject *queue, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"tables", "loop", "handles", NULL};
    PyObject *tables, *handles;
    unsigned int loop;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O!IO:ReadyQueue", keywords, tables_type,
                                     &tables, &loop, &handles)) {
        return -1;
    }
    PyObject *list = PySequence_List(handles);
    if (list == NULL) {
        return -1;
    }
    int result = init_state(state_of(queue), (Tables *)tables, loop);
    if (result == 0) {
        result = init_deque(queue, list);
    }
    if (result == 0) {
        result = note_all(queue, list);
    }
    Py_DECREF(list);
    return result;
}

/* A heap type's own methods visit and drop the type; where the deque is one, its methods do. */
static inline bool
deque_is_heap_type(void)
{
    return deque.type->tp_flags & Py_TPFLAGS_HEAPTYPE;
}

static int
ReadyQueue_traverse(PyObject *queue, visitproc visit, void *arg)
{
    if (!deque_is_heap_type()) {
        Py_VISIT(Py_TYPE(queue));
    }
    int result = state_traverse(state_of(queue), visit, arg);
    return result != 0 ? result : deque.type->tp_traverse(queue, visit, arg);
}

static int
ReadyQueue_tp_clear(PyObject *queue)
{
    State *self = state_of(queue);
    release_state(self);
    Py_CLEAR(self->tables);
    return deque.type->tp_clear(queue);
}

static void
ReadyQueue_dealloc(PyObject *queue)
{
    State *self = state_of(queue);
    PyTypeObject *type = Py_TYPE(queue);
    PyObject_GC_UnTrack(queue);
    release_state(self);
    Py_CLEAR(self->tables);
    deque.type->tp_dealloc(queue);
    if (!deque_is_heap_type()) {
        Py_DECREF(type);
    }
}

static PyMethodDef ready_queue_methods[] = {
    {"append", ReadyQueue_append, METH_O, "Add a handle: something became ready."},
    {"popleft", ReadyQueue_popleft, METH_NOARGS,
     "Take the next handle: its step begins, and the one before it has ended."},
    {"clear", ReadyQueue_clear, METH_NOARGS, "Drop all handles: the loop is being closed."},
    {"wrap_select", ReadyQueue_wrap_select, METH_O,
     "Return a select that also records when the loop is idle."},
    {"begin_run", ReadyQueue_begin_run, METH_NOARGS,
     "The loop begins to run, on the calling thread."},
    {"end_run", ReadyQueue_end_run, METH_NOARGS, "The loop has stopped running."},
    {"begin_inside", ReadyQueue_begin_inside, METH_VARARGS,
     "Recording begins inside a running step of a task (None: of a callback)."},
    {"end_inside", ReadyQueue_end_inside, METH_NOARGS,
     "Recording ends inside a running step, which goes on unrecorded."},
    {"running_step", ReadyQueue_running_step, METH_NOARGS,
     "Return ordinal and begin of the step that runs now, None when none does."},
    {"running_task", ReadyQueue_running_task, METH_NOARGS,
     "Return the number of the task whose step runs now, 0 when none does."},
    {"push_eager", ReadyQueue_push_eager, METH_VARARGS,
     "An eager task may start inside the running step; return whether one runs here."},
    {"pop_eager", ReadyQueue_pop_eager, METH_O,
     "The inner step is over; it belonged to this task (None: to the step around it)."},
    {NULL},
};

static PyType_Slot ready_queue_slots[] = {
    {Py_tp_doc, "A loop's ready queue that records what passes through it."},
    {Py_tp_init, ReadyQueue_init},
    {Py_tp_traverse, ReadyQueue_traverse},
    {Py_tp_clear, ReadyQueue_tp_clear},
    {Py_tp_dealloc, ReadyQueue_dealloc},
    {Py_tp_methods, ready_queue_methods},
    {0, NULL},
};

/* ---- The module ------------------------------------------------------------------------------ */

/* The function behind one of the deque's methods, NULL if that is not called as it used to be. */
static PyCFunction
deque_method(const char *name, int flags)
{
    PyObject *method = PyObject_GetAttrString((PyObject *)deque.type, name);
    PyCFunction function = NULL;
    if (method != NULL && Py_IS_TYPE(method, &PyMethodDescr_Type)) {
        const PyMethodDef *definition = ((PyMethodDescrObject *)method)->d_method;
        const int conventions = METH_O | METH_NOARGS | METH_FASTCALL | METH_VARARGS;
        if ((definition->ml_flags & conventions) == flags) {
            function = definition->ml_meth;
        }
    }
    Py_XDECREF(method);
    if (function == NULL && !PyErr_Occurred()) {
        PyErr_Format(PyExc_ImportError, "deque.%s is not what it used to be", name);
    }
    return function;
}

static int
find_deque(void)
{
    deque.type = import_type("collections", "deque");
    if (deque.type == NULL || (deque.append = deque_method("append", METH_O)) == NULL ||
        (deque.appendleft = deque_method("appendleft", METH_O)) == NULL ||
        (deque.popleft = deque_method("popleft", METH_NOARGS)) == NULL ||
        (deque.clear = deque_method("clear", METH_NOARGS)) == NULL) {
        return -1;
    }
    deque.length = deque.type->tp_as_sequence->sq_length;
    const Py_ssize_t alignment = _Alignof(State);
    state_offset = (deque.type->tp_basicsize + alignment - 1) / alignment * alignment;
    return 0;
}

static PyTypeObject *
make_ready_queue_type(void)
{
    PyType_Spec spec = {
        .name = "loopscope.recorder._probe.ReadyQueue",
        .basicsize = (int)(state_offset + (Py_ssize_t)sizeof(State)),
        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
        .slots = ready_queue_slots,
    };
    return (PyTypeObject *)PyType_FromSpecWithBases(&spec, (PyObject *)deque.type);
}

static struct PyModuleDef module_definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_probe",
    .m_doc = "The hot hooks in C: ready queue and selector of one loop.",
    .m_size = -1, /* its state is the process's: classes that are looked up once */
};

PyMODINIT_FUNC
PyInit__probe(void)
{
    if (find_known() < 0 || find_deque() < 0) {
        return NULL;
    }
    tables_type = (PyTypeObject *)PyType_FromSpec(&tables_spec);
    PyTypeObject *ready_queue_type = tables_type != NULL ? make_ready_queue_type() : NULL;
    PyObject *module = ready_queue_type != NULL ? PyModule_Create(&module_definition) : NULL;
    if (module == NULL || PyModule_AddType(module, tables_type) < 0 ||
        PyModule_AddType(module, ready_queue_type) < 0) {
        Py_CLEAR(module);
    }
    Py_XDECREF((PyObject *)ready_queue_type);
    return module;
}
