#ifndef C_SLEUTHKIT_H
#define C_SLEUTHKIT_H
// The Sleuth Kit, linked statically without its own readers of images: every image is read by us and
// handed over with tsk_img_open_external. TSK and the libraries it would bring (44 of them, a network
// client among them) stay out.
#include <stdbool.h>
#include <stdint.h>
#include <tsk/libtsk.h>

/// Reads `length` bytes at `offset` of an image into `buffer`; answers the count, or -1.
typedef ssize_t (*c_sleuthkit_read)(
    void *_Nullable context, int64_t offset, char *_Nonnull buffer, size_t length);

/// An image that TSK reads by calling `read` with `context`. Closed with tsk_img_close.
TSK_IMG_INFO *_Nullable c_sleuthkit_open_image(
    void *_Nullable context, c_sleuthkit_read _Nonnull read, int64_t size, unsigned sector_size);

/// Calls `add` for each run of blocks of a pool that are allocated to nothing; false if its map cannot be read.
bool c_sleuthkit_unallocated(
    const TSK_POOL_INFO *_Nonnull pool,
    void (*_Nonnull add)(void *_Nullable context, uint64_t block, uint64_t count),
    void *_Nullable context);

/// Prepares a process for hostile evidence: it dies with its parent, dumps no core, may use
/// `memory_limit` bytes of address space, prints nothing, and takes local times for UTC.
void c_sleuthkit_confine(uint64_t memory_limit);

/// Bytes of a block device (ioctl(2), BLKGETSIZE64); false if it is none.
bool c_sleuthkit_device_size(int descriptor, uint64_t *_Nonnull size);

/// A pipe whose ends no other process inherits (pipe2(2), O_CLOEXEC).
bool c_sleuthkit_pipe(int *_Nonnull input, int *_Nonnull output);
#endif
