/*
 * The worker's loop in C, for comparison: the same critical section, oracle and phase word, on shared-memory locks that
 * work like ours of the same names.
 *
 *     cbaseline LOCK WORKERS WARMUP_MS WINDOW_MS COUNTERS SECTION THINK
 *
 * SECTION and THINK are iterations of a busy loop inside the critical section and after it. It prints the critical
 * sections per second of all workers.
 *
 *     cbaseline life
 *
 * prints the median time in µs of the system calls with which a segment of 4096 bytes is created and destroyed, and of
 * those with which it is attached and detached: the least that any program takes that makes them.
 */
#define _GNU_SOURCE 1

#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

enum { GATHERING, WARMUP, WINDOW, STOP, MAX_WORKERS = 256 };

struct slot {
    _Atomic uint64_t sections;
    uint64_t window_sections;
    uint64_t contradictions;
    char padding[232];
};

struct node {
    _Alignas(128) _Atomic uint32_t next;
    _Atomic uint32_t granted;
};

struct shared {
    _Alignas(128) _Atomic uint32_t phase;
    _Alignas(128) _Atomic uint32_t arrivals;
    /* A lock word, the next ticket, or the tail of a queue. */
    _Alignas(128) _Atomic uint32_t word;
    _Alignas(128) _Atomic uint32_t called;
    /* Of the floors of robust-futex: lock word and mode word, biased word, state. */
    _Alignas(128) _Atomic uint64_t pair;
    _Atomic uint32_t biased;
    _Alignas(128) _Atomic uint32_t state;
    _Alignas(128) pthread_mutex_t mutex;
    _Alignas(128) pthread_rwlock_t rwlock;
    _Alignas(128) pthread_spinlock_t spin;
    _Alignas(128) sem_t semaphore;
    struct node nodes[MAX_WORKERS];
    _Alignas(128) _Atomic uint32_t owner;
    _Atomic uint64_t mirror;
    _Atomic uint64_t counters[1024];
    _Alignas(128) struct slot slots[MAX_WORKERS];
};

static struct shared *shared;
static int counters;
static uint64_t section_delay, think;

__attribute__((noinline)) static void spin(uint64_t iterations) {
    uint64_t chain = iterations;
    for (uint64_t count = 0; count < iterations; count++) {
        chain = chain * UINT64_C(6364136223846793005) + 1;
        __asm__ volatile("" : : "r"(chain));
    }
}

static long futex(_Atomic uint32_t *word, int operation, uint32_t value) {
    return syscall(SYS_futex, word, operation, value, NULL, NULL, 0);
}

__attribute__((noinline)) static void futex_lock_contended(void) {
    while (atomic_exchange_explicit(&shared->word, 2, memory_order_acquire) != 0)
        futex(&shared->word, FUTEX_WAIT, 2);
}

static inline void futex_lock(void) {
    uint32_t expected = 0;
    if (!atomic_compare_exchange_strong_explicit(
            &shared->word, &expected, 1, memory_order_acquire, memory_order_relaxed))
        futex_lock_contended();
}

static inline void futex_unlock(void) {
    if (atomic_exchange_explicit(&shared->word, 0, memory_order_release) == 2)
        futex(&shared->word, FUTEX_WAKE, 1);
}

static inline void pause_cpu(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

/* Test-and-set: Anderson 1990. */
static inline void tas_lock(void) {
    while (atomic_exchange_explicit(&shared->word, 1, memory_order_acquire) != 0) pause_cpu();
}

static inline void tas_unlock(void) { atomic_store_explicit(&shared->word, 0, memory_order_release); }

/* Ticket lock: Mellor-Crummey and Scott 1991. */
static inline void ticket_lock(void) {
    uint32_t mine = atomic_fetch_add_explicit(&shared->word, 1, memory_order_relaxed);
    while (atomic_load_explicit(&shared->called, memory_order_acquire) != mine) pause_cpu();
}

static inline void ticket_unlock(void) {
    uint32_t mine = atomic_load_explicit(&shared->called, memory_order_relaxed);
    atomic_store_explicit(&shared->called, mine + 1, memory_order_release);
}

/* MCS: Mellor-Crummey and Scott 1991. Nodes are referred to by number plus one. */
static uint32_t self;
static struct node *mine;

static inline void mcs_lock(void) {
    atomic_store_explicit(&mine->next, 0, memory_order_relaxed);
    uint32_t before = atomic_exchange_explicit(&shared->word, self + 1, memory_order_acq_rel);
    if (before == 0) return;
    atomic_store_explicit(&mine->granted, 0, memory_order_relaxed);
    atomic_store_explicit(&shared->nodes[before - 1].next, self + 1, memory_order_release);
    while (atomic_load_explicit(&mine->granted, memory_order_acquire) == 0) pause_cpu();
}

static inline void mcs_unlock(void) {
    uint32_t last = self + 1;
    if (atomic_load_explicit(&mine->next, memory_order_relaxed) == 0 &&
        atomic_compare_exchange_strong_explicit(&shared->word, &last, 0, memory_order_release, memory_order_relaxed))
        return;
    uint32_t next;
    while ((next = atomic_load_explicit(&mine->next, memory_order_acquire)) == 0) pause_cpu();
    atomic_store_explicit(&shared->nodes[next - 1].granted, 1, memory_order_release);
}

static inline void mutex_lock(void) { pthread_mutex_lock(&shared->mutex); }
static inline void mutex_unlock(void) { pthread_mutex_unlock(&shared->mutex); }
static inline void rwlock_lock(void) { pthread_rwlock_wrlock(&shared->rwlock); }
static inline void rwlock_unlock(void) { pthread_rwlock_unlock(&shared->rwlock); }
static inline void spin_lock(void) { pthread_spin_lock(&shared->spin); }
static inline void spin_unlock(void) { pthread_spin_unlock(&shared->spin); }
static inline void semaphore_lock(void) { sem_wait(&shared->semaphore); }
static inline void semaphore_unlock(void) { sem_post(&shared->semaphore); }

static int set = -1;

static inline void sysv(short change) {
    struct sembuf operation = {.sem_num = 0, .sem_op = change, .sem_flg = 0};
    semop(set, &operation, 1);
}

static inline void sysv_lock(void) { sysv(-1); }
static inline void sysv_unlock(void) { sysv(1); }

static int file = -1;

static inline void flock_lock(void) { flock(file, LOCK_EX); }
static inline void flock_unlock(void) { flock(file, LOCK_UN); }

#define RELAXED memory_order_relaxed

/*
 * What robust-futex cannot leave out when one worker has the lock to itself, and nothing else: no slow path, no robust
 * list, no owner's death. The time of these is the least that its modes can take on a machine.
 *
 * Quiet mode: a compare-exchange of both words, a look at the word, a store, and a look at the state after it.
 */
enum { MY_ID = 7 };

static inline void quiet_floor_lock(void) {
    uint64_t expected = 0;
    while (!atomic_compare_exchange_strong_explicit(
        &shared->pair, &expected, MY_ID, memory_order_acquire, memory_order_relaxed)) expected = 0;
}

static inline void quiet_floor_unlock(void) {
    if (atomic_load_explicit(&shared->pair, RELAXED) != MY_ID) abort();
    atomic_store_explicit(&shared->pair, 0, memory_order_release);
    atomic_signal_fence(memory_order_seq_cst);
    if (atomic_load_explicit(&shared->state, RELAXED) != MY_ID) abort();
}

/* Bias: no read-modify-write. The state names this thread before it stores, after it, and after the release. */
static inline void bias_floor_lock(void) {
    if (atomic_load_explicit(&shared->state, RELAXED) != MY_ID) abort();
    if (atomic_load_explicit(&shared->biased, RELAXED) != 0) abort();
    atomic_store_explicit(&shared->biased, MY_ID, RELAXED);
    atomic_signal_fence(memory_order_seq_cst);
    if (atomic_load_explicit(&shared->state, memory_order_acquire) != MY_ID) abort();
}

static inline void bias_floor_unlock(void) {
    atomic_store_explicit(&shared->biased, 0, memory_order_release);
    atomic_signal_fence(memory_order_seq_cst);
    if (atomic_load_explicit(&shared->state, RELAXED) != MY_ID) abort();
}

static inline void no_lock(void) { atomic_signal_fence(memory_order_seq_cst); }

static inline uint64_t section(uint32_t worker) {
    uint32_t me = worker + 1;
    uint64_t contradiction = atomic_load_explicit(&shared->owner, RELAXED);
    atomic_store_explicit(&shared->owner, me, RELAXED);
    uint64_t first = atomic_load_explicit(&shared->counters[0], RELAXED);
    contradiction |= atomic_load_explicit(&shared->mirror, RELAXED) ^ ~first;
    atomic_store_explicit(&shared->mirror, ~(first + 1), RELAXED);
    if (section_delay > 0) spin(section_delay);
    for (int index = 0; index < counters; index++) {
        uint64_t value = atomic_load_explicit(&shared->counters[index], RELAXED);
        atomic_store_explicit(&shared->counters[index], value + 1, RELAXED);
    }
    contradiction |= atomic_load_explicit(&shared->owner, RELAXED) ^ me;
    atomic_store_explicit(&shared->owner, 0, RELAXED);
    return contradiction;
}

static inline __attribute__((always_inline)) void contend(
    uint32_t worker, uint32_t phase, void (*lock)(void), void (*unlock)(void)) {
    struct slot *slot = &shared->slots[worker];
    uint64_t sections = atomic_load_explicit(&slot->sections, RELAXED);
    while (atomic_load_explicit(&shared->phase, RELAXED) == phase) {
        lock();
        uint64_t contradiction = section(worker);
        unlock();
        sections++;
        atomic_store_explicit(&slot->sections, sections, RELAXED);
        if (contradiction) slot->contradictions++;
        if (think > 0) spin(think);
    }
}

static inline __attribute__((always_inline)) void work(uint32_t worker, void (*lock)(void), void (*unlock)(void)) {
    struct slot *slot = &shared->slots[worker];
    self = worker;
    mine = &shared->nodes[worker];
    atomic_fetch_add(&shared->arrivals, 1);
    while (atomic_load(&shared->phase) == GATHERING) futex(&shared->phase, FUTEX_WAIT, GATHERING);
    contend(worker, WARMUP, lock, unlock);
    uint64_t before = atomic_load(&slot->sections);
    contend(worker, WINDOW, lock, unlock);
    slot->window_sections = atomic_load(&slot->sections) - before;
}

/* One function per lock, so that the compiler inlines each into a loop of its own. */
static void work_futex(uint32_t worker) { work(worker, futex_lock, futex_unlock); }
static void work_tas(uint32_t worker) { work(worker, tas_lock, tas_unlock); }
static void work_ticket(uint32_t worker) { work(worker, ticket_lock, ticket_unlock); }
static void work_mcs(uint32_t worker) { work(worker, mcs_lock, mcs_unlock); }
static void work_mutex(uint32_t worker) { work(worker, mutex_lock, mutex_unlock); }
static void work_rwlock(uint32_t worker) { work(worker, rwlock_lock, rwlock_unlock); }
static void work_spin(uint32_t worker) { work(worker, spin_lock, spin_unlock); }
static void work_semaphore(uint32_t worker) { work(worker, semaphore_lock, semaphore_unlock); }
static void work_none(uint32_t worker) { work(worker, no_lock, no_lock); }
static void work_quiet_floor(uint32_t worker) { work(worker, quiet_floor_lock, quiet_floor_unlock); }
static void work_bias_floor(uint32_t worker) { work(worker, bias_floor_lock, bias_floor_unlock); }
static void work_sysv(uint32_t worker) { work(worker, sysv_lock, sysv_unlock); }

static void work_flock(uint32_t worker) {
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    file = open(path, O_RDWR | O_CLOEXEC);
    if (file < 0) _exit(1);
    work(worker, flock_lock, flock_unlock);
}

enum mutex_kind { PLAIN, ADAPTIVE = 1, ROBUST = 2, INHERIT = 4 };

static const struct lock {
    const char *name;
    void (*work)(uint32_t worker);
    int mutex;
} locks[] = {
    {"futex", work_futex, PLAIN},
    {"tas", work_tas, PLAIN},
    {"ticket", work_ticket, PLAIN},
    {"mcs", work_mcs, PLAIN},
    {"pthread-mutex", work_mutex, PLAIN},
    {"pthread-adaptive", work_mutex, ADAPTIVE},
    {"pthread-robust", work_mutex, ROBUST},
    {"pthread-pi", work_mutex, INHERIT},
    {"pthread-robust-pi", work_mutex, ROBUST | INHERIT},
    {"pthread-rwlock", work_rwlock, PLAIN},
    {"pthread-spin", work_spin, PLAIN},
    {"posix-sem", work_semaphore, PLAIN},
    {"sysv-sem", work_sysv, PLAIN},
    {"flock", work_flock, PLAIN},
    {"none", work_none, PLAIN},
    {"quiet-floor", work_quiet_floor, PLAIN},
    {"bias-floor", work_bias_floor, PLAIN},
};

static const struct lock *find(const char *name) {
    for (size_t index = 0; index < sizeof locks / sizeof *locks; index++)
        if (strcmp(locks[index].name, name) == 0) return &locks[index];
    return NULL;
}

static bool prepare(const struct lock *lock) {
    pthread_mutexattr_t mutex;
    pthread_mutexattr_init(&mutex);
    pthread_mutexattr_setpshared(&mutex, PTHREAD_PROCESS_SHARED);
    if (lock->mutex & ADAPTIVE) pthread_mutexattr_settype(&mutex, PTHREAD_MUTEX_ADAPTIVE_NP);
    if (lock->mutex & ROBUST) pthread_mutexattr_setrobust(&mutex, PTHREAD_MUTEX_ROBUST);
    if (lock->mutex & INHERIT) pthread_mutexattr_setprotocol(&mutex, PTHREAD_PRIO_INHERIT);
    pthread_rwlockattr_t rwlock;
    pthread_rwlockattr_init(&rwlock);
    pthread_rwlockattr_setpshared(&rwlock, PTHREAD_PROCESS_SHARED);
    if (pthread_mutex_init(&shared->mutex, &mutex) || pthread_rwlock_init(&shared->rwlock, &rwlock) ||
        pthread_spin_init(&shared->spin, PTHREAD_PROCESS_SHARED) || sem_init(&shared->semaphore, 1, 1))
        return false;
    file = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (lock->work != work_sysv) return file >= 0;
    set = semget(IPC_PRIVATE, 1, 0600);
    sysv_unlock();
    return set >= 0;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void enter(uint32_t phase) {
    atomic_store(&shared->phase, phase);
    futex(&shared->phase, FUTEX_WAKE, INT32_MAX);
}

static void rest(int milliseconds) {
    struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000L};
    nanosleep(&time, NULL);
}

static int ascending(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static bool mark(int descriptor, off_t place, short type) {
    struct flock lock = {.l_type = type, .l_whence = SEEK_SET, .l_start = place, .l_len = 1};
    return fcntl(descriptor, F_OFD_SETLK, &lock) == 0;
}

/* Creates a file without a name, reserves its memory, marks it, maps the control block, and links it. */
static int create(const char *path, void **block) {
    struct stat status;
    struct rlimit limit;
    getrlimit(RLIMIT_FSIZE, &limit);
    int descriptor = open("/dev/shm", O_TMPFILE | O_RDWR | O_CLOEXEC, 01600);
    if (descriptor < 0 || fallocate(descriptor, 0, 0, 8192) != 0) return -1;
    /* Where the file system has no such attributes, the call is made all the same. */
    fsetxattr(descriptor, "user.shmcore", "", 0, 0);
    *block = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 4096);
    if (*block == MAP_FAILED || fstat(descriptor, &status) != 0) return -1;
    memset(*block, 1, 128);
    return linkat(descriptor, "", AT_FDCWD, path, AT_EMPTY_PATH) == 0 ? descriptor : -1;
}

static bool destroy(const char *path, int descriptor, void *block) {
    struct stat status;
    bool done = mark(descriptor, 1, F_WRLCK) && lstat(path, &status) == 0 && geteuid() == status.st_uid && unlink(path) == 0;
    futex(block, FUTEX_WAKE, INT32_MAX);
    return close(descriptor) == 0 && munmap(block, 4096) == 0 && done;
}

/* Opens the file, holds a place in it, maps the control block and the data, and undoes that. */
static bool attach_and_detach(const char *path) {
    struct stat status;
    int descriptor = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (descriptor < 0 || fstat(descriptor, &status) != 0 || !mark(descriptor, 8, F_WRLCK)) return false;
    void *data = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (data == MAP_FAILED) return false;
    return mark(descriptor, 8, F_UNLCK) && munmap(data, 4096) == 0 && close(descriptor) == 0;
}

static int measure_life(void) {
    enum { LIVES = 2000 };
    static double lives[LIVES], attachments[LIVES];
    char path[64];
    void *block;
    snprintf(path, sizeof path, "/dev/shm/selfbench-life-%d", getpid());
    for (int index = 0; index < LIVES; index++) {
        double start = now();
        int descriptor = create(path, &block);
        if (descriptor < 0 || !destroy(path, descriptor, block)) return 1;
        lives[index] = (now() - start) * 1e6;
    }
    int descriptor = create(path, &block);
    if (descriptor < 0) return 1;
    for (int index = 0; index < LIVES; index++) {
        double start = now();
        if (!attach_and_detach(path)) return 1;
        attachments[index] = (now() - start) * 1e6;
    }
    if (!destroy(path, descriptor, block)) return 1;
    qsort(lives, LIVES, sizeof *lives, ascending);
    qsort(attachments, LIVES, sizeof *attachments, ascending);
    printf("%.2f %.2f\n", lives[LIVES / 2], attachments[LIVES / 2]);
    return 0;
}

int main(int count, char **arguments) {
    if (count == 2 && strcmp(arguments[1], "life") == 0) return measure_life();
    int workers = count == 8 ? atoi(arguments[2]) : 0;
    counters = count == 8 ? atoi(arguments[5]) : 0;
    section_delay = count == 8 ? strtoull(arguments[6], NULL, 10) : 0;
    think = count == 8 ? strtoull(arguments[7], NULL, 10) : 0;
    const struct lock *lock = count == 8 ? find(arguments[1]) : NULL;
    if (!lock || workers < 1 || workers > MAX_WORKERS || counters < 1 || counters > 1024) {
        fprintf(stderr, "usage: cbaseline LOCK WORKERS WARMUP_MS WINDOW_MS COUNTERS SECTION THINK\n");
        return 64;
    }
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) return 1;
    atomic_store(&shared->mirror, ~UINT64_C(0));
    atomic_store(&shared->state, MY_ID);
    if (!prepare(lock)) return 1;
    pid_t children[MAX_WORKERS];
    for (int worker = 0; worker < workers; worker++) {
        children[worker] = fork();
        if (children[worker] < 0) return 1;
        if (children[worker] == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            lock->work((uint32_t)worker);
            _exit(0);
        }
    }
    while (atomic_load(&shared->arrivals) < (uint32_t)workers) rest(1);
    enter(WARMUP);
    rest(atoi(arguments[3]));
    double start = now();
    enter(WINDOW);
    rest(atoi(arguments[4]));
    enter(STOP);
    double length = now() - start;
    uint64_t sum = 0, contradictions = 0;
    for (int worker = 0; worker < workers; worker++) {
        waitpid(children[worker], NULL, 0);
        sum += shared->slots[worker].window_sections;
        contradictions += shared->slots[worker].contradictions;
    }
    if (set >= 0) semctl(set, 0, IPC_RMID);
    printf("%.1f\n", (double)sum / length);
    return contradictions == 0 ? 0 : 3;
}
