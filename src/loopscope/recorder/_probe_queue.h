/* The steps of one loop: what begins them, what ends them, and who made them ready.
 *
 * Each function is the twin's method of that name. All of them return 0, or -1 with an exception
 * set, and leave the state whole before they call into Python. */

#ifndef LOOPSCOPE_PROBE_QUEUE_H
#define LOOPSCOPE_PROBE_QUEUE_H

#include "_probe_asyncio.h"
#include "_probe_stacks.h"
#include "_probe_state.h"
#include "_probe_tasks.h"

/* ---- The end of a step ----------------------------------------------------------------------- */

static int
end_of(PyObject *task)
{
    int cancelled = task_was_cancelled(task);
    if (cancelled != 0) {
        return cancelled < 0 ? -1 : END_CANCELLED;
    }
    int raised = task_has_raised(task);
    return raised < 0 ? -1 : raised ? END_RAISED : END_RETURNED;
}

static int
write_last_step(State *self, const Wake *step, int64_t now)
{
    int end = end_of(step->task);
    if (end < 0 || write_step(self, step, now, (unsigned)end, 0, 0) < 0) {
        return -1;
    }
    if (end != END_RAISED) {
        return 0;
    }
    return done_with(CALL_REGISTRY(self->tables, names.raised,
                                   PyLong_FromUnsignedLong(self->task_id), Py_NewRef(step->task),
                                   PyLong_FromLongLong(now)));
}

static int
write_suspended_step(State *self, const Wake *step, PyObject *waiter, int64_t now)
{
    AwaitStack stack;
    uint32_t waits_for = 0;
    int result = await_stack(self->tables, step->task, &stack);
    if (result == 0) {
        result = awaited_object(self->tables, waiter, &stack, now, &waits_for);
    }
    if (result == 0) {
        result = write_step(self, step, now, END_SUSPENDED, stack.node & ~OWNER_FLAG, waits_for);
    }
    Py_XDECREF(stack.innermost);
    return result;
}

static int
end_task_step(State *self, const Wake *step, bool is_ready_again, int64_t now)
{
    PyObject *waiter = task_waiter(step->task);
    if (waiter == NULL) {
        return -1;
    }
    int done = waiter == Py_None && !is_ready_again ? task_is_done(step->task) : 0;
    int result = done;
    if (done > 0) {
        result = write_last_step(self, step, now);
    }
    else if (done == 0) {
        result = write_suspended_step(self, step, waiter, now);
    }
    Py_DECREF(waiter);
    return result < 0 ? -1 : settle(self, step->task, now);
}

/* Writes the running step, which ended now. */
static int
end_step(State *self, int64_t now)
{
    Wake step = self->step;
    RingEntry *again = ring_at(&self->ring, self->again);
    bool is_ready_again = self->again != NO_ENTRY;
    self->step = NO_WAKE;
    self->again = NO_ENTRY;
    self->phase = self->has_turn ? DISPATCH : OUTSIDE;
    pulse_set(self->pulse, NOT_RUNNING);
    if (again != NULL) {
        again->wake.ready = now; /* the last thing in its step is what made it ready */
    }
    if (step.task == NULL) {
        return write_step(self, &step, now, END_CALLBACK, self->callback_node, 0);
    }
    int result = end_task_step(self, &step, is_ready_again, now);
    Py_DECREF(step.task);
    return result;
}

/* ---- Something becomes ready ----------------------------------------------------------------- */

/* Introduces a task that is seen for the first time. */
static int
note_task(State *self, PyObject *task, int64_t now, uint32_t parent)
{
    if (self->eager_count > 0) {
        PyObject *coroutine = task_coroutine(task);
        if (coroutine == NULL) {
            return -1;
        }
        Py_DECREF(coroutine);
        if (coroutine == self->eager_coroutine) {
            Py_XSETREF(self->step.task, Py_NewRef(task));
            return task_bind(&self->tables->tasks, task, self->task_id);
        }
    }
    int introduced = introduce_task(self, task, now, parent);
    if (introduced != 0) {
        return introduced < 0 ? -1 : 0;
    }
    return done_with(CALL_REGISTRY(self->tables, names.new_task, Py_NewRef(task),
                                   PyLong_FromLongLong(now), PyLong_FromUnsignedLong(parent)));
}

/* When a timer was due. */
static int
timer_due(const State *self, PyObject *handle, int64_t *due)
{
    PyObject *when = read_attribute(&known.timer_when, handle, names._when);
    if (when == NULL) {
        return -1;
    }
    double seconds = PyFloat_AsDouble(when);
    Py_DECREF(when);
    if (seconds == -1.0 && PyErr_Occurred()) {
        return -1;
    }
    *due = (int64_t)(seconds * 1e9 + 0.5) - self->tables->origin_ns;
    return 0;
}

/* A handle that the loop itself found ready: an event, or a timer. */
static int
dispatched_wake(const State *self, PyObject *handle, Wake *wake)
{
    wake->kind = WAKE_IO;
    wake->ready = self->turn_ended;
    if (!is_timer(handle)) {
        return 0;
    }
    int64_t due;
    if (timer_due(self, handle, &due) < 0) {
        return -1;
    }
    wake->kind = WAKE_TIMER;
    due = due > 0 ? due : 0;
    wake->ready = due < wake->ready ? due : wake->ready;
    return 0;
}

/* Fills in the job that another thread is working on. The loop may have taken the entry by now. */
static int
note_job(State *self, uint64_t sequence)
{
    uint32_t job;
    if (number_from(call_registry(self->tables, names.job, NULL, 0), &job) < 0) {
        return -1;
    }
    RingEntry *entry = ring_at(&self->ring, sequence);
    if (entry != NULL) {
        entry->wake.waker = job;
    }
    return 0;
}

/* Who wakes what is being appended. Only reads the clock where the answer needs it. */
static int
find_wake(State *self, PyObject *handle, uint64_t sequence, bool is_new, Wake *wake)
{
    bool on_loop_thread = PyThread_get_thread_ident() == self->thread;
    if (!on_loop_thread && self->thread != 0) {
        wake->kind = WAKE_THREAD;
        wake->waker = 0;
        return tables_now(self->tables, &wake->ready);
    }
    if (self->phase == RUNNING) {
        wake->kind = WAKE_STEP;
        wake->waker = self->step_count;
        if (on_loop_thread && wake->task != NULL && wake->task == self->step.task) {
            self->again = sequence;
            wake->ready = self->begin; /* until the step ends, which is when it became ready */
            if (!is_new) {
                return 0;
            }
        }
        return tables_now(self->tables, &wake->ready);
    }
    if (self->phase == DISPATCH) {
        return dispatched_wake(self, handle, wake);
    }
    wake->kind = WAKE_OUTSIDE;
    return tables_now(self->tables, &wake->ready);
}

/* Notes a handle that has just been appended; takes over the reference to its task. */
static int
note_handle(State *self, PyObject *handle, PyObject *task, uint64_t sequence)
{
    bool is_new = task != NULL && entity_of(self->tables, task) == 0;
    Wake wake = {task, 0, UNKNOWN_STEP, WAKE_UNKNOWN};
    int result = find_wake(self, handle, sequence, is_new, &wake);
    RingEntry *entry = result < 0 ? NULL : ring_at(&self->ring, sequence);
    if (entry == NULL) {
        Py_XDECREF(task); /* a clock in Python let another thread take the handle meanwhile */
        return result;
    }
    entry->wake = wake;
    if (is_new) {
        uint32_t parent = wake.kind == WAKE_STEP ? self->task_id : 0;
        Py_INCREF(task);
        result = note_task(self, task, wake.ready, parent);
        if (task == self->step.task && self->phase == RUNNING && wake.kind == WAKE_STEP) {
            self->again = sequence; /* an eager task's first step: it has just become known */
        }
        Py_DECREF(task);
    }
    if (result == 0 && wake.kind == WAKE_THREAD) {
        result = note_job(self, sequence);
    }
    return result;
}

static int
note_ready(State *self, PyObject *handle)
{
    uint64_t sequence;
    if (ring_push(&self->ring, handle, &sequence) < 0) {
        return -1;
    }
    PyObject *callback = handle_callback(handle);
    if (callback == NULL) {
        return -1;
    }
    PyObject *task = callback != Py_None ? task_of(callback) : NULL;
    bool cancelled = callback == Py_None; /* before it got here */
    Py_DECREF(callback);
    if (cancelled) {
        return 0;
    }
    return task == NULL && PyErr_Occurred() ? -1 : note_handle(self, handle, task, sequence);
}

/* ---- A step begins --------------------------------------------------------------------------- */

/* Begins a step; takes over the reference to its task. */
static void
start(State *self, Wake step, uint32_t callback_node)
{
    PyObject *before = self->step.task;
    self->step = step;
    self->task_id = step.task != NULL ? entity_of(self->tables, step.task) : 0;
    self->callback_node = callback_node;
    self->again = NO_ENTRY;
    self->phase = RUNNING;
    pulse_set(self->pulse, self->begin);
    Py_XDECREF(before);
}

/* Begins the step of a handle that was not cancelled. */
static int
begin_step(State *self, PyObject *callback, PyObject *handle, Py_ssize_t queued, int64_t now)
{
    Wake step;
    uint32_t node = 0;
    if (!ring_take(&self->ring, handle, (size_t)queued, &step)) {
        step = (Wake){task_of(callback), now, UNKNOWN_STEP, WAKE_UNKNOWN};
        if (step.task == NULL && PyErr_Occurred()) {
            return -1;
        }
    }
    if (flush_turn(self, now, queued + 1) < 0 ||
        (step.task == NULL && callback_node(self->tables, callback, &node) < 0)) {
        Py_XDECREF(step.task);
        return -1;
    }
    self->begin = now;
    start(self, step, node);
    return 0;
}

/* One step has ended and the next one begins. `queued` is how many handles are left. */
static int
turn_over(State *self, PyObject *handle, Py_ssize_t queued)
{
    int64_t now;
    if (tables_now(self->tables, &now) < 0 ||
        (self->phase == RUNNING && end_step(self, now) < 0)) {
        return -1;
    }
    PyObject *callback = handle_callback(handle);
    if (callback == NULL) {
        return -1;
    }
    int result = 0;
    if (callback != Py_None && self->runs) {
        result = begin_step(self, callback, handle, queued, now);
    }
    else {
        /* Cancelled; or somebody turns the loop by hand. */
        Wake unused = NO_WAKE;
        ring_take(&self->ring, handle, (size_t)queued, &unused);
        Py_XDECREF(unused.task);
    }
    Py_DECREF(callback);
    return result;
}

/* ---- The loop waits -------------------------------------------------------------------------- */

static int
idle_begins(State *self, Py_ssize_t queued, int64_t *now)
{
    *now = self->begin;
    int result = tables_now(self->tables, now);
    if (result == 0 && self->phase == RUNNING) {
        result = end_step(self, *now);
    }
    if (result == 0) {
        result = flush_turn(self, *now, queued);
    }
    self->phase = IDLE;
    return result;
}

/* The length of what a selector returned, 0 if that has none. */
static Py_ssize_t
count_events(PyObject *events)
{
    const PyTypeObject *type = Py_TYPE(events);
    bool has_length = (type->tp_as_sequence != NULL && type->tp_as_sequence->sq_length != NULL) ||
                      (type->tp_as_mapping != NULL && type->tp_as_mapping->mp_length != NULL);
    return has_length ? PyObject_Size(events) : 0;
}

/* `events` is NULL if the selector raised an exception. */
static int
idle_ended(State *self, int64_t began, PyObject *events)
{
    if (self->phase != IDLE) {
        return 0;
    }
    Py_ssize_t count = events != NULL ? count_events(events) : 0;
    if (count < 0 || tables_now(self->tables, &self->turn_ended) < 0) {
        return -1;
    }
    self->turn_began = began;
    self->turn_events = (uint32_t)count;
    self->has_turn = true;
    self->phase = DISPATCH;
    return 0;
}

/* ---- Steps of eager tasks -------------------------------------------------------------------- */

static int
push_eager(State *self, uint32_t entity, PyObject *coroutine)
{
    int64_t now;
    if (tables_now(self->tables, &now) < 0) {
        return -1;
    }
    Outer *eager = PyMem_Realloc(self->eager, (self->eager_count + 1) * sizeof(Outer));
    if (eager == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    Wake step = self->step;
    self->eager = eager;
    self->eager[self->eager_count++] = (Outer){{step.task, now, self->step_count, WAKE_RESUMED},
                                               self->task_id, self->callback_node,
                                               self->eager_coroutine};
    self->eager_coroutine = Py_NewRef(coroutine);
    self->step = (Wake){NULL, now, self->step_count, WAKE_RESUMED};
    self->again = NO_ENTRY;
    int result = write_step(self, &step, now, END_INTERRUPTED, 0, 0);
    self->task_id = entity;
    self->callback_node = 0;
    pulse_set(self->pulse, now);
    return result;
}

static int
pop_eager(State *self, PyObject *task)
{
    int64_t now;
    if (tables_now(self->tables, &now) < 0) {
        return -1;
    }
    int result;
    if (task == Py_None) {
        Wake step = self->step;
        const Outer *around = &self->eager[self->eager_count - 1];
        self->step = NO_WAKE;
        self->task_id = around->task_id;
        self->callback_node = around->callback_node;
        result = write_step(self, &step, now, END_INTERRUPTED, 0, 0);
        Py_XDECREF(step.task);
    }
    else {
        Py_XSETREF(self->step.task, Py_NewRef(task));
        result = end_step(self, now);
    }
    if (self->eager_count == 0) {
        return result; /* recording has ended meanwhile */
    }
    Outer outer = self->eager[--self->eager_count];
    PyObject *coroutine = self->eager_coroutine;
    outer.step.ready = now;
    outer.step.waker = self->step_count - 1;
    self->eager_coroutine = outer.coroutine;
    self->step = outer.step;
    self->task_id = outer.task_id;
    self->callback_node = outer.callback_node;
    self->begin = now;
    self->again = NO_ENTRY;
    self->phase = RUNNING;
    pulse_set(self->pulse, now);
    Py_XDECREF(coroutine);
    return result;
}

#endif
