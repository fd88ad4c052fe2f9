#ifndef C_AUTHENTICODE_H
#define C_AUTHENTICODE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// One Authenticode signature (a PKCS #7 SignedData, RFC 2315, as profiled by Microsoft's
// Authenticode_PE.docx), parsed by OpenSSL's libcrypto. libcrypto does all ASN.1 decoding and
// all cryptography: the bytes come from a file that may be hostile. Nothing is trusted, and
// nothing outside the bytes is used.

/// Bytes owned by the signature that returned them.
typedef struct c_authenticode_bytes {
  const uint8_t *_Nullable bytes;
  size_t count;
} c_authenticode_bytes;

/// A point in time; `known` is false if the signature states none that can be read.
typedef struct c_authenticode_time {
  bool known;
  int64_t seconds;
} c_authenticode_time;

typedef enum c_authenticode_timestamp {
  c_authenticode_timestamp_none,
  c_authenticode_timestamp_pkcs9,
  c_authenticode_timestamp_rfc3161,
} c_authenticode_timestamp;

/// Result of checking a timestamp with the certificates of the file.
typedef enum c_authenticode_timestamp_check {
  /// It cannot be checked: its certificate is missing, or an algorithm is unknown.
  c_authenticode_timestamp_unverified,
  /// It belongs to this signature, and the key of a time-stamping certificate signed it. Anyone
  /// can make such a certificate.
  c_authenticode_timestamp_valid,
  /// It belongs to something else, was changed, or its certificate is not for time stamping.
  c_authenticode_timestamp_invalid,
} c_authenticode_timestamp_check;

/// Contents of a signature, and which of its claims were verified. Texts are UTF-8 without a
/// terminating NUL.
typedef struct c_authenticode_facts {
  /// `md5`, `sha1`, `sha256`, `sha384` or `sha512`; NULL for any other algorithm.
  const char *_Nullable digest_name;
  /// Digest of the file according to the signer.
  c_authenticode_bytes file_digest;
  /// Whether the signed attributes contain this content's type and digest.
  bool content_matches;
  /// Whether the signer's key signed the signed attributes.
  bool signature_valid;

  /// Whether the signature contains the signer's certificate; the following fields need it.
  bool has_signer;
  bool allows_code_signing;
  c_authenticode_bytes common_name, organization, issuer;
  /// Contents of the DER INTEGER, in two's complement.
  c_authenticode_bytes serial;
  c_authenticode_bytes sha1, sha256;
  c_authenticode_time not_before, not_after;
  /// SHA-256 of the certificates from the signer's upwards, 32 bytes each, as far as the
  /// signature contains them. Each is verified with the key of the next.
  c_authenticode_bytes chain;
  bool chain_ends_self_signed;

  c_authenticode_bytes program_name;
  c_authenticode_timestamp timestamp;
  c_authenticode_timestamp_check timestamp_check;
  c_authenticode_time timestamp_time;
} c_authenticode_facts;

typedef struct c_authenticode c_authenticode;

/// Reads and copies the SignedData at the start of the bytes; NULL if there is none.
c_authenticode *_Nullable c_authenticode_read(const uint8_t *_Nonnull bytes, size_t count);
void c_authenticode_free(c_authenticode *_Nullable signature);

/// Returns the facts, which live as long as the signature.
const c_authenticode_facts *_Nonnull c_authenticode_get(const c_authenticode *_Nonnull signature);

/// Number of signatures nested directly in this one, in file order; each is a SignedData.
size_t c_authenticode_nested_count(const c_authenticode *_Nonnull signature);
c_authenticode_bytes c_authenticode_nested(const c_authenticode *_Nonnull signature, size_t index);

/// Whether the message is a catalogue file that lists a file with this digest, by an algorithm named as above.
bool c_authenticode_catalogue_lists(
    const c_authenticode *_Nonnull catalogue, const char *_Nonnull name,
    const uint8_t *_Nonnull digest, size_t count);

/// Size of the longest digest, and an opaque digest computation.
enum { c_authenticode_maximum_digest = 64 };
typedef struct c_authenticode_hash c_authenticode_hash;

/// Begins a digest by one of the names above; NULL if libcrypto refuses it.
c_authenticode_hash *_Nullable c_authenticode_hash_begin(const char *_Nonnull name);
void c_authenticode_hash_add(
    c_authenticode_hash *_Nonnull hash, const void *_Nullable bytes, size_t count);
/// Finishes and frees it; returns the length of the digest, 0 on failure.
size_t c_authenticode_hash_end(
    c_authenticode_hash *_Nonnull hash, uint8_t digest[_Nonnull c_authenticode_maximum_digest]);

/// Writes the SHA-256 of the certificate at `index` of a PEM text to `sha256`. Returns false if
/// there are no more, or if the text contains one that cannot be read.
bool c_authenticode_pem_certificate(
    const uint8_t *_Nonnull pem, size_t count, size_t index, uint8_t sha256[_Nonnull 32]);
#endif
