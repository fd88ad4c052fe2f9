// Fills an NTFS image without mounting it: ntfsfill IMAGE, commands on standard input, fields apart by tabs.
//   mkdir PATH
//   cp FILE PATH[:STREAM]
//   weave PIECE FILE PATH FILE PATH   both at once, so many bytes of one and of the other: both in fragments
//   hole FILE PATH BYTES              the file, so many bytes that were never written, and an end
//   rm PATH
//   compress FOLDER                   for what is copied there later
//   reparse PATH TAG                  a reparse point with a hexadecimal tag of Microsoft
//   use OFFSET LENGTH                 marks the clusters of these bytes as used, though no file has them
//   runs PATH[:STREAM]                prints path, OFFSET+LENGTH of each run in bytes, `resident`
//   entry PATH                        prints the entry of a file or folder
//   free CLUSTERS                     prints the first byte of every free run of so many clusters
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
#include <ntfs-3g/bitmap.h>
#include <ntfs-3g/layout.h>
#include <ntfs-3g/reparse.h>
#include <ntfs-3g/runlist.h>
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

// A stream that is open, and its file.
struct stream {
  ntfs_inode *inode;
  ntfs_attr *attribute;
};

// Opens PATH or PATH:STREAM; makes it first if told.
static struct stream open_stream(const char *path, int is_new) {
  char file[4096];
  snprintf(file, sizeof file, "%s", path);
  char *name = strchr(file, ':');
  if (name) *name++ = 0;
  struct stream stream = {name || !is_new ? open_path(file) : create(file, S_IFREG), NULL};
  if (!stream.inode) fail(file);
  ntfschar *wide = AT_UNNAMED;
  int length = 0;
  if (name) {
    wide = NULL;
    length = ntfs_mbstoucs(name, &wide);
    if (is_new && ntfs_attr_add(stream.inode, AT_DATA, wide, length, NULL, 0)) fail(path);
  }
  stream.attribute = ntfs_attr_open(stream.inode, AT_DATA, wide, length);
  if (!stream.attribute) fail(path);
  return stream;
}

static void close_stream(struct stream stream) {
  if (NAttrCompressed(stream.attribute)) ntfs_attr_pclose(stream.attribute);
  ntfs_attr_close(stream.attribute);
  ntfs_inode_close(stream.inode);
}

static FILE *open_source(const char *source) {
  FILE *input = fopen(source, "rb");
  if (!input) fail(source);
  return input;
}

// Appends the next piece of a file; answers how long it was.
static size_t append(struct stream stream, FILE *input, s64 offset, size_t most) {
  // In small pieces: larger ones find no room on a fragmented volume.
  static char buffer[1 << 16];
  size_t count = fread(buffer, 1, most < sizeof buffer ? most : sizeof buffer, input);
  if (ntfs_attr_pwrite(stream.attribute, offset, count, buffer) != (s64)count) fail("write");
  return count;
}

static s64 append_all(struct stream stream, const char *source) {
  FILE *input = open_source(source);
  s64 offset = 0;
  size_t count;
  while ((count = append(stream, input, offset, 1 << 16)) > 0) offset += count;
  fclose(input);
  return offset;
}

static void copy(const char *source, const char *path) {
  struct stream stream = open_stream(path, 1);
  append_all(stream, source);
  close_stream(stream);
}

static void weave(size_t piece, const char *sources[2], const char *paths[2]) {
  struct stream streams[2];
  FILE *inputs[2];
  s64 offsets[2] = {0, 0};
  for (int i = 0; i < 2; i++) {
    streams[i] = open_stream(paths[i], 1);
    inputs[i] = open_source(sources[i]);
  }
  size_t counts[2];
  do {
    for (int i = 0; i < 2; i++) offsets[i] += counts[i] = append(streams[i], inputs[i], offsets[i], piece);
  } while (counts[0] || counts[1]);
  for (int i = 0; i < 2; i++) {
    fclose(inputs[i]);
    close_stream(streams[i]);
  }
}

static void hole(const char *source, const char *path, s64 length) {
  struct stream stream = open_stream(path, 1);
  s64 offset = append_all(stream, source);
  if (ntfs_attr_pwrite(stream.attribute, offset + length, 3, "end") != 3) fail(path);
  close_stream(stream);
}

static void print_run(s64 offset, s64 length) { printf(" %lld+%lld", (long long)offset, (long long)length); }

static void runs(const char *path) {
  struct stream stream = open_stream(path, 0);
  printf("runs\t%s\t", path);
  ntfs_attr *attribute = stream.attribute;
  s64 size = volume->cluster_size;
  if (!NAttrNonResident(attribute)) {
    ntfs_attr_search_ctx *found = ntfs_attr_get_search_ctx(stream.inode, NULL);
    if (!found || ntfs_attr_lookup(AT_DATA, attribute->name, attribute->name_len, CASE_SENSITIVE, 0, NULL, 0, found))
      fail(path);
    s64 place = found->ntfs_ino->mft_no << volume->mft_record_size_bits;
    LCN cluster = ntfs_attr_vcn_to_lcn(volume->mft_na, place / size);
    s64 inside = (char *)found->attr - (char *)found->mrec + le16_to_cpu(found->attr->value_offset);
    print_run(cluster * size + place % size + inside, attribute->data_size);
    printf("\tresident");
    ntfs_attr_put_search_ctx(found);
  } else {
    if (ntfs_attr_map_whole_runlist(attribute)) fail(path);
    for (runlist_element *run = attribute->rl; run->length; run++)
      if (run->lcn >= 0) print_run(run->lcn * size, run->length * size);
  }
  printf("\n");
  ntfs_attr_close(attribute);
  ntfs_inode_close(stream.inode);
}

static void entry(const char *path) {
  ntfs_inode *inode = open_path(path);
  if (!inode) fail(path);
  printf("entry\t%s\t%llu\n", path, (unsigned long long)inode->mft_no);
  ntfs_inode_close(inode);
}

static void free_runs(s64 wanted) {
  ntfs_attr *bitmap = volume->lcnbmp_na;
  static unsigned char bits[1 << 16];
  s64 run = 0, cluster = 0, offset = 0, count;
  while ((count = ntfs_attr_pread(bitmap, offset, sizeof bits, bits)) > 0) {
    for (s64 bit = 0; bit < count * 8 && cluster < volume->nr_clusters; bit++, cluster++) {
      run = bits[bit / 8] >> bit % 8 & 1 ? 0 : run + 1;
      if (run == wanted) {
        printf("free\t%lld\n", (long long)((cluster + 1 - wanted) * volume->cluster_size));
        run = 0;
      }
    }
    offset += count;
  }
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

static void use(s64 offset, s64 length) {
  s64 first = offset / volume->cluster_size;
  s64 end = (offset + length + volume->cluster_size - 1) / volume->cluster_size;
  if (ntfs_bitmap_set_run(volume->lcnbmp_na, first, end - first)) fail("use");
}

// Marks a file for a filter driver: a tag, the length of its data, and the data.
static void reparse(const char *path, unsigned long tag) {
  unsigned char data[16] = {tag, tag >> 8, tag >> 16, tag >> 24, 8};
  ntfs_inode *inode = open_path(path);
  if (!inode || ntfs_set_ntfs_reparse_data(inode, (char *)data, sizeof data, 0)) fail(path);
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
    const char *fields[6] = {NULL};
    int count = 0;
    for (char *field = strtok(line, "\t"); field && count < 6; field = strtok(NULL, "\t")) fields[count++] = field;
    if (!count) continue;
    const char *command = fields[0];
    if (count == 2 && !strcmp(command, "mkdir")) ntfs_inode_close(create(fields[1], S_IFDIR));
    else if (count == 3 && !strcmp(command, "cp")) copy(fields[1], fields[2]);
    else if (count == 6 && !strcmp(command, "weave"))
      weave(atoll(fields[1]), (const char *[]){fields[2], fields[4]}, (const char *[]){fields[3], fields[5]});
    else if (count == 4 && !strcmp(command, "hole")) hole(fields[1], fields[2], atoll(fields[3]));
    else if (count == 2 && !strcmp(command, "rm")) delete(fields[1]);
    else if (count == 2 && !strcmp(command, "compress")) compress(fields[1]);
    else if (count == 3 && !strcmp(command, "reparse")) reparse(fields[1], strtoul(fields[2], NULL, 16));
    else if (count == 3 && !strcmp(command, "use")) use(atoll(fields[1]), atoll(fields[2]));
    else if (count == 2 && !strcmp(command, "runs")) runs(fields[1]);
    else if (count == 2 && !strcmp(command, "entry")) entry(fields[1]);
    else if (count == 2 && !strcmp(command, "free")) free_runs(atoll(fields[1]));
    else return 64;
  }
  return ntfs_umount(volume, FALSE) ? 1 : 0;
}
