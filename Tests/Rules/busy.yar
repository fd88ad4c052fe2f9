// Rules that match often in an ordinary file system: a comparison with yara on rules that never match
// would prove little. None has anything to do with the signatures.
import "pe"

rule elf { condition: uint32(0) == 0x464C457F }
rule elf_shared_object { condition: uint32(0) == 0x464C457F and uint16(16) == 3 }
rule shebang { strings: $a = "#!/" condition: $a at 0 }
rule python { strings: $a = /^import [a-z]+/ $b = "def " fullword condition: #a > 3 and $b }
rule license : text { strings: $a = "Apache License" nocase $b = "GNU General Public" wide ascii condition: any of them }
rule empty { condition: filesize == 0 }
rule small_without_newline { strings: $a = { 0A } condition: filesize < 200 and filesize > 0 and not $a }
rule note_before_text { strings: $a = { 47 4E 55 00 [4-300] 2E 74 65 78 74 } condition: $a }
rule url { strings: $a = /https?:\/\/[a-z0-9.-]{4,40}\.org/ condition: #a >= 2 }
rule windows { condition: pe.is_pe and pe.number_of_sections > 3 }
rule depends { condition: elf and not elf_shared_object }
private rule hidden { condition: filesize > 1MB }
rule large_text { condition: hidden and not elf }
