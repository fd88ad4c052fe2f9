// kav4fs_oas, the on-access scanner of Kaspersky Anti-Virus for Linux File Server.
// redirfs and avflt, which come beside it, are a general framework: they are no evidence of Kaspersky.

import "elf"

rule kaspersky_linux_kernel_module_kav4fs_oas
{
  meta:
    vendor = "Kaspersky"
    product = "Kaspersky Anti-Virus for Linux File Server"
    component = "kernel_module"
    platform = "linux"
    confidence = "weak"
    reason = "is a Linux kernel module whose own name is kav4fs_oas"
    source = "kaspersky.md A3"

  strings:
    $name = "name=kav4fs_oas"
    $module = "kav4fs_oas"

  condition:
    uint32be(0) == 0x7F454C46 and
    elf.type == elf.ET_REL and
    $module and
    for any section in elf.sections : (
      (section.name == ".modinfo" and
        $name in (section.offset .. section.offset + section.size)) or
      (section.name == ".gnu.linkonce.this_module" and
        $module in (section.offset .. section.offset + section.size))
    )
}
