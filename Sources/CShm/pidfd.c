#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include "shm_pidfd.h"

#include <errno.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

/* glibc has had wrappers since 2.36. */
int shm_pidfd_open(int process) {
    long outcome = syscall(SYS_pidfd_open, process, 0);
    return outcome < 0 ? -errno : (int)outcome;
}

int shm_pidfd_kill(int descriptor, int signal) {
    return syscall(SYS_pidfd_send_signal, descriptor, signal, NULL, 0) < 0 ? -errno : 0;
}
