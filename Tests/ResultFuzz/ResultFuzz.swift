import Bytes
import Foundation
import Results
import TestSupport

/// Damages lines of results and decodes them: `ResultFuzz SECONDS [SEED]`. A decoded line must be
/// written in a form that decodes to the same form. Damages plans and results of units as well.
@main
enum ResultFuzz {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst().map { Int($0) ?? 0 }
    let seconds = arguments.first ?? 10
    let seed = UInt64(arguments.dropFirst().first ?? 1)
    var generator = SeededGenerator(seed: seed)
    let end = ContinuousClock.now + .seconds(seconds)
    var count = 0
    var decoded = 0
    var units = try UnitTarget()
    defer { units.close() }
    while ContinuousClock.now < end {
      for _ in 0..<200 {
        let line = damaged(ResultLines.examples.randomElement(using: &generator)!, &generator)
        count += 1
        if check(line) { decoded += 1 }
      }
      for place in 0..<20 {
        try units.check({ damaged($0, &generator) }, at: place)
      }
    }
    print("seed \(seed): \(count) lines, \(decoded) of them results, \(units.joined) joined units")
  }

  private static func damaged(_ text: String, _ generator: inout SeededGenerator) -> [UInt8] {
    var bytes = Array(text.utf8)
    for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &generator)
      switch Int.random(in: 0..<6, using: &generator) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
      case 1: bytes.remove(at: place)
      case 2:
        bytes.insert(Array("\"\\{}[],:0-eu".utf8).randomElement(using: &generator)!, at: place)
      case 3: bytes.removeSubrange(place..<min(bytes.count, place + 16))
      case 4:
        let depth = Int.random(in: 1...200, using: &generator)
        bytes.insert(contentsOf: [UInt8](repeating: UInt8(ascii: "["), count: depth), at: place)
      default: bytes.insert(contentsOf: "\\ud83d\\u0000".utf8, at: place)
      }
    }
    return bytes
  }

  private static func check(_ line: [UInt8]) -> Bool {
    let entry = ResultEntry(line: line, number: 1)
    let text = Array(entry.line.utf8)
    let again = ResultEntry(line: text, number: 1)
    precondition(
      again.line == entry.line, "not canonical: \(String(decoding: line, as: UTF8.self))")
    if case .defect = entry.record { return false }
    precondition(again.record == entry.record, "differs: \(String(decoding: line, as: UTF8.self))")
    return true
  }
}
