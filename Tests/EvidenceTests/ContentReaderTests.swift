import Bytes
import Evidence
import Glibc
import Synchronization
import TestSupport
import Testing

extension ContentResidence {
  /// The first `count` bytes of an open file.
  fileprivate static func file(_ descriptor: Int32, _ count: Int) -> ContentResidence {
    .files([FilePiece(descriptor: descriptor, offset: 0, length: UInt64(count))])
  }
}

/// Content that records the requests that it receives.
private final class FakeContent: OpenContent {
  let facts: ContentFacts
  let residence: ContentResidence
  let times = FileTimes()
  let inode: String? = nil
  private let bytes: [UInt8]
  private(set) var reads: [(count: Int, offset: UInt64)] = []
  private let failure: ItemProblem?

  init(
    _ bytes: [UInt8], size: Int? = nil, residence: ContentResidence = .elsewhere,
    failure: ItemProblem? = nil
  ) {
    self.bytes = bytes
    self.residence = residence
    self.failure = failure
    facts = ContentFacts(size: UInt64(size ?? bytes.count))
  }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(ItemProblem)
    -> Int
  {
    reads.append((buffer.count, offset))
    if let failure { throw failure }
    let rest = bytes.dropFirst(Int(offset)).prefix(buffer.count)
    buffer.copyBytes(from: rest)
    return rest.count
  }
}

@Suite struct ContentReaderTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private struct Outcome {
    var bytes: [UInt8] = []
    var count = -1
    var problem: ItemProblem?
    var failure: ItemProblem?
  }

  private func read(
    _ content: any OpenContent, buffer: Int = 16, budget: Int = 64
  ) -> Outcome {
    var policy = ReadingPolicy()
    policy.bufferCapacity = buffer
    policy.memoryBudget = budget
    var reader = ContentReader(policy: policy)
    var outcome = Outcome()
    do throws(ItemProblem) {
      let reading = try reader.withBytes(of: content) { (bytes) throws(ItemProblem) -> [UInt8] in
        bytes.withUnsafeBytes(Array.init)
      }
      outcome = Outcome(bytes: reading.result, count: Int(reading.read), problem: reading.problem)
    } catch {
      outcome.failure = error
    }
    return outcome
  }

  private let numbers = { (count: Int) in (0..<count).map { UInt8(truncatingIfNeeded: $0) } }

  private var path: RawPath { folder.raw.appending("file") }

  /// Opens a file of those bytes.
  private func descriptor(_ bytes: [UInt8]) throws -> Descriptor {
    try folder.write(bytes, to: "file")
    return try Descriptor(reading: path, followingLink: false)
  }

  @Test(arguments: [0, 1, 15, 16])
  func smallContentIsReadIntoTheBuffer(count: Int) {
    let content = FakeContent(numbers(count))
    let outcome = read(content)
    #expect(outcome.bytes == numbers(count))
    #expect(outcome.count == count)
    #expect(outcome.problem == nil && outcome.failure == nil)
    #expect(content.reads.map(\.count) == [count])
  }

  @Test(arguments: [17, 64])
  func largerContentIsReadIntoMemory(count: Int) {
    let outcome = read(FakeContent(numbers(count)))
    #expect(outcome.bytes == numbers(count))
    #expect(outcome.count == count)
    #expect(outcome.problem == nil && outcome.failure == nil)
  }

  @Test func contentBeyondTheMemoryIsSkipped() {
    let content = FakeContent([], size: 65)
    let outcome = read(content)
    #expect(outcome.failure?.reason == .tooLarge)
    #expect(outcome.failure?.reason.isSkip == true)
    #expect(outcome.failure?.message.contains("65") == true)
    #expect(outcome.failure?.message.contains("64") == true)
    #expect(content.reads.isEmpty)
  }

  @Test func anAbsurdSizeIsSkipped() {
    let content = ReaderSource(name: "item", size: .max) { _, _ throws(ItemProblem) in 0 }
    let receiver = RecordingReceiver()
    content.push(to: receiver)
    do throws(ItemProblem) {
      #expect(try read(receiver.items[0].content.open()).failure?.reason == .tooLarge)
    } catch { Issue.record(error) }
  }

  @Test func contentInMemoryIsNotCopied() {
    let content = FakeContent([9], residence: .memory(numbers(100)))
    let outcome = read(content)
    #expect(outcome.bytes == numbers(100))
    #expect(outcome.count == 100)
    #expect(content.reads.isEmpty)
  }

  @Test func aLargeFileIsMapped() throws {
    FaultGuard.install()
    let descriptor = try descriptor(numbers(100))
    let content = FakeContent([9], size: 100, residence: .file(descriptor.number, 100))
    let outcome = read(content)
    #expect(outcome.bytes == numbers(100))
    #expect(outcome.count == 100)
    #expect(outcome.problem == nil)
    #expect(content.reads.isEmpty)
  }

  @Test func aSmallFileIsRead() throws {
    FaultGuard.install()
    let descriptor = try descriptor(numbers(16))
    let content = FakeContent(numbers(16), residence: .file(descriptor.number, 16))
    #expect(read(content).bytes == numbers(16))
    #expect(content.reads.count == 1)
  }

  @Test func aMappedFileThatShrankIsTruncated() throws {
    FaultGuard.install()
    let descriptor = try descriptor([UInt8](repeating: 7, count: 100_000))
    let content = FakeContent([], size: 100_000, residence: .file(descriptor.number, 100_000))
    #expect(path.withCString { truncate($0, 4096) } == 0)
    let outcome = read(content)
    #expect(outcome.problem?.reason == .truncated)
    #expect(outcome.count == 100_000)
    #expect(outcome.bytes.prefix(4096).allSatisfy { $0 == 7 })
    #expect(outcome.bytes.dropFirst(4096).allSatisfy { $0 == 0 })
  }

  @Test func aFileThatCannotBeMappedIsUnreadable() {
    FaultGuard.install()
    let outcome = read(FakeContent([], size: 100, residence: .file(-1, 100)))
    #expect(outcome.failure?.reason == .unreadable)
    #expect(outcome.failure?.message.contains("Bad file descriptor") == true)
  }

  /// Without the guard a shrinking file would end the process: it is read instead.
  @Test func nothingIsMappedUnlessTheGuardIsInstalled() async {
    await #expect(processExitsWith: .exitCode(0)) {
      guard !FaultGuard.isInstalled else { exit(1) }
      var policy = ReadingPolicy()
      policy.bufferCapacity = 16
      policy.memoryBudget = 64
      var reader = ContentReader(policy: policy)
      let small = FakeContent([UInt8](repeating: 1, count: 40), residence: .file(-1, 40))
      let large = FakeContent([], size: 65, residence: .file(-1, 65))
      do throws(ItemProblem) {
        let reading = try reader.withBytes(of: small) { (bytes) throws(ItemProblem) in
          bytes.byteCount
        }
        guard reading.result == 40, small.reads.count == 1 else { exit(2) }
      } catch { exit(3) }
      do throws(ItemProblem) {
        _ = try reader.withBytes(of: large) { (_) throws(ItemProblem) in }
        exit(4)
      } catch {
        guard error.reason == .tooLarge, error.message.contains("fault guard") else { exit(5) }
      }
    }
  }

  @Test(arguments: [(10, 4), (10, 0), (40, 39)])
  func lessThanWasPromisedIsTruncated(promised: Int, there: Int) {
    let outcome = read(FakeContent(numbers(there), size: promised))
    #expect(outcome.bytes == numbers(there), "nothing of an earlier item is seen")
    #expect(outcome.count == there)
    #expect(outcome.problem?.reason == .truncated)
    #expect(outcome.problem?.message.contains("\(there) of \(promised)") == true)
  }

  @Test func moreThanWasPromisedIsNotSeen() {
    let outcome = read(FakeContent(numbers(20), size: 10))
    #expect(outcome.bytes == numbers(10))
    #expect(outcome.problem == nil)
  }

  @Test func aFailureToReadIsPassedOn() {
    let failure = ItemProblem(.unreadable, "broken")
    #expect(read(FakeContent([], size: 10, failure: failure)).failure == failure)
    #expect(read(FakeContent([], size: 40, failure: failure)).failure == failure)
  }

  @Test func aProblemOfTheBodyIsPassedOn() {
    var reader = ContentReader(policy: ReadingPolicy())
    var caught: ItemProblem?
    do throws(ItemProblem) {
      _ = try reader.withBytes(of: FakeContent([1])) { (_) throws(ItemProblem) -> Int in
        throw ItemProblem(.timedOut, "too slow")
      }
    } catch { caught = error }
    #expect(caught == ItemProblem(.timedOut, "too slow"))
  }

  @Test func aReaderServesOneItemAfterAnother() throws {
    var policy = ReadingPolicy()
    policy.bufferCapacity = 16
    var reader = ContentReader(policy: policy)
    for count in [16, 3, 0, 40, 5] {
      let reading = try reader.withBytes(of: FakeContent(numbers(count))) {
        (bytes) throws(ItemProblem) in bytes.withUnsafeBytes(Array.init)
      }
      #expect(reading.result == numbers(count))
    }
  }
}
