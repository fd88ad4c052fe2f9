// kav4fs_oas, the kernel module of kav4fs.
// redirfs and avflt, which come beside it, are a general framework: they are no evidence of Kaspersky.

rule kaspersky_linux_kernel_module_kav4fs_oas
{
  meta:
    vendor = "Kaspersky"
    product = "Kaspersky kav4fs"
    component = "kernel_module"
    platform = "linux"
    confidence = "claimed"
    basis = "paper"
    reason = "is a Linux kernel module whose own name is kav4fs_oas"
    source = "docs/facts.md#linux"

  strings:
    $name = "name=kav4fs_oas"
    $module = "kav4fs_oas"
    $modinfo = ".modinfo\x00"
    $this_module = ".gnu.linkonce.this_module\x00"

  condition:
    // An ELF header: little-endian, relocatable (e_type 1) as kernel modules are. The rest walks the
    // section table, which libyara's elf module would do too, at twice the time for every ELF with
    // many symbols. 0x28: e_shoff, 0x3C: e_shnum, 0x3E: e_shstrndx; of a section header (64 bytes)
    // 0: sh_name, 24: sh_offset, 32: sh_size. The 32-bit forms stand below each other likewise.
    uint32be(0) == 0x7F454C46 and uint8(5) == 1 and uint16(16) == 1 and $module and
    (
      (
        uint8(4) == 2 and
        for any index in (0..uint16(0x3C)) : (
          (
            $modinfo at uint32(uint32(0x28) + 64 * uint16(0x3E) + 24)
              + uint32(uint32(0x28) + 64 * index) and
            $name in (uint32(uint32(0x28) + 64 * index + 24)
              ..uint32(uint32(0x28) + 64 * index + 24) + uint32(uint32(0x28) + 64 * index + 32))
          ) or (
            $this_module at uint32(uint32(0x28) + 64 * uint16(0x3E) + 24)
              + uint32(uint32(0x28) + 64 * index) and
            $module in (uint32(uint32(0x28) + 64 * index + 24)
              ..uint32(uint32(0x28) + 64 * index + 24) + uint32(uint32(0x28) + 64 * index + 32))
          )
        )
      ) or (
        uint8(4) == 1 and
        for any index in (0..uint16(0x30)) : (
          (
            $modinfo at uint32(uint32(0x20) + 40 * uint16(0x32) + 16)
              + uint32(uint32(0x20) + 40 * index) and
            $name in (uint32(uint32(0x20) + 40 * index + 16)
              ..uint32(uint32(0x20) + 40 * index + 16) + uint32(uint32(0x20) + 40 * index + 20))
          ) or (
            $this_module at uint32(uint32(0x20) + 40 * uint16(0x32) + 16)
              + uint32(uint32(0x20) + 40 * index) and
            $module in (uint32(uint32(0x20) + 40 * index + 16)
              ..uint32(uint32(0x20) + 40 * index + 16) + uint32(uint32(0x20) + 40 * index + 20))
          )
        )
      )
    )
}
