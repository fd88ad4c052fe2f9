// Fills an NTFS image without mounting it: ntfsfill IMAGE, commands on standard input, fields apart by
// tabs. `mkdir PATH`, `cp FILE PATH[:STREAM]`, `rm PATH`, `compress FOLDER` (for what is copied there later).
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
// These need the ones above, and do not say so.
#include <ntfs-3g/volume.h>
#include <ntfs-3g/dir.h>
#include <ntfs-3g/inode.h>
#include <ntfs-3g/attrib.h>
#include <ntfs-3g/unistr.h>

static ntfs_volume *volume;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static ntfs_inode *open_path(const char *path) {
  return *path ? ntfs_pathname_to_inode(volume, NULL, path) : ntfs_inode_open(volume, FILE_root);
}

// Cuts a path into its folder, which is opened, and its last name as UTF-16.
static ntfs_inode *open_folder(const char *path, ntfschar **name, int *length) {
  char folder[4096];
  snprintf(folder, sizeof folder, "%s", path);
  char *slash = strrchr(folder, '/');
  *name = NULL;
  *length = ntfs_mbstoucs(slash ? slash + 1 : folder, name);
  if (slash) *slash = 0; else folder[0] = 0;
  ntfs_inode *inode = open_path(folder);
  if (!inode) fail(path);
  return inode;
}

static ntfs_inode *create(const char *path, mode_t kind) {
  ntfschar *name;
  int length;
  ntfs_inode *folder = open_folder(path, &name, &length);
  ntfs_inode *inode = ntfs_create(folder, 0, name, length, kind);
  if (!inode) fail(path);
  free(name);
  ntfs_inode_close(folder);
  return inode;
}

static void copy(const char *source, const char *path) {
  char file[4096];
  snprintf(file, sizeof file, "%s", path);
  char *stream = strchr(file, ':');
  if (stream) *stream++ = 0;
  ntfs_inode *inode = stream ? open_path(file) : create(file, S_IFREG);
  if (!inode) fail(file);
  ntfschar *name = AT_UNNAMED;
  int length = 0;
  if (stream) {
    name = NULL;
    length = ntfs_mbstoucs(stream, &name);
    if (ntfs_attr_add(inode, AT_DATA, name, length, NULL, 0)) fail(path);
  }
  ntfs_attr *attribute = ntfs_attr_open(inode, AT_DATA, name, length);
  if (!attribute) fail(path);
  FILE *input = fopen(source, "rb");
  if (!input) fail(source);
  // In small pieces: larger ones find no room on a fragmented volume.
  static char buffer[1 << 16];
  s64 offset = 0;
  size_t count;
  while ((count = fread(buffer, 1, sizeof buffer, input)) > 0) {
    if (ntfs_attr_pwrite(attribute, offset, count, buffer) != (s64)count) fail(path);
    offset += count;
  }
  if (NAttrCompressed(attribute)) ntfs_attr_pclose(attribute);
  fclose(input);
  ntfs_attr_close(attribute);
  ntfs_inode_close(inode);
}

static void delete(const char *path) {
  ntfschar *name;
  int length;
  ntfs_inode *folder = open_folder(path, &name, &length);
  ntfs_inode *inode = open_path(path);
  // Closes both.
  if (!inode || ntfs_delete(volume, NULL, inode, folder, name, length)) fail(path);
  free(name);
}

static void compress(const char *path) {
  ntfs_inode *inode = open_path(path);
  if (!inode) fail(path);
  inode->flags |= FILE_ATTR_COMPRESSED;
  NInoFileNameSetDirty(inode);
  NInoSetDirty(inode);
  ntfs_inode_close(inode);
}

int main(int count, char **arguments) {
  if (count != 2) return 64;
  ntfs_set_char_encoding("utf8");
  volume = ntfs_mount(arguments[1], NTFS_MNT_NONE);
  if (!volume) fail(arguments[1]);
  NVolSetCompression(volume);
  char line[9000];
  while (fgets(line, sizeof line, stdin)) {
    line[strcspn(line, "\n")] = 0;
    char *command = strtok(line, "\t"), *first = strtok(NULL, "\t"), *second = strtok(NULL, "\t");
    if (!command) continue;
    if (!strcmp(command, "mkdir")) ntfs_inode_close(create(first, S_IFDIR));
    else if (!strcmp(command, "cp")) copy(first, second);
    else if (!strcmp(command, "rm")) delete(first);
    else if (!strcmp(command, "compress")) compress(first);
    else return 64;
  }
  return ntfs_umount(volume, FALSE) ? 1 : 0;
}
