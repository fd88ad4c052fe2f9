#ifndef C_SLEUTHKIT_H
#define C_SLEUTHKIT_H
// The Sleuth Kit, linked statically without its own image readers: every image is read by our
// code and passed in with tsk_img_open_external. That excludes the libraries TSK would need (44
// of them, a network client among them).
#include <stdbool.h>
#include <stdint.h>
#include <tsk/libtsk.h>

/// Reads `length` bytes at `offset` of an image into `buffer`; returns the number of bytes, or
/// -1.
typedef ssize_t (*c_sleuthkit_read)(
    void *_Nullable context, int64_t offset, char *_Nonnull buffer, size_t length);

/// Opens an image that TSK reads by calling `read` with `context`. Close it with tsk_img_close.
TSK_IMG_INFO *_Nullable c_sleuthkit_open_image(
    void *_Nullable context, c_sleuthkit_read _Nonnull read, int64_t size, unsigned sector_size);

/// Calls `add` for each run of unallocated blocks of a pool; returns false if its map cannot be
/// read.
bool c_sleuthkit_unallocated(
    const TSK_POOL_INFO *_Nonnull pool,
    void (*_Nonnull add)(void *_Nullable context, uint64_t block, uint64_t count),
    void *_Nullable context);

/// Returns whether TSK opened no file system because the volume could be one of several types: 4.12 has an error
/// code for that; 4.11 only names them in its message (tsk/fs/fs_open.c).
bool c_sleuthkit_is_ambiguous(void);
#endif
