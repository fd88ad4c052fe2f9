#pragma once

#include <stdbool.h>
#include <stddef.h>

// Settings of the allocator that Swift does not import.

// Limits the number of heaps of the C library's allocator, so that memory freed by one thread
// is reused by others. Only effective with glibc.
void c_memory_limit_heaps(int count);

// Runs `body` on a thread with a stack of so many bytes, and gives as much to threads that come later, where the limit
// of the process (ulimit -s) is lower. False, and `body` has not run, where it is not, or where no thread could be made.
bool c_memory_run_with_stack(size_t size, void (*_Nonnull body)(void));
