/* Kernel objects that only the calling thread and its children see, so that they can be counted. */
#ifndef SHM_PRIVATE_KERNEL_H
#define SHM_PRIVATE_KERNEL_H

#pragma clang assume_nonnull begin

/* What the calling thread left; each is a descriptor of a namespace. */
struct shm_left_kernel {
    int mounts, objects;
};

/* A mount and an IPC namespace of the calling thread's own: System V objects start at none, `files` is an empty tmpfs, and
 * `queues`, a folder that is made in it, shows the namespace's POSIX message queues. Nothing of it outlasts the processes in
 * it. Returns 0 or -errno. */
int shm_enter_private_kernel(const char *files, const char *queues, struct shm_left_kernel *left);
/* Goes back, and closes the descriptors. Returns 0 or -errno. */
int shm_leave_private_kernel(struct shm_left_kernel left);

#pragma clang assume_nonnull end

#endif
