/* Scans files, directories and disk images with rules of your own, and prints what it finds.
 *
 *   cc scan.c -o scan $(pkg-config --cflags --libs trawl)
 *   ./scan rules.yar /srv disk.E01
 */
#include <stdio.h>
#include <stdlib.h>
#include <trawl.h>

/* Prints an error, and ends the program. */
static void fail(trawl_error *error) {
  fprintf(stderr, "scan: %s\n", trawl_error_message(error));
  trawl_error_free(error);
  exit(2);
}

/* Receives the findings and problems as they occur, then one summary. */
static int32_t receive(const trawl_record *record, void *user) {
  int *status = user;
  const trawl_finding *finding = trawl_record_finding(record);
  if (finding) {
    printf("%s: %s\n", finding->locator.path.data, finding->rule.data);
    *status = 1;
  }
  const trawl_problem *problem = trawl_record_problem(record);
  if (problem) {
    fprintf(stderr, "%s: not scanned: %s\n", problem->locator.path.data, problem->message.data);
  }
  const trawl_summary *summary = trawl_record_summary(record);
  if (summary) {
    fprintf(stderr, "%llu items, %llu matched%s\n", (unsigned long long)summary->ledger.seen,
            (unsigned long long)summary->ledger.matched,
            summary->is_complete ? "" : "; not everything could be scanned");
    if (!summary->is_complete && *status == 0) *status = 3;
  }
  return 0;
}

int main(int argc, char **argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: scan RULES TARGET...\n");
    return 64;
  }
  trawl_error *error = NULL;

  trawl_compiler *compiler = NULL;
  trawl_engine *engine = NULL;
  if (trawl_compiler_create(&compiler, &error)) fail(error);
  if (trawl_compiler_add_file(compiler, argv[1], NULL, &error)) fail(error);
  if (trawl_compiler_build(compiler, &engine, &error)) fail(error);
  trawl_compiler_free(compiler);

  /* Files of any size are mapped; one that shrinks meanwhile is reported as truncated. */
  trawl_install_fault_handler();

  trawl_scan *scan = NULL;
  if (trawl_scan_create(engine, NULL, &scan, &error)) fail(error);
  for (int i = 2; i < argc; i++) {
    if (trawl_scan_add_path(scan, argv[i], TRAWL_AUTO, &error)) fail(error);
  }
  int status = 0;
  if (trawl_scan_run(scan, receive, &status, &error)) fail(error);

  trawl_scan_free(scan);
  trawl_engine_release(engine);
  return status;
}
