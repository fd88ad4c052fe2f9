#include "CSleuthKit.h"
#include <stdlib.h>
#include <string.h>

typedef struct {
  TSK_IMG_INFO base;
  void *context;
  c_sleuthkit_read read;
} external_image;

static ssize_t read_image(TSK_IMG_INFO *image, TSK_OFF_T offset, char *buffer, size_t length) {
  external_image *external = (external_image *)image;
  return external->read(external->context, offset, buffer, length);
}

static void close_image(TSK_IMG_INFO *image) { free(image); }

static void describe_image(TSK_IMG_INFO *image, FILE *file) {
  (void)image;
  (void)file;
}

TSK_IMG_INFO *c_sleuthkit_open_image(
    void *context, c_sleuthkit_read read, int64_t size, unsigned sector_size) {
  external_image *external = calloc(1, sizeof *external);
  if (external == NULL) return NULL;
  external->context = context;
  external->read = read;
  TSK_IMG_INFO *image = tsk_img_open_external(
      external, size, sector_size, read_image, close_image, describe_image);
  if (image == NULL) free(external);
  return image;
}

bool c_sleuthkit_is_ambiguous(void) {
#ifdef TSK_ERR_FS_MULTTYPE
  if (tsk_error_get_errno() == TSK_ERR_FS_MULTTYPE) return true;
#endif
  const char *message = tsk_error_get_errstr();
  return tsk_error_get_errno() == TSK_ERR_FS_UNKTYPE && message != NULL && strstr(message, " or ") != NULL;
}
