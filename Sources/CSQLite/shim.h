#pragma once
#include <sqlite3.h>

// sqlite3_db_config is variadic, and Swift cannot call variadic functions.
static inline int CSQLite_enable(sqlite3 *database, int option, int value) {
  return sqlite3_db_config(database, option, value, (int *)0);
}
