#pragma once

// The allocator's own settings, which Swift does not see.

// Lets the allocator of the C library keep so many heaps at most: what one thread freed another one then takes.
// No effect with other libraries than glibc.
void c_memory_limit_heaps(int count);
