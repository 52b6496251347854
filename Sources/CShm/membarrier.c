#define _GNU_SOURCE
#include "CShm.h"

#include <errno.h>
#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

static int command(int wanted) {
    long outcome = syscall(SYS_membarrier, wanted, 0, 0);
    return outcome < 0 ? -errno : (int)outcome;
}

int shm_membarrier_missing(void) {
    int offered = command(MEMBARRIER_CMD_QUERY);
    if (offered < 0) return offered;
    int needed = MEMBARRIER_CMD_GLOBAL_EXPEDITED | MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED;
    return (offered & needed) == needed ? 0 : -ENOSYS;
}

int shm_membarrier_register(void) { return command(MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED); }
int shm_membarrier(void) { return command(MEMBARRIER_CMD_GLOBAL_EXPEDITED); }
