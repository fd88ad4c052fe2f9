#include "Internal.h"
#include <openssl/rsa.h>
#include <openssl/ts.h>
#include <openssl/x509v3.h>
#include <string.h>

static const char pkcs9_signing_time[] = "1.2.840.113549.1.9.5";
static const char pkcs9_countersignature[] = "1.2.840.113549.1.9.6";
static const char spc_rfc3161_token[] = "1.3.6.1.4.1.311.3.3.1";

static bool is_for_time_stamping(X509 *certificate) {
  return (X509_get_extension_flags(certificate) & EXFLAG_XKUSAGE)
      && (X509_get_extended_key_usage(certificate) & XKU_TIMESTAMP);
}

/// Whether check_attributes supports the algorithm: it does not read the parameters of RSA-PSS.
static bool can_check(const PKCS7_SIGNER_INFO *info) {
  const ASN1_OBJECT *algorithm = NULL;
  X509_ALGOR_get0(&algorithm, NULL, NULL, info->digest_enc_alg);
  return digest_name(info->digest_alg) && OBJ_obj2nid(algorithm) != NID_rsassaPss;
}

static c_authenticode_timestamp_check verdict(bool valid) {
  return valid ? c_authenticode_timestamp_valid : c_authenticode_timestamp_invalid;
}

/// Whether the token belongs to this signature (RFC 3161, 2.4.2: messageImprint).
static bool is_imprint_of(TS_TST_INFO *info, const char *name, const ASN1_OCTET_STRING *stamped) {
  const ASN1_OCTET_STRING *imprint = TS_MSG_IMPRINT_get_msg(TS_TST_INFO_get_msg_imprint(info));
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int count = 0;
  return EVP_Digest(
             ASN1_STRING_get0_data(stamped), (size_t)ASN1_STRING_length(stamped), digest, &count,
             EVP_get_digestbyname(name), NULL)
      && ASN1_STRING_length(imprint) == (int)count
      && !memcmp(ASN1_STRING_get0_data(imprint), digest, count);
}

/// Returns the certificate of the token's only signer, from the token or from the signature;
/// not owned by the caller.
static X509 *token_signer(
    const PKCS7 *token, const PKCS7_SIGNER_INFO *info, STACK_OF(X509) *certificates) {
  const PKCS7_ISSUER_AND_SERIAL *name = info->issuer_and_serial;
  X509 *signer = X509_find_by_issuer_and_serial(token->d.sign->cert, name->issuer, name->serial);
  return signer ? signer
                : X509_find_by_issuer_and_serial(certificates, name->issuer, name->serial);
}

static c_authenticode_timestamp_check check_token(
    PKCS7 *token, TS_TST_INFO *info, const ASN1_OCTET_STRING *stamped,
    STACK_OF(X509) *certificates) {
  STACK_OF(PKCS7_SIGNER_INFO) *signers = token->d.sign->signer_info;
  const char *name = digest_name(TS_MSG_IMPRINT_get_algo(TS_TST_INFO_get_msg_imprint(info)));
  // RFC 3161, 2.4.2: exactly one signature, the authority's.
  if (!name || sk_PKCS7_SIGNER_INFO_num(signers) != 1) return c_authenticode_timestamp_unverified;
  const PKCS7_SIGNER_INFO *signer_info = sk_PKCS7_SIGNER_INFO_value(signers, 0);
  X509 *signer = token_signer(token, signer_info, certificates);
  if (!signer || !can_check(signer_info)) return c_authenticode_timestamp_unverified;
  // read_rfc3161 obtained a TSTInfo, so the content is an OCTET STRING.
  const ASN1_OCTET_STRING *content = token->d.sign->contents->d.other->value.octet_string;
  return verdict(
      is_for_time_stamping(signer) && is_imprint_of(info, name, stamped)
      && check_message_digest(
             signer_info, ASN1_STRING_get0_data(content), (size_t)ASN1_STRING_length(content))
      && check_attributes(signer_info, signer));
}

/// Reads an RFC 3161 token: a SignedData whose content is a TSTInfo.
static bool read_rfc3161(
    c_authenticode_facts *facts, const ASN1_STRING *value, const ASN1_OCTET_STRING *stamped,
    STACK_OF(X509) *certificates) {
  const unsigned char *der = ASN1_STRING_get0_data(value);
  PKCS7 *token = d2i_PKCS7(NULL, &der, ASN1_STRING_length(value));
  bool is_token = token && PKCS7_type_is_signed(token) && token->d.sign && token->d.sign->contents;
  TS_TST_INFO *info = is_token ? PKCS7_to_TS_TST_INFO(token) : NULL;
  if (info) {
    facts->timestamp_time = read_time(TS_TST_INFO_get_time(info));
    facts->timestamp_check = check_token(token, info, stamped, certificates);
  }
  TS_TST_INFO_free(info);
  PKCS7_free(token);
  return info != NULL;
}

/// Whether the signer's RSA key signed the bare digest of the attributes: PKCS #1 padding of type 1 around the hash,
/// without the DigestInfo that RFC 2315 asks for (9.4). The time-stamping services of VeriSign and Symantec signed so
/// until 2017, and Windows takes it.
static bool check_bare_digest(const PKCS7_SIGNER_INFO *info, X509 *signer) {
  const EVP_MD *algorithm = EVP_get_digestbyname(digest_name(info->digest_alg));
  EVP_PKEY *key = X509_get0_pubkey(signer);
  if (!algorithm || !key || EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA) return false;
  unsigned char *attributes = NULL;
  int count = ASN1_item_i2d(
      (const ASN1_VALUE *)info->auth_attr, &attributes, ASN1_ITEM_rptr(PKCS7_ATTR_VERIFY));
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
  // Without an algorithm set, what is verified is the content of the padding itself.
  bool valid = count > 0 && context
      && EVP_Digest(attributes, (size_t)count, digest, &length, algorithm, NULL)
      && EVP_PKEY_verify_init(context) == 1
      && EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1
      && EVP_PKEY_verify(
             context, ASN1_STRING_get0_data(info->enc_digest),
             (size_t)ASN1_STRING_length(info->enc_digest), digest, length) == 1;
  EVP_PKEY_CTX_free(context);
  OPENSSL_free(attributes);
  return valid;
}

static c_authenticode_timestamp_check check_countersignature(
    const PKCS7_SIGNER_INFO *info, const ASN1_OCTET_STRING *stamped,
    STACK_OF(X509) *certificates) {
  const PKCS7_ISSUER_AND_SERIAL *name = info->issuer_and_serial;
  X509 *signer = X509_find_by_issuer_and_serial(certificates, name->issuer, name->serial);
  if (!signer || !can_check(info)) return c_authenticode_timestamp_unverified;
  return verdict(
      is_for_time_stamping(signer)
      && check_message_digest(
             info, ASN1_STRING_get0_data(stamped), (size_t)ASN1_STRING_length(stamped))
      && (check_attributes(info, signer) || check_bare_digest(info, signer)));
}

/// Reads a PKCS #9 countersignature (RFC 2985, 5.3.6): a SignerInfo with the signing time among
/// its attributes.
static bool read_countersignature(
    c_authenticode_facts *facts, const ASN1_STRING *value, const ASN1_OCTET_STRING *stamped,
    STACK_OF(X509) *certificates) {
  const unsigned char *der = ASN1_STRING_get0_data(value);
  PKCS7_SIGNER_INFO *info = d2i_PKCS7_SIGNER_INFO(NULL, &der, ASN1_STRING_length(value));
  if (!info) return false;
  X509_ATTRIBUTE *attribute = find_attribute(info->auth_attr, pkcs9_signing_time);
  ASN1_TYPE *time = attribute ? X509_ATTRIBUTE_get0_type(attribute, 0) : NULL;
  if (time && time->type == V_ASN1_UTCTIME) facts->timestamp_time = read_time(time->value.utctime);
  if (time && time->type == V_ASN1_GENERALIZEDTIME)
    facts->timestamp_time = read_time(time->value.generalizedtime);
  facts->timestamp_check = check_countersignature(info, stamped, certificates);
  PKCS7_SIGNER_INFO_free(info);
  return true;
}

/// Returns the first value of an attribute if it is a SEQUENCE; NULL otherwise.
static const ASN1_STRING *sequence(const PKCS7_SIGNER_INFO *info, const char *number) {
  X509_ATTRIBUTE *attribute = find_attribute(info->unauth_attr, number);
  ASN1_TYPE *value = attribute ? X509_ATTRIBUTE_get0_type(attribute, 0) : NULL;
  return value && value->type == V_ASN1_SEQUENCE ? value->value.sequence : NULL;
}

void read_timestamp(
    c_authenticode *signature, const PKCS7_SIGNER_INFO *info, STACK_OF(X509) *certificates) {
  c_authenticode_facts *facts = &signature->facts;
  const ASN1_OCTET_STRING *stamped = info->enc_digest;
  const ASN1_STRING *value = sequence(info, spc_rfc3161_token);
  if (value && read_rfc3161(facts, value, stamped, certificates)) {
    facts->timestamp = c_authenticode_timestamp_rfc3161;
    return;
  }
  value = sequence(info, pkcs9_countersignature);
  if (value && read_countersignature(facts, value, stamped, certificates))
    facts->timestamp = c_authenticode_timestamp_pkcs9;
}
