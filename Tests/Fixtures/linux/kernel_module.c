// The sections of a Linux kernel module: .modinfo, and the module structure with its name at offset 24
// (12 on 32-bit machines). Modules for old kernels have no name in .modinfo: leave MODINFO_NAME out.

#define MODINFO(variable, text) \
  __attribute__((used, section(".modinfo"))) static const char variable[] = text

MODINFO(license, "license=GPL");
MODINFO(version, "version=8.0.4");
MODINFO(depends, "depends=" DEPENDS);
#ifdef MODINFO_NAME
MODINFO(name, "name=" MODINFO_NAME);
#endif
MODINFO(vermagic, "vermagic=3.10.0-1160.el7.x86_64 SMP mod_unload modversions ");

struct module {
  int state;
  void *next, *previous;
  char name[56];
};

__attribute__((used, section(".gnu.linkonce.this_module")))
struct module __this_module = {.name = MODULE_NAME};

#ifdef TEXT
__attribute__((used)) static const char text[] = TEXT;
#endif

int init_module(void) { return 0; }
void cleanup_module(void) {}
