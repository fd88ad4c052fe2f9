/* Scans buffers as they come, as a mail filter or an upload service does: each request on standard input
 * is four bytes of size, the least significant first, and as many bytes. The answer is one line: "clean",
 * "failed", or the finding as JSON.
 *
 *   cc server.c -o server $(pkg-config --cflags --libs trawl)
 *   ./server rules.yar
 */
#include <stdio.h>
#include <stdlib.h>
#include <trawl.h>

static void fail(trawl_error *error) {
  fprintf(stderr, "server: %s\n", trawl_error_message(error));
  trawl_error_free(error);
  exit(2);
}

static trawl_engine *compiled(const char *rules) {
  trawl_error *error = NULL;
  trawl_compiler *compiler = NULL;
  trawl_engine *engine = NULL;
  if (trawl_compiler_create(&compiler, &error)) fail(error);
  if (trawl_compiler_add_file(compiler, rules, NULL, &error)) fail(error);
  if (trawl_compiler_build(compiler, &engine, &error)) fail(error);
  trawl_compiler_free(compiler);
  return engine;
}

/* Scans one buffer, and prints the answer. */
static void answer(trawl_scanner *scanner, const char *name, const void *bytes, size_t size) {
  trawl_error *error = NULL;
  trawl_result *result = NULL;
  if (trawl_scanner_scan_memory(scanner, name, bytes, size, &result, &error)) fail(error);
  switch (trawl_result_outcome(result)) {
  case TRAWL_CLEAN: puts("clean"); break;
  case TRAWL_MATCHED: puts(trawl_record_json(trawl_result_record(result, 0), NULL)); break;
  /* Never call clean what was not scanned, such as a buffer that took too long. */
  default: puts("failed"); break;
  }
  fflush(stdout);
  trawl_result_free(result);
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: server RULES < REQUESTS\n");
    return 64;
  }
  trawl_error *error = NULL;
  trawl_engine *engine = compiled(argv[1]);

  /* A server with threads makes one scanner for each: they share the engine. */
  trawl_options options = TRAWL_OPTIONS_INIT;
  options.timeout = 10;
  trawl_scanner *scanner = NULL;
  if (trawl_scanner_create(engine, &options, &scanner, &error)) fail(error);

  unsigned char head[4];
  unsigned long number = 0;
  while (fread(head, 1, sizeof head, stdin) == sizeof head) {
    size_t size = head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16 | (size_t)head[3] << 24;
    unsigned char *bytes = malloc(size ? size : 1);
    if (!bytes || fread(bytes, 1, size, stdin) != size) {
      fprintf(stderr, "server: the request is not complete\n");
      free(bytes);
      break;
    }
    char name[32];
    snprintf(name, sizeof name, "request-%lu", ++number);
    answer(scanner, name, bytes, size);
    free(bytes);
  }

  trawl_scanner_free(scanner);
  trawl_engine_release(engine);
  return 0;
}
