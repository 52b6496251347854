/*
 * Store-buffering litmus tests between two processes that share memory and run on two CPUs: a fast side, which stores to
 * one word and loads the other without a fence in between, and a slow side, which does the same in the opposite order
 * with or without one. Outcome sought: neither side sees the store of the other. This is C because the accesses must
 * follow each other without the calls that a debug build of Swift puts in between.
 */
#ifndef LITMUS_H
#define LITMUS_H

#include <stdint.h>

#pragma clang assume_nonnull begin

/* The pair of words and accesses. */
enum {
    /* x and y, in two cache lines. */
    LITMUS_PLAIN,
    /* robust-futex, quiet mode. Fast: stores 0 to the lock word (release), loads the state. Slow: sets a bit of the
     * state, loads the lock word. */
    LITMUS_QUIET_UNLOCK,
    /* robust-futex, biased. Fast: stores its thread id to the biased word, loads the state. Slow: sets a bit of the
     * state, loads the biased word. */
    LITMUS_BIASED_LOCK,
};

/* What orders the two accesses of the slow side. */
enum { LITMUS_NO_FENCE, LITMUS_FULL_FENCE, LITMUS_MEMBARRIER };

enum { LITMUS_FAST, LITMUS_SLOW };

/* The size of the shared memory. */
enum { LITMUS_SIZE = 64 * 1024 };

/* What a side does, and when it ends: after that many rounds, that many ns, or that many of the outcomes sought. */
typedef struct litmus_plan {
    int side, pair, fence;
    int64_t rounds, limit, enough;
} litmus_plan;

/* Runs one side on the calling thread, which must have a CPU of its own; the other side must run at the same time, in
 * memory that was zeroed before. The address is a multiple of 128. Returns the number of rounds and, on the slow side,
 * sets *found to the number in which neither side saw the other's store. Returns -errno if the barrier fails, and
 * -ETIMEDOUT if the other side does not take part. */
int64_t litmus_run(void *memory, litmus_plan plan, int64_t *found);

#pragma clang assume_nonnull end

#endif
