/// Names of libyara's modules that rules may use, by type.
enum ModuleNames {
  static let integers = integersOf42 + (Vocabulary.has45 ? integersOf45 : [])
  private static let integersOf45 = [
    "pe.is_signed", "pe.number_of_delayed_imports", "pe.number_of_imported_functions",
    "pe.export_timestamp", "pe.opthdr_magic", "pe.signatures[0].verified", "elf.dynsym_entries",
    "dotnet.number_of_classes", "dotnet.number_of_constants",
  ]
  private static let integersOf42 = [
    "pe.number_of_sections", "pe.machine", "pe.entry_point", "pe.timestamp", "pe.characteristics",
    "pe.is_pe", "pe.is_pe", "pe.number_of_resources", "pe.sections[0].virtual_size",
    "pe.sections[0].raw_data_offset", "pe.sections[1].raw_data_size", "pe.image_base",
    "pe.subsystem", "pe.number_of_signatures", "pe.linker_version.major", "pe.number_of_imports",
    "pe.number_of_exports", "pe.overlay.size", "pe.checksum", "pe.size_of_optional_header",
    "elf.type", "elf.machine", "elf.entry_point", "elf.number_of_sections",
    "elf.number_of_segments", "elf.segments[0].type", "elf.sections[0].size",
    "macho.magic", "macho.cputype", "macho.filetype", "macho.ncmds", "macho.fat_magic",
    "macho.nfat_arch", "macho.file[0].cputype", "macho.fat_arch[0].offset", "macho.reserved",
    "dotnet.is_dotnet", "dotnet.number_of_streams", "dotnet.number_of_resources",
    "dotnet.number_of_user_strings", "dotnet.assembly.version.major",
  ]
  static let integerCalls = integerCallsOf42 + (Vocabulary.has45 ? integerCallsOf45 : [])
  private static let integerCallsOf45 = [
    "string.length(ext_s)", "string.length(pe.sections[0].name)", "string.to_int(ext_s)",
    "string.to_int(\"0x1f\", 16)", "pe.import_rva(\"kernel32.dll\", \"CreateFileA\")",
    "pe.delayed_import_rva(\"kernel32.dll\", \"CreateFileA\")", "pe.exports_index(1)",
  ]
  private static let integerCallsOf42 = [
    "pe.is_dll()", "pe.is_32bit()", "pe.is_64bit()", "pe.rva_to_offset(4096)",
    "pe.section_index(\".rsrc\")", "pe.section_index(0)", "pe.calculate_checksum()",
    "pe.language(9)", "pe.locale(1033)", "pe.rich_signature.version(1)",
    "pe.exports(1)", "pe.exports(/Create/)", "pe.imports(\"kernel32.dll\")",
    "pe.imports(\"KERNEL32.dll\")", "pe.exports(\"CreateFileA\")",
    "pe.imports(\"kernel32.dll\", \"CreateFileA\")", "pe.imports(\"kernel32.dll\", 1)",
    "pe.imports(/kernel/i, /Create/)", "pe.exports_index(\"alpha\")",
    "macho.file_index_for_arch(0x01000007)", "macho.entry_point_for_arch(0x01000007)",
    "macho.entry_point_for_arch(7, 3)", "hash.crc32(0, 4)", "hash.checksum32(0, 10)",
    "hash.checksum32(5000, 10)",
    "math.max(2, filesize)", "math.min(2, filesize)", "math.abs(-3)",
    "math.to_number(filesize > 100)", "math.in_range(2.0, 1.0, 3.0)", "math.count(0x61)",
    "math.count(0, 0, 64)", "math.mode()",
  ]
  static let floats = [
    "math.entropy(0, filesize)", "math.mean(0, filesize)", "math.mean(0, 64)",
    "math.deviation(0, filesize, 64.0)", "math.serial_correlation(0, 100)",
    "math.monte_carlo_pi(0, filesize)", "math.entropy(\"alpha\")", "math.percentage(0x00)",
    "math.mean(5000, 10)",
  ]
  static let texts = textsOf42 + (Vocabulary.has45 ? textsOf45 : [])
  private static let textsOf45 = [
    "math.to_string(filesize)", "math.to_string(filesize, 16)", "elf.telfhash()",
    "elf.import_md5()", "pe.import_details[0].library_name", "dotnet.classes[0].fullname",
    "pe.version_info_list[0].key", "elf.symtab[0].name", "dotnet.user_strings[0]",
  ]
  private static let textsOf42 = [
    "pe.version_info[\"CompanyName\"]", "pe.version_info[\"ProductName\"]",
    "pe.version_info[\"Missing\"]", "pe.sections[0].name", "pe.sections[0].full_name",
    "pe.pdb_path", "pe.dll_name", "pe.imphash()", "pe.export_details[0].name",
    "pe.signatures[0].subject", "pe.rich_signature.clear_data",
    "elf.sections[0].name", "elf.dynsym[0].name", "dotnet.module_name", "dotnet.version",
    "dotnet.assembly.name", "hash.md5(0, 4)", "hash.sha1(0, filesize)", "hash.sha256(0, 0)",
    "macho.segments[0].segname", "macho.segments[0].segname", "macho.file[0].segments[0].segname",
  ]
  static let constants = [
    "pe.MACHINE_I386", "pe.MACHINE_AMD64", "pe.DLL", "pe.SUBSYSTEM_WINDOWS_GUI",
    "elf.ET_EXEC", "elf.EM_X86_64", "elf.PT_LOAD", "macho.MH_MAGIC", "macho.MH_MAGIC_64",
    "macho.CPU_TYPE_X86_64", "macho.MH_EXECUTE", "macho.FAT_MAGIC",
  ]
  /// An array, a field of its elements, and whether that field is a text.
  static let arrays = arraysOf42 + (Vocabulary.has45 ? arraysOf45 : [])
  private static let arraysOf45 = [
    ("pe.import_details", "library_name", true), ("dotnet.classes", "name", true),
    ("pe.version_info_list", "value", true),
  ]
  private static let arraysOf42 = [
    ("pe.sections", "name", true), ("pe.sections", "virtual_size", false),
    ("pe.sections", "raw_data_size", false), ("pe.resources", "type", false),
    ("pe.data_directories", "size", false), ("pe.export_details", "name", true),
    ("pe.signatures", "issuer", true), ("elf.segments", "type", false),
    ("elf.sections", "name", true), ("macho.file", "cputype", false),
    ("macho.fat_arch", "size", false), ("macho.segments", "segname", true),
    ("dotnet.streams", "name", true), ("dotnet.resources", "name", true),
    ("macho.segments", "fsize", false), ("elf.sections", "type", false),
  ]
  static let dictionaries = ["pe.version_info"]
  static let imports =
    ["pe", "elf", "macho", "dotnet", "math", "hash"] + (Vocabulary.has45 ? ["string"] : [])

  /// Module that an expression uses.
  static func module(of expression: String) -> String {
    String(expression.prefix { $0 != "." })
  }
}
