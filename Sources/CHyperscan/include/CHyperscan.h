// Hyperscan: the few functions used here, looked
// up on first use. Without the library, scans run with libyara alone.
#pragma once
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// hs_database_t and hs_scratch_t as opaque pointers.
typedef struct hs_database trawl_hs_database;
typedef struct hs_scratch trawl_hs_scratch;

/// HS_SUCCESS, and the result of hs_scan when a callback stopped it (hs_common.h).
enum { trawl_hs_success = 0, trawl_hs_scan_terminated = -3 };

/// HS_FLAG_CASELESS, HS_FLAG_DOTALL, HS_FLAG_SINGLEMATCH (hs_compile.h).
enum { trawl_hs_caseless = 1, trawl_hs_dot_all = 2, trawl_hs_single_match = 8 };

/// Called for each match; a value other than 0 stops the scan.
typedef int (*trawl_hs_on_match)(
    unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
    void *_Nullable context);

/// Returns the version of the library; NULL if it is missing or the processor cannot run it.
const char *_Nullable trawl_hs_version(void);

/// Compiles `count` literals, each at least one byte, for block scans; NULL on failure.
trawl_hs_database *_Nullable trawl_hs_compile(
    const char *_Nonnull const *_Nonnull literals, const size_t *lengths, const unsigned *flags,
    const unsigned *ids, unsigned count);

/// Compiles `count` expressions for block scans. NULL on failure; `*refused` is the place of the expression
/// that the library does not take, or -1.
trawl_hs_database *_Nullable trawl_hs_compile_expressions(
    const char *_Nonnull const *_Nonnull expressions, const unsigned *flags, const unsigned *ids,
    unsigned count, int *refused);

void trawl_hs_free_database(trawl_hs_database *database);

/// Serializes the database into memory, to be released with `free`; NULL on failure.
char *_Nullable trawl_hs_serialize(const trawl_hs_database *database, size_t *length);

/// Restores a database that trawl_hs_serialize wrote; NULL if it does not fit this library or
/// processor.
trawl_hs_database *_Nullable trawl_hs_deserialize(const char *bytes, size_t length);

/// Makes `*scratch`, initially NULL, large enough for `database`. Returns an hs_error_t.
int trawl_hs_grow_scratch(
    const trawl_hs_database *database, trawl_hs_scratch *_Nullable *_Nonnull scratch);

void trawl_hs_free_scratch(trawl_hs_scratch *scratch);

/// Scans one block. Returns an hs_error_t.
int trawl_hs_scan(
    const trawl_hs_database *database, const char *bytes, unsigned length,
    trawl_hs_scratch *scratch, trawl_hs_on_match on_match, void *_Nullable context);

#pragma clang assume_nonnull end
