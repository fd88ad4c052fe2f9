// Programs and libraries of the Linux products: Endpoint Security (kesl), kics, kess, Network Agent,
// mail and file servers, and the others below /opt/kaspersky. No genuine file was read: weak.

rule kaspersky_linux_application_paths
{
  meta:
    vendor = "Kaspersky"
    product = "Kaspersky software for Linux"
    component = "application"
    platform = "linux"
    confidence = "weak"
    reason = "is a Linux program that names the folders where a Kaspersky product keeps its programs, state and settings"
    source = "kaspersky.md A3"

  strings:
    // \x2f is a slash: the text of this rule, embedded in a scanner, must not look like a product.
    // fullword: a path below /var/opt is no program.
    $program_kesl = "\x2fopt/kaspersky/kesl" fullword
    $program_kics = "\x2fopt/kaspersky/kics" fullword
    $program_kess = "\x2fopt/kaspersky/kess" fullword
    $program_klnagent = "\x2fopt/kaspersky/klnagent" fullword
    $program_klnagent64 = "\x2fopt/kaspersky/klnagent64" fullword
    $program_klms = "\x2fopt/kaspersky/klms" fullword
    $program_kav4fs = "\x2fopt/kaspersky/kav4fs" fullword
    $program_scan_engine = "\x2fopt/kaspersky/ScanEngine" fullword
    $program_ksc64 = "\x2fopt/kaspersky/ksc64" fullword
    $program_kuma = "\x2fopt/kaspersky/kuma" fullword

    $state = "\x2fvar/opt/kaspersky"
    $settings = "\x2fetc/opt/kaspersky"
    $log = "\x2fvar/log/kaspersky"
    $library_containers = "libcontainers.so"
    $library_services = "libinstrumental_services.so"

  condition:
    uint32be(0) == 0x7F454C46 and
    // Little-endian, an executable (2) or a shared object (3): e_type of the ELF header. libyara's elf
    // module would say the same, and doubles the time of every ELF with many symbols.
    uint8(5) == 1 and (uint16(16) == 2 or uint16(16) == 3) and
    any of ($program_*) and
    2 of ($state, $settings, $log, $library_*)
}
