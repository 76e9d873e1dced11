/* The hash tables behind the probe's `Tables`. Open addressing with linear probing, a power of two
 * of places, at most half of them taken. No function here calls into Python, except to get memory
 * and to drop what a table held when it is emptied. */

#ifndef LOOPSCOPE_PROBE_MAPS_H
#define LOOPSCOPE_PROBE_MAPS_H

#include "_probe_python.h"

#define FIRST_CAPACITY 256

static inline size_t
mix(uint64_t key)
{
    key *= UINT64_C(0x9E3779B97F4A7C15);
    return (size_t)(key ^ key >> 32);
}

/* ---- Task numbers by address ----------------------------------------------------------------- */

/* Whether a name may still be given to a task: until its first step ends. */
enum {
    SETTLED,
    UNSETTLED,  /* compare its name with the number in its default name */
    LOOK_AGAIN, /* the registry wants to look */
};

/* Addresses only: the map never keeps a task alive. A task that has died stays here, for whoever
 * asks about it while it is being finalised, until another one is made at its address. */
typedef struct {
    uintptr_t address; /* 0: nothing here */
    uint32_t entity;
    uint16_t unsettled;
    bool is_dead;
    uint64_t number; /* N if it was named Task-N when it was made, else 0 */
    PyObject *ref;   /* its weak reference, strong; NULL where the registry keeps that */
} TaskEntry;

typedef struct {
    TaskEntry *entries;
    size_t mask;
    size_t used;
    size_t unsettled_count;
} TaskMap;

static inline size_t
task_home(const TaskMap *map, uintptr_t address)
{
    return mix(address >> 4) & map->mask;
}

static inline TaskEntry *
task_find(const TaskMap *map, const void *task)
{
    if (map->entries == NULL) {
        return NULL;
    }
    uintptr_t address = (uintptr_t)task;
    size_t at = task_home(map, address);
    while (map->entries[at].address != 0) {
        if (map->entries[at].address == address) {
            return &map->entries[at];
        }
        at = (at + 1) & map->mask;
    }
    return NULL;
}

static void
task_place(TaskMap *map, TaskEntry entry)
{
    size_t at = task_home(map, entry.address);
    while (map->entries[at].address != 0) {
        at = (at + 1) & map->mask;
    }
    map->entries[at] = entry;
}

static int
task_resize(TaskMap *map, size_t capacity)
{
    TaskMap old = *map;
    TaskEntry *entries = PyMem_Calloc(capacity, sizeof(TaskEntry));
    if (entries == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    map->entries = entries;
    map->mask = capacity - 1;
    for (size_t i = 0; old.entries != NULL && i <= old.mask; i++) {
        if (old.entries[i].address != 0) {
            task_place(map, old.entries[i]);
        }
    }
    PyMem_Free(old.entries);
    return 0;
}

static int
task_bind(TaskMap *map, const void *task, uint32_t entity)
{
    TaskEntry *entry = task_find(map, task);
    if (entry != NULL) {
        map->unsettled_count += !entry->unsettled;
        if (entry->entity != entity) {
            entry->number = 0;
        }
        entry->entity = entity;
        entry->is_dead = false;
        entry->unsettled = LOOK_AGAIN;
        return 0;
    }
    size_t capacity = map->entries != NULL ? map->mask + 1 : 0;
    if ((map->used + 1) * 2 > capacity &&
        task_resize(map, capacity != 0 ? capacity * 2 : FIRST_CAPACITY) < 0) {
        return -1;
    }
    task_place(map, (TaskEntry){(uintptr_t)task, entity, LOOK_AGAIN, false, 0, NULL});
    map->used++;
    map->unsettled_count++;
    return 0;
}

static void
task_forget(TaskMap *map, const void *address)
{
    TaskEntry *entry = task_find(map, address);
    if (entry != NULL) {
        map->unsettled_count -= entry->unsettled != SETTLED;
        entry->unsettled = SETTLED;
        entry->is_dead = true;
    }
}

/* Takes an entry out. Moves later entries of the same run back over the gap, so that no search
 * ends there too early. */
static void
task_remove(TaskMap *map, TaskEntry *entry)
{
    size_t gap = (size_t)(entry - map->entries), at = gap;
    map->used--;
    map->unsettled_count -= entry->unsettled != SETTLED;
    for (;;) {
        at = (at + 1) & map->mask;
        if (map->entries[at].address == 0) {
            break;
        }
        size_t home = task_home(map, map->entries[at].address);
        if (((at - home) & map->mask) >= ((at - gap) & map->mask)) {
            map->entries[gap] = map->entries[at];
            gap = at;
        }
    }
    map->entries[gap].address = 0;
}

/* ---- Stacks by outer stack and place --------------------------------------------------------- */

typedef struct {
    const void *where; /* NULL: nothing here */
    intptr_t offset;
    uint32_t parent;
    uint32_t node;
    PyObject *held; /* keeps `where` from being freed and its address from being used again */
} NodeEntry;

typedef struct {
    NodeEntry *entries;
    size_t mask;
    size_t used;
} NodeMap;

static inline size_t
node_home(const NodeMap *map, uint32_t parent, const void *where, intptr_t offset)
{
    uint64_t key = (uint64_t)((uintptr_t)where >> 4) ^ (uint64_t)offset << 20;
    return mix(key + parent * UINT64_C(0xD6E8FEB86659FD93)) & map->mask;
}

/* Returns 0, which is no stack's number, if the stack is not there. */
static inline uint32_t
node_find(const NodeMap *map, uint32_t parent, const void *where, intptr_t offset)
{
    if (map->entries == NULL) {
        return 0;
    }
    size_t at = node_home(map, parent, where, offset);
    for (;; at = (at + 1) & map->mask) {
        const NodeEntry *entry = &map->entries[at];
        if (entry->where == where && entry->parent == parent && entry->offset == offset) {
            return entry->node;
        }
        if (entry->where == NULL) {
            return 0;
        }
    }
}

static void
node_place(NodeMap *map, NodeEntry entry)
{
    size_t at = node_home(map, entry.parent, entry.where, entry.offset);
    while (map->entries[at].where != NULL) {
        at = (at + 1) & map->mask;
    }
    map->entries[at] = entry;
}

static int
node_resize(NodeMap *map, size_t capacity)
{
    NodeMap old = *map;
    NodeEntry *entries = PyMem_Calloc(capacity, sizeof(NodeEntry));
    if (entries == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    map->entries = entries;
    map->mask = capacity - 1;
    for (size_t i = 0; old.entries != NULL && i <= old.mask; i++) {
        if (old.entries[i].where != NULL) {
            node_place(map, old.entries[i]);
        }
    }
    PyMem_Free(old.entries);
    return 0;
}

/* Adds a stack that is not there yet; takes a reference to `held`. */
static int
node_add(NodeMap *map, NodeEntry entry)
{
    size_t capacity = map->entries != NULL ? map->mask + 1 : 0;
    if ((map->used + 1) * 2 > capacity &&
        node_resize(map, capacity != 0 ? capacity * 2 : FIRST_CAPACITY) < 0) {
        return -1;
    }
    Py_INCREF(entry.held);
    node_place(map, entry);
    map->used++;
    return 0;
}

static int
node_traverse(const NodeMap *map, visitproc visit, void *arg)
{
    for (size_t i = 0; map->entries != NULL && i <= map->mask; i++) {
        Py_VISIT(map->entries[i].held);
    }
    return 0;
}

static void
node_clear(NodeMap *map)
{
    NodeMap old = *map;
    *map = (NodeMap){NULL, 0, 0}; /* dropping an object may run code that comes back here */
    for (size_t i = 0; old.entries != NULL && i <= old.mask; i++) {
        Py_XDECREF(old.entries[i].held);
    }
    PyMem_Free(old.entries);
}

/* ---- Numbers of locks, queues and gatherings ------------------------------------------------- */

/* Which number the registry last gave for an object, one object a place. Only a hint: a weak
 * reference tells whether the object is still the same one, so nothing is kept alive. */
#define OBJECT_PLACES 256

typedef struct {
    PyObject *weak; /* NULL: nothing here */
    PyObject *address;
    uint32_t entity;
} ObjectEntry;

typedef struct {
    ObjectEntry entries[OBJECT_PLACES];
} ObjectCache;

static inline ObjectEntry *
object_place(ObjectCache *cache, PyObject *object)
{
    return &cache->entries[mix((uintptr_t)object >> 4) % OBJECT_PLACES];
}

static bool
weakly_refers_to(PyObject *weak, PyObject *object)
{
#if PY_VERSION_HEX >= 0x030D0000
    PyObject *alive;
    if (PyWeakref_GetRef(weak, &alive) <= 0) {
        PyErr_Clear();
        return false;
    }
    Py_DECREF(alive);
    return alive == object;
#else
    return PyWeakref_GET_OBJECT(weak) == object;
#endif
}

/* Returns 0 if the object's number is not known here. */
static uint32_t
object_find(ObjectCache *cache, PyObject *object)
{
    const ObjectEntry *entry = object_place(cache, object);
    bool same = entry->weak != NULL && entry->address == object &&
                weakly_refers_to(entry->weak, object);
    return same ? entry->entity : 0;
}

static int
object_remember(ObjectCache *cache, PyObject *object, uint32_t entity)
{
    PyObject *weak = PyWeakref_NewRef(object, NULL);
    if (weak == NULL) {
        return -1;
    }
    ObjectEntry *entry = object_place(cache, object);
    PyObject *old = entry->weak;
    *entry = (ObjectEntry){weak, object, entity};
    Py_XDECREF(old);
    return 0;
}

static void
object_clear(ObjectCache *cache)
{
    for (int i = 0; i < OBJECT_PLACES; i++) {
        Py_CLEAR(cache->entries[i].weak);
    }
}

#endif
