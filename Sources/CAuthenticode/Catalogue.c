#include "Internal.h"
#include <openssl/err.h>
#include <string.h>

// Catalogue files (.cat) are SignedData whose content is a list of digests, a certificate trust list of Microsoft
// (osslsigncode, cat.c and helpers.h: MsCtlContent, CatalogInfo, CatalogAuthAttr).

static const char spc_indirect_data[] = "1.3.6.1.4.1.311.2.1.4";

/// A set of one value.
typedef struct {
  ASN1_OBJECT *type;
  ASN1_TYPE *values;
} CatalogueAttribute;

typedef struct {
  ASN1_OCTET_STRING *identifier;
  STACK_OF(CatalogueAttribute) *attributes;
} CatalogueMember;

typedef struct {
  TrawlSpcAttributeTypeAndOptionalValue *type;
  ASN1_OCTET_STRING *identifier;
  ASN1_UTCTIME *time;
  TrawlSpcAttributeTypeAndOptionalValue *version;
  STACK_OF(CatalogueMember) *members;
  ASN1_TYPE *extensions;
} CatalogueContent;

DEFINE_STACK_OF(CatalogueAttribute)
DEFINE_STACK_OF(CatalogueMember)

ASN1_SEQUENCE(CatalogueAttribute) = {
  ASN1_SIMPLE(CatalogueAttribute, type, ASN1_OBJECT),
  ASN1_OPT(CatalogueAttribute, values, ASN1_ANY),
} static_ASN1_SEQUENCE_END(CatalogueAttribute)

ASN1_SEQUENCE(CatalogueMember) = {
  ASN1_SIMPLE(CatalogueMember, identifier, ASN1_OCTET_STRING),
  ASN1_SET_OF(CatalogueMember, attributes, CatalogueAttribute),
} static_ASN1_SEQUENCE_END(CatalogueMember)

ASN1_SEQUENCE(CatalogueContent) = {
  ASN1_SIMPLE(CatalogueContent, type, TrawlSpcAttributeTypeAndOptionalValue),
  ASN1_SIMPLE(CatalogueContent, identifier, ASN1_OCTET_STRING),
  ASN1_SIMPLE(CatalogueContent, time, ASN1_UTCTIME),
  ASN1_SIMPLE(CatalogueContent, version, TrawlSpcAttributeTypeAndOptionalValue),
  ASN1_SEQUENCE_OF(CatalogueContent, members, CatalogueMember),
  ASN1_EXP_OPT(CatalogueContent, extensions, ASN1_ANY, 0),
} static_ASN1_SEQUENCE_END(CatalogueContent)

/// Whether a member's attribute states this digest.
static bool states(
    const CatalogueAttribute *attribute, const char *name, const uint8_t *digest, size_t count) {
  if (!is_object(attribute->type, spc_indirect_data)) return false;
  if (!attribute->values || attribute->values->type != V_ASN1_SET) return false;
  const ASN1_STRING *set = attribute->values->value.set;
  const unsigned char *bytes = ASN1_STRING_get0_data(set);
  const unsigned char *end = bytes + ASN1_STRING_length(set);
  long length = 0;
  int tag, class;
  int header = ASN1_get_object(&bytes, &length, &tag, &class, end - bytes);
  if ((header & 0x80) || (header & 1) || length > end - bytes) return false;
  TrawlSpcIndirectDataContent *data = d2i_TrawlSpcIndirectDataContent(NULL, &bytes, length);
  if (!data) return false;
  const X509_ALGOR *algorithm = NULL;
  const ASN1_OCTET_STRING *stated = NULL;
  X509_SIG_get0(data->message_digest, &algorithm, &stated);
  const char *stated_name = digest_name(algorithm);
  bool equal = stated_name && !strcmp(stated_name, name)
      && ASN1_STRING_length(stated) == (int)count
      && !memcmp(ASN1_STRING_get0_data(stated), digest, count);
  TrawlSpcIndirectDataContent_free(data);
  return equal;
}

bool c_authenticode_catalogue_lists(
    const c_authenticode *catalogue, const char *name, const uint8_t *digest, size_t count) {
  const ASN1_STRING *content = catalogue_content(catalogue->message);
  if (!content) return false;
  const unsigned char *der = ASN1_STRING_get0_data(content);
  CatalogueContent *list = (CatalogueContent *)ASN1_item_d2i(
      NULL, &der, ASN1_STRING_length(content), ASN1_ITEM_rptr(CatalogueContent));
  bool found = false;
  for (int i = 0; list && !found && i < sk_CatalogueMember_num(list->members); i++) {
    const CatalogueMember *member = sk_CatalogueMember_value(list->members, i);
    for (int j = 0; !found && j < sk_CatalogueAttribute_num(member->attributes); j++)
      found = states(sk_CatalogueAttribute_value(member->attributes, j), name, digest, count);
  }
  if (list) ASN1_item_free((ASN1_VALUE *)list, ASN1_ITEM_rptr(CatalogueContent));
  ERR_clear_error();
  return found;
}
