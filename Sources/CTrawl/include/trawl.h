/* trawl.h – the C interface of Trawl: a YARA engine with a prefilter, for files, memory and disk images.
 *
 * An engine holds compiled rules; all threads share one. A scanner takes one item after another on
 * the calling thread; each thread has its own. A scan walks files, directories and disk images with
 * threads of its own. Results are structs, and JSON as `trawl scan --format jsonl` prints it. A matcher
 * is a scanner that only finds the rules that match, and returns libyara's answer unchanged.
 *
 * Threads. Each function states one of:
 *   [any]   any thread, also while other threads use the same object;
 *   [owner] one thread at a time for each object.
 *
 * Errors. A function that can fail returns a trawl_status. If it is not TRAWL_OK and `error` is not
 * null, `*error` receives an error that the caller frees; else `*error` becomes null. Out parameters
 * are set on success only. Null is an invalid argument unless "may be null" is stated; every
 * `_free` and `_release` function ignores null.
 *
 * Texts end with a NUL. A trawl_text also has a size, because paths may hold any bytes; `data` is
 * null if a value does not apply. Texts that are not paths are UTF-8.
 *
 * Callbacks must return normally: no exception and no longjmp may leave them. trawl.hpp wraps the
 * interface for C++, passes exceptions on to the caller, and needs only this header and C++11.
 *
 * Structs with `struct_size` are filled by the caller: start with the matching `_INIT`. Structs that
 * the library fills may become longer in later versions, never shorter.
 *
 * The library prints nothing, reads no environment variable, installs no signal handler before
 * trawl_install_fault_handler is called, and writes no file unless a function that says so is used.
 * Its only global state is that of libyara, which the first engine initialises, and which lives as
 * long as the process.
 */
#ifndef TRAWL_H
#define TRAWL_H

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#error "Trawl runs on Linux."
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Version ------------------------------------------------------------------------------- */

/* Version of this header. */
#define TRAWL_VERSION "0.1.0"

/* Version of the library, such as "0.1.0". [any] */
const char *trawl_version(void);
/* Version of libyara that it uses, such as "4.2.3". [any] */
const char *trawl_libyara_version(void);

/* ---- Errors -------------------------------------------------------------------------------- */

typedef int32_t trawl_status;
enum {
  TRAWL_OK = 0,
  TRAWL_INVALID_ARGUMENT = 1, /* a null, an unknown struct_size, a negative descriptor, … */
  TRAWL_RULES_INVALID = 2,    /* the rules do not compile: see the diagnostics */
  TRAWL_FILE_UNREADABLE = 3,  /* a rule file cannot be read or written */
  TRAWL_LIBYARA_FAILED = 4,   /* any other failure of libyara: see trawl_error_libyara_code */
  TRAWL_CANCELLED = 5,        /* trawl_scan_cancel was called; the records so far were delivered */
  TRAWL_STOPPED = 6,          /* a callback returned non-zero; likewise */
  TRAWL_NO_HELPER = 7,        /* an image was named, and no helper program is found */
  TRAWL_ALREADY_RUN = 8       /* a scan runs once, and takes no target after that */
};

typedef struct trawl_error trawl_error;

/* Status that came with the error. [any] */
trawl_status trawl_error_status(const trawl_error *error);
/* Explanation with the item and the remedy; lives as long as the error. [any] */
const char *trawl_error_message(const trawl_error *error);
/* Number in libyara's error.h; 0 if libyara did not fail. [any] */
int32_t trawl_error_libyara_code(const trawl_error *error);
/* Frees the error. [owner] */
void trawl_error_free(trawl_error *error);

/* Bytes of text. `data` ends with a NUL that `size` does not count; it is null for no value. */
typedef struct trawl_text {
  const char *data;
  size_t size;
} trawl_text;

/* A message of the rule compiler. */
typedef struct trawl_diagnostic {
  int32_t is_error; /* 0 for a warning */
  int32_t line;     /* from 1; 0 if the text ended too early */
  trawl_text file;  /* name of the rule text */
  trawl_text rule;  /* rule that was being compiled */
  trawl_text message;
} trawl_diagnostic;

/* Diagnostics of rules that do not compile: `*count` of them, which live as long as the error. [any] */
const trawl_diagnostic *trawl_error_diagnostics(const trawl_error *error, size_t *count);

/* ---- Rules --------------------------------------------------------------------------------- */

/* Collects rules for an engine. */
typedef struct trawl_compiler trawl_compiler;
/* Compiled rules with their prefilter; immutable, counted by reference. */
typedef struct trawl_engine trawl_engine;

/* Creates a compiler without rules. [any] */
trawl_status trawl_compiler_create(trawl_compiler **compiler, trawl_error **error);
/* Adds a text of rules, which is copied. `name` is for messages; `name_space` may be null for
 * "default". Errors in the rules are reported by trawl_compiler_build. [owner] */
trawl_status trawl_compiler_add_text(trawl_compiler *compiler, const char *name,
                                     const char *name_space, const void *text, size_t size,
                                     trawl_error **error);
/* Adds a rule file; its includes are relative to it. `name_space` may be null. [owner] */
trawl_status trawl_compiler_add_file(trawl_compiler *compiler, const char *path,
                                     const char *name_space, trawl_error **error);
/* Defines an external variable. Its type is fixed by that. [owner] */
trawl_status trawl_compiler_define_integer(trawl_compiler *compiler, const char *name,
                                           int64_t value, trawl_error **error);
trawl_status trawl_compiler_define_float(trawl_compiler *compiler, const char *name, double value,
                                         trawl_error **error);
trawl_status trawl_compiler_define_boolean(trawl_compiler *compiler, const char *name,
                                           int32_t value, trawl_error **error);
trawl_status trawl_compiler_define_string(trawl_compiler *compiler, const char *name,
                                          const char *value, trawl_error **error);
/* Makes `include` in rules an error. By default files are included. [owner] */
void trawl_compiler_disable_includes(trawl_compiler *compiler);
/* Text of an included file, which ends with a NUL and lives until the next call or until
 * trawl_compiler_build returns; null if there is none, which is an error in the rules. */
typedef const char *(*trawl_include_callback)(const char *name, void *user);
/* Lets the host provide the text of each `include`, during trawl_compiler_build, on its thread. [owner] */
trawl_status trawl_compiler_set_include(trawl_compiler *compiler, trawl_include_callback callback,
                                        void *user, trawl_error **error);
/* Makes unknown escape sequences in regular expressions warnings; needs libyara 4.5. [owner] */
void trawl_compiler_warn_of_escapes(trawl_compiler *compiler);
/* Allows an engine without a public rule, which never finds anything. By default that is an
 * error. [owner] */
void trawl_compiler_allow_nothing(trawl_compiler *compiler);
/* Caches compiled rule sets of 256 KiB and more in a directory of the current user, which is created.
 * By default nothing is cached. [owner] */
trawl_status trawl_compiler_set_cache(trawl_compiler *compiler, const char *directory,
                                      trawl_error **error);
/* Compiles all texts that were added, also those of earlier builds. Variables may be defined before or
 * after the texts that use them. The compiler can be used again. [owner] */
trawl_status trawl_compiler_build(trawl_compiler *compiler, trawl_engine **engine,
                                  trawl_error **error);
/* Frees the compiler. [owner] */
void trawl_compiler_free(trawl_compiler *compiler);

/* An engine with the built-in signatures, which verify code signatures and read registry hives and
 * package databases as well. [any] */
trawl_status trawl_engine_create_builtin(trawl_engine **engine, trawl_error **error);
/* An engine with rules compiled by `yarac` or trawl_engine_save. Load only your own files: libyara
 * executes code in them. The prefilter does not know their conditions, so it excludes fewer items. [any] */
trawl_status trawl_engine_create_compiled(const void *data, size_t size, trawl_engine **engine,
                                          trawl_error **error);
/* Writes the compiled rules to a file, for the same version of libyara. Fails while a scanner or a
 * scan uses the engine. [any] */
trawl_status trawl_engine_save(const trawl_engine *engine, const char *path, trawl_error **error);
/* Adds a reference. [any] */
trawl_engine *trawl_engine_retain(trawl_engine *engine);
/* Removes a reference. Scanners and scans keep their own. [any] */
void trawl_engine_release(trawl_engine *engine);

typedef struct trawl_metadata {
  trawl_text key;
  int32_t type; /* TRAWL_INTEGER, TRAWL_BOOLEAN, TRAWL_STRING */
  int32_t reserved;
  int64_t integer; /* value of an integer or boolean */
  trawl_text string;
} trawl_metadata;
enum { TRAWL_INTEGER = 0, TRAWL_BOOLEAN = 1, TRAWL_STRING = 2 };

typedef struct trawl_rule {
  trawl_text identifier;
  trawl_text name_space;
  const trawl_text *tags;
  size_t tag_count;
  const trawl_metadata *metadata;
  size_t metadata_count;
  int32_t is_global;
  int32_t is_private;
} trawl_rule;

/* The rules of an engine: `*count` of them, which live as long as the engine. [any] */
const trawl_rule *trawl_engine_rules(const trawl_engine *engine, size_t *count);
/* Warnings of the compiler; they live as long as the engine. [any] */
const trawl_diagnostic *trawl_engine_warnings(const trawl_engine *engine, size_t *count);
/* Reason why the prefilter excludes no item with these rules; null if it does. [any] */
const char *trawl_engine_without_prefilter(const trawl_engine *engine);

/* ---- Options ------------------------------------------------------------------------------- */

typedef struct trawl_options {
  size_t struct_size;
  uint32_t jobs;            /* items scanned at the same time by a scan; 0: one for each processor */
  uint32_t timeout;         /* limit for one item in seconds; 0: none. Default 3600 */
  uint64_t maximum_size;    /* items of more bytes are skipped and reported; 0: no limit */
  uint64_t memory_budget;   /* bytes of an item that must be read into memory; default 256 MiB */
  uint32_t verify_percent;  /* percentage of excluded items that libyara scans to check; default 0 */
  int32_t without_prefilter;    /* libyara scans every item: the same answers, many times slower */
  /* Of scans only: */
  int32_t follows_symbolic_links;   /* default 0: links are ignored, and counted */
  int32_t stays_on_file_system;     /* does not enter other file systems */
  int32_t unallocated;      /* TRAWL_CARVE (default), TRAWL_WHOLE_RUNS, TRAWL_IGNORE */
  int32_t verifies_images;  /* also reads each image completely for its digests */
  uint32_t volume_timeout;  /* seconds without a heartbeat that end a helper; default 120 */
  int32_t reserved;
  const char *helper;       /* program that parses file systems; null: see "Disk images" */
  const char *const *excluded; /* globs of files and directories to ignore; may be null */
  size_t excluded_count;
  const char *const *included; /* globs of the only files to scan; may be null */
  size_t included_count;
} trawl_options;
enum { TRAWL_CARVE = 0, TRAWL_WHOLE_RUNS = 1, TRAWL_IGNORE = 2 };

#define TRAWL_OPTIONS_INIT \
  { sizeof(trawl_options), 0, 3600, 0, 256u << 20, 0, 0, 0, 0, TRAWL_CARVE, 0, 120, 0, NULL, NULL, 0, NULL, 0 }

/* ---- Content of the host ------------------------------------------------------------------- */

/* An item, or a medium, whose bytes the host provides. The prefilter first reads the first 4096
 * bytes, then, if these do not exclude the item, all of it in pieces of at most 1 MiB. Only a
 * candidate is read whole, into memory: one of more than `memory_budget` bytes is reported as
 * `too_large`. */
typedef struct trawl_reader {
  size_t struct_size;
  uint64_t size;
  /* Fills `buffer` with the `count` bytes from `offset`, which lie within `size`. Returns their number;
   * fewer, if the content is shorter than its size; negative, if they cannot be read, which makes the item
   * a failed one. One thread at a time reads an item; several read a medium at the same time. */
  int64_t (*read)(void *user, uint64_t offset, void *buffer, size_t count);
  /* Number of bytes from `offset` that are known to be zeros: they are not read. 0 if nothing is
   * known. May be null. */
  uint64_t (*zeros)(void *user, uint64_t offset);
  /* Called exactly once when no callback of this reader will be called any more, by whichever
   * thread comes to that; also if the function that received the reader fails. May be null. */
  void (*release)(void *user);
  void *user;
} trawl_reader;

#define TRAWL_READER_INIT { sizeof(trawl_reader), 0, NULL, NULL, NULL, NULL }

/* ---- Results ------------------------------------------------------------------------------- */

enum {
  TRAWL_CONFIDENCE_UNSTATED = 0, /* no matching rule states one */
  TRAWL_WEAK = 1,
  TRAWL_CLAIMED = 2,
  TRAWL_STRONG = 3,
  TRAWL_CONFIRMED = 4
};

enum { TRAWL_CLEAN = 0, TRAWL_MATCHED = 1, TRAWL_SKIPPED = 2, TRAWL_FAILED = 3 };

typedef struct trawl_run {
  uint64_t offset;
  uint64_t length;
} trawl_run;

typedef struct trawl_volume {
  uint64_t index;
  uint64_t start;
  uint64_t length;
  trawl_text type;
  trawl_text name;
} trawl_volume;

/* Address of an item. */
typedef struct trawl_locator {
  trawl_text evidence;        /* as named by the host */
  trawl_text path;            /* absolute; of memory and readers their name */
  trawl_text stream;          /* alternate data stream */
  trawl_text state;           /* "allocated", "deleted", …: docs/output.md */
  const trawl_volume *volume; /* null outside of images */
  const trawl_run *runs;      /* place in the image */
  size_t run_count;
} trawl_locator;

typedef struct trawl_time {
  int64_t seconds; /* since 1970-01-01 UTC */
  uint32_t nanoseconds;
  int32_t is_known;
} trawl_time;

typedef struct trawl_string_match {
  trawl_text identifier; /* with its $ */
  uint64_t offset;
  uint64_t length;
  const uint8_t *data; /* first bytes of the match, at most 64 */
  size_t data_size;
} trawl_string_match;

typedef struct trawl_rule_match {
  trawl_text rule;
  trawl_text name_space;
  const trawl_text *tags;
  size_t tag_count;
  const trawl_string_match *strings; /* at most 100 for each string; none if the condition needs none */
  size_t string_count;
} trawl_rule_match;

/* A confirmed match. Code signatures and records of installed software are in its JSON. */
typedef struct trawl_finding {
  trawl_locator locator;
  trawl_text rule; /* the most convincing one */
  int32_t confidence;
  int32_t is_embedded; /* another vendor's product that carries the engine */
  int32_t is_partial;  /* zeros replaced a part that could not be read: no digests */
  int32_t has_digests;
  trawl_text vendor, product, product_version, version, component, platform;
  trawl_text item_id; /* the same for all paths of a content */
  trawl_text inode;
  uint64_t size;
  uint8_t md5[16];
  uint8_t sha1[20];
  uint8_t sha256[32];
  uint8_t reserved[4];
  trawl_time modified, created, accessed, changed;
  const trawl_rule_match *matches;
  size_t match_count;
  const trawl_text *reasons;
  size_t reason_count;
} trawl_finding;

/* An item, or a part of one, that was not scanned, and never counts as clean. */
typedef struct trawl_problem {
  trawl_locator locator;
  int32_t outcome; /* TRAWL_SKIPPED or TRAWL_FAILED */
  int32_t reserved;
  trawl_text reason; /* of a closed list: docs/output.md */
  trawl_text message;
} trawl_problem;

typedef struct trawl_count {
  trawl_text name;
  uint64_t count;
} trawl_count;

/* A product that is present. */
typedef struct trawl_product {
  trawl_text product, vendor, edition;
  trawl_text evidence, installation;
  const trawl_volume *volume;
  trawl_text state; /* "active", "installed", "files", "remnants" */
  int32_t confidence;
  int32_t is_embedded;
  const trawl_text *versions;
  size_t version_count;
  const trawl_count *components;
  size_t component_count;
  const trawl_text *item_ids;
  size_t item_id_count;
  trawl_time first, last;
} trawl_product;

/* A file without a match in a product's folder. */
typedef struct trawl_context {
  trawl_locator locator;
  trawl_text product;
} trawl_context;

/* Counts of items: seen = matched + clean + skipped + failed. */
typedef struct trawl_ledger {
  uint64_t seen, matched, clean, skipped, failed;
  uint64_t partly_read; /* matched, and not read to the end */
  uint64_t bytes_present, bytes_read; /* a large item counts as read twice if it was searched, then scanned */
  uint64_t excluded_by_gate, excluded_by_sieve, evaluated_without_scan, scanned_by_libyara;
  uint64_t verified, sieve_differences;
} trawl_ledger;

/* Account of a disk image: `size` is the sum of items to unread. */
typedef struct trawl_medium {
  trawl_text evidence;
  uint64_t size, items, metadata, slack, carved, unallocated, gaps, unread;
  uint64_t known_zeros;  /* part of the above that was not read */
  int32_t is_verified;   /* its digests were computed: see the JSON */
  int32_t is_sound;      /* verified, all bytes readable, and stored digests equal */
} trawl_medium;

typedef struct trawl_summary {
  trawl_ledger ledger;
  int32_t is_complete; /* every item was read to its end */
  int32_t was_interrupted;
  double seconds;
  const trawl_count *skipped, *failed; /* by reason */
  size_t skipped_count, failed_count;
  const trawl_count *ignored; /* entries that are not items, by kind */
  size_t ignored_count;
  const trawl_medium *media;
  size_t medium_count;
} trawl_summary;

/* One record of a scan; immutable, counted by reference. */
typedef struct trawl_record trawl_record;

enum {
  TRAWL_FINDING = 1,
  TRAWL_PROBLEM = 2,
  TRAWL_PRODUCT = 3,
  TRAWL_CONTEXT = 4,
  TRAWL_SUMMARY = 5
};

/* Type of the record: TRAWL_FINDING to TRAWL_SUMMARY. [any] */
int32_t trawl_record_type(const trawl_record *record);
/* The record as a struct; null if it is of another type. It lives as long as the record. [any] */
const trawl_finding *trawl_record_finding(const trawl_record *record);
const trawl_problem *trawl_record_problem(const trawl_record *record);
const trawl_product *trawl_record_product(const trawl_record *record);
const trawl_context *trawl_record_context(const trawl_record *record);
const trawl_summary *trawl_record_summary(const trawl_record *record);
/* The record as one line of JSON without its line end; it lives as long as the record. `size` may be
 * null. [any] */
const char *trawl_record_json(const trawl_record *record, size_t *size);
/* Adds a reference, to keep a record after its callback. [any] */
trawl_record *trawl_record_retain(const trawl_record *record);
/* Removes a reference. [any] */
void trawl_record_release(trawl_record *record);

/* ---- Scanner: one item after another, on the calling thread -------------------------------- */

typedef struct trawl_scanner trawl_scanner;
/* Result of one item. */
typedef struct trawl_result trawl_result;

/* Creates a scanner; `options` may be null. [any] */
trawl_status trawl_scanner_create(trawl_engine *engine, const trawl_options *options,
                                  trawl_scanner **scanner, trawl_error **error);
/* Scans bytes in memory, which are not copied. They must not change meanwhile. This and the following functions
 * return TRAWL_OK also if the item could not be scanned: see trawl_result_outcome. [owner] */
trawl_status trawl_scanner_scan_memory(trawl_scanner *scanner, const char *name, const void *data,
                                       size_t size, trawl_result **result, trawl_error **error);
/* Scans a file; anything but a regular file is a skipped item. [owner] */
trawl_status trawl_scanner_scan_file(trawl_scanner *scanner, const char *path,
                                     trawl_result **result, trawl_error **error);
/* Scans an open file from its start. Its position is neither used nor changed. [owner] */
trawl_status trawl_scanner_scan_descriptor(trawl_scanner *scanner, const char *name,
                                           int descriptor, trawl_result **result,
                                           trawl_error **error);
/* Scans content of the host, whose callbacks run on this thread. [owner] */
trawl_status trawl_scanner_scan_reader(trawl_scanner *scanner, const char *name,
                                       const trawl_reader *reader, trawl_result **result,
                                       trawl_error **error);
/* Ends the item in progress, and every later one: their outcome is TRAWL_FAILED, without a record, and the
 * ledger counts them as failed. [any] */
void trawl_scanner_cancel(trawl_scanner *scanner);
/* Copies the counts of all items so far; `size` is sizeof(trawl_ledger). [owner] */
trawl_status trawl_scanner_ledger(const trawl_scanner *scanner, trawl_ledger *ledger, size_t size,
                                  trawl_error **error);
/* Frees the scanner. [owner] */
void trawl_scanner_free(trawl_scanner *scanner);

/* TRAWL_CLEAN, TRAWL_MATCHED, TRAWL_SKIPPED or TRAWL_FAILED. [any] */
int32_t trawl_result_outcome(const trawl_result *result);
/* Number of records: the finding of an item that matched, and its problems. [any] */
size_t trawl_result_record_count(const trawl_result *result);
/* A record, which lives as long as the result unless it is retained; null if there is none at
 * `index`. [any] */
const trawl_record *trawl_result_record(const trawl_result *result, size_t index);
/* Frees the result. [owner] */
void trawl_result_free(trawl_result *result);

/* ---- Matcher: libyara's answer for one item after another, on the calling thread ----------- */

/* A matcher has no confidence, no hashes and no ledger. It reports every match of every string, rules that
 * do not match, and the output of modules, as libyara does. */
typedef struct trawl_matcher trawl_matcher;
/* Answer for one item. */
typedef struct trawl_matches trawl_matches;

typedef struct trawl_match_options {
  size_t struct_size;
  uint32_t timeout;             /* limit for one item in seconds; 0: none */
  int32_t is_fast;              /* one match of each string is enough */
  int32_t without_prefilter;    /* libyara scans every item */
  /* With each of these, libyara scans items that the prefilter could exclude: */
  int32_t reports_non_matching; /* also rules that do not match: every item */
  int32_t reports_modules;      /* also the fields of imported modules: every item */
  int32_t reports_warnings;     /* warnings of every item: those large enough to cause one */
  uint64_t memory_budget;       /* bytes of an item that must be read into memory; default 256 MiB */
} trawl_match_options;

#define TRAWL_MATCH_OPTIONS_INIT { sizeof(trawl_match_options), 0, 0, 0, 0, 0, 0, 256u << 20 }

/* Creates a matcher; `options` may be null. [any] */
trawl_status trawl_matcher_create(trawl_engine *engine, const trawl_match_options *options,
                                  trawl_matcher **matcher, trawl_error **error);
/* Sets an external variable, whose type the compiler fixed, for later items. libyara then scans every
 * item, as the prefilter knows only the value at compile time. Fails with TRAWL_INVALID_ARGUMENT if the
 * rules have no such variable, and with TRAWL_RULES_INVALID if its type is another. [owner] */
trawl_status trawl_matcher_define_integer(trawl_matcher *matcher, const char *name, int64_t value,
                                          trawl_error **error);
trawl_status trawl_matcher_define_float(trawl_matcher *matcher, const char *name, double value,
                                        trawl_error **error);
trawl_status trawl_matcher_define_boolean(trawl_matcher *matcher, const char *name, int32_t value,
                                          trawl_error **error);
trawl_status trawl_matcher_define_string(trawl_matcher *matcher, const char *name,
                                         const char *value, trawl_error **error);
/* Passes data to a module, such as the report for `cuckoo`, which is copied. Must be called
 * before the first item; libyara then scans every item. [owner] */
trawl_status trawl_matcher_set_module_data(trawl_matcher *matcher, const char *module,
                                           const void *data, size_t size, trawl_error **error);
/* Matches bytes in memory, which are not copied. They must not change meanwhile. [owner] */
trawl_status trawl_matcher_match_memory(trawl_matcher *matcher, const void *data, size_t size,
                                        trawl_matches **matches, trawl_error **error);
/* Matches a file. Returns TRAWL_FILE_UNREADABLE if it cannot be read, and TRAWL_LIBYARA_FAILED if libyara
 * failed, for example after the time limit. [owner] */
trawl_status trawl_matcher_match_file(trawl_matcher *matcher, const char *path,
                                      trawl_matches **matches, trawl_error **error);
/* Matches content of the host, whose callbacks run on this thread. [owner] */
trawl_status trawl_matcher_match_reader(trawl_matcher *matcher, const trawl_reader *reader,
                                        trawl_matches **matches, trawl_error **error);
/* Matches the memory of a running process. [owner] */
trawl_status trawl_matcher_match_process(trawl_matcher *matcher, int32_t process,
                                         trawl_matches **matches, trawl_error **error);
/* Ends the item in progress, and every later one, as an error. [any] */
void trawl_matcher_cancel(trawl_matcher *matcher);
/* Frees the matcher. [owner] */
void trawl_matcher_free(trawl_matcher *matcher);

typedef struct trawl_string_instance {
  uint64_t offset;
  uint64_t length;
  const uint8_t *data; /* first bytes, at most 512 unless TRAWL_MAXIMUM_MATCH_DATA is set */
  size_t data_size;
  int32_t xor_key;     /* of an `xor` string; 0 before libyara 4.5 */
  int32_t reserved;
} trawl_string_instance;

/* A string of a rule with at least one match; private strings are left out. */
typedef struct trawl_matched_string {
  trawl_text identifier; /* with its $ */
  int32_t is_xor;
  int32_t reserved;
  const trawl_string_instance *instances;
  size_t instance_count;
} trawl_matched_string;

/* Value that a module computed. */
typedef struct trawl_value {
  trawl_text name; /* in a structure or dictionary */
  int32_t type;    /* TRAWL_VALUE_… */
  int32_t reserved;
  int64_t integer;
  double number;
  trawl_text text; /* any bytes */
  const struct trawl_value *members; /* of a structure, a dictionary or an array */
  size_t member_count;
} trawl_value;
enum {
  TRAWL_VALUE_UNDEFINED = 0, /* in arrays only */
  TRAWL_VALUE_INTEGER = 1,
  TRAWL_VALUE_FLOAT = 2,
  TRAWL_VALUE_TEXT = 3,
  TRAWL_VALUE_STRUCTURE = 4,
  TRAWL_VALUE_DICTIONARY = 5,
  TRAWL_VALUE_ARRAY = 6
};

enum {
  TRAWL_RULE_MATCHES = 1,
  TRAWL_RULE_DOES_NOT_MATCH = 2,
  TRAWL_CONSOLE_LINE = 3,     /* `text` */
  TRAWL_MODULE_LOADED = 4,    /* `text` is its name, `value` its fields */
  TRAWL_TOO_MANY_MATCHES = 5, /* `text` is the string of `rule`; its matches are not complete */
  TRAWL_TOO_SLOW = 6          /* `text` is the string of `rule` that slowed libyara down */
};

typedef struct trawl_match_event {
  int32_t type; /* TRAWL_RULE_MATCHES to TRAWL_TOO_SLOW */
  int32_t reserved;
  const trawl_rule *rule; /* lives as long as the engine; null if it does not apply */
  trawl_text text;
  const trawl_matched_string *strings;
  size_t string_count;
  const trawl_value *value;
} trawl_match_event;

/* Events that libyara reported, in its order: `*count` of them, which live as long as the matches. [any] */
const trawl_match_event *trawl_matches_events(const trawl_matches *matches, size_t *count);
/* Frees the matches. [owner] */
void trawl_matches_free(trawl_matches *matches);

/* Settings of libyara, which all engines of the process share. */
enum {
  TRAWL_STACK_SIZE = 1,               /* slots of the stack of conditions; default 16384 */
  TRAWL_MAXIMUM_STRINGS_PER_RULE = 2, /* default 10000 */
  TRAWL_MAXIMUM_MATCH_DATA = 3        /* bytes kept of a match; default 512 */
};
/* Changes a setting of libyara, before other threads use the library. [owner] */
trawl_status trawl_libyara_configure(int32_t setting, uint32_t value, trawl_error **error);
/* Names of the modules that libyara was built with: `*count` of them, which live as long as the
 * process; none before 4.5. [any] */
const trawl_text *trawl_libyara_modules(size_t *count);

/* ---- Scan: files, directories and images, on threads of its own ---------------------------- */

typedef struct trawl_scan trawl_scan;

/* Receives a record; called for one record at a time, on any thread of the scan. The record lives
 * until the callback returns, unless it is retained. A value other than 0 stops the scan. */
typedef int32_t (*trawl_record_callback)(const trawl_record *record, void *user);

typedef struct trawl_progress {
  uint64_t items;    /* with an outcome */
  uint64_t bytes;    /* read */
  uint64_t findings; /* items that matched */
} trawl_progress;

/* Receives the progress, on a thread of its own. A value other than 0 stops the scan. */
typedef int32_t (*trawl_progress_callback)(const trawl_progress *progress, void *user);

enum { TRAWL_AUTO = 0, TRAWL_FILE = 1, TRAWL_IMAGE = 2 };

/* Creates a scan without targets; `options` may be null. [any] */
trawl_status trawl_scan_create(trawl_engine *engine, const trawl_options *options,
                               trawl_scan **scan, trawl_error **error);
/* Adds a file, a directory, a disk image or a block device. TRAWL_AUTO recognises an image by its
 * bytes; TRAWL_FILE treats it as a file. Images inside a directory are scanned as files. A missing target is
 * a problem of the scan. [owner] */
trawl_status trawl_scan_add_path(trawl_scan *scan, const char *path, int32_t kind,
                                 trawl_error **error);
/* Adds an open file, which the host may close at once. [owner] */
trawl_status trawl_scan_add_descriptor(trawl_scan *scan, const char *name, int descriptor,
                                       trawl_error **error);
/* Adds bytes in memory. Without `release` they are copied; with it they must stay unchanged until
 * it is called, exactly once, also if this function fails. [owner] */
trawl_status trawl_scan_add_memory(trawl_scan *scan, const char *name, const void *data,
                                   size_t size, void (*release)(void *user), void *user,
                                   trawl_error **error);
/* Adds an item whose bytes the host provides; one thread at a time reads it. [owner] */
trawl_status trawl_scan_add_reader(trawl_scan *scan, const char *name, const trawl_reader *reader,
                                   trawl_error **error);
/* Adds a disk whose bytes the host provides, scanned like a raw image. Several threads read it at the
 * same time. [owner] */
trawl_status trawl_scan_add_medium(trawl_scan *scan, const char *name, const trawl_reader *reader,
                                   trawl_error **error);
/* Requests progress at an interval in milliseconds, at least 10. [owner] */
trawl_status trawl_scan_set_progress(trawl_scan *scan, trawl_progress_callback callback,
                                     void *user, uint32_t interval, trawl_error **error);
/* Runs to the end: findings and problems as they occur, then products and context, then one summary.
 * TRAWL_OK does not mean that every item could be scanned: the summary says so. After a cancelled scan
 * a callback that does not return within 3 s is left behind: free what it uses in `release`. [owner] */
trawl_status trawl_scan_run(trawl_scan *scan, trawl_record_callback callback, void *user,
                            trawl_error **error);
/* Stops the scan, whether it runs yet or not. May be called in callbacks. [any] */
void trawl_scan_cancel(trawl_scan *scan);
/* Copies the progress; `size` is sizeof(trawl_progress). [any] */
trawl_status trawl_scan_progress(const trawl_scan *scan, trawl_progress *progress, size_t size,
                                 trawl_error **error);
/* Frees a scan that is not running. [owner] */
void trawl_scan_free(trawl_scan *scan);

/* ---- Disk images --------------------------------------------------------------------------- */

/* File systems are parsed in helper processes: if a parser crashes or hangs, a volume is lost, and the
 * host continues. The program is `helper` of the options; else the host itself, if it calls
 * trawl_run_helper_if_requested; else libexec/trawl/trawl-helper beside the folder of the library.
 * A host must not reap all children with waitpid(-1, …). */

/* Serves as a helper and exits, if this process was started as one; else returns at once. A host that
 * does not install trawl-helper, such as one linked statically, calls it first in main. [owner] */
void trawl_run_helper_if_requested(void);

/* Path of the helper program that images would be read with; null if there is none. It lives as long
 * as the process. [any] */
const char *trawl_helper_path(void);

/* ---- Signals ------------------------------------------------------------------------------- */

/* Installs a handler of SIGBUS, once in the process, that passes on the signals of others. Files of
 * more than 1 MiB, of any size, are then mapped: without it, a mapped file that shrinks would end the
 * process. Without it such a file is read into memory if it is a candidate, up to `memory_budget`. [any] */
void trawl_install_fault_handler(void);

#ifdef __cplusplus
}
#endif

#endif
