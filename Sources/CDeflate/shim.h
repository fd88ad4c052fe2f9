#ifndef C_DEFLATE_SHIM_H
#define C_DEFLATE_SHIM_H
// libdeflate: Deflate from buffer to buffer, more than twice as fast as zlib.
#include <libdeflate.h>
#endif
