/* Scans the files that standard input names with eight threads, a scanner each, and then the same folder
 * with a scan of eight jobs. Prints how many files matched, both ways.
 *   find DIR -type f | threads RULES DIR */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <trawl.h>

static char **paths;
static size_t path_count, next_path;
static long matched;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* By its address: arguments have no order, and the call sets it. */
static void must(trawl_status status, trawl_error **error) {
  if (status == TRAWL_OK) return;
  fprintf(stderr, "threads: %s\n", trawl_error_message(*error));
  exit(1);
}

static const char *take(void) {
  pthread_mutex_lock(&lock);
  const char *path = next_path < path_count ? paths[next_path++] : NULL;
  pthread_mutex_unlock(&lock);
  return path;
}

static void *work(void *engine) {
  trawl_error *error = NULL;
  trawl_scanner *scanner = NULL;
  must(trawl_scanner_create(engine, NULL, &scanner, &error), &error);
  long found = 0;
  for (const char *path = take(); path; path = take()) {
    trawl_result *result = NULL;
    must(trawl_scanner_scan_file(scanner, path, &result, &error), &error);
    if (trawl_result_outcome(result) == TRAWL_MATCHED) {
      const trawl_record *record = trawl_result_record(result, 0);
      if (!trawl_record_finding(record)->match_count || !trawl_record_json(record, NULL)) abort();
      found++;
    }
    trawl_result_free(result);
  }
  trawl_scanner_free(scanner);
  pthread_mutex_lock(&lock);
  matched += found;
  pthread_mutex_unlock(&lock);
  return NULL;
}

static int32_t count(const trawl_record *record, void *user) {
  if (trawl_record_finding(record) && trawl_record_json(record, NULL)) ++*(long *)user;
  return 0;
}

int main(int argc, char **argv) {
  if (argc != 3) return 64;
  char line[4096];
  while (fgets(line, sizeof line, stdin)) {
    line[strcspn(line, "\n")] = 0;
    paths = realloc(paths, (path_count + 1) * sizeof *paths);
    paths[path_count++] = strdup(line);
  }
  trawl_error *error = NULL;
  trawl_compiler *compiler = NULL;
  trawl_engine *engine = NULL;
  must(trawl_compiler_create(&compiler, &error), &error);
  must(trawl_compiler_add_file(compiler, argv[1], NULL, &error), &error);
  must(trawl_compiler_build(compiler, &engine, &error), &error);
  trawl_compiler_free(compiler);

  pthread_t threads[8];
  for (int i = 0; i < 8; i++) pthread_create(&threads[i], NULL, work, engine);
  for (int i = 0; i < 8; i++) pthread_join(threads[i], NULL);

  trawl_options options = TRAWL_OPTIONS_INIT;
  options.jobs = 8;
  trawl_scan *scan = NULL;
  long again = 0;
  must(trawl_scan_create(engine, &options, &scan, &error), &error);
  must(trawl_scan_add_path(scan, argv[2], TRAWL_FILE, &error), &error);
  must(trawl_scan_run(scan, count, &again, &error), &error);
  trawl_scan_free(scan);
  trawl_engine_release(engine);
  printf("%ld %ld\n", matched, again);
  for (size_t i = 0; i < path_count; i++) free(paths[i]);
  free(paths);
  return 0;
}
