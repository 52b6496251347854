#define _GNU_SOURCE 1

#include "bench_processes.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <unistd.h>

static inline long result(long value) { return value < 0 ? -(long)errno : value; }

int bench_die_with_parent(void) { return (int)result(prctl(PR_SET_PDEATHSIG, SIGKILL)); }

int bench_fork_and_exec(const char *path, const char *argument) {
    pid_t child = fork();
    if (child != 0) return (int)result(child);
    int nowhere = open("/dev/null", O_WRONLY);
    if (nowhere >= 0) dup2(nowhere, STDOUT_FILENO);
    execl(path, path, argument, (char *)0);
    _exit(127);
}

/* glibc has a wrapper only since 2.36. */
int bench_pidfd_kill(int descriptor, int signal) {
    return (int)result(syscall(SYS_pidfd_send_signal, descriptor, signal, NULL, 0));
}

long bench_ptrace(int request, int process, uintptr_t address, uintptr_t data) {
    return result(syscall(SYS_ptrace, (long)request, (long)process, address, data));
}

int bench_next_is_system_call(int process) {
    struct user_regs_struct registers;
    struct iovec into = {&registers, sizeof registers};
    if (ptrace(PTRACE_GETREGSET, process, (void *)NT_PRSTATUS, &into) != 0) return -errno;
#if defined(__x86_64__)
    uintptr_t at = registers.rip;
#elif defined(__aarch64__)
    uintptr_t at = registers.pc;
#else
    return -ENOTSUP;
#endif
    errno = 0;
    unsigned long code = (unsigned long)ptrace(PTRACE_PEEKTEXT, process, (void *)at, (void *)0);
    if (errno != 0) return -errno;
#if defined(__x86_64__)
    /* syscall; sysenter and int $0x80 are not used by 64-bit programs. */
    return (code & 0xffff) == 0x050f;
#else
    /* svc #0 */
    return (code & 0xffffffff) == 0xd4000001;
#endif
}

void bench_forget_pages(void *address, uintptr_t length) {
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t start = ((uintptr_t)address + page - 1) / page * page, end = ((uintptr_t)address + length) / page * page;
    if (start < end) madvise((void *)start, end - start, MADV_DONTNEED);
}

int bench_unnamed_file(void) { return (int)result(memfd_create("shmbench", MFD_CLOEXEC)); }
