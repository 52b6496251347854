/* Process descriptors, pidfd_open(2). Unlike a process id, a descriptor never comes to denote another process. */
#ifndef SHM_PIDFD_H
#define SHM_PIDFD_H

/* A close-on-exec descriptor of a process of this PID namespace, or -errno. */
int shm_pidfd_open(int process);

#endif
