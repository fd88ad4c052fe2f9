import Results
import TestSupport
import Testing

@Suite struct LineSorterTests {
  /// Runs on disk give what sorting in memory gives; more runs than can be merged at once.
  @Test(arguments: [1 << 30, 20_000, 2000])
  func theMemoryDoesNotChangeTheOrder(_ memory: Int) throws {
    var generator = SeededGenerator(seed: 3)
    var sorter = LineSorter(memory: memory)
    var expected = [(key: [UInt8], line: [UInt8])]()
    for number in 0..<3000 {
      let key = (0..<Int.random(in: 0...3, using: &generator)).map { _ in
        UInt8.random(in: 0...255, using: &generator)
      }
      let line = Array("line \(number)\(String(repeating: "x", count: number % 50))".utf8)
      expected.append((key, line))
      try sorter.add(line, key: key)
    }
    expected.sort {
      $0.key == $1.key
        ? $0.line.lexicographicallyPrecedes($1.line) : $0.key.lexicographicallyPrecedes($1.key)
    }
    var lines = [[UInt8]]()
    try sorter.drain { lines.append($0) }
    #expect(lines == expected.map(\.line))
  }
}
