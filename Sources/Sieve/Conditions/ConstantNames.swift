import Yara
import YaraSyntax

/// Finds the constants of modules that a condition names, so that their values can be read from libyara.
enum ConstantNames {
  static func collect(
    _ condition: Expression, _ modules: Set<String>, into names: inout Set<ModuleField>
  ) {
    condition.visitAll { expression in
      if case .field(let base, let name) = expression.kind,
        case .identifier(let module) = base.kind, modules.contains(module),
        ModuleKnowledge.isConstantName(name)
      {
        names.insert(ModuleField(module: module, field: name))
      }
    }
  }
}
