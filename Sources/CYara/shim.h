// What Swift's importer cannot see of libyara: function-like macros and flexible unions.
#pragma once
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <yara.h>

/// The next rule of the table, or NULL after the last (yr_rules_foreach, rules.h).
static inline YR_RULE *_Nullable trawl_yara_rule_at(YR_RULES *_Nonnull rules, uint32_t index) {
  YR_RULE *rule = &rules->rules_table[index];
  return RULE_IS_NULL(rule) ? NULL : rule;
}

/// The string after `string` in its rule, or NULL (yr_rule_strings_foreach).
static inline YR_STRING *_Nullable trawl_yara_next_string(YR_STRING *_Nonnull string) {
  return STRING_IS_LAST_IN_RULE(string) ? NULL : string + 1;
}

/// The metadata entry after `meta` in its rule, or NULL (yr_rule_metas_foreach).
static inline YR_META *_Nullable trawl_yara_next_meta(YR_META *_Nonnull meta) {
  return META_IS_LAST_IN_RULE(meta) ? NULL : meta + 1;
}

/// The first match of `string` in this scan, private strings included, or NULL.
static inline YR_MATCH *_Nullable trawl_yara_first_match(
    YR_SCAN_CONTEXT *_Nonnull context, YR_STRING *_Nonnull string) {
  return context->matches[string->idx].head;
}

/// libyara never resets the entry point of a scanner it reuses (VirusTotal/yara#2245): without
/// this, `entrypoint` in a text file answers with the previous executable's.
static inline void trawl_yara_forget_entry_point(YR_SCANNER *_Nonnull scanner) {
  scanner->entry_point = YR_UNDEFINED;
}

static inline const char *_Nonnull trawl_yara_version(void) { return YR_VERSION; }

/// A text of a module object: its length, and its bytes by `bytes`; -1 when undefined.
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
/// The value at `index` of a dictionary, its key by `key` and `key_length`.
static inline YR_OBJECT *_Nullable trawl_yara_dictionary_item(
    YR_OBJECT *_Nonnull object, uint32_t index, const char *_Nullable *_Nonnull key,
    uint32_t *_Nonnull key_length) {
  YR_DICTIONARY_ITEMS *items = object_as_dictionary(object)->items;
  SIZED_STRING *text = items->objects[index].key;
  *key = text == NULL ? NULL : text->c_string;
  *key_length = text == NULL ? 0 : text->length;
  return items->objects[index].obj;
}

/// The table of strings, all rules' strings one behind the other.
static inline YR_STRING *_Nullable trawl_yara_string_at(YR_RULES *_Nonnull rules, uint32_t index) {
  return index < rules->num_strings ? &rules->strings_table[index] : NULL;
}

/// Where the automaton goes from `state` on `byte`, failure links left out; 0 if nowhere.
static inline uint32_t trawl_yara_next_state(
    YR_RULES *_Nonnull rules, uint32_t state, uint8_t byte) {
  YR_AC_TRANSITION transition = rules->ac_transition_table[state + byte + 1];
  return YR_AC_INVALID_TRANSITION(transition, (uint32_t)byte + 1) ? 0 : YR_AC_NEXT_STATE(transition);
}

/// The strings to verify in `state`, those of its suffixes included; NULL if none.
static inline YR_AC_MATCH *_Nullable trawl_yara_matches_of_state(
    YR_RULES *_Nonnull rules, uint32_t state) {
  uint32_t index = rules->ac_match_table[state];
  return index == 0 ? NULL : &rules->ac_match_pool[index - 1];
}

/// A file in memory, closed on exec; -1 on failure (memfd_create(2), MFD_CLOEXEC).
static inline int trawl_yara_memory_file(void) {
  return (int)syscall(SYS_memfd_create, "rules", 1);
}

/// What libyara prints of a module's fields, and a line end as `yara -D` adds; the caller frees it.
/// libyara prints to `stdout`: one thread at a time, and nothing else of the process may use that.
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
