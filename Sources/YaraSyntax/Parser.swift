extension SourceFile {
  /// Parses a text of rules. It never fails: what it does not understand is an `unknown` node.
  public init(parsing text: [UInt8]) {
    var parser = Parser(text)
    items = parser.items()
  }
}

/// The text is not what the grammar asks for, or deeper than is looked at.
struct SyntaxError: Error {}

/// Walks through the tokens of a text. Every token is looked at a bounded number of times.
struct Parser {
  private var lexer: Lexer
  /// The token that comes next.
  private(set) var token: Token
  /// Where the last token that was taken ended.
  private(set) var lastEnd = 0
  /// Whether it is unclear what the rest of the text means to libyara.
  private var isLost = false

  init(_ text: [UInt8]) {
    lexer = Lexer(text)
    token = lexer.next()
  }

  /// What tokens stand for.
  var literals: Lexer { lexer }

  // MARK: Tokens

  /// Goes on to the next token.
  mutating func advance() {
    lastEnd = token.range.upperBound
    token = lexer.next()
  }

  /// The token after the next.
  func following() -> Token {
    var ahead = lexer
    return ahead.next()
  }

  func isAt(_ keyword: Keyword) -> Bool { token.kind == .keyword(keyword) }

  /// Takes the next token if it is this word.
  mutating func take(_ keyword: Keyword) -> Bool {
    guard isAt(keyword) else { return false }
    advance()
    return true
  }

  /// Takes the next token if it is this character.
  mutating func take(_ symbol: Unicode.Scalar) -> Bool {
    guard token.isSymbol(symbol) else { return false }
    advance()
    return true
  }

  mutating func expect(_ keyword: Keyword) throws(SyntaxError) {
    guard take(keyword) else { throw SyntaxError() }
  }

  mutating func expect(_ symbol: Unicode.Scalar) throws(SyntaxError) {
    guard take(symbol) else { throw SyntaxError() }
  }

  /// Takes a token of this kind.
  mutating func expect(_ kind: Token.Kind) throws(SyntaxError) -> Token {
    guard token.kind == kind else { throw SyntaxError() }
    let taken = token
    advance()
    return taken
  }

  /// Takes the hexadecimal string that begins with the brace that comes next.
  mutating func hexadecimalString() throws(SyntaxError) -> Range<Int> {
    let start = token.range.lowerBound
    switch HexadecimalParser.extent(in: lexer.text, at: start) {
    case .ends(let end):
      lexer.position = end
      token.range = start..<end
      advance()
      return start..<end
    case .ambiguous:
      isLost = true
      throw SyntaxError()
    case .invalid: throw SyntaxError()
    }
  }

  // MARK: Items

  mutating func items() -> [SourceItem] {
    var items: [SourceItem] = []
    while token.kind != .end {
      let start = token.range.lowerBound
      do throws(SyntaxError) {
        items.append(try item())
      } catch {
        skipToNextItem(from: start)
        var range = start..<lastEnd
        if case .unknown(let previous) = items.last {
          items.removeLast()
          range = previous.lowerBound..<lastEnd
        }
        items.append(.unknown(range))
      }
    }
    return items
  }

  private mutating func item() throws(SyntaxError) -> SourceItem {
    switch token.kind {
    case .include:
      let include = token
      advance()
      return .include(literals.path(ofInclude: include), include.range)
    case .keyword(.import):
      let start = token.range.lowerBound
      advance()
      let name = try expect(.text)
      guard let bytes = literals.bytes(ofText: name) else { throw SyntaxError() }
      return .moduleImport(String(decoding: bytes, as: UTF8.self), start..<lastEnd)
    case .keyword(.rule), .keyword(.private), .keyword(.global): return .rule(try rule())
    default: throw SyntaxError()
    }
  }

  /// Skips what cannot be parsed, at least one token, up to where another part may begin.
  private mutating func skipToNextItem(from start: Int) {
    if isLost {
      while token.kind != .end { advance() }
      lastEnd = lexer.text.count
      return
    }
    if token.range.lowerBound == start { advance() }
    while true {
      switch token.kind {
      case .end, .include, .keyword(.import), .keyword(.rule), .keyword(.private),
        .keyword(.global):
        return
      default: advance()
      }
    }
  }
}
