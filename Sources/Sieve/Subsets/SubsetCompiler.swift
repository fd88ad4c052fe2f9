import Yara
import YaraSyntax

/// Compiles some rules of a set so that each has the same result as in the whole set.
///
/// A subset is closed. It contains the rules that its rules refer to, for `of (r*)` every earlier rule with
/// that prefix in any namespace (libyara counts a name once for each namespace that has it), and the global
/// rules of its namespace. Rules keep their order, their namespaces, the modules that these import, and the
/// external variables.
struct SubsetCompiler: Sendable {
  private let rules: [Rule]
  private let sources: RuleSources
  private let imports: [String: Set<String>]
  private let externals: [String: ExternalValue]
  private let globals: [String: [Int32]]
  private let numbers: [Name: Int32]

  private struct Name: Hashable {
    let namespace: String
    let identifier: String
  }

  /// `imports` are the modules that the texts of each namespace import.
  init(
    _ rules: [Rule], _ sources: RuleSources, imports: [String: Set<String>],
    externals: [String: ExternalValue]
  ) {
    self.rules = rules
    self.sources = sources
    self.imports = imports
    self.externals = externals
    var globals: [String: [Int32]] = [:]
    var numbers: [Name: Int32] = [:]
    for (number, rule) in rules.enumerated() {
      if rule.isGlobal { globals[rule.namespace, default: []].append(Int32(number)) }
      numbers[Name(namespace: rule.namespace, identifier: rule.identifier)] = Int32(number)
    }
    self.globals = globals
    self.numbers = numbers
  }

  /// The closed subset with these rules, in order; nil if the text of a rule in it was not understood.
  func closure(of some: some Sequence<Int32>) -> [Int32]? {
    var members: Set<Int32> = []
    var waiting = Array(some)
    while let number = waiting.popLast() {
      guard members.insert(number).inserted else { continue }
      guard let needed = needs(of: number) else { return nil }
      waiting += needed
    }
    return members.sorted()
  }

  /// The rules without which a rule does not compile, or has another result.
  private func needs(of number: Int32) -> [Int32]? {
    guard let source = sources[Int(number)] else { return nil }
    let namespace = rules[Int(number)].namespace
    var needed = globals[namespace] ?? []
    var isUnderstood = true
    func need(_ identifier: String) {
      if let other = numbers[Name(namespace: namespace, identifier: identifier)], other < number {
        needed.append(other)
      }
    }
    source.rule.condition.visitAll { expression in
      switch expression.kind {
      // A loop variable may have the name of a rule: an unneeded rule does no harm.
      case .identifier(let name): need(name)
      case .of(_, .rules(let names), _), .ofAt(_, .rules(let names), _),
        .forOf(_, .rules(let names), _):
        for name in names {
          if name.isPrefix {
            needed += namesakes(of: name.text, above: number)
          } else {
            need(name.text)
          }
        }
      case .unknown: isUnderstood = false
      default: break
      }
    }
    return isUnderstood ? needed : nil
  }

  private func namesakes(of prefix: String, above number: Int32) -> [Int32] {
    (0..<number).filter { rules[Int($0)].identifier.hasPrefix(prefix) }
  }

  /// The rules of a closed subset; nil if libyara rejects them. Modules of `kept` stay imported although no
  /// rule names them.
  func compiled(_ members: [Int32], keeping kept: Set<String> = []) -> Rules? {
    do throws(YaraError) {
      var compiler = try Compiler(includes: .disabled)
      for (name, value) in externals.sorted(by: { $0.key < $1.key }) {
        try compiler.define(name, as: value)
      }
      var rest = members[...]
      while let first = rest.first {
        let namespace = rules[Int(first)].namespace
        let run = rest.prefix { rules[Int($0)].namespace == namespace }
        try compiler.add(text: text(of: run, namespace, keeping: kept), namespace: namespace)
        rest = rest.dropFirst(run.count)
      }
      return try compiler.rules()
    } catch {
      return nil
    }
  }

  private func text(of run: ArraySlice<Int32>, _ namespace: String, keeping kept: Set<String>)
    -> [UInt8]
  {
    let texts = run.compactMap { sources[Int($0)] }.map { $0.text[$0.rule.range] }
    // Every scan runs each imported module.
    let modules = (imports[namespace] ?? []).filter { module in
      kept.contains(module) || texts.contains { $0.holds(Array(module.utf8)) }
    }
    var text = modules.sorted().flatMap { Array("import \"\($0)\"\n".utf8) }
    for rule in texts {
      text += rule
      text.append(UInt8(ascii: "\n"))
    }
    return text
  }
}

extension ArraySlice<UInt8> {
  fileprivate func holds(_ word: [UInt8]) -> Bool {
    guard let first = word.first else { return true }
    var rest = self
    while let place = rest.firstIndex(of: first) {
      rest = rest[place...]
      if rest.starts(with: word) { return true }
      rest = rest.dropFirst()
    }
    return false
  }
}
