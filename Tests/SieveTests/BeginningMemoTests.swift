import TestSupport
import Testing

@testable import Sieve

/// Answers that are kept for first bytes change no verdict.
@Suite struct BeginningMemoTests {
  private static let rules = """
    rule a { strings: $s = "literal" condition: uint32(0) == 0x464C457F and $s }
    rule b { condition: uint16(0) == 0x5A4D and uint8(9) == 1 }
    rule c { condition: uint32be(0) == 0xCAFEBABE and uint32be(4) < 45 }
    rule d { condition: filesize < 6 and uint8(3) == 0x41 }
    rule e { condition: uint16(filesize - 2) == 0x4242 and filesize > 9 }
    """

  /// Items that share their first bytes, of lengths around those that are looked up.
  private func item(_ random: inout SeededGenerator) -> [UInt8] {
    let beginnings: [[UInt8]] = [
      [0x7F, 0x45, 0x4C, 0x46], [0x4D, 0x5A, 0x90, 0], [0xCA, 0xFE, 0xBA, 0xBE, 0, 0, 0, 2],
      [0xCA, 0xFE, 0xBA, 0xBE, 0, 0, 0, 52], Array("#!/A".utf8), [],
    ]
    var bytes = beginnings.randomElement(using: &random)!
    let choice: [UInt8] = [0, 1, 0x41, 0x42]
    while bytes.count < 14, random.number(0...12) > 0 {
      bytes.append(choice.randomElement(using: &random)!)
    }
    return Array(bytes.prefix(Int(random.number(0...20))))
  }

  @Test func aSessionThatHasSeenOthersDecidesAsANewOne() throws {
    var random = SeededGenerator(seed: 48)
    let sieve = try Sifted(Self.rules).sieve
    var old = sieve.session()
    var excluded = 0
    for _ in 0..<4000 {
      let item = item(&random)
      var new = sieve.session()
      let verdict = old.begin(size: UInt64(item.count), head: item.span.bytes)
      let fresh = new.begin(size: UInt64(item.count), head: item.span.bytes)
      #expect(verdict == fresh)
      if verdict == .excludedByGate { excluded += 1 }
      let excludesAll = old.excludesAll(beginningWith: item.span.bytes)
      let excludesAllAnew = new.excludesAll(beginningWith: item.span.bytes)
      #expect(excludesAll == excludesAllAnew)
    }
    #expect(excluded > 1000 && excluded < 3900)
  }

  @Test func beginningsThatDifferAreKeptApart() {
    var memo = BeginningMemo(groups: 70)
    var kept = BitSet(count: 70)
    kept.insert(69)
    memo.keep(kept, for: 7, 4)
    func groups(of key: UInt64, _ length: Int) -> [Int]? {
      var all = BitSet(count: 70)
      all.insertAll(below: 70)
      return memo.restrict(&all, to: key, length) ? all.members : nil
    }
    #expect(groups(of: 7, 4) == [69])
    #expect(groups(of: 7, 8) == nil)
    #expect(groups(of: 8, 4) == nil)
  }

  @Test func itEndsWhereItDoesNotPay() {
    var memo = BeginningMemo(groups: 1)
    for key in 0..<1000 as Range<UInt64> where memo.pays {
      var all = BitSet(count: 1)
      _ = memo.restrict(&all, to: key, 8)
    }
    #expect(!memo.pays)
  }

  @Test(arguments: [0, 1, 63, 64, 65, 128]) func aSetOfAll(_ count: Int) {
    var all = BitSet(count: count)
    all.insertAll(below: count)
    #expect(all.members == Array(0..<count))
  }
}
