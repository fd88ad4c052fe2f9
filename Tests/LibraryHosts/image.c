/* Scans a disk image, and the same bytes as a medium of the host, with the built-in signatures: both must
 * find the same. Prints the number of findings.
 *   image DISK [own]     own: the host itself serves as the helper program */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <trawl.h>
#include <unistd.h>

static int32_t count(const trawl_record *record, void *user) {
  if (trawl_record_finding(record)) ++*(int *)user;
  return 0;
}

static int64_t read_disk(void *user, uint64_t offset, void *buffer, size_t size) {
  return pread(*(int *)user, buffer, size, (off_t)offset);
}

/* By its address: arguments have no order, and the call sets it. */
static void must(trawl_status status, trawl_error **error) {
  if (status == TRAWL_OK) return;
  fprintf(stderr, "image: %s\n", trawl_error_message(*error));
  exit(1);
}

int main(int argc, char **argv) {
  /* The helper has one argument of its own. */
  if (argc == 2 || argc == 3) {
    if (argc == 3 || strcmp(argv[1], "image-helper-process") == 0) trawl_run_helper_if_requested();
  } else {
    return 64;
  }
  trawl_error *error = NULL;
  trawl_engine *engine = NULL;
  trawl_scan *scan = NULL;
  int found = 0, again = 0;
  must(trawl_engine_create_builtin(&engine, &error), &error);
  must(trawl_scan_create(engine, NULL, &scan, &error), &error);
  must(trawl_scan_add_path(scan, argv[1], TRAWL_AUTO, &error), &error);
  must(trawl_scan_run(scan, count, &found, &error), &error);
  trawl_scan_free(scan);

  int disk = open(argv[1], O_RDONLY);
  struct stat status;
  if (disk < 0 || fstat(disk, &status) != 0) return 1;
  trawl_reader reader = TRAWL_READER_INIT;
  reader.size = (uint64_t)status.st_size;
  reader.read = read_disk;
  reader.user = &disk;
  must(trawl_scan_create(engine, NULL, &scan, &error), &error);
  must(trawl_scan_add_medium(scan, argv[1], &reader, &error), &error);
  must(trawl_scan_run(scan, count, &again, &error), &error);
  trawl_scan_free(scan);
  trawl_engine_release(engine);
  close(disk);
  printf("%d %d\n", found, again);
  return found == again ? 0 : 1;
}
