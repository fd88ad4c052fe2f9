/// All byte sequences that a pass over an item searches, each once, even if several strings require it.
struct LiteralTable: Sendable {
  /// A byte sequence to search.
  struct Literal: Hashable, Sendable {
    /// The bytes, as they are in the item; for a strided one the low bytes of its 16-bit units.
    let bytes: [UInt8]
    /// Letters of ASCII in either case.
    let ignoresCase: Bool
    /// Layout of the bytes in the item.
    var kind = Kind.plain
    /// Required context of the bytes; nil if none is known.
    var context: Context?

    /// Number of bytes of an item that it occupies, with its context.
    var extent: Int {
      let around = (context?.before.count ?? 0) + (context?.after.count ?? 0)
      return switch kind {
      case .plain: around + bytes.count
      case .strided: 2 * bytes.count
      case .difference: bytes.count + 1
      }
    }
  }

  /// Layout of the bytes of a literal in an item.
  enum Kind: UInt8, Hashable, Sendable {
    /// Unchanged.
    case plain
    /// Each followed by any byte, behind the header of a version resource.
    case strided
    /// Exclusive or of neighbouring bytes of the item, which is the same under every key.
    case difference
  }

  /// Bytes around a literal.
  struct Context: Hashable, Sendable {
    /// Allowed bytes before it, the last one next to it.
    let before: [ByteSet]
    /// Allowed bytes behind it.
    let after: [ByteSet]
    /// Allowed first bytes of a literal of differences, which does not determine them.
    var first: ByteSet?

    var isEmpty: Bool { before.isEmpty && after.isEmpty && first == nil }
  }

  /// Minimum length of a literal: shorter ones are in nearly every item, and slow the search for all others.
  static let leastLength = 3
  /// Minimum length of a literal with rare bytes and a context that is compared.
  static let leastLengthOfRare = 2
  /// Number of first bytes searched of a longer literal. Hyperscan rejects more than 16,000 bytes, and each
  /// piece of an item overlaps the next one by the length of the longest literal.
  static let greatestLength = 256

  /// The header that libyara requires before it reads the texts of a version resource (pe.c).
  static let versionHeader = Literal(
    bytes: "VS_VERSION_INFO".utf8.flatMap { [$0, 0] }, ignoresCase: false)

  private(set) var literals: [Literal] = []
  private var known: [Literal: Int32] = [:]

  init() {}

  /// Creates a table of stored literals, to which none is added.
  init(stored literals: [Literal]) { self.literals = literals }

  /// The number of a literal that was added.
  func number(of literal: Literal) -> Int32? { known[literal] }

  /// Adds a literal and returns its number; nil if it is too short to search.
  mutating func add(_ literal: Literal, leastLength: Int = leastLength) -> Int32? {
    guard literal.bytes.count >= leastLength else { return nil }
    let literal =
      literal.bytes.count <= Self.greatestLength
      ? literal
      : Literal(
        bytes: Array(literal.bytes.prefix(Self.greatestLength)), ignoresCase: literal.ignoresCase,
        kind: literal.kind,
        context: literal.context?.first.map { Context(before: [], after: [], first: $0) })
    if let number = known[literal] { return number }
    literals.append(literal)
    known[literal] = Int32(literals.count - 1)
    return Int32(literals.count - 1)
  }

  /// Adds the literal for these bytes of a text.
  mutating func text(_ bytes: [UInt8], ignoresCase: Bool) -> Int32? {
    add(Literal(bytes: bytes, ignoresCase: ignoresCase))
  }

  /// Adds the literal that is in every item in which a field of a module contains `bytes`.
  mutating func implied(
    by module: String, _ path: [String], _ bytes: [UInt8], ignoresCase: Bool
  ) -> Int32? {
    if ModuleKnowledge.holdsRawBytes(module, path) { return text(bytes, ignoresCase: ignoresCase) }
    guard ModuleKnowledge.isVersionText(module, path), !bytes.contains(0) else { return nil }
    _ = add(Self.versionHeader)
    return add(Literal(bytes: bytes, ignoresCase: ignoresCase, kind: .strided))
  }

  subscript(_ number: Int32) -> Literal { literals[Int(number)] }
}
