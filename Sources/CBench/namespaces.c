#define _GNU_SOURCE 1

#include "bench_namespaces.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

int bench_leave_private_kernel(struct bench_left_kernel left) {
    int failure = 0;
    if (setns(left.objects, CLONE_NEWIPC) != 0) failure = errno;
    if (setns(left.mounts, CLONE_NEWNS) != 0) failure = errno;
    close(left.objects);
    close(left.mounts);
    return -failure;
}

int bench_enter_private_kernel(const char *files, const char *queues, struct bench_left_kernel *left) {
    left->mounts = open("/proc/thread-self/ns/mnt", O_RDONLY | O_CLOEXEC);
    if (left->mounts < 0) return -errno;
    left->objects = open("/proc/thread-self/ns/ipc", O_RDONLY | O_CLOEXEC);
    if (left->objects < 0) {
        int failure = errno;
        close(left->mounts);
        return -failure;
    }
    if (unshare(CLONE_NEWNS | CLONE_NEWIPC) == 0) {
        /* A queue file system shows the namespace in which it was mounted. */
        if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 && mount("tmpfs", files, "tmpfs", 0, NULL) == 0 &&
            mkdir(queues, 0700) == 0 && mount("mqueue", queues, "mqueue", 0, NULL) == 0)
            return 0;
        int failure = errno;
        bench_leave_private_kernel(*left);
        return -failure;
    }
    int failure = errno;
    close(left->mounts);
    close(left->objects);
    return -failure;
}

int bench_enter_private_tmpfs(const char *directory, uint64_t bytes) {
    char options[32];
    snprintf(options, sizeof options, "size=%llu", (unsigned long long)bytes);
    int before = open("/proc/thread-self/ns/mnt", O_RDONLY | O_CLOEXEC);
    if (before < 0) return -errno;
    if (unshare(CLONE_NEWNS) == 0) {
        if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 && mount("tmpfs", directory, "tmpfs", 0, options) == 0)
            return before;
        int failure = errno;
        setns(before, CLONE_NEWNS);
        errno = failure;
    }
    int failure = errno;
    close(before);
    return -failure;
}

int bench_leave_private_tmpfs(int descriptor) {
    int outcome = setns(descriptor, CLONE_NEWNS);
    int failure = errno;
    close(descriptor);
    return outcome == 0 ? 0 : -failure;
}
