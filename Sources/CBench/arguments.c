#include "bench_arguments.h"

#include <stddef.h>

static int count;
static char **values;

static void keep(int argc, char **argv, char **environment) {
    (void)environment;
    count = argc;
    values = argv;
}

/* glibc calls the functions in this section before main, with main's arguments, in static programs too. */
__attribute__((section(".init_array"), used)) static void (*keep_before_main)(int, char **, char **) = keep;

int bench_argument_count(void) { return count; }

const char *bench_argument(int index) { return index >= 0 && index < count ? values[index] : NULL; }
