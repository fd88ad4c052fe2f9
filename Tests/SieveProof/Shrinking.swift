import Sieve
import Yara

/// Reduces a failing case: fewer rules, then fewer bytes.
enum Shrinking {
  static func shrunk(
    _ compiled: CompiledSet, seed: UInt64, item: [UInt8], place: Int,
    fault: (stage: Difference.Stage, what: String)
  ) -> Difference {
    var set = compiled.set.with(items: [item])
    var fault = fault
    for size in [8, 1] {
      var start = 0
      while start < set.rules.count {
        var fewer = set.rules
        fewer.removeSubrange(start..<min(fewer.count, start + size))
        if let same = self.fault(of: set.with(fewer), seed) {
          set = set.with(fewer)
          fault = same
        } else {
          start += size
        }
      }
    }
    var item = item
    var step = item.count / 2
    while step > 0 {
      let shorter = Array(item.dropLast(step))
      if let same = self.fault(of: set.with(items: [shorter]), seed) {
        item = shorter
        fault = same
      }
      step = min(step / 2, item.count / 2)
    }
    return Difference(
      stage: fault.stage, what: fault.what, seed: seed, itemNumber: place, item: item,
      rules: set.rules.map { "n\($0.namespace): \($0.source)" }, externals: "\(set.externals)")
  }

  private static func fault(
    of set: RandomRuleSet, _ seed: UInt64
  ) -> (stage: Difference.Stage, what: String)? {
    guard let compiled = try? CompiledSet(set),
      var comparison = try? Comparison(compiled, seed: seed)
    else { return nil }
    let numbers = Comparison.numbers(compiled.described)
    guard let outcome = try? comparison.outcome(set.items[0], numbers, checksSubset: true)
    else { return nil }

    return Comparison.fault(in: outcome, compiled.described)
  }
}
