// Programs and libraries of the Network Agent. No genuine file was read.
//
// The program's folder is asked for as a full word, since a path below /var/opt is no program; \x2f is a slash, because
// the text of this rule, embedded in a scanner, must not look like a product. The condition asks for a little-endian
// executable (e_type 2) or shared object (3): libyara's elf module would say the same, and doubles the time of every ELF
// with many symbols.

rule kaspersky_linux_application_network_agent
{
  meta:
    vendor = "Kaspersky"
    product = "Kaspersky Network Agent"
    component = "application"
    platform = "linux"
    confidence = "claimed"
    basis = "paper"
    reason = "is a Linux program that names the folder of the Network Agent, and two more folders or libraries of such products"
    source = "docs/facts.md#linux"

  strings:
    $program_1 = "\x2fopt/kaspersky/klnagent" fullword
    $program_2 = "\x2fopt/kaspersky/klnagent64" fullword
    $state = "\x2fvar/opt/kaspersky"
    $settings = "\x2fetc/opt/kaspersky"
    $log = "\x2fvar/log/kaspersky"
    $library_containers = "libcontainers.so"
    $library_services = "libinstrumental_services.so"

  condition:
    uint32be(0) == 0x7F454C46 and uint8(5) == 1 and (uint16(16) == 2 or uint16(16) == 3) and
    any of ($program*) and 2 of ($state, $settings, $log, $library_*)
}
