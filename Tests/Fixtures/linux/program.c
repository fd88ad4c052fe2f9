// A Linux program or library that does nothing and carries TEXT; EMBEDDED is a file to carry as well.

__attribute__((used)) static const char text[] = TEXT;

#ifdef EMBEDDED
__asm__(".section .rodata\n.incbin \"" EMBEDDED "\"\n.text");
#endif

void _start(void) { for (;;); }
