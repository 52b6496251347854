/*
 * The program's arguments, as the kernel handed them to libc. Swift's CommandLine.arguments looks for them in /proc, or
 * below `environ`, which is somewhere else as soon as anything has called setenv(3) before main; it is then empty.
 */
#ifndef BENCH_ARGUMENTS_H
#define BENCH_ARGUMENTS_H

#pragma clang assume_nonnull begin

/* How many there are, the program's name included. */
int bench_argument_count(void);
/* One of them, from 0; null where there is none. */
const char *_Nullable bench_argument(int index);

#pragma clang assume_nonnull end

#endif
