#include "CHyperscan.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>

// hs_compile.h, hs_runtime.h of Hyperscan 5.4.
enum { mode_block = 1 };
typedef struct {
  char *message;
  int expression;
} compile_error;

static struct {
  const char *version;
  int (*compile)(
      const char *const *literals, const unsigned *flags, const unsigned *ids,
      const size_t *lengths, unsigned count, unsigned mode, const void *platform,
      trawl_hs_database **database, compile_error **error);
  int (*compile_expressions)(
      const char *const *expressions, const unsigned *flags, const unsigned *ids, unsigned count,
      unsigned mode, const void *platform, trawl_hs_database **database, compile_error **error);
  int (*free_compile_error)(compile_error *error);
  int (*free_database)(trawl_hs_database *database);
  int (*serialize)(const trawl_hs_database *database, char **bytes, size_t *length);
  int (*deserialize)(const char *bytes, size_t length, trawl_hs_database **database);
  int (*alloc_scratch)(const trawl_hs_database *database, trawl_hs_scratch **scratch);
  int (*free_scratch)(trawl_hs_scratch *scratch);
  int (*scan)(
      const trawl_hs_database *database, const char *bytes, unsigned length, unsigned flags,
      trawl_hs_scratch *scratch, trawl_hs_on_match on_match, void *context);
} library;

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void) {
  // Vectorscan installs itself under this name, too: Sieve.unavailability refuses it by its version.
  void *handle = dlopen("libhs.so.5", RTLD_NOW | RTLD_LOCAL);
  if (handle == NULL) return;
  int (*valid_platform)(void) = dlsym(handle, "hs_valid_platform");
  const char *(*version)(void) = dlsym(handle, "hs_version");
  library.compile = dlsym(handle, "hs_compile_lit_multi");
  library.compile_expressions = dlsym(handle, "hs_compile_multi");
  library.free_compile_error = dlsym(handle, "hs_free_compile_error");
  library.free_database = dlsym(handle, "hs_free_database");
  library.serialize = dlsym(handle, "hs_serialize_database");
  library.deserialize = dlsym(handle, "hs_deserialize_database");
  library.alloc_scratch = dlsym(handle, "hs_alloc_scratch");
  library.free_scratch = dlsym(handle, "hs_free_scratch");
  library.scan = dlsym(handle, "hs_scan");
  if (valid_platform == NULL || version == NULL || library.compile == NULL ||
      library.compile_expressions == NULL || library.free_compile_error == NULL ||
      library.free_database == NULL ||
      library.serialize == NULL || library.deserialize == NULL || library.alloc_scratch == NULL ||
      library.free_scratch == NULL || library.scan == NULL)
    return;
  if (valid_platform() == trawl_hs_success) library.version = version();
}

const char *trawl_hs_version(void) {
  pthread_once(&once, load);
  return library.version;
}

/// Compiles literals as regular expressions, each byte as \xNN: since 5.4.1 the literal
/// interface refuses literals that begin with NUL ("doesn't support empty string").
static trawl_hs_database *compile_as_expressions(
    const char *const *literals, const size_t *lengths, const unsigned *flags,
    const unsigned *ids, unsigned count) {
  size_t total = 0;
  for (unsigned index = 0; index < count; index++) total += 4 * lengths[index] + 1;
  char *text = malloc(total);
  const char **expressions = malloc(count * sizeof *expressions);
  trawl_hs_database *database = NULL;
  if (text != NULL && expressions != NULL) {
    static const char digits[] = "0123456789abcdef";
    char *next = text;
    for (unsigned index = 0; index < count; index++) {
      expressions[index] = next;
      for (size_t at = 0; at < lengths[index]; at++) {
        unsigned char byte = (unsigned char)literals[index][at];
        *next++ = '\\';
        *next++ = 'x';
        *next++ = digits[byte >> 4];
        *next++ = digits[byte & 15];
      }
      *next++ = '\0';
    }
    compile_error *error = NULL;
    int status = library.compile_expressions(
        expressions, flags, ids, count, mode_block, NULL, &database, &error);
    if (error != NULL) library.free_compile_error(error);
    if (status != trawl_hs_success) database = NULL;
  }
  free(text);
  free(expressions);
  return database;
}

trawl_hs_database *trawl_hs_compile(
    const char *const *literals, const size_t *lengths, const unsigned *flags,
    const unsigned *ids, unsigned count) {
  if (trawl_hs_version() == NULL) return NULL;
  // An empty literal among others crashes the compiler of 5.4.0.
  for (unsigned index = 0; index < count; index++)
    if (lengths[index] == 0) return NULL;
  trawl_hs_database *database = NULL;
  compile_error *error = NULL;
  int status = library.compile(
      literals, flags, ids, lengths, count, mode_block, NULL, &database, &error);
  if (error != NULL) library.free_compile_error(error);
  if (status == trawl_hs_success) return database;
  for (unsigned index = 0; index < count; index++)
    if (literals[index][0] == '\0')
      return compile_as_expressions(literals, lengths, flags, ids, count);
  return NULL;
}

trawl_hs_database *trawl_hs_compile_expressions(
    const char *const *expressions, const unsigned *flags, const unsigned *ids, unsigned count,
    int *refused) {
  *refused = -1;
  if (trawl_hs_version() == NULL) return NULL;
  trawl_hs_database *database = NULL;
  compile_error *error = NULL;
  int status = library.compile_expressions(
      expressions, flags, ids, count, mode_block, NULL, &database, &error);
  if (error != NULL) {
    *refused = error->expression;
    library.free_compile_error(error);
  }
  return status == trawl_hs_success ? database : NULL;
}

void trawl_hs_free_database(trawl_hs_database *database) { library.free_database(database); }

char *trawl_hs_serialize(const trawl_hs_database *database, size_t *length) {
  char *bytes = NULL;
  return library.serialize(database, &bytes, length) == trawl_hs_success ? bytes : NULL;
}

trawl_hs_database *trawl_hs_deserialize(const char *bytes, size_t length) {
  if (trawl_hs_version() == NULL) return NULL;
  trawl_hs_database *database = NULL;
  return library.deserialize(bytes, length, &database) == trawl_hs_success ? database : NULL;
}

int trawl_hs_grow_scratch(const trawl_hs_database *database, trawl_hs_scratch **scratch) {
  return library.alloc_scratch(database, scratch);
}

void trawl_hs_free_scratch(trawl_hs_scratch *scratch) { library.free_scratch(scratch); }

int trawl_hs_scan(
    const trawl_hs_database *database, const char *bytes, unsigned length,
    trawl_hs_scratch *scratch, trawl_hs_on_match on_match, void *context) {
  return library.scan(database, bytes, length, 0, scratch, on_match, context);
}
