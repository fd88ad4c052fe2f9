#ifndef C_TRAWL_INTERNAL_H
#define C_TRAWL_INTERNAL_H

/* Path of the file that holds this library: libtrawl.so, or the program that it is linked into
 * statically. Null if that is unknown. */
const char *c_trawl_library_path(void);

#endif
