// What Windows writes down of programs that ran or are to run. They prove that a product was here, not that it is:
// weak. Registry hives are read key by key instead (Sources/Traces).

rule kaspersky_windows_trace_prefetch
{
  meta:
    vendor = "Kaspersky"
    component = "trace"
    platform = "windows"
    confidence = "weak"
    basis = "paper"
    reason = "is a prefetch file that lists files in a folder of Kaspersky Lab: a program that was started used them"
    source = "docs/facts.md#windows-programs-and-services"

  strings:
    // SCCA stands behind the version of the format (libscca, "Windows Prefetch File format", file header). Windows 10
    // compresses these files: Sources/Traces/Prefetch reads them.
    $folder = /\\PROGRAM FILES( \(X86\))?\\KASPERSKY LAB\\/ wide

  condition:
    uint32be(4) == 0x53434341 and filesize < 4MB and $folder
}

rule kaspersky_windows_trace_event_log
{
  meta:
    vendor = "Kaspersky"
    component = "trace"
    platform = "windows"
    confidence = "weak"
    basis = "paper"
    reason = "is an event log that names a file in a folder of Kaspersky Lab"
    source = "docs/facts.md#windows-programs-and-services"

  strings:
    $folder = /\\Program Files( \(x86\))?\\Kaspersky Lab\\/ wide nocase
    $file_header = "ElfFile\x00"

  condition:
    uint32be(0) == 0x456C6646 and $file_header at 0 and $folder
}

rule kaspersky_windows_trace_task
{
  meta:
    vendor = "Kaspersky"
    component = "trace"
    platform = "windows"
    confidence = "weak"
    basis = "paper"
    reason = "is a scheduled task that starts a program in a folder of Kaspersky Lab"
    source = "docs/facts.md#windows-programs-and-services"

  strings:
    // Tasks are XML in UTF-16, below Windows\System32\Tasks.
    $task = "<Task " wide
    $command = /<Command>"?[A-Za-z%][A-Za-z():%]{1,30}\\([A-Za-z() 0-9]{1,40}\\)?Kaspersky Lab\\/ wide nocase

  condition:
    uint32be(0) == 0xFFFE3C00 and filesize < 256KB and $task and $command
}

rule kaspersky_any_trace_native_messaging_host
{
  meta:
    vendor = "Kaspersky"
    component = "trace"
    platform = "any"
    confidence = "weak"
    basis = "paper"
    reason = "tells a browser which program of Kaspersky its extension talks to"
    source = "docs/facts.md#browser-extensions"

  strings:
    // Of Kaspersky Anti-Virus, and by the id of the extension, as since Kaspersky Protection 2.
    $name = /"name"\s{0,8}:\s{0,8}"com\.kaspersky\.(kav\.[0-9a-f]{32}|[a-p]{32})\.host"/

  condition:
    uint8(0) == 0x7B and filesize < 4KB and $name
}

rule kaspersky_any_trace_browser_extension
{
  meta:
    vendor = "Kaspersky"
    component = "trace"
    platform = "any"
    confidence = "weak"
    basis = "paper"
    reason = "is the manifest of a browser extension that allows scripts of Kaspersky's products"
    source = "docs/facts.md#browser-extensions"

  strings:
    $manifest = /"manifest_version"\s{0,8}:\s{0,8}[23]/
    $policy = /"content_security_policy"[^}\x00]{0,400}\*\.scr\.kaspersky-labs\.com/

  condition:
    uint8(0) == 0x7B and filesize < 64KB and all of them
}
