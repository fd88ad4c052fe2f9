// A Windows program, library or driver that does nothing and carries what its recipe asks for.
// WIDE and NARROW are string literals; SECTION is the name of a section of its own.

#ifdef WIDE
__attribute__((used)) static const __WCHAR_TYPE__ wide[] = WIDE;
#endif

#ifdef NARROW
__attribute__((used)) static const char narrow[] = NARROW;
#endif

#ifdef SECTION
__attribute__((used, section(SECTION))) static const char contents[] = "contents";
#endif

int entry(void) { return 0; }
