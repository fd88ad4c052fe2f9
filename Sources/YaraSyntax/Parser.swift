extension SourceFile {
  /// Parses a text of rules. Parsing never fails: text that is not understood becomes an
  /// `unknown` node.
  package init(parsing text: [UInt8]) {
    var parser = Parser(text)
    items = parser.items()
  }
}

/// The text does not match the grammar, or exceeds a nesting limit.
struct SyntaxError: Error {}

/// Parser state. Every token is read a bounded number of times.
struct Parser {
  private var lexer: Lexer
  /// Current token.
  private(set) var token: Token
  /// End of the preceding token.
  private(set) var lastEnd = 0
  /// Number of bytes read so far, with repeated reads: the work that the text costs.
  private(set) var bytesRead = 0
  /// Whether the meaning of the rest of the text to libyara is unclear.
  private var isLost = false

  init(_ text: [UInt8]) {
    lexer = Lexer(text)
    token = lexer.next()
    bytesRead = lexer.position
  }

  /// Lexer that decodes the values of tokens.
  var literals: Lexer { lexer }

  // MARK: Tokens

  /// Advances to the next token.
  mutating func advance() {
    lastEnd = token.range.upperBound
    let start = lexer.position
    token = lexer.next()
    bytesRead += lexer.position - start
  }

  /// The token after the current one.
  mutating func following() -> Token {
    var ahead = lexer
    let token = ahead.next()
    bytesRead += ahead.position - lexer.position
    return token
  }

  func isAt(_ keyword: Keyword) -> Bool { token.kind == .keyword(keyword) }

  /// Consumes the current token if it is this word.
  mutating func accept(_ keyword: Keyword) -> Bool {
    guard isAt(keyword) else { return false }
    advance()
    return true
  }

  /// Consumes the current token if it is this character.
  mutating func accept(_ symbol: Unicode.Scalar) -> Bool {
    guard token.isSymbol(symbol) else { return false }
    advance()
    return true
  }

  mutating func expect(_ keyword: Keyword) throws(SyntaxError) {
    guard accept(keyword) else { throw SyntaxError() }
  }

  mutating func expect(_ symbol: Unicode.Scalar) throws(SyntaxError) {
    guard accept(symbol) else { throw SyntaxError() }
  }

  /// Consumes a token of this kind; throws if there is another.
  mutating func expect(_ kind: Token.Kind) throws(SyntaxError) -> Token {
    guard token.kind == kind else { throw SyntaxError() }
    let taken = token
    advance()
    return taken
  }

  /// Consumes the hexadecimal string that begins with the current brace.
  mutating func hexadecimalString() throws(SyntaxError) -> Range<Int> {
    let start = token.range.lowerBound
    switch HexadecimalParser.extent(in: lexer.text, at: start) {
    case .ends(let end):
      bytesRead += end - start
      lexer.position = end
      token.range = start..<end
      advance()
      return start..<end
    case .ambiguous(let end):
      bytesRead += end - start
      isLost = true
      throw SyntaxError()
    case .invalid(let end):
      bytesRead += end - start
      throw SyntaxError()
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

  /// Skips unparseable text, at least one token, up to a possible beginning of another part.
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
