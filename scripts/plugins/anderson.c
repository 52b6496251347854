/*
 * Anderson's array lock: each arrival draws a slot of a ring, and waits there until its predecessor releases the lock. It
 * is FIFO, and each waiter spins on a cache line of its own. An example of a plugin with a state per participant (the slot
 * that it has drawn), and of one that queues and spins.
 *
 * T. E. Anderson, "The Performance of Spin Lock Alternatives for Shared-Memory Multiprocessors", IEEE TPDS 1(1), 1990.
 */
#define _GNU_SOURCE 1

#include "shm_lock_plugin.h"

#include <errno.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

struct place {
    _Alignas(128) _Atomic uint32_t may_enter;
};

struct area {
    _Alignas(128) _Atomic uint32_t next;
    uint32_t places; /* a power of two, so that the counter may wrap */
    struct place circle[];
};

struct participant {
    struct area *area;
    uint32_t mine;
};

static uint32_t places_for(uint32_t participants) {
    uint32_t places = 1;
    while (places < participants) places *= 2;
    return places;
}

static size_t bytes_needed(uint32_t participants) {
    return sizeof(struct area) + places_for(participants) * sizeof(struct place);
}

static int init(void *memory, uint32_t participants) {
    struct area *area = memory;
    area->places = places_for(participants);
    atomic_store(&area->circle[0].may_enter, 1);
    return 0;
}

static int attach(void *memory, uint32_t participants, int fd, void **context) {
    (void)fd;
    struct area *area = memory;
    if (area->places != places_for(participants)) return EINVAL;
    struct participant *participant = malloc(sizeof *participant);
    if (!participant) return ENOMEM;
    participant->area = area;
    *context = participant;
    return 0;
}

static _Atomic uint32_t *place(const struct participant *participant, uint32_t number) {
    return &participant->area->circle[number & (participant->area->places - 1)].may_enter;
}

static int lock(void *context) {
    struct participant *participant = context;
    participant->mine = atomic_fetch_add_explicit(&participant->area->next, 1, memory_order_relaxed);
    _Atomic uint32_t *mine = place(participant, participant->mine);
    for (unsigned spins = 0; atomic_load_explicit(mine, memory_order_acquire) == 0; spins++)
        if (spins > 100) sched_yield();
    atomic_store_explicit(mine, 0, memory_order_relaxed);
    return SHM_LOCK_ACQUIRED;
}

static int trylock(void *context) {
    struct participant *participant = context;
    uint32_t next = atomic_load_explicit(&participant->area->next, memory_order_relaxed);
    if (atomic_load_explicit(place(participant, next), memory_order_acquire) == 0) return EBUSY;
    if (!atomic_compare_exchange_strong(&participant->area->next, &next, next + 1)) return EBUSY;
    participant->mine = next;
    atomic_store_explicit(place(participant, next), 0, memory_order_relaxed);
    return SHM_LOCK_ACQUIRED;
}

static void unlock(void *context) {
    struct participant *participant = context;
    atomic_store_explicit(place(participant, participant->mine + 1), 1, memory_order_release);
}

static const struct shm_lock_plugin plugin = {
    .abi_version = SHM_LOCK_PLUGIN_ABI,
    .struct_size = sizeof plugin,
    .name = "anderson",
    .summary = "Anderson's array lock, with yields",
    .promises = SHM_LOCK_FIFO | SHM_LOCK_SPINS | SHM_LOCK_QUEUES,
    .bytes_needed = bytes_needed,
    .init = init,
    .attach = attach,
    .detach = free,
    .lock = lock,
    .trylock = trylock,
    .unlock = unlock,
};

const struct shm_lock_plugin *shm_lock_plugin_get(void) { return &plugin; }
