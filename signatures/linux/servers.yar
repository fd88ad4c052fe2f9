// Programs and libraries of the products for Linux servers. No genuine file was read.
//
// The program's folder is asked for as a full word, since a path below /var/opt is no program; \x2f is a slash, because
// the text of this rule, embedded in a scanner, must not look like a product. The condition asks for a little-endian
// executable (e_type 2) or shared object (3): libyara's elf module would say the same, and doubles the time of every ELF
// with many symbols.

rule kaspersky_linux_application_klms
{
  meta:
    vendor = "Kaspersky"
    product = "Kaspersky klms"
    component = "application"
    platform = "linux"
    confidence = "claimed"
    basis = "paper"
    reason = "is a Linux program that names the folder of klms, and two more folders or libraries of such products"
    source = "docs/facts.md#linux"

  strings:
    $program = "\x2fopt/kaspersky/klms" fullword
    $state = "\x2fvar/opt/kaspersky"
    $settings = "\x2fetc/opt/kaspersky"
    $log = "\x2fvar/log/kaspersky"
    $library_containers = "libcontainers.so"
    $library_services = "libinstrumental_services.so"

  condition:
    uint32be(0) == 0x7F454C46 and uint8(5) == 1 and (uint16(16) == 2 or uint16(16) == 3) and
    any of ($program*) and 2 of ($state, $settings, $log, $library_*)
}

rule kaspersky_linux_application_kav4fs
{
  meta:
    vendor = "Kaspersky"
    product = "Kaspersky kav4fs"
    component = "application"
    platform = "linux"
    confidence = "claimed"
    basis = "paper"
    reason = "is a Linux program that names the folder of kav4fs, and two more folders or libraries of such products"
    source = "docs/facts.md#linux"

  strings:
    $program = "\x2fopt/kaspersky/kav4fs" fullword
    $state = "\x2fvar/opt/kaspersky"
    $settings = "\x2fetc/opt/kaspersky"
    $log = "\x2fvar/log/kaspersky"
    $library_containers = "libcontainers.so"
    $library_services = "libinstrumental_services.so"

  condition:
    uint32be(0) == 0x7F454C46 and uint8(5) == 1 and (uint16(16) == 2 or uint16(16) == 3) and
    any of ($program*) and 2 of ($state, $settings, $log, $library_*)
}

rule kaspersky_linux_application_scan_engine
{
  meta:
    vendor = "Kaspersky"
    product = "Kaspersky ScanEngine"
    component = "application"
    platform = "linux"
    confidence = "claimed"
    basis = "paper"
    reason = "is a Linux program that names the folder of the ScanEngine, and two more folders or libraries of such products"
    source = "docs/facts.md#linux"

  strings:
    $program = "\x2fopt/kaspersky/ScanEngine" fullword
    $state = "\x2fvar/opt/kaspersky"
    $settings = "\x2fetc/opt/kaspersky"
    $log = "\x2fvar/log/kaspersky"
    $library_containers = "libcontainers.so"
    $library_services = "libinstrumental_services.so"

  condition:
    uint32be(0) == 0x7F454C46 and uint8(5) == 1 and (uint16(16) == 2 or uint16(16) == 3) and
    any of ($program*) and 2 of ($state, $settings, $log, $library_*)
}

rule kaspersky_linux_application_security_center
{
  meta:
    vendor = "Kaspersky"
    product = "Kaspersky ksc64"
    component = "application"
    platform = "linux"
    confidence = "claimed"
    basis = "paper"
    reason = "is a Linux program that names the folder of ksc64, and two more folders or libraries of such products"
    source = "docs/facts.md#linux"

  strings:
    $program = "\x2fopt/kaspersky/ksc64" fullword
    $state = "\x2fvar/opt/kaspersky"
    $settings = "\x2fetc/opt/kaspersky"
    $log = "\x2fvar/log/kaspersky"
    $library_containers = "libcontainers.so"
    $library_services = "libinstrumental_services.so"

  condition:
    uint32be(0) == 0x7F454C46 and uint8(5) == 1 and (uint16(16) == 2 or uint16(16) == 3) and
    any of ($program*) and 2 of ($state, $settings, $log, $library_*)
}

rule kaspersky_linux_application_kuma
{
  meta:
    vendor = "Kaspersky"
    product = "Kaspersky KUMA"
    component = "application"
    platform = "linux"
    confidence = "claimed"
    basis = "paper"
    reason = "is a Linux program that names the folder of KUMA, and two more folders or libraries of such products"
    source = "docs/facts.md#linux"

  strings:
    $program = "\x2fopt/kaspersky/kuma" fullword
    $state = "\x2fvar/opt/kaspersky"
    $settings = "\x2fetc/opt/kaspersky"
    $log = "\x2fvar/log/kaspersky"
    $library_containers = "libcontainers.so"
    $library_services = "libinstrumental_services.so"

  condition:
    uint32be(0) == 0x7F454C46 and uint8(5) == 1 and (uint16(16) == 2 or uint16(16) == 3) and
    any of ($program*) and 2 of ($state, $settings, $log, $library_*)
}
