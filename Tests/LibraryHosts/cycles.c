/* Creates, scans and destroys everything COUNT times, and prints the resident memory in KiB after a
 * tenth of them and at the end. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <trawl.h>

/* By its address: arguments have no order, and the call sets it. */
static void must(trawl_status status, trawl_error **error) {
  if (status == TRAWL_OK) return;
  fprintf(stderr, "cycles: %s\n", trawl_error_message(*error));
  exit(1);
}

static long resident(void) {
  FILE *file = fopen("/proc/self/statm", "r");
  long size = 0, pages = 0;
  if (file && fscanf(file, "%ld %ld", &size, &pages) != 2) pages = 0;
  if (file) fclose(file);
  return pages * 4;
}

static int32_t count(const trawl_record *record, void *user) {
  if (trawl_record_finding(record) && trawl_record_json(record, NULL)) ++*(int *)user;
  return 0;
}

static void cycle(int number) {
  trawl_error *error = NULL;
  trawl_compiler *compiler = NULL;
  trawl_engine *engine = NULL;
  char rules[128];
  snprintf(rules, sizeof rules, "rule r%d { strings: $a = \"needle%d\" condition: $a }", number, number);
  must(trawl_compiler_create(&compiler, &error), &error);
  must(trawl_compiler_add_text(compiler, "rules", NULL, rules, strlen(rules), &error), &error);
  must(trawl_compiler_build(compiler, &engine, &error), &error);
  trawl_compiler_free(compiler);

  char text[64];
  int length = snprintf(text, sizeof text, "hay needle%d hay", number);
  trawl_scanner *scanner = NULL;
  trawl_result *result = NULL;
  must(trawl_scanner_create(engine, NULL, &scanner, &error), &error);
  must(trawl_scanner_scan_memory(scanner, "text", text, (size_t)length, &result, &error), &error);
  if (trawl_result_outcome(result) != TRAWL_MATCHED) abort();
  trawl_result_free(result);
  trawl_scanner_free(scanner);

  trawl_options options = TRAWL_OPTIONS_INIT;
  options.jobs = 2;
  trawl_scan *scan = NULL;
  int found = 0;
  must(trawl_scan_create(engine, &options, &scan, &error), &error);
  must(trawl_scan_add_memory(scan, "text", text, (size_t)length, NULL, NULL, &error), &error);
  trawl_engine_release(engine);
  must(trawl_scan_run(scan, count, &found, &error), &error);
  if (found != 1) abort();
  trawl_scan_free(scan);

  /* Errors are released as well. */
  if (trawl_compiler_create(NULL, &error) != TRAWL_INVALID_ARGUMENT) abort();
  trawl_error_free(error);
}

int main(int argc, char **argv) {
  int cycles = argc > 1 ? atoi(argv[1]) : 100;
  for (int i = 0; i < cycles; i++) {
    cycle(i);
    if (i + 1 == cycles / 10) printf("%ld\n", resident());
  }
  printf("%ld\n", resident());
  return 0;
}
