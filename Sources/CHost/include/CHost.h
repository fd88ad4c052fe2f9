#ifndef C_SYSTEM_H
#define C_SYSTEM_H
#include <stdbool.h>
#include <stdint.h>

// System calls of Linux that Swift's Glibc module does not show.

/// Reads the time of birth of an open file (statx(2), STATX_BTIME); false where the file system
/// stores none.
bool c_system_birth_time(
    int descriptor, int64_t *_Nonnull seconds, uint32_t *_Nonnull nanoseconds);

/// Returns f_type of the file system of an open file (fstatfs(2)); 0 if the call fails.
uint64_t c_system_file_system_type(int descriptor);

/// Size in bytes of a block device (ioctl(2), BLKGETSIZE64); returns false if it is not one.
bool c_system_device_size(int descriptor, uint64_t *_Nonnull size);

/// Creates a pipe whose ends no other process inherits (pipe2(2), O_CLOEXEC).
bool c_system_pipe(int *_Nonnull input, int *_Nonnull output);

/// Has a program that posix_spawn(3) starts inherit no descriptor but 0 to 2. `actions` is its
/// posix_spawn_file_actions_t.
void c_system_close_from_3(void *_Nonnull actions);

/// Confines a process for hostile evidence: it dies with its parent, dumps no core, may use
/// `memory_limit` bytes of address space, prints nothing, and treats local times as UTC.
void c_system_confine(uint64_t memory_limit);
#endif
