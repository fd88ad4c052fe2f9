#ifndef C_AUTHENTICODE_H
#define C_AUTHENTICODE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// One Authenticode signature (a PKCS #7 SignedData, RFC 2315, as Microsoft's Authenticode_PE.docx profiles it),
// taken apart by OpenSSL's libcrypto. It does all the ASN.1 and all the arithmetic: the bytes come
// from a file that may be hostile. Nothing is trusted and nothing is looked up outside the bytes.

/// Bytes that the signature they were asked of owns.
typedef struct c_authenticode_bytes {
  const uint8_t *_Nullable bytes;
  size_t count;
} c_authenticode_bytes;

/// A moment; `known` is false where the signature states none that can be read.
typedef struct c_authenticode_time {
  bool known;
  int64_t seconds;
} c_authenticode_time;

typedef enum c_authenticode_timestamp {
  c_authenticode_timestamp_none,
  c_authenticode_timestamp_pkcs9,
  c_authenticode_timestamp_rfc3161,
} c_authenticode_timestamp;

/// What checking a timestamp with the certificates of the file came to.
typedef enum c_authenticode_timestamp_check {
  /// It cannot be checked: its certificate is missing, or an algorithm is of no known kind.
  c_authenticode_timestamp_unverified,
  /// It is one of this signature, and the key of a certificate for time stamping signed it. Anybody can
  /// make such a certificate.
  c_authenticode_timestamp_valid,
  /// It is one of something else, or was changed, or its certificate is not for time stamping.
  c_authenticode_timestamp_invalid,
} c_authenticode_timestamp_check;

/// What a signature says, and what of it holds. Texts are UTF-8 without a zero at the end.
typedef struct c_authenticode_facts {
  /// `md5`, `sha1`, `sha256`, `sha384` or `sha512`; NULL for an algorithm that is none of these.
  const char *_Nullable digest_name;
  /// The digest that the signer states of the file.
  c_authenticode_bytes file_digest;
  /// Whether the signed attributes name this content and its digest.
  bool content_matches;
  /// Whether the signer's key made the signature over the signed attributes.
  bool signature_valid;

  /// Whether the signer's certificate is among those of the signature; what follows needs it.
  bool has_signer;
  bool allows_code_signing;
  c_authenticode_bytes common_name, organization, issuer;
  /// The contents of the DER INTEGER, in two's complement as they are.
  c_authenticode_bytes serial;
  c_authenticode_bytes sha1, sha256;
  c_authenticode_time not_before, not_after;
  /// SHA-256 of the signer's certificate, its issuer and so on, 32 bytes each: as far as the
  /// certificates of the signature go, each checked with the key of the next.
  c_authenticode_bytes chain;
  bool chain_ends_self_signed;

  c_authenticode_bytes program_name;
  c_authenticode_timestamp timestamp;
  c_authenticode_timestamp_check timestamp_check;
  c_authenticode_time timestamp_time;
} c_authenticode_facts;

typedef struct c_authenticode c_authenticode;

/// Reads the SignedData at the start of the bytes, which it copies; NULL if there is none.
c_authenticode *_Nullable c_authenticode_read(const uint8_t *_Nonnull bytes, size_t count);
void c_authenticode_free(c_authenticode *_Nullable signature);

/// Lives as long as the signature.
const c_authenticode_facts *_Nonnull c_authenticode_get(const c_authenticode *_Nonnull signature);

/// The signatures nested directly in this one, in the order of the file; each is a SignedData.
size_t c_authenticode_nested_count(const c_authenticode *_Nonnull signature);
c_authenticode_bytes c_authenticode_nested(const c_authenticode *_Nonnull signature, size_t index);

/// The longest digest, and what a hash under way looks like from outside.
enum { c_authenticode_maximum_digest = 64 };
typedef struct c_authenticode_hash c_authenticode_hash;

/// Begins a digest by one of the names above; NULL if libcrypto refuses.
c_authenticode_hash *_Nullable c_authenticode_hash_begin(const char *_Nonnull name);
void c_authenticode_hash_add(
    c_authenticode_hash *_Nonnull hash, const void *_Nullable bytes, size_t count);
/// Ends and frees it; answers the length of the digest, 0 on failure.
size_t c_authenticode_hash_end(
    c_authenticode_hash *_Nonnull hash, uint8_t digest[_Nonnull c_authenticode_maximum_digest]);

/// Writes the SHA-256 of the certificate at `index` of a PEM text to `sha256` and answers true;
/// false when there are no more, or when the text has one that cannot be read.
bool c_authenticode_pem_certificate(
    const uint8_t *_Nonnull pem, size_t count, size_t index, uint8_t sha256[_Nonnull 32]);
#endif
