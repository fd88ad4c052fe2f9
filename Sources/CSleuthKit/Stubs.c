// TSK's tsk_img_open names its readers of AFF, EWF, VHD and VMDK; naming them links their libraries.
// We never call it: these stand in their place, and no such reader is linked.
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
