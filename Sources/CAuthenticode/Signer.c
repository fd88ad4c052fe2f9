#include "Internal.h"
#include <openssl/evp.h>
#include <openssl/x509v3.h>

static const ASN1_STRING *name_part(const X509_NAME *name, int part) {
  int index = X509_NAME_get_index_by_NID(name, part, -1);
  return index < 0 ? NULL : X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index));
}

/// Copies the full name on one line (RFC 2253), in UTF-8.
static c_authenticode_bytes copy_name(c_authenticode *signature, const X509_NAME *name) {
  BIO *text = BIO_new(BIO_s_mem());
  char *bytes = NULL;
  long count = 0;
  // Without ESC_MSB, letters outside ASCII are not escaped.
  unsigned long form = XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB;
  if (text && X509_NAME_print_ex(text, name, 0, form) >= 0) count = BIO_get_mem_data(text, &bytes);
  c_authenticode_bytes mine = copy(signature, bytes, count > 0 ? (size_t)count : 0, maximum_text);
  BIO_free(text);
  return mine;
}

/// Copies the contents of the INTEGER: a negative serial violates RFC 5280 but occurs.
static c_authenticode_bytes copy_serial(c_authenticode *signature, const X509 *certificate) {
  unsigned char *der = NULL;
  int count = i2d_ASN1_INTEGER(X509_get0_serialNumber(certificate), &der);
  const unsigned char *content = der;
  long length = 0;
  int tag, class;
  c_authenticode_bytes mine = {NULL, 0};
  if (count > 0 && !(ASN1_get_object(&content, &length, &tag, &class, count) & 0x80)) {
    mine = copy(signature, content, (size_t)length, maximum_serial);
  }
  OPENSSL_free(der);
  return mine;
}

static c_authenticode_bytes copy_digest(
    c_authenticode *signature, const X509 *certificate, const EVP_MD *algorithm) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int count = 0;
  if (!X509_digest(certificate, algorithm, digest, &count)) count = 0;
  return copy(signature, digest, count, sizeof digest);
}

/// Whether `issuer` may issue certificates, is named as the issuer of `certificate`, and signed
/// it. X509_check_issued compares names, key identifiers and key usage; only the key proves it.
static bool issued(X509 *issuer, X509 *certificate, int *checks) {
  if (X509_check_issued(issuer, certificate) != X509_V_OK) return false;
  // 1: basic constraints with CA. 3: self-signed of version 1, which has no extensions; old
  // roots.
  int authority = X509_check_ca(issuer);
  if (issuer != certificate && authority != 1 && authority != 3) return false;
  if (*checks <= 0) return false;
  --*checks;
  EVP_PKEY *key = X509_get0_pubkey(issuer);
  return key && X509_verify(certificate, key) == 1;
}

static void read_chain(c_authenticode *signature, X509 *signer, STACK_OF(X509) *certificates) {
  c_authenticode_facts *facts = &signature->facts;
  uint8_t *chain = own(signature, 32 * maximum_chain);
  if (!chain) return;
  int checks = maximum_issuer_checks;
  size_t length = 0;
  X509 *current = signer;
  while (current && length < maximum_chain) {
    if (!X509_digest(current, EVP_sha256(), chain + 32 * length, NULL)) break;
    length++;
    if (issued(current, current, &checks)) {
      facts->chain_ends_self_signed = true;
      break;
    }
    X509 *next = NULL;
    for (int i = 0; !next && i < sk_X509_num(certificates) && i < maximum_certificates; i++) {
      X509 *candidate = sk_X509_value(certificates, i);
      if (candidate != current && issued(candidate, current, &checks)) next = candidate;
    }
    current = next;
  }
  facts->chain = (c_authenticode_bytes){chain, 32 * length};
}

void read_signer(c_authenticode *signature, X509 *signer, STACK_OF(X509) *certificates) {
  c_authenticode_facts *facts = &signature->facts;
  const X509_NAME *subject = X509_get_subject_name(signer);
  facts->has_signer = true;
  // Returns all bits if the certificate states no usage, which is not a statement of its
  // authority.
  facts->allows_code_signing =
      (X509_get_extension_flags(signer) & EXFLAG_XKUSAGE)
      && (X509_get_extended_key_usage(signer) & XKU_CODE_SIGN);
  facts->common_name = copy_text(signature, name_part(subject, NID_commonName));
  facts->organization = copy_text(signature, name_part(subject, NID_organizationName));
  facts->issuer = copy_name(signature, X509_get_issuer_name(signer));
  facts->serial = copy_serial(signature, signer);
  facts->sha1 = copy_digest(signature, signer, EVP_sha1());
  facts->sha256 = copy_digest(signature, signer, EVP_sha256());
  facts->not_before = read_time(X509_get0_notBefore(signer));
  facts->not_after = read_time(X509_get0_notAfter(signer));
  read_chain(signature, signer, certificates);
}
