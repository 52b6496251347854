/*
 * jemalloc's count of the bytes that the calling thread has allocated so far, jemalloc(3) "thread.allocatedp". A
 * program that links this target allocates through jemalloc.
 */
#ifndef CJEMALLOC_H
#define CJEMALLOC_H

#include <stdint.h>

/* The address of the calling thread's count; NULL if jemalloc was built without it. */
const uint64_t *_Nullable shm_heap_allocated(void);

#endif
