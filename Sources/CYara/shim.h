// Access to parts of libyara that Swift's importer does not support: function-like macros and
// flexible unions.
#pragma once
#include <stddef.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <yara.h>

/// Returns the next rule of the table, or NULL after the last (yr_rules_foreach, rules.h).
static inline YR_RULE *_Nullable trawl_yara_rule_at(YR_RULES *_Nonnull rules, uint32_t index) {
  YR_RULE *rule = &rules->rules_table[index];
  return RULE_IS_NULL(rule) ? NULL : rule;
}

/// Returns the string after `string` in its rule, or NULL (yr_rule_strings_foreach).
static inline YR_STRING *_Nullable trawl_yara_next_string(YR_STRING *_Nonnull string) {
  return STRING_IS_LAST_IN_RULE(string) ? NULL : string + 1;
}

/// Returns the metadata entry after `meta` in its rule, or NULL (yr_rule_metas_foreach).
static inline YR_META *_Nullable trawl_yara_next_meta(YR_META *_Nonnull meta) {
  return META_IS_LAST_IN_RULE(meta) ? NULL : meta + 1;
}

/// Returns the first match of `string` in this scan, private strings included, or NULL.
static inline YR_MATCH *_Nullable trawl_yara_first_match(
    YR_SCAN_CONTEXT *_Nonnull context, YR_STRING *_Nonnull string) {
  return context->matches[string->idx].head;
}

/// Resets the entry point. libyara never does that for a scanner it reuses
/// (VirusTotal/yara#2245): without this, `entrypoint` in a text file returns the previous
/// executable's.
static inline void trawl_yara_forget_entry_point(YR_SCANNER *_Nonnull scanner) {
  scanner->entry_point = YR_UNDEFINED;
}

static inline const char *_Nonnull trawl_yara_version(void) { return YR_VERSION; }

#if YR_MAJOR_VERSION > 4 || (YR_MAJOR_VERSION == 4 && YR_MINOR_VERSION >= 5)
#define TRAWL_YARA_4_5 1
#else
#define TRAWL_YARA_4_5 0
#endif

/// Message with a YR_STRING that slows the scan down; -1 if libyara has no such message.
static inline int trawl_yara_too_slow_message(void) {
#if TRAWL_YARA_4_5
  return CALLBACK_MSG_TOO_SLOW_SCANNING;
#else
  return -1;
#endif
}

/// Key of a match of an `xor` string; 0 for other strings, and before 4.3.
static inline uint8_t trawl_yara_xor_key(const YR_MATCH *_Nonnull match) {
#if TRAWL_YARA_4_5
  return match->xor_key;
#else
  (void)match;
  return 0;
#endif
}

/// Makes invalid escape sequences warnings.
static inline void trawl_yara_warn_of_escapes(YR_COMPILER *_Nonnull compiler) {
#if TRAWL_YARA_4_5
  compiler->strict_escape = true;
#else
  (void)compiler;
#endif
}

/// Name of a module that libyara was built with, by its number; NULL after the last.
static inline const char *_Nullable trawl_yara_module_name(uint32_t index) {
#if TRAWL_YARA_4_5
  return yr_modules_get_table()[index].name;
#else
  (void)index;
  return NULL;
#endif
}

/// Returns the length of a module object's text, and its bytes through `bytes`; -1 if
/// undefined.
static inline int64_t trawl_yara_object_string(
    YR_OBJECT *_Nonnull object, const char *_Nullable *_Nonnull bytes) {
  SIZED_STRING *text = object->value.ss;
  if (text == NULL) return -1;
  *bytes = text->c_string;
  return text->length;
}

static inline int64_t trawl_yara_object_integer(YR_OBJECT *_Nonnull object) {
  return object->value.i;
}
static inline double trawl_yara_object_float(YR_OBJECT *_Nonnull object) {
  return object->value.d;
}
static inline int64_t trawl_yara_undefined(void) { return YR_UNDEFINED; }

static inline YR_STRUCTURE_MEMBER *_Nullable trawl_yara_members(YR_OBJECT *_Nonnull object) {
  return object_as_structure(object)->members;
}

static inline uint32_t trawl_yara_array_count(YR_OBJECT *_Nonnull object) {
  YR_ARRAY_ITEMS *items = object_as_array(object)->items;
  return items == NULL ? 0 : (uint32_t)items->length;
}
static inline YR_OBJECT *_Nullable trawl_yara_array_item(
    YR_OBJECT *_Nonnull object, uint32_t index) {
  return object_as_array(object)->items->objects[index];
}

static inline uint32_t trawl_yara_dictionary_count(YR_OBJECT *_Nonnull object) {
  YR_DICTIONARY_ITEMS *items = object_as_dictionary(object)->items;
  return items == NULL ? 0 : (uint32_t)items->used;
}
/// Returns the value at `index` of a dictionary, and its key through `key` and `key_length`.
static inline YR_OBJECT *_Nullable trawl_yara_dictionary_item(
    YR_OBJECT *_Nonnull object, uint32_t index, const char *_Nullable *_Nonnull key,
    uint32_t *_Nonnull key_length) {
  YR_DICTIONARY_ITEMS *items = object_as_dictionary(object)->items;
  SIZED_STRING *text = items->objects[index].key;
  *key = text == NULL ? NULL : text->c_string;
  *key_length = text == NULL ? 0 : text->length;
  return items->objects[index].obj;
}

/// Table of all strings, rule by rule.
static inline YR_STRING *_Nullable trawl_yara_string_at(YR_RULES *_Nonnull rules, uint32_t index) {
  return index < rules->num_strings ? &rules->strings_table[index] : NULL;
}

/// Transition of the automaton from `state` on `byte`, without failure links; 0 if there is
/// none.
static inline uint32_t trawl_yara_next_state(
    YR_RULES *_Nonnull rules, uint32_t state, uint8_t byte) {
  YR_AC_TRANSITION transition = rules->ac_transition_table[state + byte + 1];
  return YR_AC_INVALID_TRANSITION(transition, (uint32_t)byte + 1) ? 0 : YR_AC_NEXT_STATE(transition);
}

/// Strings to verify in `state`, including those of its suffixes; NULL if none.
static inline YR_AC_MATCH *_Nullable trawl_yara_matches_of_state(
    YR_RULES *_Nonnull rules, uint32_t state) {
  uint32_t index = rules->ac_match_table[state];
  return index == 0 ? NULL : &rules->ac_match_pool[index - 1];
}

/// Offsets in bytes of the pointers in saved structures. YR_RULE has five consecutive ones; it
/// grew by eight bytes in 4.4.
static inline size_t trawl_yara_pointers_of_rule(void) { return offsetof(YR_RULE, identifier); }
static inline size_t trawl_yara_text_of_string(void) { return offsetof(YR_STRING, string); }
static inline size_t trawl_yara_head_of_string(void) { return offsetof(YR_STRING, chained_to); }
static inline size_t trawl_yara_name_of_string(void) { return offsetof(YR_STRING, identifier); }

/// Creates an in-memory file, closed on exec; -1 on failure (memfd_create(2), MFD_CLOEXEC).
static inline int trawl_yara_memory_file(void) {
  return (int)syscall(SYS_memfd_create, "rules", 1);
}

/// Returns libyara's dump of a module's fields, with a line end as `yara -D` adds it. The
/// caller frees it. libyara prints to `stdout`: call it from one thread at a time, and let
/// nothing else in the process use `stdout` meanwhile.
static inline char *_Nullable trawl_yara_print_object(
    YR_OBJECT *_Nonnull object, size_t *_Nonnull length) {
  char *text = NULL;
  FILE *memory = open_memstream(&text, length);
  if (memory == NULL) return NULL;
  FILE *before = stdout;
  stdout = memory;
  yr_object_print_data(object, 0, 1);
  printf("\n");
  stdout = before;
  fclose(memory);
  return text;
}
