/*
 * The program's arguments as the kernel passed them to libc. Swift's CommandLine.arguments reads /proc, or the memory
 * below `environ`, which lies elsewhere once setenv(3) was called before main; the arguments are then empty.
 */
#ifndef BENCH_ARGUMENTS_H
#define BENCH_ARGUMENTS_H

#pragma clang assume_nonnull begin

/* The number of arguments, including the program's name. */
int bench_argument_count(void);
/* The argument at an index from 0; NULL if there is none. */
const char *_Nullable bench_argument(int index);

#pragma clang assume_nonnull end

#endif
