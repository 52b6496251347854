/*
 * Linux interfaces that only the bench needs and Swift cannot call: variadic calls, calls without a libc wrapper,
 * macros, and instructions. The locks' own shims are in CShm. No logic lives here. Every shim returns 0 or a positive
 * result, or -errno.
 */
#ifndef CBENCH_H
#define CBENCH_H

#include "bench_arguments.h"
#include "bench_cpu.h"
#include "bench_namespaces.h"
#include "bench_processes.h"

#endif
