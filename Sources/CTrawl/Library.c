#define _GNU_SOURCE
#include "internal.h"
#include "trawl.h"
#include <dlfcn.h>

// Hosts were compiled with these layouts: Tests/LibraryTests/abi.txt has all of them.
_Static_assert(sizeof(trawl_text) == 16, "the layout of trawl_text is part of the ABI");
_Static_assert(sizeof(trawl_reader) == 48, "the layout of trawl_reader is part of the ABI");
_Static_assert(sizeof(trawl_ledger) == 14 * 8, "the layout of trawl_ledger is part of the ABI");

const char *c_trawl_library_path(void) {
  Dl_info info;
  if (!dladdr((void *)&c_trawl_library_path, &info)) return NULL;
  return info.dli_fname;
}
