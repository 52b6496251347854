#include "CJemalloc.h"

#include <jemalloc/jemalloc.h>
#include <stddef.h>

const uint64_t *shm_heap_allocated(void) {
    uint64_t *count = NULL;
    size_t size = sizeof count;
    return mallctl("thread.allocatedp", &count, &size, NULL, 0) == 0 ? count : NULL;
}
