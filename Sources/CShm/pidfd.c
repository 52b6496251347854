#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include "shm_pidfd.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

/* glibc has a wrapper only since 2.36. */
int shm_pidfd_open(int process) {
    long outcome = syscall(SYS_pidfd_open, process, 0);
    return outcome < 0 ? -errno : (int)outcome;
}
