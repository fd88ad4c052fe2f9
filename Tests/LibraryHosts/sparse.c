/* Scans an item of 100 GB that the host provides, all zeros but for a text in its middle: read as it is,
 * or with its holes known. Prints the outcome, the bytes read, and the peak of the memory in KiB.
 *   sparse read|holes TEXT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <trawl.h>

static const uint64_t size = 100000000000, place = 50000000000;
static uint64_t bytes_read;
static const char *text;

static int64_t read_item(void *user, uint64_t offset, void *buffer, size_t count) {
  (void)user;
  memset(buffer, 0, count);
  uint64_t end = place + strlen(text);
  for (uint64_t i = place; i < end; i++) {
    if (i >= offset && i - offset < count) ((char *)buffer)[i - offset] = text[i - place];
  }
  bytes_read += count;
  return (int64_t)count;
}

static uint64_t zeros(void *user, uint64_t offset) {
  (void)user;
  if (offset < place) return place - offset;
  return offset >= place + strlen(text) ? size - offset : 0;
}

int main(int argc, char **argv) {
  if (argc != 3) return 64;
  text = argv[2];
  const char *rules = "rule needle { strings: $a = \"needle\" condition: $a }";
  trawl_compiler *compiler = NULL;
  trawl_engine *engine = NULL;
  trawl_scanner *scanner = NULL;
  trawl_result *result = NULL;
  trawl_reader reader = TRAWL_READER_INIT;
  reader.size = size;
  reader.read = read_item;
  if (strcmp(argv[1], "holes") == 0) reader.zeros = zeros;
  if (trawl_compiler_create(&compiler, NULL)
      || trawl_compiler_add_text(compiler, "rules", NULL, rules, strlen(rules), NULL)
      || trawl_compiler_build(compiler, &engine, NULL)
      || trawl_scanner_create(engine, NULL, &scanner, NULL)
      || trawl_scanner_scan_reader(scanner, "sparse", &reader, &result, NULL)) {
    return 1;
  }
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  printf("%d %llu %ld\n", (int)trawl_result_outcome(result), (unsigned long long)bytes_read,
         usage.ru_maxrss);
  trawl_result_free(result);
  trawl_scanner_free(scanner);
  trawl_compiler_free(compiler);
  trawl_engine_release(engine);
  return 0;
}
