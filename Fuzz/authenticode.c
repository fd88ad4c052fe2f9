// libFuzzer target: one SignedData of a certificate table, and those nested in it, or a catalogue file.
//
//   clang -g -fsanitize=fuzzer,address,undefined -ISources/CAuthenticode/include Fuzz/authenticode.c \
//     Sources/CAuthenticode/*.c -lcrypto -o .build/fuzz-authenticode
//   .build/fuzz-authenticode -max_len=65536 CORPUS     # seeds: osslsigncode extract-signature
#include "CAuthenticode.h"

static void read(const uint8_t *bytes, size_t count, int depth) {
  c_authenticode *signature = c_authenticode_read(bytes, count);
  if (!signature) return;
  // Every byte that is lent must be there.
  const c_authenticode_facts *facts = c_authenticode_get(signature);
  const c_authenticode_bytes lent[] = {
      facts->file_digest, facts->common_name, facts->organization, facts->issuer,
      facts->serial, facts->sha1, facts->sha256, facts->chain, facts->program_name};
  volatile uint8_t sum = 0;
  for (size_t i = 0; i < sizeof lent / sizeof *lent; i++)
    for (size_t j = 0; j < lent[i].count; j++) sum = (uint8_t)(sum + lent[i].bytes[j]);
  // The digest of no file: every member of a catalogue is looked at.
  const uint8_t digest[32] = {0};
  if (c_authenticode_catalogue_lists(signature, "sha256", digest, sizeof digest)) sum = 1;
  size_t nested = c_authenticode_nested_count(signature);
  for (size_t i = 0; depth < 4 && i < nested && i < 64; i++) {
    c_authenticode_bytes inner = c_authenticode_nested(signature, i);
    if (inner.count) read(inner.bytes, inner.count, depth + 1);
  }
  c_authenticode_free(signature);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
  read(bytes, count, 0);
  return 0;
}
