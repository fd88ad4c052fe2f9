// TSK's tsk_img_open refers to its readers of AFF, EWF, VHD and VMDK, which would link their
// libraries. It is never called: these stubs replace them, so that no such reader is linked.
#include "CSleuthKit.h"

TSK_IMG_INFO *aff_open(const TSK_TCHAR *const images[], unsigned int sector_size) {
  (void)images;
  (void)sector_size;
  return NULL;
}

TSK_IMG_INFO *ewf_open(int count, const TSK_TCHAR *const images[], unsigned int sector_size) {
  (void)count;
  (void)images;
  (void)sector_size;
  return NULL;
}

TSK_IMG_INFO *vhdi_open(int count, const TSK_TCHAR *const images[], unsigned int sector_size) {
  (void)count;
  (void)images;
  (void)sector_size;
  return NULL;
}

TSK_IMG_INFO *vmdk_open(int count, const TSK_TCHAR *const images[], unsigned int sector_size) {
  (void)count;
  (void)images;
  (void)sector_size;
  return NULL;
}
