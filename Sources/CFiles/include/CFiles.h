#ifndef C_FILES_H
#define C_FILES_H
#include <stdbool.h>
#include <stdint.h>

// System calls of Linux that Swift's Glibc module does not show.

/// The time of birth of an open file (statx(2), STATX_BTIME); false where the file system has none.
bool c_files_birth_time(
    int descriptor, int64_t *_Nonnull seconds, uint32_t *_Nonnull nanoseconds);

/// f_type of the file system that an open file is on (fstatfs(2)); 0 if the call fails.
uint64_t c_files_file_system_type(int descriptor);
#endif
