// systemd units that start a program below /opt/kaspersky. A unit that only mentions one starts another.

rule kaspersky_linux_service_unit
{
  meta:
    vendor = "Kaspersky"
    component = "service"
    platform = "linux"
    confidence = "claimed"
    basis = "paper"
    reason = "is a systemd unit that starts a program in a folder of Kaspersky"
    source = "docs/facts.md#linux"

  strings:
    $start = /\nExecStart=[-@:+!]{0,3}\/opt\/kaspersky\/(kesl|kics|kess|klnagent|klnagent64|klms|kav4fs|ScanEngine|ksc64|kuma)\//

  condition:
    // "[Uni", or a comment first.
    (uint32be(0) == 0x5B556E69 or uint8(0) == 0x23) and filesize < 4KB and $start
}
