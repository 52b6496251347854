/*
 * jemalloc's count of the bytes that the calling thread has allocated so far, jemalloc(3) "thread.allocatedp".
 * Whoever links this target allocates through jemalloc.
 */
#ifndef CJEMALLOC_H
#define CJEMALLOC_H

#include <stdint.h>

/* Where the calling thread's count is; null where jemalloc was built without it. */
const uint64_t *_Nullable shm_heap_allocated(void);

#endif
