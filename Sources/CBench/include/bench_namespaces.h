/* Namespaces in which only the calling thread and its children see kernel objects and files, so that they can be
 * counted or exhausted. */
#ifndef BENCH_NAMESPACES_H
#define BENCH_NAMESPACES_H

#include <stdint.h>

#pragma clang assume_nonnull begin

/* The namespaces that the calling thread left, as descriptors. */
struct bench_left_kernel {
    int mounts, objects;
};

/* Enters a mount and an IPC namespace of the calling thread's own. There are no System V objects in it, `files` is
 * an empty tmpfs, and `queues`, a folder created there, shows the namespace's POSIX message queues. The namespaces
 * end with their last process. Returns 0 or -errno. */
int bench_enter_private_kernel(const char *files, const char *queues, struct bench_left_kernel *left);
/* Returns to the former namespaces and closes the descriptors. Returns 0 or -errno. */
int bench_leave_private_kernel(struct bench_left_kernel left);

/* Enters a mount namespace of the calling thread's own, in which `directory` is a tmpfs of that many bytes that no
 * other process sees. Returns a descriptor of the former namespace, or -errno. */
int bench_enter_private_tmpfs(const char *directory, uint64_t bytes);
/* Returns to the former namespace and closes the descriptor. */
int bench_leave_private_tmpfs(int descriptor);

#pragma clang assume_nonnull end

#endif
