#ifndef C_ARCHIVE_H
#define C_ARCHIVE_H
#include <archive.h>
#include <archive_entry.h>
#include <stdbool.h>

/// Has names of members in UTF-8, whatever the locale of the user.
void c_archive_use_utf8(void);

/// Name of a member: as it is stored if it is stored in bytes, else in UTF-8; NULL if it has none.
const char *_Nullable c_archive_name(struct archive_entry *_Nonnull entry);
#endif
