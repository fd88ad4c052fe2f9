// PDB paths below the build roots of Kaspersky's own build machines. One rule for each kind of PE.

import "pe"

rule kaspersky_windows_driver_build_path
{
  meta:
    vendor = "Kaspersky"
    component = "driver"
    platform = "windows"
    confidence = "strong"
    basis = "genuine"
    reason = "is a driver whose PDB path lies below a build root of Kaspersky"
    source = "docs/facts.md#strings-in-windows-binaries"

  condition:
    uint16(0) == 0x5A4D and pe.subsystem == pe.SUBSYSTEM_NATIVE and (
      pe.pdb_path startswith "C:\\a\\b\\d_00000000_\\" or
      pe.pdb_path startswith "C:\\a\\c\\d_00000000\\" or
      pe.pdb_path startswith "O:\\CS AdminKit\\development2\\"
    )
}

rule kaspersky_windows_application_build_path
{
  meta:
    vendor = "Kaspersky"
    component = "application"
    platform = "windows"
    confidence = "strong"
    basis = "genuine"
    reason = "is a program whose PDB path lies below a build root of Kaspersky"
    source = "docs/facts.md#strings-in-windows-binaries"

  condition:
    uint16(0) == 0x5A4D and
    pe.subsystem != pe.SUBSYSTEM_NATIVE and (pe.characteristics & pe.DLL) == 0 and
    not pe.pdb_path endswith "\\starter.pdb" and (
      pe.pdb_path startswith "C:\\a\\b\\d_00000000_\\" or
      pe.pdb_path startswith "C:\\a\\c\\d_00000000\\" or
      pe.pdb_path startswith "O:\\CS AdminKit\\development2\\"
    )
}

rule kaspersky_windows_library_build_path
{
  meta:
    vendor = "Kaspersky"
    component = "library"
    platform = "windows"
    confidence = "strong"
    basis = "genuine"
    reason = "is a library whose PDB path lies below a build root of Kaspersky"
    source = "docs/facts.md#strings-in-windows-binaries"

  condition:
    uint16(0) == 0x5A4D and
    pe.subsystem != pe.SUBSYSTEM_NATIVE and (pe.characteristics & pe.DLL) != 0 and (
      pe.pdb_path startswith "C:\\a\\b\\d_00000000_\\" or
      pe.pdb_path startswith "C:\\a\\c\\d_00000000\\" or
      pe.pdb_path startswith "O:\\CS AdminKit\\development2\\"
    )
}
