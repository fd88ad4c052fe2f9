#ifndef C_BZIP2_SHIM_H
#define C_BZIP2_SHIM_H
// libbz2: from buffer to buffer.
#include <stdio.h>
#include <bzlib.h>
#endif
