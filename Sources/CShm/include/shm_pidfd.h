/* Processes by descriptor, pidfd_open(2): unlike a number, it never comes to mean another process. */
#ifndef SHM_PIDFD_H
#define SHM_PIDFD_H

/* A descriptor of a process of this PID namespace, closed on exec; or -errno. */
int shm_pidfd_open(int process);

#endif
