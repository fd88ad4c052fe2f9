/* Prints which rules match which files, and where their strings are, as `yara -s` does.
 *
 *   cc match.c -o match $(pkg-config --cflags --libs trawl)
 *   ./match rules.yar FILE...
 */
#include <ctype.h>
#include <stdio.h>
#include <trawl.h>

static int fail(trawl_error *error) {
  fprintf(stderr, "match: %s\n", trawl_error_message(error));
  trawl_error_free(error);
  return 2;
}

static void print(const trawl_match_event *event, const char *file) {
  printf("%s %s\n", event->rule->identifier.data, file);
  for (size_t s = 0; s < event->string_count; s++) {
    const trawl_matched_string *string = &event->strings[s];
    for (size_t i = 0; i < string->instance_count; i++) {
      const trawl_string_instance *instance = &string->instances[i];
      printf("0x%llx:%s: ", (unsigned long long)instance->offset, string->identifier.data);
      for (size_t b = 0; b < instance->data_size; b++) {
        int byte = instance->data[b];
        printf(isprint(byte) ? "%c" : "\\x%02X", byte);
      }
      putchar('\n');
    }
  }
}

int main(int argc, char **argv) {
  trawl_error *error = NULL;
  trawl_compiler *compiler = NULL;
  trawl_engine *engine = NULL;
  trawl_matcher *matcher = NULL;
  if (argc < 3) {
    fprintf(stderr, "usage: match RULES FILE...\n");
    return 64;
  }
  if (trawl_compiler_create(&compiler, &error)) return fail(error);
  if (trawl_compiler_add_file(compiler, argv[1], NULL, &error)) return fail(error);
  if (trawl_compiler_build(compiler, &engine, &error)) return fail(error);
  trawl_compiler_free(compiler);
  if (trawl_matcher_create(engine, NULL, &matcher, &error)) return fail(error);
  for (int i = 2; i < argc; i++) {
    trawl_matches *matches = NULL;
    if (trawl_matcher_match_file(matcher, argv[i], &matches, &error)) return fail(error);
    size_t count = 0;
    const trawl_match_event *events = trawl_matches_events(matches, &count);
    for (size_t e = 0; e < count; e++) {
      if (events[e].type == TRAWL_RULE_MATCHES) print(&events[e], argv[i]);
    }
    trawl_matches_free(matches);
  }
  trawl_matcher_free(matcher);
  trawl_engine_release(engine);
  return 0;
}
