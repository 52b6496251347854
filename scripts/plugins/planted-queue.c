/*
 * A FIFO lock with a node per participant and one planted bug of choice, which a stress test must find. After
 * J. M. Mellor-Crummey and M. L. Scott, "Algorithms for Scalable Synchronization on Shared-Memory Multiprocessors", ACM
 * TOCS 9(1), 1991.
 *
 *     SHM_PLANTED_BUG=order     a newcomer takes a free lock ahead of waiters
 *     SHM_PLANTED_BUG=share     all participants from the 1,000th on share a node
 *     SHM_PLANTED_BUG=refuse    the 1,000th participant is refused
 */
#define _GNU_SOURCE 1

#include "shm_lock_plugin.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LIMIT = 1000 };

struct node {
    _Alignas(128) _Atomic uint32_t owner; /* the process that owns the node, 0 for none */
    _Atomic uint32_t next, waits;         /* node numbers, from 1 on */
};

struct area {
    _Alignas(128) _Atomic uint32_t tail;
    _Atomic uint32_t taken; /* with the bug `order` */
    struct node nodes[];
};

struct participant {
    struct area *area;
    uint32_t claim, mine;
};

static bool is(const char *bug) {
    const char *planted = getenv("SHM_PLANTED_BUG");
    return planted && strcmp(planted, bug) == 0;
}

static size_t bytes_needed(uint32_t participants) {
    return sizeof(struct area) + participants * sizeof(struct node);
}

static int init(void *memory, uint32_t participants) {
    (void)memory;
    (void)participants;
    return 0;
}

static bool is_dead(uint32_t process) { return kill((pid_t)process, 0) != 0 && errno == ESRCH; }

static int attach(void *memory, uint32_t participants, int fd, void **context) {
    (void)fd;
    struct area *area = memory;
    struct participant *participant = calloc(1, sizeof *participant);
    if (!participant) return ENOMEM;
    for (int takes_from_dead = 0; takes_from_dead < 2; takes_from_dead++) {
        for (uint32_t i = 0; i < participants; i++) {
            if (i >= LIMIT && is("refuse")) break;
            uint32_t owner = area->nodes[i].owner;
            if (owner != 0 && !(takes_from_dead && is_dead(owner))) continue;
            if (!atomic_compare_exchange_strong(&area->nodes[i].owner, &owner, (uint32_t)getpid())) continue;
            *participant = (struct participant){area, i, i >= LIMIT && is("share") ? LIMIT : i + 1};
            *context = participant;
            return 0;
        }
    }
    free(participant);
    return ENOSPC;
}

static void detach(void *context) {
    struct participant *participant = context;
    participant->area->nodes[participant->claim].owner = 0;
    free(participant);
}

static struct node *node(struct participant *participant, uint32_t number) {
    return &participant->area->nodes[number - 1];
}

static int trylock(void *context) {
    struct participant *me = context;
    if (is("order")) return atomic_exchange(&me->area->taken, 1) == 0 ? SHM_LOCK_ACQUIRED : EBUSY;
    uint32_t none = 0;
    node(me, me->mine)->next = 0;
    return atomic_compare_exchange_strong(&me->area->tail, &none, me->mine) ? SHM_LOCK_ACQUIRED : EBUSY;
}

static int lock(void *context) {
    struct participant *me = context;
    if (is("order")) {
        while (trylock(context) != 0) sched_yield();
        return SHM_LOCK_ACQUIRED;
    }
    struct node *mine = node(me, me->mine);
    mine->next = 0;
    mine->waits = 1;
    uint32_t before = atomic_exchange(&me->area->tail, me->mine);
    if (before == 0) return SHM_LOCK_ACQUIRED;
    node(me, before)->next = me->mine;
    for (int spins = 0; mine->waits; spins++)
        if (spins > 100) sched_yield();
    return SHM_LOCK_ACQUIRED;
}

static void unlock(void *context) {
    struct participant *me = context;
    if (is("order")) {
        me->area->taken = 0;
        return;
    }
    struct node *mine = node(me, me->mine);
    if (mine->next == 0) {
        uint32_t last = me->mine;
        if (atomic_compare_exchange_strong(&me->area->tail, &last, 0)) return;
        while (mine->next == 0) sched_yield();
    }
    node(me, mine->next)->waits = 0;
}

static const struct shm_lock_plugin plugin = {
    .abi_version = SHM_LOCK_PLUGIN_ABI,
    .struct_size = sizeof plugin,
    .name = "planted-queue",
    .summary = "FIFO; bug: SHM_PLANTED_BUG",
    .promises = SHM_LOCK_FIFO | SHM_LOCK_SPINS | SHM_LOCK_QUEUES,
    .bytes_needed = bytes_needed,
    .init = init,
    .attach = attach,
    .detach = detach,
    .lock = lock,
    .trylock = trylock,
    .unlock = unlock,
};

const struct shm_lock_plugin *shm_lock_plugin_get(void) { return &plugin; }
