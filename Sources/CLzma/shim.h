#ifndef C_LZMA_SHIM_H
#define C_LZMA_SHIM_H
// liblzma: LZMA and xz, from buffer to buffer.
#include <lzma.h>
#endif
