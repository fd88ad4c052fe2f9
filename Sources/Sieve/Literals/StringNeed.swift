import Yara
import YaraSyntax

/// What must be in an item for one string of a rule to be found there.
struct StringNeed: Sendable {
  /// Each part of a chain needs something; most strings have one part.
  var parts: [Part]
  /// Whether a literal that is found is the string itself.
  var isExact: Bool
  /// The string as it may lie in an item, if all forms are known, and nothing around them counts.
  var forms: [LiteralTable.Literal]
  /// Whether a form that is there may yet not count, because of its neighbours.
  var isFullWord: Bool
  /// Bytes that the string begins with, and which of their bits are fixed.
  var beginning: [(value: UInt8, mask: UInt8)]

  /// What one part of a chain needs.
  enum Part: Sendable {
    /// One of these literals.
    case anyOf([Int32])
    /// Nothing that could be looked for, and why.
    case unsearchable(Reason)
  }

  /// Why a string cannot be looked for by literals.
  enum Reason: String, Sendable {
    case noAtom = "libyara itself must look at every byte for it"
    case tooShort = "its fixed parts are shorter than 3 bytes"
    case tooMany = "it has too many forms"
  }
}

extension StringNeed {
  /// More forms than this are not worth a place in the database.
  private static let mostForms = 1024

  /// The need of a string that libyara compiled to `chain`, head first; `source` is its text where known.
  init(_ chain: [CompiledString], source: StringSyntax?, literals: inout LiteralTable) {
    let head = chain[0]
    let forms = chain.count == 1 ? Self.forms(of: head) : nil
    self.forms = forms ?? []
    isFullWord = head.traits.contains(.fullWord)
    beginning = []
    if case .hexadecimal(let tokens)? = source?.pattern {
      beginning = FixedFragment.beginning(of: tokens)
    }
    if let forms {
      let part = Self.part(forms, &literals)
      parts = [part]
      isExact =
        !isFullWord && !head.traits.contains(.fixedOffset)
        && forms.allSatisfy { $0.bytes.count <= LiteralTable.greatestLength }
    } else {
      isExact = false
      parts = chain.map { Self.part(of: $0, &literals) }
      if let fragment = source.flatMap({ FixedFragment.longest(of: $0, head.traits) }),
        let number = literals.add(fragment),
        chain.count > 1 || Self.isBetter(fragment, than: chain[0])
      {
        let found = Part.anyOf([number])
        parts = chain.count == 1 ? [found] : parts + [found]
      }
    }
  }

  /// Every form of a string of fixed bytes; nil if it is not one, or has too many.
  private static func forms(of string: CompiledString) -> [LiteralTable.Literal]? {
    guard let text = string.literal, !string.traits.contains(.chainPart) else { return nil }
    let ignoresCase = string.traits.contains(.ignoresCase)
    var plain: [[UInt8]] = []
    if string.traits.contains(.ascii) || !string.traits.contains(.wide) { plain.append(text) }
    if string.traits.contains(.wide) { plain.append(widened(text)) }
    guard string.traits.contains(.xor) else {
      return plain.map { .init(bytes: $0, ignoresCase: ignoresCase) }
    }
    // The text is looked for as it is wherever an atom is met, be it a widened one: libyara 4.2.3 does not
    // ask for `ascii` there (yr_scan_verify_literal_match in scan.c).
    return xorForms(of: string, plain.contains(text) ? plain : [text] + plain)
  }

  /// Each byte followed by a zero, whatever it is: libyara widens bytes, not characters.
  private static func widened(_ text: [UInt8]) -> [UInt8] {
    text.reduce(into: []) { $0 += [$1, 0] }
  }

  /// The keys are in the source text only, and in the atoms: an atom tells its key by what it should be.
  private static func xorForms(of string: CompiledString, _ plain: [[UInt8]])
    -> [LiteralTable.Literal]?
  {
    var forms: Set<LiteralTable.Literal> = []
    let known = Set(string.atoms.map { PlacedBytes(bytes: $0.bytes[...], offset: $0.offset) })
    for atom in string.atoms {
      var isExplained = (1..<max(1, atom.bytes.count)).contains { cut in
        known.contains(PlacedBytes(bytes: atom.bytes[cut...], offset: atom.offset + cut))
      }
      for text in plain
      where atom.offset >= 0 && atom.offset + atom.bytes.count <= text.count {
        let key = atom.bytes[0] ^ text[atom.offset]
        let piece = text[atom.offset..<atom.offset + atom.bytes.count].map { $0 ^ key }
        guard piece == atom.bytes else { continue }
        forms.insert(.init(bytes: text.map { $0 ^ key }, ignoresCase: false))
        isExplained = true
      }
      guard isExplained else { return nil }
    }
    return forms.isEmpty || forms.count > mostForms ? nil : Array(forms)
  }

  private static func part(_ forms: [LiteralTable.Literal], _ literals: inout LiteralTable) -> Part
  {
    guard forms.count <= mostForms else { return .unsearchable(.tooMany) }
    var numbers: [Int32] = []
    for form in forms {
      guard let number = literals.add(form) else { return .unsearchable(.tooShort) }
      numbers.append(number)
    }
    return .anyOf(numbers)
  }

  private static func part(of string: CompiledString, _ literals: inout LiteralTable) -> Part {
    if let text = string.literal, !string.traits.contains(.xor) {
      let ignoresCase = string.traits.contains(.ignoresCase)
      var forms: [LiteralTable.Literal] = []
      if string.traits.contains(.ascii) || !string.traits.contains(.wide) {
        forms.append(.init(bytes: text, ignoresCase: ignoresCase))
      }
      if string.traits.contains(.wide) {
        forms.append(.init(bytes: widened(text), ignoresCase: ignoresCase))
      }
      return part(forms, &literals)
    }
    guard !string.atoms.isEmpty else { return .unsearchable(.noAtom) }
    return part(necessaryAtoms(of: string), &literals)
  }

  /// An atom that ends in another one of the same string adds nothing: the automaton reports a string
  /// again in every state that ends like one of its own.
  private static func necessaryAtoms(of string: CompiledString) -> [LiteralTable.Literal] {
    let all = Set(string.atoms.map(\.bytes))
    let needed = all.filter { atom in
      !(1..<max(1, atom.count)).contains { all.contains(Array(atom[$0...])) }
    }
    return needed.map { .init(bytes: $0, ignoresCase: false) }
  }

  /// Whether looking for one fragment is cheaper than for the atoms.
  private static func isBetter(_ fragment: LiteralTable.Literal, than string: CompiledString)
    -> Bool
  {
    let shortest = string.atoms.map(\.bytes.count).min() ?? 0
    return fragment.bytes.count >= shortest
  }
}

/// Some bytes of a string and where they lie in it.
private struct PlacedBytes: Hashable {
  let bytes: ArraySlice<UInt8>
  let offset: Int
}
