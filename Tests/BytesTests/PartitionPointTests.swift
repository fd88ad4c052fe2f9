import Bytes
import Testing

/// The first element behind a border, in arrays and in parts of them.
@Suite struct PartitionPointTests {
  @Test func itIsTheFirstThatIsBehind() {
    for count in 0...9 {
      let numbers = Array(0..<count)
      for border in 0...(count + 1) {
        #expect(numbers.partitionPoint { $0 >= border } == min(border, count))
        #expect(
          numbers.dropFirst(2).partitionPoint { $0 >= border } == min(max(border, 2), count)
            || count < 2)
      }
    }
  }

  @Test func itAsksFewElements() {
    var asked = 0
    let place = (0..<1_000_000).partitionPoint {
      asked += 1
      return $0 >= 765_432
    }
    #expect(place == 765_432 && asked <= 20)
  }
}
