import TestSupport
import Testing

@testable import Containers

/// Output and input of LZ77 decoders: nothing is written or read outside.
@Suite struct BlockOutputTests {
  private func written(_ capacity: Int, _ body: (inout BlockOutput) -> Void) -> [UInt8] {
    var room = [UInt8](repeating: 0xEE, count: capacity)
    room.withUnsafeMutableBytes { room in
      var output = BlockOutput(room)
      body(&output)
    }
    return room
  }

  private func append(_ bytes: [UInt8], to output: inout BlockOutput) -> Bool {
    bytes.withUnsafeBytes { output.append($0) }
  }

  @Test(arguments: [(1, 7), (2, 5), (3, 7), (3, 0)])
  func copiesRepeatWhatTheyWrite(_ distance: Int, _ length: Int) {
    let bytes = written(10) { output in
      let isDone = [
        append([1, 2, 3], to: &output), output.repeatBytes(distance: distance, length: length),
      ]
      #expect(isDone == [true, true] && output.count == 3 + length)
    }
    var expected: [UInt8] = [1, 2, 3]
    for _ in 0..<length { expected.append(expected[expected.count - distance]) }
    #expect(Array(bytes.prefix(3 + length)) == expected)
    #expect(bytes.dropFirst(3 + length).allSatisfy { $0 == 0xEE })
  }

  @Test func whatDoesNotFitIsRefusedAsAWhole() {
    let bytes = written(4) { output in
      let appended = [append([1, 2, 3, 4, 5], to: &output), append([1, 2], to: &output)]
      #expect(appended == [false, true])
      // Before the beginning, at the end, behind it, and impossible lengths.
      for (distance, length) in [(3, 1), (0, 1), (-1, 1), (1, -1), (1, 3), (1, .max)] {
        let isDone = output.repeatBytes(distance: distance, length: length)
        #expect(!isDone, "\(distance) \(length)")
      }
      #expect(output.count == 2)
    }
    #expect(bytes == [1, 2, 0xEE, 0xEE])
  }

  @Test func inputEndsWithItsBytes() {
    [UInt8]([1, 2, 3, 4, 5]).withUnsafeBytes { bytes in
      var input = BlockInput(bytes)
      let numbers = [input.byte(), input.little(3), input.little(2)]
      #expect(numbers == [1, 0x04_0302, nil])
      let outside = [2, -1, .max].map { input.readBytes($0) == nil }
      #expect(outside == [true, true, true] && input.position == 4 && !input.isAtEnd)
      let last = input.readBytes(1).map { Array($0) }
      #expect(last == [5] && input.isAtEnd)
      let behind = input.byte()
      #expect(behind == nil)
    }
  }

  @Test func arraysHaveTheLengthThatWasDecoded() {
    let copied = [UInt8](atMost: 9, from: [7, 8]) { from, to in
      to.copyMemory(from: from)
      return from.count
    }
    #expect(copied == [7, 8])
    #expect([UInt8](atMost: 9, from: [7, 8]) { _, _ in nil } == nil)
  }
}
