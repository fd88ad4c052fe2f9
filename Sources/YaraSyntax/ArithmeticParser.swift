/// Parser of expressions that have a value: numbers, texts, and operators on them.
extension Parser {
  /// Operator on numbers that waits for its right operand.
  private enum Waiting {
    case binary(BinaryOperator, precedence: Int)
    case unary(UnaryOperator, start: Int)

    /// Binding strength, increasing; every binary operator is left-associative.
    var precedence: Int {
      switch self {
      case .binary(_, let precedence): precedence
      case .unary: 7
      }
    }
  }

  /// Binary operator at the current token.
  private var arithmeticOperator: (BinaryOperator, precedence: Int)? {
    switch token.kind {
    case .symbol(UInt8(ascii: "|")): (.bitwiseOr, 1)
    case .symbol(UInt8(ascii: "^")): (.bitwiseXor, 2)
    case .symbol(UInt8(ascii: "&")): (.bitwiseAnd, 3)
    case .shiftLeft: (.shiftLeft, 4)
    case .shiftRight: (.shiftRight, 4)
    case .symbol(UInt8(ascii: "+")): (.add, 5)
    case .symbol(UInt8(ascii: "-")): (.subtract, 5)
    case .symbol(UInt8(ascii: "*")): (.multiply, 6)
    case .symbol(UInt8(ascii: "\\")): (.divide, 6)
    case .symbol(UInt8(ascii: "%")): (.remainder, 6)
    default: nil
    }
  }

  /// Parses an expression that has a value.
  mutating func primary(nesting: Int) throws(SyntaxError) -> Operand {
    let operand = try arithmetic(nesting: nesting, mayBePercentage: false)
    guard operand.isPrimary else { throw SyntaxError() }
    return operand
  }

  /// Parses an expression that has a value, or a parenthesised one that does not. Stops before a
  /// `%` that belongs to `of`.
  mutating func arithmetic(nesting: Int, mayBePercentage: Bool) throws(SyntaxError) -> Operand {
    guard nesting <= Self.deepestNesting else { throw SyntaxError() }
    var waiting: [Waiting] = []
    var operands: [Operand] = []
    repeat {
      parsePrefixes(&waiting)
      operands.append(
        token.isSymbol("(") ? try parenthesised(nesting: nesting) : try atom(nesting: nesting))
    } while try parseOperator(&waiting, &operands, mayBePercentage: mayBePercentage)
    try apply(&waiting, to: &operands, whileAtLeast: 0)
    return operands[0]
  }

  private mutating func parsePrefixes(_ waiting: inout [Waiting]) {
    while token.isSymbol("-") || token.isSymbol("~") {
      waiting.append(
        .unary(token.isSymbol("-") ? .minus : .bitwiseNot, start: token.range.lowerBound))
      advance()
    }
  }

  /// Applies waiting operators that bind more tightly, then takes a binary operator; false if
  /// there is none.
  private mutating func parseOperator(
    _ waiting: inout [Waiting], _ operands: inout [Operand], mayBePercentage: Bool
  ) throws(SyntaxError) -> Bool {
    guard let (next, precedence) = arithmeticOperator else { return false }
    try apply(&waiting, to: &operands, whileAtLeast: precedence)
    if next == .remainder, following().kind == .keyword(.of) {
      // The grammar does not allow `1 + 50% of them`.
      guard waiting.isEmpty, mayBePercentage else { throw SyntaxError() }
      return false
    }
    waiting.append(.binary(next, precedence: precedence))
    advance()
    return true
  }

  private func apply(
    _ waiting: inout [Waiting], to operands: inout [Operand], whileAtLeast precedence: Int
  ) throws(SyntaxError) {
    while let last = waiting.last, last.precedence >= precedence {
      waiting.removeLast()
      let right = operands.removeLast()
      guard right.isPrimary else { throw SyntaxError() }
      switch last {
      case .unary(let unary, let start):
        operands.append(try .unary(unary, at: start, right, isPrimary: true))
      case .binary(let binary, _):
        let left = operands.removeLast()
        guard left.isPrimary else { throw SyntaxError() }
        operands.append(try .binary(binary, left, right, isPrimary: true))
      }
    }
  }

  // MARK: Atoms

  private mutating func atom(nesting: Int) throws(SyntaxError) -> Operand {
    switch token.kind {
    case .identifier: return try identifier(nesting: nesting)
    case .integerFunction: return try integerRead(nesting: nesting)
    case .count: return try count(nesting: nesting)
    case .offset, .length: return try place(nesting: nesting)
    default: return try constant()
    }
  }

  private mutating func constant() throws(SyntaxError) -> Operand {
    if token.kind == .regularExpression {
      let taken = token
      advance()
      return regularExpression(taken)
    }
    let kind: Expression.Kind =
      switch token.kind {
      case .integer: literals.integer(of: token).map { .integer($0) } ?? .unknown
      case .float: literals.float(of: token).map { .float($0) } ?? .unknown
      case .text: literals.bytes(ofText: token).map { .text($0) } ?? .unknown
      case .keyword(.filesize): .fileSize
      case .keyword(.entrypoint): .entryPoint
      default: throw SyntaxError()
      }
    let range = token.range
    advance()
    return Operand(kind, range)
  }

  func regularExpression(_ token: Token) -> Operand {
    Operand(
      literals.regularExpression(of: token).map { .regularExpression($0) } ?? .unknown,
      token.range)
  }

  private mutating func parenthesised(nesting: Int) throws(SyntaxError) -> Operand {
    let start = token.range.lowerBound
    try expect("(")
    let inner = try booleanExpression(nesting: nesting + 1)
    try expect(")")
    return inner.widened(to: start..<lastEnd)
  }

  /// Parses a name with the fields, indexes and arguments after it.
  mutating func identifier(nesting: Int) throws(SyntaxError) -> Operand {
    var operand = try name()
    while true {
      if accept(".") {
        operand = try field(of: operand)
      } else if accept("[") {
        operand = try element(of: operand, nesting: nesting)
      } else if accept("(") {
        operand = try call(of: operand, nesting: nesting)
      } else {
        return operand
      }
    }
  }

  private mutating func name() throws(SyntaxError) -> Operand {
    let name = try expect(.identifier)
    return Operand(.identifier(literals.word(of: name)), name.range)
  }

  private mutating func field(of base: Operand) throws(SyntaxError) -> Operand {
    let name = literals.word(of: try expect(.identifier))
    return try Operand(
      .field(base.expression, name), base.range.lowerBound..<lastEnd, over: base.depth,
      isPrimary: true)
  }

  private mutating func element(of base: Operand, nesting: Int) throws(SyntaxError) -> Operand {
    let index = try primary(nesting: nesting + 1)
    try expect("]")
    return try Operand(
      .element(base.expression, index.expression), base.range.lowerBound..<lastEnd,
      over: max(base.depth, index.depth), isPrimary: true)
  }

  private mutating func call(of base: Operand, nesting: Int) throws(SyntaxError) -> Operand {
    var arguments: [Expression] = []
    var depth = base.depth
    if !token.isSymbol(")") {
      repeat {
        let argument = try booleanExpression(nesting: nesting + 1)
        arguments.append(argument.expression)
        depth = max(depth, argument.depth)
      } while accept(",")
    }
    try expect(")")
    return try Operand(
      .call(base.expression, arguments), base.range.lowerBound..<lastEnd, over: depth,
      isPrimary: true)
  }

  private mutating func integerRead(nesting: Int) throws(SyntaxError) -> Operand {
    let start = token.range.lowerBound
    guard let read = IntegerRead(literals.word(of: try expect(.integerFunction))) else {
      throw SyntaxError()
    }
    try expect("(")
    let offset = try primary(nesting: nesting + 1)
    try expect(")")
    return try Operand(
      .read(read, offset.expression), start..<lastEnd, over: offset.depth, isPrimary: true)
  }

  /// `#a`, `#a in (low..high)`
  private mutating func count(nesting: Int) throws(SyntaxError) -> Operand {
    let taken = token
    let name = literals.stringName(of: taken)
    advance()
    guard accept(.in) else { return Operand(.count(name, nil), taken.range) }
    let (bounds, depth) = try bounds(nesting: nesting)
    return try Operand(
      .count(name, bounds), taken.range.lowerBound..<lastEnd, over: depth, isPrimary: true)
  }

  /// Parses `@a` or `!a`, optionally with an index.
  private mutating func place(nesting: Int) throws(SyntaxError) -> Operand {
    let taken = token
    let name = literals.stringName(of: taken)
    let isOffset = taken.kind == .offset
    advance()
    guard accept("[") else {
      return Operand(isOffset ? .offset(name, nil) : .length(name, nil), taken.range)
    }
    let index = try primary(nesting: nesting + 1)
    try expect("]")
    return try Operand(
      isOffset ? .offset(name, index.expression) : .length(name, index.expression),
      taken.range.lowerBound..<lastEnd, over: index.depth, isPrimary: true)
  }
}
