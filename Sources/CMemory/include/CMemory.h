#pragma once

#include <stdbool.h>
#include <stddef.h>

// Settings of the allocator that Swift does not import.

// Limits the number of heaps of the C library's allocator, so that memory freed by one thread
// is reused by others. Only effective with glibc.
void c_memory_limit_heaps(int count);

// Runs `body` on a thread with a stack of `size` bytes, and gives later threads as much, if the limit of the process
// (ulimit -s) is lower. Returns false without running `body` if the limit is not lower, or no thread can be created.
bool c_memory_run_with_stack(size_t size, void (*_Nonnull body)(void));
