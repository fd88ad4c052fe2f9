#include "CArchive.h"
#include <locale.h>

void c_archive_use_utf8(void) { setlocale(LC_CTYPE, "C.UTF-8"); }

const char *c_archive_name(struct archive_entry *entry) {
  const char *name = archive_entry_pathname(entry);
  return name ? name : archive_entry_pathname_utf8(entry);
}
