#include "Internal.h"
#include <openssl/err.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

static const char spc_indirect_data[] = "1.3.6.1.4.1.311.2.1.4";
static const char trust_list[] = "1.3.6.1.4.1.311.10.1";
static const char spc_opus_info[] = "1.3.6.1.4.1.311.2.1.12";
static const char spc_nested_signature[] = "1.3.6.1.4.1.311.2.4.1";
static const char pkcs9_content_type[] = "1.2.840.113549.1.9.3";
static const char pkcs9_message_digest[] = "1.2.840.113549.1.9.4";

static PKCS7_SIGNER_INFO *signer_info(const c_authenticode *signature) {
  STACK_OF(PKCS7_SIGNER_INFO) *infos = signature->message->d.sign->signer_info;
  return sk_PKCS7_SIGNER_INFO_num(infos) > 0 ? sk_PKCS7_SIGNER_INFO_value(infos, 0) : NULL;
}

const ASN1_TYPE *single(const STACK_OF(X509_ATTRIBUTE) *attributes, const char *number, int type) {
  X509_ATTRIBUTE *attribute = find_attribute(attributes, number);
  if (!attribute || X509_ATTRIBUTE_count(attribute) != 1) return NULL;
  const ASN1_TYPE *value = X509_ATTRIBUTE_get0_type(attribute, 0);
  return value && value->type == type ? value : NULL;
}

bool check_message_digest(const PKCS7_SIGNER_INFO *info, const void *bytes, size_t count) {
  const ASN1_TYPE *stated = single(info->auth_attr, pkcs9_message_digest, V_ASN1_OCTET_STRING);
  const char *name = digest_name(info->digest_alg);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  if (!stated || !name
      || !EVP_Digest(bytes, count, digest, &length, EVP_get_digestbyname(name), NULL))
    return false;
  const ASN1_OCTET_STRING *expected = stated->value.octet_string;
  return ASN1_STRING_length(expected) == (int)length
      && !memcmp(ASN1_STRING_get0_data(expected), digest, length);
}

/// Whether the signed attributes refer to this content: its type, and its digest without tag
/// and length (RFC 2315, 9.3).
static bool check_content(
    const PKCS7_SIGNER_INFO *info, const char *number, const ASN1_STRING *content) {
  const ASN1_TYPE *type = single(info->auth_attr, pkcs9_content_type, V_ASN1_OBJECT);
  if (!type || !is_object(type->value.object, number)) return false;

  const unsigned char *bytes = ASN1_STRING_get0_data(content);
  const unsigned char *end = bytes + ASN1_STRING_length(content);
  long length = 0;
  int tag, class;
  int header = ASN1_get_object(&bytes, &length, &tag, &class, end - bytes);
  // 0x80: an error; 1: an indefinite length, which signers do not use here.
  if ((header & 0x80) || (header & 1) || length > end - bytes) return false;
  return check_message_digest(info, bytes, (size_t)length);
}

/// Whether the message lists the signer's digest algorithm, as RFC 2315, 9.1 requires.
static bool announces(const PKCS7 *message, const char *name) {
  const STACK_OF(X509_ALGOR) *algorithms = message->d.sign->md_algs;
  for (int i = 0; i < sk_X509_ALGOR_num(algorithms); i++) {
    const char *announced = digest_name(sk_X509_ALGOR_value(algorithms, i));
    if (announced && !strcmp(announced, name)) return true;
  }
  return false;
}

bool check_attributes(const PKCS7_SIGNER_INFO *info, X509 *signer) {
  const char *name = digest_name(info->digest_alg);
  EVP_PKEY *key = X509_get0_pubkey(signer);
  if (!name || !key || sk_X509_ATTRIBUTE_num(info->auth_attr) <= 0) return false;
  unsigned char *attributes = NULL;
  int count = ASN1_item_i2d(
      (const ASN1_VALUE *)info->auth_attr, &attributes, ASN1_ITEM_rptr(PKCS7_ATTR_VERIFY));
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  bool valid = count > 0 && context
      && EVP_DigestVerifyInit(context, NULL, EVP_get_digestbyname(name), NULL, key) == 1
      && EVP_DigestVerify(
             context, ASN1_STRING_get0_data(info->enc_digest),
             (size_t)ASN1_STRING_length(info->enc_digest), attributes, (size_t)count) == 1;
  EVP_MD_CTX_free(context);
  OPENSSL_free(attributes);
  return valid;
}

static bool check_signature(
    const PKCS7 *message, const PKCS7_SIGNER_INFO *info, X509 *signer) {
  const char *name = digest_name(info->digest_alg);
  return name && announces(message, name) && check_attributes(info, signer);
}

static void read_program_name(c_authenticode *signature, const PKCS7_SIGNER_INFO *info) {
  const ASN1_TYPE *value = single(info->auth_attr, spc_opus_info, V_ASN1_SEQUENCE);
  if (!value) return;
  const unsigned char *der = ASN1_STRING_get0_data(value->value.sequence);
  TrawlSpcSpOpusInfo *opus = d2i_TrawlSpcSpOpusInfo(NULL, &der, ASN1_STRING_length(value->value.sequence));
  if (opus && opus->program_name)
    signature->facts.program_name = copy_text(signature, opus->program_name->value.text);
  TrawlSpcSpOpusInfo_free(opus);
}

/// Returns the content, a SEQUENCE in its original encoding; NULL if it is not of this type.
static const ASN1_STRING *content_of(const PKCS7 *message, const char *number) {
  const PKCS7 *content = message->d.sign->contents;
  if (!content || !is_object(content->type, number)) return NULL;
  const ASN1_TYPE *value = content->d.other;
  return value && value->type == V_ASN1_SEQUENCE ? value->value.sequence : NULL;
}

const ASN1_STRING *catalogue_content(const PKCS7 *message) {
  return content_of(message, trust_list);
}

static void read_file_digest(c_authenticode *signature, const ASN1_STRING *content) {
  const unsigned char *der = ASN1_STRING_get0_data(content);
  TrawlSpcIndirectDataContent *data = d2i_TrawlSpcIndirectDataContent(NULL, &der, ASN1_STRING_length(content));
  if (!data) return;
  const X509_ALGOR *algorithm = NULL;
  const ASN1_OCTET_STRING *digest = NULL;
  X509_SIG_get0(data->message_digest, &algorithm, &digest);
  signature->facts.digest_name = digest_name(algorithm);
  // A digest too long for its algorithm is kept: it matches nothing.
  signature->facts.file_digest = copy(
      signature, ASN1_STRING_get0_data(digest), (size_t)ASN1_STRING_length(digest),
      EVP_MAX_MD_SIZE + 1);
  TrawlSpcIndirectDataContent_free(data);
}

static bool read_all(c_authenticode *signature) {
  PKCS7 *message = signature->message;
  if (!message || !PKCS7_type_is_signed(message) || !message->d.sign) return false;
  PKCS7_SIGNER_INFO *info = signer_info(signature);
  if (!info) return false;

  // Without readable content the signature proves nothing, but nested ones may.
  const ASN1_STRING *content = content_of(message, spc_indirect_data);
  if (content) {
    read_file_digest(signature, content);
    signature->facts.content_matches = check_content(info, spc_indirect_data, content);
  }
  const ASN1_STRING *list = catalogue_content(message);
  if (list) signature->facts.content_matches = check_content(info, trust_list, list);
  X509 *signer = PKCS7_cert_from_signer_info(message, info);
  if (signer) {
    signature->facts.signature_valid = check_signature(message, info, signer);
    read_signer(signature, signer, message->d.sign->cert);
  }
  read_program_name(signature, info);
  read_timestamp(signature, info, message->d.sign->cert);
  return true;
}

c_authenticode *c_authenticode_read(const uint8_t *bytes, size_t count) {
  c_authenticode *signature = count <= INT32_MAX ? calloc(1, sizeof *signature) : NULL;
  if (!signature) return NULL;
  const unsigned char *der = bytes;
  signature->message = d2i_PKCS7(NULL, &der, (long)count);
  bool could = read_all(signature);
  // The error queue belongs to the thread; remove the errors added here.
  ERR_clear_error();
  if (could) return signature;
  c_authenticode_free(signature);
  return NULL;
}

void c_authenticode_free(c_authenticode *signature) {
  if (!signature) return;
  PKCS7_free(signature->message);
  while (signature->memory) {
    owned *next = signature->memory->next;
    free(signature->memory);
    signature->memory = next;
  }
  free(signature);
}

const c_authenticode_facts *c_authenticode_get(const c_authenticode *signature) {
  return &signature->facts;
}

static X509_ATTRIBUTE *nested(const c_authenticode *signature) {
  return find_attribute(signer_info(signature)->unauth_attr, spc_nested_signature);
}

size_t c_authenticode_nested_count(const c_authenticode *signature) {
  X509_ATTRIBUTE *attribute = nested(signature);
  return attribute ? (size_t)X509_ATTRIBUTE_count(attribute) : 0;
}

c_authenticode_bytes c_authenticode_nested(const c_authenticode *signature, size_t index) {
  X509_ATTRIBUTE *attribute = nested(signature);
  const ASN1_TYPE *value = attribute ? X509_ATTRIBUTE_get0_type(attribute, (int)index) : NULL;
  if (!value || value->type != V_ASN1_SEQUENCE) return (c_authenticode_bytes){NULL, 0};
  const ASN1_STRING *der = value->value.sequence;
  return (c_authenticode_bytes){ASN1_STRING_get0_data(der), (size_t)ASN1_STRING_length(der)};
}
