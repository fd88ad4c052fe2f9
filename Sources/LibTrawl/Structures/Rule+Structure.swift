import CTrawl
import Yara

extension Arena {
  func rule(_ rule: Rule) -> trawl_rule {
    trawl_rule(
      identifier: text(rule.identifier), name_space: text(rule.namespace), tags: texts(rule.tags),
      tag_count: rule.tags.count, metadata: array(rule.metadata.map(metadata)),
      metadata_count: rule.metadata.count, is_global: rule.isGlobal.flag,
      is_private: rule.isPrivate.flag)
  }

  private func metadata(_ entry: Metadata) -> trawl_metadata {
    var structure = trawl_metadata()
    structure.key = text(entry.key)
    switch entry.value {
    case .integer(let value):
      structure.type = Int32(TRAWL_INTEGER)
      structure.integer = value
    case .boolean(let value):
      structure.type = Int32(TRAWL_BOOLEAN)
      structure.integer = value ? 1 : 0
    case .string(let bytes):
      structure.type = Int32(TRAWL_STRING)
      structure.string = text(bytes)
    }
    return structure
  }

  func diagnostic(_ diagnostic: Diagnostic) -> trawl_diagnostic {
    trawl_diagnostic(
      is_error: (diagnostic.level == .error).flag, line: Int32(clamping: diagnostic.line),
      file: text(diagnostic.file), rule: text(diagnostic.rule), message: text(diagnostic.message))
  }
}
