// The kmod_info of a Mac kernel extension, as KMOD_EXPLICIT_DECL of <mach/kmod.h> declares it.

typedef struct kmod_info {
  struct kmod_info *next;
  int info_version;
  unsigned int id;
  char name[64];
  char version[64];
  int reference_count;
  void *reference_list;
  unsigned long address, size, header_size;
  int (*start)(void), (*stop)(void);
} kmod_info_t;

static int succeed(void) { return 0; }

kmod_info_t kmod_info = {0, 1, -1U, BUNDLE_ID, "1.0.0", -1, 0, 0, 0, 0, succeed, succeed};

#ifdef TEXT
__attribute__((used)) static const char text[] = TEXT;
#endif
