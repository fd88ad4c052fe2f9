import TestSupport
import Testing
import Yara

/// The scanner reports what `yara -s -L` prints: the same rules, and the same string matches.
@Suite struct DifferentialTests {
  private struct Report: Hashable, CustomStringConvertible {
    let rule: String
    var places: [String]

    var description: String { "\(rule) \(places)" }
  }

  private static let batches = Array(0..<20)
  private static let filesInBatch = 15
  private static let itemsInBatch = 12

  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  @Test(arguments: batches)
  func theScannerAgreesWithYara(batch: Int) throws {
    var random = RandomRules(seed: UInt64(batch))
    let items = (0..<Self.itemsInBatch).map { _ in random.item() }
    for (index, item) in items.enumerated() { try folder.write(item, to: "items/\(index)") }
    var matched = 0
    var places = 0
    var unmatched = 0
    for number in 0..<Self.filesInBatch {
      let text = random.text()
      let expected = try reportsOfYara(text)
      let compiled = try rules(text)
      var scanner = try Scanner(compiled)
      var loaded = try Scanner(Rules(serialized: rules(text).serialized()))
      for (index, item) in items.enumerated() {
        let result = try scanner.scan(item)
        let ours = reports(of: result)
        #expect(
          ours == expected[index] ?? [], "batch \(batch), file \(number), item \(index):\n\(text)")
        let block = MemoryBlock(base: 0, bytes: item)
        #expect(try reports(of: scanner.scan([block], fileSize: UInt64(item.count))) == ours)
        #expect(try loaded.scan(item) == result)
        for place in result.matches.flatMap(\.strings) {
          let range = Int(place.offset)..<Int(place.offset) + min(place.length, 512)
          #expect(place.data == Array(item[range]))
        }
        matched += ours.count
        places += ours.reduce(0) { $0 + $1.places.count }
        unmatched += compiled.count - ours.count
      }
    }
    #expect(matched > 50 && unmatched > 50 && places > 100, "the rules are worth comparing")
  }

  private func reports(of result: ScanResult) -> [Report] {
    result.matches.map { match in
      Report(
        rule: match.rule.identifier,
        places: match.strings.map {
          "0x\(String($0.offset, radix: 16)):\($0.length):\($0.identifier)"
        })
    }
  }

  /// Reports of `yara` for each item.
  private func reportsOfYara(_ text: String) throws -> [Int: [Report]] {
    try folder.write(text, to: "rules.yar")
    let yara = try Subprocess.run(
      "yara", ["-w", "-s", "-L", "-r", "-p", "1", "rules.yar", "items"], in: folder.path)
    #expect(yara.status == 0 && yara.errors == "", "\(yara.errors)\n\(text)")
    var reports: [Int: [Report]] = [:]
    var item = -1
    for line in yara.lines {
      if line.hasPrefix("0x") {
        let place = line.split(separator: ":", maxSplits: 3).prefix(3).joined(separator: ":")
        reports[item]![reports[item]!.count - 1].places.append(place)
      } else {
        let words = line.split(separator: " ")
        item = try #require(Int(words[1].dropFirst("items/".count)))
        reports[item, default: []].append(Report(rule: String(words[0]), places: []))
      }
    }
    return reports
  }
}
