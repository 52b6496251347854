/* Kernel objects and files that only the calling thread and its children see, so that they can be counted or run out. */
#ifndef BENCH_NAMESPACES_H
#define BENCH_NAMESPACES_H

#include <stdint.h>

#pragma clang assume_nonnull begin

/* What the calling thread left; each is a descriptor of a namespace. */
struct bench_left_kernel {
    int mounts, objects;
};

/* A mount and an IPC namespace of the calling thread's own: System V objects start at none, `files` is an empty tmpfs, and
 * `queues`, a folder that is made in it, shows the namespace's POSIX message queues. Nothing of it outlasts the processes in
 * it. Returns 0 or -errno. */
int bench_enter_private_kernel(const char *files, const char *queues, struct bench_left_kernel *left);
/* Goes back, and closes the descriptors. Returns 0 or -errno. */
int bench_leave_private_kernel(struct bench_left_kernel left);

/* A mount namespace of the calling thread's own, in which `directory` is a tmpfs of so many bytes that no other process
 * sees. Returns a descriptor of the namespace that it left, or -errno. */
int bench_enter_private_tmpfs(const char *directory, uint64_t bytes);
/* Goes back, and closes the descriptor. */
int bench_leave_private_tmpfs(int descriptor);

#pragma clang assume_nonnull end

#endif
