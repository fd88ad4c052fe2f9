// A Mach-O object that carries TEXT. No tool of this toolchain signs Mach-O files, so where a recipe needs
// the identifier and Team ID of a code signature it has them as data, one after the other.

__attribute__((used)) static const char text[] = TEXT;

int main(void) { return 0; }
