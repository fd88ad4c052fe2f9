import Yara

/// Values of libyara's modules that are known without running them.
/// Sources: pe_utils.c `pe_get_header`, elf.c `module_load`, macho.c of 4.2.3, and tests against them.
enum ModuleKnowledge {
  /// The first bytes without which `path` of a module is undefined. An empty path is the module itself.
  static func header(of module: String, _ path: [String], isCall: Bool = false) -> Header {
    switch module {
    case "pe":
      return path.first == "signatures" ? .signedPortableExecutable : .portableExecutable
    case "dotnet": return .portableExecutable
    case "elf": return .elf
    case "macho":
      let ofUniversal = ["fat_magic", "nfat_arch", "fat_arch", "file"]
      guard let field = path.first, !isCall, !ofUniversal.contains(field) else {
        return .machOOrUniversal
      }
      return .machO
    default: return .none
    }
  }

  /// Whether the values of a module depend on more than the item, or its functions have effects.
  static func hasEffect(_ module: String) -> Bool { module == "console" }

  /// Whether an operator between this field and a constant is true only if the constant's bytes are
  /// in the item, unchanged.
  static func holdsRawBytes(_ module: String, _ path: [String]) -> Bool {
    module == "pe" && (path == ["pdb_path"] || path == ["sections", "name"])
  }

  /// Whether it is true only if the characters are in the item, each followed by any byte.
  static func isVersionText(_ module: String, _ path: [String]) -> Bool {
    module == "pe" && path == ["version_info"]
  }

  /// Names of constants are capitals. They are defined for every item. Reading them from libyara is
  /// more reliable than a table.
  static func isConstantName(_ name: String) -> Bool {
    name.contains { $0.isASCII && $0.isUppercase }
      && name.allSatisfy { $0.isASCII && ($0.isUppercase || $0.isNumber || $0 == "_") }
  }

  /// The values of these constants, read by a scan of an empty item.
  static func constants(_ names: [ModuleField]) -> [ModuleField: Int64] {
    guard !names.isEmpty else { return [:] }
    do {
      var compiler = try Compiler(includes: .disabled)
      let imports = Set(names.map(\.module)).sorted().map { "import \"\($0)\"\n" }.joined()
      try compiler.add(text: imports + "rule constants { condition: false }")
      var options = Scanner.Options()
      options.moduleFields = names
      var scanner = try Scanner(try compiler.rules(), options: options)
      let result = try scanner.scan([UInt8]().span.bytes)
      return result.moduleFields.compactMapValues { value in
        if case .integer(let number) = value { number } else { nil }
      }
    } catch {
      return [:]
    }
  }
}
