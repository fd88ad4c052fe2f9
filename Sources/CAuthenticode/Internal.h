#ifndef C_AUTHENTICODE_INTERNAL_H
#define C_AUTHENTICODE_INTERNAL_H
#include "CAuthenticode.h"
#include <openssl/asn1t.h>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>

// Limits on what one signature may make us do. No real one comes near them: they carry at most about
// ten certificates, and chains of four.
enum {
  maximum_certificates = 64,
  maximum_chain = 8,
  maximum_issuer_checks = 16,
  // Bytes; the rest is cut off, so that a finding stays a line that can be read.
  maximum_text = 1024,
  maximum_serial = 64,
};

/// Memory that a signature owns besides what libcrypto parsed.
typedef struct owned {
  struct owned *next;
  uint8_t bytes[];
} owned;

struct c_authenticode {
  c_authenticode_facts facts;
  PKCS7 *message;
  owned *memory;
};

// Authenticode_PE.docx, "SpcIndirectDataContent". DigestInfo is the type that libcrypto calls X509_SIG.
typedef struct {
  ASN1_OBJECT *type;
  ASN1_TYPE *value;
} SpcAttributeTypeAndOptionalValue;
DECLARE_ASN1_ITEM(SpcAttributeTypeAndOptionalValue)

typedef struct {
  SpcAttributeTypeAndOptionalValue *data;
  X509_SIG *message_digest;
} SpcIndirectDataContent;
DECLARE_ASN1_FUNCTIONS(SpcIndirectDataContent)

// Authenticode_PE.docx, "SpcSpOpusInfo".
typedef struct {
  int type;
  union {
    ASN1_BMPSTRING *unicode;
    ASN1_IA5STRING *ascii;
    ASN1_STRING *text;
  } value;
} SpcString;
DECLARE_ASN1_ITEM(SpcString)

typedef struct {
  SpcString *program_name;
  ASN1_TYPE *more_info;
} SpcSpOpusInfo;
DECLARE_ASN1_FUNCTIONS(SpcSpOpusInfo)

/// Memory of `count` bytes that lives as long as the signature; NULL when there is none.
uint8_t *own(c_authenticode *signature, size_t count);
/// A copy that lives as long as the signature, of `maximum` bytes at most.
c_authenticode_bytes copy(
    c_authenticode *signature, const void *bytes, size_t count, size_t maximum);
/// The text as UTF-8; empty when it is none.
c_authenticode_bytes copy_text(c_authenticode *signature, const ASN1_STRING *text);
c_authenticode_time read_time(const ASN1_TIME *time);
/// Whether the object is the one with this dotted number.
bool is_object(const ASN1_OBJECT *object, const char *number);
/// The attribute with this number; NULL when there is none.
X509_ATTRIBUTE *find_attribute(const STACK_OF(X509_ATTRIBUTE) *attributes, const char *number);
/// The names of the algorithms that Authenticode files use; NULL for any other.
const char *digest_name(const X509_ALGOR *algorithm);

void read_signer(c_authenticode *signature, X509 *signer, STACK_OF(X509) *certificates);
void read_timestamp(
    c_authenticode *signature, const PKCS7_SIGNER_INFO *info, STACK_OF(X509) *certificates);

/// The only value of an attribute; NULL if it has several or another type.
const ASN1_TYPE *single(const STACK_OF(X509_ATTRIBUTE) *attributes, const char *number, int type);
/// Whether the signed attributes state the digest of these bytes, by the signer's algorithm.
bool check_message_digest(const PKCS7_SIGNER_INFO *info, const void *bytes, size_t count);
/// Whether the signer's key signed the attributes, as the SET that they are (RFC 2315, 9.3).
bool check_attributes(const PKCS7_SIGNER_INFO *info, X509 *signer);
#endif
