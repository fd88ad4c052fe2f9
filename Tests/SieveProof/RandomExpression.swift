import TestSupport

/// A regular expression, generated together with a text that it matches.
struct RandomExpression {
  private(set) var pattern = ""
  private(set) var example: [UInt8] = []
  private(set) var productions: [String] = []
  private let isLazy: Bool
  /// Whether an unbounded repetition is allowed: at most one per expression. libyara follows it
  /// from every possible start, for kilobytes, so more would take minutes.
  private var mayRunFar: Bool
  /// Number of long jumps still allowed: two that begin at nearly every byte of an item take
  /// libyara minutes.
  private var jumpsLeft: Int
  /// Whether a group may be repeated: groups in repeated groups need all threads of libyara's
  /// machine.
  private var mayRepeatGroup: Bool
  /// Number of open groups.
  private var groups = 0
  /// Whether a class of nearly all bytes was added, or the filler byte of items.
  private var hasWideClass = false
  /// Byte with which items are filled. Items have thousands of it in a row. libyara begins at
  /// each, and follows an unbounded repetition through all the others, for minutes: such a byte
  /// is repeated a few times at most.
  private static let filler: UInt8 = 0

  init(_ words: [[UInt8]], _ random: inout SeededGenerator, isShort: Bool = false) {
    isLazy = random.oneIn(4)
    // Without fixed text, libyara tries it at every byte, which would take most of the time.
    let beginsWithText = !random.oneIn(5)
    mayRunFar = beginsWithText && random.oneIn(4)
    let text = beginsWithText ? random.pick(words) : []
    jumpsLeft = beginsWithText && text.first != Self.filler ? 2 : 1
    mayRepeatGroup = beginsWithText
    if random.oneIn(12) { add("^", "regex ^") }
    if !isShort, random.oneIn(8) {
      addOptionalGroup(words, &random)
      return
    }
    if beginsWithText { addLiteral(text, &random) }
    addSequence(words, &random, parts: random.number(isShort ? 1...2 : 1...4), depth: 0)
    if random.oneIn(10) {
      let before = example
      add("|", "regex top alternation")
      example = []
      addSequence(words, &random, parts: 1, depth: 0)
      if random.oneIn(2) { example = before }
    }
    if random.oneIn(14) { add("$", "regex $") }
  }

  private mutating func add(_ text: String, _ production: String) {
    pattern += text
    productions.append(production)
  }

  private mutating func addSequence(
    _ words: [[UInt8]], _ random: inout SeededGenerator, parts: Int, depth: Int
  ) {
    for _ in 0..<parts { addPart(words, &random, depth: depth) }
  }

  private mutating func addPart(
    _ words: [[UInt8]], _ random: inout SeededGenerator, depth: Int
  ) {
    switch random.number(0...(depth < 2 ? 15 : 11)) {
    case 0...5: addLiteral(random.pick(words), &random)
    case 6:
      random.oneIn(4)
        ? addWide("[^\\s\\d]", 0x61, "regex class of classes", &random)
        : addRepeated("[a-m]", UInt8(random.number(0x61...0x6D)), "regex class", &random)
    case 7: addWide("[^a]", UInt8(random.number(0x62...0x7A)), "regex negated class", &random)
    case 8: addWide(".", UInt8(random.number(0x20...0x7E)), "regex .", &random)
    case 9:
      random.oneIn(3)
        ? addRepeated("\\s", 0x20, "regex \\s", &random)
        : addRepeated("\\d", UInt8(random.number(0x30...0x39)), "regex \\d", &random)
    case 10 where random.oneIn(4): addWide("\\W", 0x21, "regex \\W", &random)
    case 10:
      addWide(
        random.pick(["\\w", "\\S", "\\D"]), UInt8(random.number(0x61...0x7A)), "regex \\w", &random)
    case 11:
      if depth == 0, jumpsLeft > 0, random.oneIn(2) {
        jumpsLeft -= 1
        add(".{0,\(random.pick([200, 300]))}", "regex long jump")
        example += [UInt8](repeating: 0x2E, count: random.number(0...200))
      } else if random.oneIn(3) {
        random.oneIn(2) ? add("\\B", "regex \\B") : add("\\b", "regex \\b")
      } else {
        addRepeated("[\\]\\-/]".replacing("/", with: "\\/"), 0x2D, "regex class", &random)
      }
    default: addGroup(words, &random, depth: depth)
    }
  }

  private mutating func addLiteral(_ word: [UInt8], _ random: inout SeededGenerator) {
    for byte in word.prefix(random.number(2...8)) {
      if (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF), !random.oneIn(12) {
        addRepeated(String(UnicodeScalar(byte)), byte, "regex literal", &random, rarely: true)
      } else if [0x20, 0x22, 0x2E, 0x5C].contains(byte), random.oneIn(2) {
        let text = "\\" + String(UnicodeScalar(byte))
        addRepeated(text, byte, "regex escape", &random, rarely: true)
      } else if [0x09, 0x0A].contains(byte), random.oneIn(2) {
        addRepeated(byte == 9 ? "\\t" : "\\n", byte, "regex escape", &random, rarely: true)
      } else {
        let digits = String(UInt16(byte) + 0x100, radix: 16).dropFirst()
        addRepeated("\\x\(digits)", byte, "regex \\x", &random, rarely: true)
      }
    }
  }

  private mutating func addRepeated(
    _ text: String, _ byte: UInt8, _ production: String, _ random: inout SeededGenerator,
    rarely: Bool = false
  ) {
    add(text, production)
    let isFiller = byte == Self.filler
    hasWideClass = hasWideClass || isFiller
    guard !rarely || random.oneIn(10) else {
      example.append(byte)
      return
    }
    let count = addQuantifier(&random, isFiller: isFiller)
    example += [UInt8](repeating: byte, count: count)
  }

  private mutating func addWide(
    _ text: String, _ byte: UInt8, _ production: String, _ random: inout SeededGenerator
  ) {
    add(text, production)
    let count = addQuantifier(&random, isWide: true)
    example += [UInt8](repeating: byte, count: count)
    hasWideClass = true
  }

  /// Adds a quantifier, and repeats its operand in the example.
  private mutating func addQuantifier(
    _ random: inout SeededGenerator, isWide: Bool = false, isFiller: Bool = false
  ) -> Int {
    let lazy = isLazy ? "?" : ""
    var kind = random.number(0...9)
    if isFiller, kind < 2 || kind == 8 { kind = 3 }
    if isWide, kind < 2 || kind == 8 {
      if !mayRunFar { kind = 2 }
      mayRunFar = false
    }
    switch kind {
    case 0:
      add("*" + lazy, "regex *")
      return random.number(0...3)
    case 1:
      add("+" + lazy, "regex +")
      return random.number(1...3)
    case 2:
      add("?" + lazy, "regex ?")
      return random.number(0...1)
    case 3 where Vocabulary.has45 && random.oneIn(3):
      let least = random.number(0...2)
      add("{\(least)\(random.pick([" ,", ", ", " , "]))\(least + 1)}" + lazy, "regex {n , m}")
      return random.number(least...least + 1)
    case 3:
      let least = random.number(0...2)
      let most = least + random.number(1...3)
      add("{\(least),\(most)}" + lazy, "regex {n,m}")
      return random.number(least...most)
    // yara 4.5.2 aborts if a group that may be repeated can be empty, 4.5.0 if the whole expression
    // can.
    case 4 where Vocabulary.has45 && groups == 0 && !example.isEmpty && random.oneIn(2):
      add(random.pick(["{0}", "{0,0}", "{,0}"]), "regex {0}")
      return 0
    case 4:
      let count = random.number(1...3)
      add("{\(count)}", "regex {n}")
      return count
    case 8:
      let least = random.number(1...2)
      add("{\(least),}" + lazy, "regex {n,}")
      return least
    case 9 where random.oneIn(2):
      add("{,2}" + lazy, "regex {,m}")
      return random.number(0...2)
    default: return 1
    }
  }

  private mutating func addGroup(
    _ words: [[UInt8]], _ random: inout SeededGenerator, depth: Int
  ) {
    let (before, hadWideClass) = (example, hasWideClass)
    hasWideClass = false
    add("(", "regex group")
    groups += 1
    example = []
    addSequence(words, &random, parts: random.number(1...2), depth: depth + 1)
    var chosen = example
    for _ in 0..<random.number(0...2) {
      add("|", "regex alternation")
      example = []
      addSequence(words, &random, parts: 1, depth: depth + 1)
      if random.oneIn(2) { chosen = example }
    }
    pattern += ")"
    var count = 1
    defer { groups -= 1 }
    if random.oneIn(2) {
      if mayRepeatGroup {
        mayRepeatGroup = false
        count = addQuantifier(&random, isWide: hasWideClass)
      } else {
        add("?", "regex ?")
        count = random.number(0...1)
      }
    }
    hasWideClass = hasWideClass || hadWideClass
    example = before + (0..<count).flatMap { _ in chosen }
  }

  /// Adds the longest text in an optional group that the example lacks.
  private mutating func addOptionalGroup(_ words: [[UInt8]], _ random: inout SeededGenerator) {
    func plain(_ word: some Sequence<UInt8>) -> String {
      word.map { "\\x" + String(UInt16($0) + 0x100, radix: 16).dropFirst() }.joined()
    }
    let (outer, inner) = (random.pick(words).prefix(4), random.pick(words).prefix(12))
    let group = "(\(plain(inner)))" + random.pick(["?", "*", "{0,2}"])
    add(random.oneIn(2) ? plain(outer) + group : group + plain(outer), "regex optional group")
    example += outer
  }
}
