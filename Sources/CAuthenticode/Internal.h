#ifndef C_AUTHENTICODE_INTERNAL_H
#define C_AUTHENTICODE_INTERNAL_H
#include "CAuthenticode.h"
#include <openssl/asn1t.h>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>

// Limits on the work for one signature. No real signature comes near them: real ones have at
// most about ten certificates, and chains of four.
enum {
  maximum_certificates = 64,
  maximum_chain = 8,
  maximum_issuer_checks = 16,
  // Bytes; longer texts are truncated, so that a finding stays a readable line.
  maximum_text = 1024,
  maximum_serial = 64,
};

/// Memory that a signature owns in addition to libcrypto's structures.
typedef struct owned {
  struct owned *next;
  uint8_t bytes[];
} owned;

struct c_authenticode {
  c_authenticode_facts facts;
  PKCS7 *message;
  owned *memory;
};

// Names begin with Trawl because libyara 4.5 has the others.
// Authenticode_PE.docx, "SpcIndirectDataContent". DigestInfo is the type that libcrypto calls X509_SIG.
typedef struct {
  ASN1_OBJECT *type;
  ASN1_TYPE *value;
} TrawlSpcAttributeTypeAndOptionalValue;
DECLARE_ASN1_ITEM(TrawlSpcAttributeTypeAndOptionalValue)

typedef struct {
  TrawlSpcAttributeTypeAndOptionalValue *data;
  X509_SIG *message_digest;
} TrawlSpcIndirectDataContent;
DECLARE_ASN1_FUNCTIONS(TrawlSpcIndirectDataContent)

// Authenticode_PE.docx, "SpcSpOpusInfo".
typedef struct {
  int type;
  union {
    ASN1_BMPSTRING *unicode;
    ASN1_IA5STRING *ascii;
    ASN1_STRING *text;
  } value;
} TrawlSpcString;
DECLARE_ASN1_ITEM(TrawlSpcString)

typedef struct {
  TrawlSpcString *program_name;
  ASN1_TYPE *more_info;
} TrawlSpcSpOpusInfo;
DECLARE_ASN1_FUNCTIONS(TrawlSpcSpOpusInfo)

/// Allocates `count` bytes that live as long as the signature; NULL if memory is short.
uint8_t *own(c_authenticode *signature, size_t count);
/// Makes a copy of at most `maximum` bytes that lives as long as the signature.
c_authenticode_bytes copy(
    c_authenticode *signature, const void *bytes, size_t count, size_t maximum);
/// Copies the text as UTF-8; empty if it is not valid.
c_authenticode_bytes copy_text(c_authenticode *signature, const ASN1_STRING *text);
c_authenticode_time read_time(const ASN1_TIME *time);
/// Whether the object has this dotted identifier.
bool is_object(const ASN1_OBJECT *object, const char *number);
/// Finds the attribute with this identifier; NULL if there is none.
X509_ATTRIBUTE *find_attribute(const STACK_OF(X509_ATTRIBUTE) *attributes, const char *number);
/// Name of an algorithm that Authenticode files use; NULL for any other.
const char *digest_name(const X509_ALGOR *algorithm);

/// Returns the content of a catalogue file, a SEQUENCE; NULL for any other SignedData.
const ASN1_STRING *catalogue_content(const PKCS7 *message);

void read_signer(c_authenticode *signature, X509 *signer, STACK_OF(X509) *certificates);
void read_timestamp(
    c_authenticode *signature, const PKCS7_SIGNER_INFO *info, STACK_OF(X509) *certificates);

/// Returns the only value of an attribute; NULL if it has several or another type.
const ASN1_TYPE *single(const STACK_OF(X509_ATTRIBUTE) *attributes, const char *number, int type);
/// Whether the signed attributes contain the digest of these bytes, by the signer's algorithm.
bool check_message_digest(const PKCS7_SIGNER_INFO *info, const void *bytes, size_t count);
/// Whether the signer's key signed the attributes, encoded as SET (RFC 2315, 9.3).
bool check_attributes(const PKCS7_SIGNER_INFO *info, X509 *signer);
#endif
