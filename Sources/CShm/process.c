#define _GNU_SOURCE
#include "CShm.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

_Thread_local shm_thread shm_this_thread;

static pthread_mutex_t registry = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t prepared = PTHREAD_ONCE_INIT;
static pthread_key_t exit_key;
static int exit_key_failure;

/* Pages for which the kernel rejects MADV_WIPEONFORK: the child zeroes them itself. */
static struct {
    void *start;
    uintptr_t size;
} *unwiped;
static size_t unwiped_count;

/* Descriptors that the child of a fork closes. */
static struct {
    int fd;
    dev_t device;
    ino_t inode;
} *closing;
static size_t closing_count, closing_room;

/* Whether this process has its generation number. Lies in a page that is zeroed on fork. */
enum { NUMBER_WANTED = 0, NUMBERING = 1, NUMBERED = 2 };
static _Atomic uint32_t *has_number;
static _Atomic uint32_t generation;

static void *map_wiped(uintptr_t size) {
    void *start = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED) return NULL;
    if (madvise(start, size, MADV_WIPEONFORK) == 0) return start;
    void *grown = realloc(unwiped, (unwiped_count + 1) * sizeof *unwiped);
    if (!grown) {
        munmap(start, size);
        return NULL;
    }
    unwiped = grown;
    unwiped[unwiped_count].start = start;
    unwiped[unwiped_count++].size = size;
    return start;
}

static void lock_registry(void) { pthread_mutex_lock(&registry); }
void shm_registry_unlock(void) { pthread_mutex_unlock(&registry); }

static void become_child(void) {
    /* The child has none of the nodes that it may point at. */
    if (shm_this_thread.pending) *(uintptr_t *)shm_this_thread.pending = 0;
    shm_this_thread = (shm_thread){0};
    for (size_t i = 0; i < unwiped_count; i++) memset(unwiped[i].start, 0, unwiped[i].size);
    for (size_t i = 0; i < closing_count; i++) {
        /* A program that closes all descriptors may have reused the number for another file. */
        struct stat status;
        if (fstat(closing[i].fd, &status) == 0 && status.st_dev == closing[i].device && status.st_ino == closing[i].inode)
            close(closing[i].fd);
    }
    closing_count = 0;
    pthread_mutex_unlock(&registry);
}

static void call_exit_function(void *function) { ((void (*)(void))function)(); }

static void prepare(void) {
    int failure = pthread_atfork(lock_registry, shm_registry_unlock, become_child);
    exit_key_failure = failure ? failure : pthread_key_create(&exit_key, call_exit_function);
    has_number = map_wiped((uintptr_t)sysconf(_SC_PAGESIZE));
    /* Without that page a process cannot detect that it was forked. */
    if (!has_number) abort();
}

void shm_registry_lock(void) {
    pthread_once(&prepared, prepare);
    lock_registry();
}

int shm_close_in_child(int fd) {
    if (closing_count == closing_room) {
        size_t room = closing_room ? 2 * closing_room : 16;
        void *grown = realloc(closing, room * sizeof *closing);
        if (!grown) return -ENOMEM;
        closing = grown;
        closing_room = room;
    }
    struct stat status;
    if (fstat(fd, &status) != 0) return -errno;
    closing[closing_count].fd = fd;
    closing[closing_count].device = status.st_dev;
    closing[closing_count++].inode = status.st_ino;
    return 0;
}

void shm_keep_in_child(int fd) {
    for (size_t i = closing_count; i-- > 0;) {
        if (closing[i].fd != fd) continue;
        closing[i] = closing[--closing_count];
        break;
    }
}

void *shm_map_wiped(uintptr_t size) { return map_wiped(size); }

uint32_t shm_generation(void) {
    pthread_once(&prepared, prepare);
    while (atomic_load_explicit(has_number, memory_order_acquire) != NUMBERED) {
        uint32_t wanted = NUMBER_WANTED;
        if (atomic_compare_exchange_strong(has_number, &wanted, NUMBERING)) {
            atomic_fetch_add_explicit(&generation, 1, memory_order_relaxed);
            atomic_store_explicit(has_number, NUMBERED, memory_order_release);
        }
    }
    return atomic_load_explicit(&generation, memory_order_relaxed);
}

shm_thread *shm_thread_self(void) {
    uint32_t now = shm_generation();
    if (shm_this_thread.generation != now) shm_this_thread = (shm_thread){.generation = now};
    return &shm_this_thread;
}

void shm_forget_thread(void) { shm_this_thread = (shm_thread){0}; }

uint32_t shm_gettid(void) { return (uint32_t)gettid(); }

uint32_t shm_remember_thread_id(void) { return shm_thread_self()->id = shm_gettid(); }

int shm_at_thread_exit(void (*function)(void)) {
    pthread_once(&prepared, prepare);
    return -(exit_key_failure ? exit_key_failure : pthread_setspecific(exit_key, (void *)function));
}

/* pidfd_open(2), and the pidfd requests that open a namespace of the process (Linux 6.11). */
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
enum { PIDFD_IPC_NAMESPACE = 0xff02, PIDFD_PID_NAMESPACE = 0xff05 };

static uint64_t inode_of_namespace(const char *path, unsigned long request) {
    struct stat status;
    if (stat(path, &status) == 0) return status.st_ino;
    int process = (int)syscall(SYS_pidfd_open, getpid(), 0);
    if (process < 0) return 0;
    int found = ioctl(process, request, 0);
    close(process);
    if (found < 0) return 0;
    uint64_t inode = fstat(found, &status) == 0 ? status.st_ino : 0;
    close(found);
    return inode;
}

uint64_t shm_pid_namespace(void) { return inode_of_namespace("/proc/self/ns/pid", PIDFD_PID_NAMESPACE); }
uint64_t shm_boot(void) {
    int file = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    char text[36];
    uint64_t digits = 0;
    if (read(file, text, sizeof text) == sizeof text)
        /* A random UUID: take the last 16 digits, of which the first two bits are fixed. */
        for (int i = 19; i < 36; i++) {
            if (text[i] == '-') continue;
            int digit = text[i] <= '9' ? text[i] - '0' : (text[i] | 0x20) - 'a' + 10;
            digits = digits << 4 | (uint64_t)(digit & 15);
        }
    close(file);
    return digits;
}

uint64_t shm_ipc_namespace(void) { return inode_of_namespace("/proc/self/ns/ipc", PIDFD_IPC_NAMESPACE); }
