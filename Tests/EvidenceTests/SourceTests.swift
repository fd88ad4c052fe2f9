import Bytes
import Evidence
import Locks
import TestSupport
import Testing

@Suite struct SourceTests {
  /// Reads an item through a reader like a worker.
  private func read(_ item: Item) throws -> (bytes: [UInt8], problem: ItemProblem?) {
    var reader = ContentReader(policy: ReadingPolicy())
    let reading = try reader.withBytes(of: item.content.open()) { (bytes) throws(ItemProblem) in
      bytes.withUnsafeBytes(Array.init)
    }
    return (reading.result, reading.problem)
  }

  private func items(of source: some ItemSource) -> [Item] {
    let receiver = RecordingReceiver()
    source.push(to: receiver)
    #expect(receiver.problems.isEmpty && receiver.ignored.isEmpty)
    return receiver.items
  }

  @Test func memoryIsAnItemAName() throws {
    let source = MemorySource([
      (name: "one", bytes: [1, 2]), (name: RawPath([0xFF]), bytes: []), (name: "one", bytes: [3]),
    ])
    let items = items(of: source)
    #expect(items.map(\.locator.path) == ["one", RawPath([0xFF]), "one"])
    #expect(items.map(\.locator.evidence) == items.map(\.locator.path))
    #expect(try items.map { try read($0).bytes } == [[1, 2], [], [3]])
    #expect(source.evidence.map(\.kind) == [.memory, .memory, .memory])
    #expect(source.evidence.map(\.size) == [2, 0, 1])
  }

  @Test func memoryIsReadFromAnyOffset() throws {
    let item = try #require(items(of: MemorySource(name: "item", bytes: [1, 2, 3])).first)
    let content = try item.content.open()
    #expect(content.facts == ContentFacts(size: 3))
    #expect(content.times == FileTimes())
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 2, alignment: 1)
    defer { buffer.deallocate() }
    #expect(try content.read(into: buffer, at: 1) == 2)
    #expect(Array(buffer) == [2, 3])
    #expect(try content.read(into: buffer, at: 2) == 1)
    #expect(try content.read(into: buffer, at: 3) == 0)
    #expect(try content.read(into: buffer, at: .max) == 0)
  }

  @Test func memoryStopsWhenTheReceiverHasHadEnough() {
    let receiver = RecordingReceiver(limit: 2)
    MemorySource((0..<10).map { (name: RawPath("\($0)"), bytes: []) }).push(to: receiver)
    #expect(receiver.items.count == 2)
  }

  @Test func aReaderIsOneItem() throws {
    let asked = Locked<[UInt64]>([])
    let source = ReaderSource(name: "stream", size: 5) { buffer, offset throws(ItemProblem) in
      asked.withLock { $0.append(offset) }
      buffer.copyBytes(from: [1, 2, 3, 4, 5])
      return 5
    }
    let items = items(of: source)
    #expect(items.map(\.locator.path) == ["stream"])
    #expect(try read(items[0]).bytes == [1, 2, 3, 4, 5])
    #expect(try read(items[0]).problem == nil)
    #expect(asked.withLock { $0 } == [0, 0])
    #expect(source.evidence.map(\.kind) == [.stream])
    #expect(source.evidence.map(\.size) == [5])
  }

  @Test(arguments: [(6, 5), (Int.max, 5), (-1, 0), (Int.min, 0)])
  func aReaderThatLiesIsNotBelieved(answer: Int, count: Int) throws {
    let source = ReaderSource(name: "stream", size: 5) { buffer, _ throws(ItemProblem) in
      buffer.copyBytes(from: [1, 2, 3, 4, 5])
      return answer
    }
    let (bytes, problem) = try read(items(of: source)[0])
    #expect(bytes == Array([1, 2, 3, 4, 5].prefix(count)))
    #expect((problem?.reason == .truncated) == (count < 5))
  }

  @Test func theProblemOfAReaderIsPassedOn() throws {
    let problem = ItemProblem(.encrypted, "no key")
    let source = ReaderSource(name: "stream", size: 5) { _, _ throws(ItemProblem) in throw problem }
    let item = items(of: source)[0]
    let caught = #expect(throws: ItemProblem.self) { _ = try read(item) }
    #expect(caught == problem)
  }

  @Test func everyReasonIsASkipOrAFailure() {
    let skips: Set<ItemProblem.Reason> = [
      .device, .pipe, .socket, .tooLarge, .pseudoFileSystem, .encrypted, .unsupported,
    ]
    for reason in ItemProblem.Reason.allCases {
      #expect(reason.isSkip == skips.contains(reason), "\(reason)")
    }
    #expect("\(ItemProblem(.pipe, "words"))" == "words")
  }
}
