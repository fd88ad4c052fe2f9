// Hyperscan, or Vectorscan, which has the same interface: the few functions that we use, looked up when
// they are first needed. A machine without the library runs all the same, with libyara alone.
#pragma once
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// hs_database_t and hs_scratch_t, as pointers that are passed on.
typedef struct hs_database trawl_hs_database;
typedef struct hs_scratch trawl_hs_scratch;

/// HS_SUCCESS and what hs_scan answers when a callback stopped it (hs_common.h).
enum { trawl_hs_success = 0, trawl_hs_scan_terminated = -3 };

/// HS_FLAG_CASELESS, HS_FLAG_SINGLEMATCH (hs_compile.h).
enum { trawl_hs_caseless = 1, trawl_hs_single_match = 8 };

/// Called for each match; a value other than 0 stops the scan.
typedef int (*trawl_hs_on_match)(
    unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
    void *_Nullable context);

/// The version of the library, or NULL when there is none or the processor cannot run it.
const char *_Nullable trawl_hs_version(void);

/// Compiles `count` literals, at least one byte each, for block scans. NULL on failure.
trawl_hs_database *_Nullable trawl_hs_compile(
    const char *_Nonnull const *_Nonnull literals, const size_t *lengths, const unsigned *flags,
    const unsigned *ids, unsigned count);

void trawl_hs_free_database(trawl_hs_database *database);

/// Bytes in memory that hold the database, to be given to `free`; NULL on failure.
char *_Nullable trawl_hs_serialize(const trawl_hs_database *database, size_t *length);

/// The database that trawl_hs_serialize wrote; NULL when it does not fit this library or processor.
trawl_hs_database *_Nullable trawl_hs_deserialize(const char *bytes, size_t length);

/// Makes `*scratch` large enough for `database`; it begins as NULL. Answers an hs_error_t.
int trawl_hs_grow_scratch(
    const trawl_hs_database *database, trawl_hs_scratch *_Nullable *_Nonnull scratch);

void trawl_hs_free_scratch(trawl_hs_scratch *scratch);

/// Scans one block. Answers an hs_error_t.
int trawl_hs_scan(
    const trawl_hs_database *database, const char *bytes, unsigned length,
    trawl_hs_scratch *scratch, trawl_hs_on_match on_match, void *_Nullable context);

#pragma clang assume_nonnull end
