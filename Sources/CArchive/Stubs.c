// libarchive's readers refer to its functions for encryption, which would link a further library. Nothing is decrypted,
// as there are no passwords: these stubs take their place.
#include <stddef.h>

// Tables of functions of archive_cryptor_private.h and archive_hmac_private.h, which have fewer entries.
const void *const __archive_cryptor[16] = {NULL};
const void *const __archive_hmac[16] = {NULL};
