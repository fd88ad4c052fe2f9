#include "Internal.h"
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

ASN1_SEQUENCE(TrawlSpcAttributeTypeAndOptionalValue) = {
  ASN1_SIMPLE(TrawlSpcAttributeTypeAndOptionalValue, type, ASN1_OBJECT),
  ASN1_OPT(TrawlSpcAttributeTypeAndOptionalValue, value, ASN1_ANY),
} ASN1_SEQUENCE_END(TrawlSpcAttributeTypeAndOptionalValue)

ASN1_SEQUENCE(TrawlSpcIndirectDataContent) = {
  ASN1_SIMPLE(TrawlSpcIndirectDataContent, data, TrawlSpcAttributeTypeAndOptionalValue),
  ASN1_SIMPLE(TrawlSpcIndirectDataContent, message_digest, X509_SIG),
} ASN1_SEQUENCE_END(TrawlSpcIndirectDataContent)
IMPLEMENT_ASN1_FUNCTIONS(TrawlSpcIndirectDataContent)

ASN1_CHOICE(TrawlSpcString) = {
  ASN1_IMP(TrawlSpcString, value.unicode, ASN1_BMPSTRING, 0),
  ASN1_IMP(TrawlSpcString, value.ascii, ASN1_IA5STRING, 1),
} ASN1_CHOICE_END(TrawlSpcString)

ASN1_SEQUENCE(TrawlSpcSpOpusInfo) = {
  ASN1_EXP_OPT(TrawlSpcSpOpusInfo, program_name, TrawlSpcString, 0),
  ASN1_EXP_OPT(TrawlSpcSpOpusInfo, more_info, ASN1_ANY, 1),
} ASN1_SEQUENCE_END(TrawlSpcSpOpusInfo)
IMPLEMENT_ASN1_FUNCTIONS(TrawlSpcSpOpusInfo)

uint8_t *own(c_authenticode *signature, size_t count) {
  owned *block = malloc(sizeof(owned) + count);
  if (!block) return NULL;
  block->next = signature->memory;
  signature->memory = block;
  return block->bytes;
}

c_authenticode_bytes copy(
    c_authenticode *signature, const void *bytes, size_t count, size_t maximum) {
  if (count > maximum) count = maximum;
  uint8_t *mine = count ? own(signature, count) : NULL;
  if (!mine) return (c_authenticode_bytes){NULL, 0};
  memcpy(mine, bytes, count);
  return (c_authenticode_bytes){mine, count};
}

c_authenticode_bytes copy_text(c_authenticode *signature, const ASN1_STRING *text) {
  unsigned char *utf8 = NULL;
  int count = text ? ASN1_STRING_to_UTF8(&utf8, text) : 0;
  c_authenticode_bytes mine = copy(signature, utf8, count > 0 ? (size_t)count : 0, maximum_text);
  OPENSSL_free(utf8);
  return mine;
}

c_authenticode_time read_time(const ASN1_TIME *time) {
  struct tm parts;
  memset(&parts, 0, sizeof parts);
  // Without this check, NULL would mean the current time.
  if (!time || !ASN1_TIME_to_tm(time, &parts)) return (c_authenticode_time){false, 0};
  return (c_authenticode_time){true, (int64_t)timegm(&parts)};
}

bool is_object(const ASN1_OBJECT *object, const char *number) {
  char text[80];
  int count = object ? OBJ_obj2txt(text, sizeof text, object, 1) : 0;
  return count > 0 && (size_t)count < sizeof text && !strcmp(text, number);
}

X509_ATTRIBUTE *find_attribute(const STACK_OF(X509_ATTRIBUTE) *attributes, const char *number) {
  for (int i = 0; i < sk_X509_ATTRIBUTE_num(attributes); i++) {
    X509_ATTRIBUTE *attribute = sk_X509_ATTRIBUTE_value(attributes, i);
    if (is_object(X509_ATTRIBUTE_get0_object(attribute), number)) return attribute;
  }
  return NULL;
}

const char *digest_name(const X509_ALGOR *algorithm) {
  const ASN1_OBJECT *object = NULL;
  if (algorithm) X509_ALGOR_get0(&object, NULL, NULL, algorithm);
  switch (object ? OBJ_obj2nid(object) : NID_undef) {
    case NID_md5: return "md5";
    case NID_sha1: return "sha1";
    case NID_sha256: return "sha256";
    case NID_sha384: return "sha384";
    case NID_sha512: return "sha512";
    default: return NULL;
  }
}

struct c_authenticode_hash {
  EVP_MD_CTX *context;
  bool failed;
};

c_authenticode_hash *c_authenticode_hash_begin(const char *name) {
  const EVP_MD *algorithm = EVP_get_digestbyname(name);
  c_authenticode_hash *hash = calloc(1, sizeof *hash);
  if (!hash) return NULL;
  hash->context = EVP_MD_CTX_new();
  if (algorithm && hash->context && EVP_DigestInit_ex(hash->context, algorithm, NULL)) return hash;
  EVP_MD_CTX_free(hash->context);
  free(hash);
  return NULL;
}

void c_authenticode_hash_add(c_authenticode_hash *hash, const void *bytes, size_t count) {
  if (count && !EVP_DigestUpdate(hash->context, bytes, count)) hash->failed = true;
}

size_t c_authenticode_hash_end(
    c_authenticode_hash *hash, uint8_t digest[c_authenticode_maximum_digest]) {
  unsigned int count = 0;
  if (hash->failed || !EVP_DigestFinal_ex(hash->context, digest, &count)) count = 0;
  EVP_MD_CTX_free(hash->context);
  free(hash);
  return count;
}

bool c_authenticode_pem_certificate(
    const uint8_t *pem, size_t count, size_t index, uint8_t sha256[32]) {
  BIO *text = count <= INT_MAX ? BIO_new_mem_buf(pem, (int)count) : NULL;
  X509 *certificate = NULL;
  for (size_t i = 0; text && i <= index; i++) {
    X509_free(certificate);
    certificate = PEM_read_bio_X509(text, NULL, NULL, NULL);
    if (!certificate) break;
  }
  bool found = certificate && X509_digest(certificate, EVP_sha256(), sha256, NULL);
  X509_free(certificate);
  BIO_free(text);
  return found;
}
