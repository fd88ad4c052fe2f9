/* Scans a buffer with a rule.
 *
 *   cc hello.c -o hello $(pkg-config --cflags --libs trawl)
 *   ./hello
 */
#include <stdio.h>
#include <string.h>
#include <trawl.h>

int main(void) {
  const char *rules = "rule greeting { strings: $a = \"hello\" condition: $a }";
  const char *text = "say hello to the needle";
  trawl_compiler *compiler = NULL;
  trawl_engine *engine = NULL;
  trawl_scanner *scanner = NULL;
  trawl_result *result = NULL;
  trawl_error *error = NULL;

  if (trawl_compiler_create(&compiler, &error)
      || trawl_compiler_add_text(compiler, "hello.c", NULL, rules, strlen(rules), &error)
      || trawl_compiler_build(compiler, &engine, &error)
      || trawl_scanner_create(engine, NULL, &scanner, &error)
      || trawl_scanner_scan_memory(scanner, "text", text, strlen(text), &result, &error)) {
    fprintf(stderr, "%s\n", trawl_error_message(error));
  } else if (trawl_result_outcome(result) == TRAWL_MATCHED) {
    const trawl_finding *finding = trawl_record_finding(trawl_result_record(result, 0));
    const trawl_rule_match *match = &finding->matches[0];
    printf("%s", match->rule.data);
    if (match->string_count > 0) printf(" at %llu", (unsigned long long)match->strings[0].offset);
    puts("");
  }

  trawl_error_free(error);
  trawl_result_free(result);
  trawl_scanner_free(scanner);
  trawl_engine_release(engine);
  trawl_compiler_free(compiler);
  return 0;
}
