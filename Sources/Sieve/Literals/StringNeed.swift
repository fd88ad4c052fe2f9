import Yara
import YaraSyntax

/// Literals that an item must contain for one string of a rule to match.
struct StringNeed: Sendable {
  /// Its name with the `$`.
  let identifier: String
  /// Requirements of the parts of a chain; most strings have one part.
  var parts: [Part]
  /// Whether a literal that is found is the string itself.
  var isExact: Bool
  /// Forms of the string in an item, if all are known and none depends on its context.
  var forms: [LiteralTable.Literal]
  /// Whether neighbouring bytes may prevent the match of a form.
  var dependsOnNeighbours: Bool
  /// Method of the search for it.
  let traits: CompiledString.Traits
  /// Its rule, and its place among the strings of the rule.
  var origin: (rule: Int, place: Int) = (0, 0)
  /// First bytes of the string, and masks of their fixed bits.
  var beginning: [(value: UInt8, mask: UInt8)]

  /// Requirement of one part of a chain.
  enum Part: Sendable {
    /// One of these literals.
    case anyOf([Int32])
    /// No literal, and the reason.
    case unsearchable(Reason)
  }

  /// Reason why a string cannot be searched by literals.
  enum Reason: String, Sendable {
    case noAtom = "libyara itself must check every byte for it"
    case tooShort = "its fixed parts are shorter than 3 bytes"
    case tooMany = "it has too many variants"

    private static let all: [Reason] = [.noAtom, .tooShort, .tooMany]

    /// Its number where it is stored.
    var number: UInt8 { UInt8(Self.all.firstIndex(of: self)!) }

    init?(number: UInt8) {
      guard Self.all.indices.contains(Int(number)) else { return nil }
      self = Self.all[Int(number)]
    }
  }
}

extension StringNeed {
  /// Limit of forms, which take space in the database.
  private static let mostForms = 1024

  /// The need of a string that libyara compiled to `chain`, head first; `source` is its text where known.
  init(_ chain: [CompiledString], source: StringSource?, literals: inout LiteralTable) {
    let head = chain[0]
    identifier = head.identifier
    traits = head.traits
    let forms = chain.count == 1 ? Self.forms(of: head) : nil
    self.forms = forms ?? []
    // The text of a wide xor string as it is counts only where an atom of the widened text lies.
    dependsOnNeighbours =
      head.traits.contains(.fullWord) || head.traits.isSuperset(of: [.xor, .wide])
    beginning = []
    if case .hexadecimal(let tokens)? = source?.syntax.pattern {
      beginning = Self.beginning(of: tokens)
    }
    if let forms {
      parts = [Self.part(of: head, forms, &literals)]
      isExact =
        !dependsOnNeighbours && head.traits.isDisjoint(with: [.fixedOffset, .xor])
        && forms.allSatisfy { $0.bytes.count <= LiteralTable.greatestLength }
      return
    }
    isExact = false
    let better =
      source?.base64(head.traits, provenBy: Self.necessaryAtoms(of: head).map(\.bytes))
      ?? source?.alternatives(head.traits)
    let numbers =
      better?.compactMap { literals.add($0, leastLength: LiteralTable.leastLengthOfRare) } ?? []
    let isBetter = !numbers.isEmpty && numbers.count == better?.count
    // A chain needs every part as well; a single part needs only the better literals.
    parts =
      isBetter && chain.count == 1 ? [] : chain.map { Self.part(of: $0, &literals) }
    if isBetter { parts.append(.anyOf(numbers)) }
  }

  /// Bytes at the start of a hexadecimal string, up to the first jump or alternative.
  static func beginning(of tokens: [HexadecimalToken]) -> [(value: UInt8, mask: UInt8)] {
    var bytes: [(value: UInt8, mask: UInt8)] = []
    for token in tokens.prefix(256) {
      guard case .byte(let value, let mask) = token else { break }
      bytes.append((value & mask, mask))
    }
    return bytes
  }

  /// Every form of a string of fixed bytes; nil if it is not one, or has too many.
  private static func forms(of string: CompiledString) -> [LiteralTable.Literal]? {
    guard let text = string.literal, !string.traits.contains(.chainPart) else { return nil }
    let ignoresCase = string.traits.contains(.ignoresCase)
    let plain = plainForms(of: string, text)
    guard string.traits.contains(.xor) else {
      return plain.map { .init(bytes: $0, ignoresCase: ignoresCase) }
    }
    return xorForms(of: string, xorTexts(of: string, text))
  }

  /// The unchanged text is searched wherever any atom occurs, even a widened one: libyara 4.2.3 does not
  /// require `ascii` there (yr_scan_verify_literal_match in scan.c).
  private static func xorTexts(of string: CompiledString, _ text: [UInt8]) -> [[UInt8]] {
    let plain = plainForms(of: string, text)
    return plain.contains(text) ? plain : [text] + plain
  }

  private static func plainForms(of string: CompiledString, _ text: [UInt8]) -> [[UInt8]] {
    (string.traits.isASCII ? [text] : []) + (string.traits.contains(.wide) ? [widened(text)] : [])
  }

  /// Each byte followed by a zero: libyara widens bytes, not characters.
  static func widened(_ text: [UInt8]) -> [UInt8] {
    text.reduce(into: []) { $0 += [$1, 0] }
  }

  /// The keys are only in the source text and in the atoms: the difference between an atom and its text is its key.
  private static func xorForms(of string: CompiledString, _ plain: [[UInt8]])
    -> [LiteralTable.Literal]?
  {
    var forms: Set<LiteralTable.Literal> = []
    let known = Set(string.atoms.map { PlacedBytes(bytes: $0.bytes[...], offset: $0.offset) })
    for atom in string.atoms {
      var isExplained = (1..<max(1, atom.bytes.count)).contains { cut in
        known.contains(PlacedBytes(bytes: atom.bytes[cut...], offset: atom.offset + cut))
      }
      for text in plain where atom.offset >= 0 {
        let common = zip(atom.bytes, text.dropFirst(atom.offset)).map { $0 ^ $1 }
        guard common.allSatisfy({ $0 == common[0] }) else { continue }
        // An atom of the widened text may reach beyond the unchanged text, or lie behind it. Then it does not
        // determine the key, and libyara accepts any key.
        let keys = common.first.map { $0...$0 } ?? 0...255
        for key in keys { forms.insert(.init(bytes: text.map { $0 ^ key }, ignoresCase: false)) }
        if common.count == atom.bytes.count { isExplained = true }
      }
      guard isExplained else { return nil }
    }
    guard !forms.isEmpty, forms.count <= mostForms else { return nil }
    return forms.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
  }

  /// Returns the requirement of a string of fixed bytes.
  private static func part(
    of string: CompiledString, _ forms: [LiteralTable.Literal], _ literals: inout LiteralTable
  ) -> Part {
    if string.traits.contains(.xor), let text = string.literal {
      // One literal of differences replaces one literal for each key; the keys determine the allowed first bytes.
      let differences = xorTexts(of: string, text).compactMap { text -> LiteralTable.Literal? in
        let firsts = ByteSet(forms.filter { $0.bytes.count == text.count }.map { $0.bytes[0] })
        guard firsts != .none else { return nil }
        return LiteralTable.Literal(
          bytes: zip(text, text.dropFirst()).map { $0 ^ $1 }, ignoresCase: false, kind: .difference,
          context: LiteralTable.Context(before: [], after: [], first: firsts))
      }
      let numbers = differences.compactMap { literals.add($0) }
      if !numbers.isEmpty, numbers.count == differences.count { return .anyOf(numbers) }
    }
    guard string.traits.contains(.fullWord), !string.traits.contains(.xor) else {
      return part(forms, &literals)
    }
    // The neighbours of a word are known if they are one byte.
    let neighbours = LiteralTable.Context(before: [.outsideWords], after: [.outsideWords])
    let length = string.literal?.count
    return part(
      forms.map { form in
        let isPlain = form.bytes.count == length && length ?? .max <= LiteralTable.greatestLength
        return LiteralTable.Literal(
          bytes: form.bytes, ignoresCase: form.ignoresCase, context: isPlain ? neighbours : nil)
      }, &literals)
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

  /// Returns the requirement of one part of a chain, or of a string that is not of fixed bytes.
  private static func part(of string: CompiledString, _ literals: inout LiteralTable) -> Part {
    if let text = string.literal, !string.traits.contains(.xor) {
      let ignoresCase = string.traits.contains(.ignoresCase)
      return part(
        plainForms(of: string, text).map { .init(bytes: $0, ignoresCase: ignoresCase) }, &literals)
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
    // Sorted, because the numbers of literals must be the same in the next run.
    return needed.sorted { $0.lexicographicallyPrecedes($1) }.map {
      .init(bytes: $0, ignoresCase: false)
    }
  }
}

extension CompiledString.Traits {
  /// Whether the string is searched as written: with `ascii`, or without `wide`.
  var isASCII: Bool { contains(.ascii) || !contains(.wide) }
}

/// Some bytes of a string and where they lie in it.
private struct PlacedBytes: Hashable {
  let bytes: ArraySlice<UInt8>
  let offset: Int
}
