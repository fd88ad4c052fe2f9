import Glibc
import SieveProof

/// Compares the sieve with libyara for a number of seconds of processor time, from a seed:
/// SieveFuzz SECONDS [SEED [--first]]. With `--first` it stops at the first difference. The
/// status is 1 if there is a difference, or if the comparisons prove too little.
@main struct SieveFuzz {
  /// Seconds of processor time from which a set is reported: other sets lack that time.
  private static let slow = 5

  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count > 1, let seconds = Int(arguments[1]) else {
      print("usage: SieveFuzz SECONDS [SEED [--first]]")
      exit(64)
    }
    let first = arguments.count > 2 ? UInt64(arguments[2]) ?? 1 : 1
    let mostDifferences = arguments.contains("--first") ? 1 : 20
    var proof = Proof()
    var seed = first
    var shown = 0
    repeat {
      let start = clock()
      try proof.run(seed: seed)
      let seconds = (clock() - start) / CLOCKS_PER_SEC
      if seconds >= Self.slow { print("seed \(seed) took \(seconds) s") }
      for difference in proof.tally.differences.dropFirst(shown) { print(difference, "\n") }
      shown = proof.tally.differences.count
      seed += 1
      if (seed - first).isMultiple(of: 200) {
        print(
          "\(seed - first) sets, \(proof.tally.distinctRules.count) rules, \(shown) differences")
        fflush(nil)
      }
    } while clock() / CLOCKS_PER_SEC < seconds && shown < mostDifferences
    print(proof.tally.report)
    print("seeds \(first)..<\(seed), processor \(clock() / CLOCKS_PER_SEC) s")
    exit(Self.isConvincing(proof.tally) ? 0 : 1)
  }

  /// Whether there is no difference, enough pairs match, and enough of the others were excluded.
  private static func isConvincing(_ tally: Tally) -> Bool {
    let rarest = tally.productions.values.min() ?? 0
    let isLong = tally.distinctRules.count >= 50_000
    return tally.differences.isEmpty && tally.shareMatching >= 0.2 && tally.power >= 0.5
      && tally.singlePower >= 0.5 && (!isLong || rarest >= 100)
  }
}
