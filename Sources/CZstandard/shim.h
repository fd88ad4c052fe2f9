#ifndef C_ZSTANDARD_SHIM_H
#define C_ZSTANDARD_SHIM_H
// libzstd, its stable interface: frames from buffer to buffer.
#include <zstd.h>
#endif
