import Bytes
import Glibc
import TestSupport
import Testing

@Suite struct MappingTests {
  private let folder: TemporaryDirectory
  private let path: RawPath
  private static let page = Int(sysconf(Int32(_SC_PAGESIZE)))

  private var page: Int { Self.page }

  init() throws {
    FaultGuard.install()
    folder = try TemporaryDirectory()
    let text = (1...8).flatMap { [UInt8](repeating: $0, count: Self.page) }
    path = RawPath(try folder.write(text, to: "file"))
  }

  private func mapping(_ count: Int, offset: Int = 0) throws -> Mapping {
    let descriptor = try Descriptor(reading: path, followingLink: false)
    return try Mapping([
      .init(descriptor: descriptor.number, offset: UInt64(offset), length: UInt64(count))
    ])
  }

  private func truncate(to size: Int) {
    #expect(path.withCString { Glibc.truncate($0, off_t(size)) } == 0)
  }

  /// The first byte of each page.
  private func samples(_ bytes: RawSpan) -> [UInt8] {
    stride(from: 0, to: bytes.byteCount, by: page).map {
      bytes.unsafeLoad(fromByteOffset: $0, as: UInt8.self)
    }
  }

  @Test func aFileIsSeen() throws {
    let mapping = try mapping(8 * page)
    let (result, faulted) = mapping.withBytes(samples)
    #expect(result == [1, 2, 3, 4, 5, 6, 7, 8])
    #expect(!faulted)
  }

  @Test func partOfAFileIsSeen() throws {
    let mapping = try mapping(page + 1, offset: 2 * page)
    let (result, faulted) = mapping.withBytes(samples)
    #expect(result == [3, 4])
    #expect(!faulted)
  }

  @Test func whatVanishedReadsAsZerosAndIsTold() throws {
    let mapping = try mapping(8 * page)
    truncate(to: 3 * page)
    let (result, faulted) = mapping.withBytes(samples)
    #expect(result == [1, 2, 3, 0, 0, 0, 0, 0])
    #expect(faulted)
  }

  @Test func anEmptiedFileReadsAsZeros() throws {
    let mapping = try mapping(8 * page)
    truncate(to: 0)
    let (result, faulted) = mapping.withBytes(samples)
    #expect(result == Array(repeating: 0, count: 8))
    #expect(faulted)
  }

  @Test func aFileMayShrinkWhileItIsRead() throws {
    let mapping = try mapping(8 * page)
    let (result, faulted) = mapping.withBytes { bytes -> [UInt8] in
      let before = samples(bytes.extracting(0..<2 * page))
      truncate(to: page)
      return before + samples(bytes)
    }
    // Pages that were read go with the file too.
    #expect(result == [1, 2, 1, 0, 0, 0, 0, 0, 0, 0])
    #expect(faulted)
  }

  @Test func whatIsNotTouchedIsNoFault() throws {
    let mapping = try mapping(8 * page)
    truncate(to: 3 * page)
    let (result, faulted) = mapping.withBytes { bytes in samples(bytes.extracting(0..<3 * page)) }
    #expect(result == [1, 2, 3])
    #expect(!faulted)
  }

  @Test func everyUseIsToldForItself() throws {
    let mapping = try mapping(8 * page)
    #expect(!mapping.withBytes(samples).faulted)
    truncate(to: page)
    #expect(mapping.withBytes(samples).faulted)
  }

  @Test func anErrorOfTheBodyIsPassedOn() throws {
    let mapping = try mapping(8 * page)
    truncate(to: page)
    var caught: SystemCallError?
    do throws(SystemCallError) {
      _ = try mapping.withBytes { (bytes: RawSpan) throws(SystemCallError) -> Int in
        _ = samples(bytes)
        throw SystemCallError("body", 5)
      }
    } catch { caught = error }
    #expect(caught == SystemCallError("body", 5))
    let other = try self.mapping(page)
    #expect(!other.withBytes(samples).faulted, "the guard of the failed body is gone")
  }

  @Test func guardsNest() throws {
    let outer = try mapping(8 * page)
    let otherPath = RawPath(try folder.write([UInt8](repeating: 9, count: 2 * page), to: "other"))
    let descriptor = try Descriptor(reading: otherPath, followingLink: false)
    let inner = try Mapping([
      .init(descriptor: descriptor.number, offset: 0, length: UInt64(2 * page))
    ])
    truncate(to: page)
    let (result, outerFaulted) = outer.withBytes { bytes -> ([UInt8], Bool) in
      let (own, innerFaulted) = inner.withBytes(samples)
      // The outer mapping is touched within the inner guard too.
      let both = inner.withBytes { _ in samples(bytes) }
      return (own + both.result, innerFaulted || both.faulted)
    }
    #expect(result.0 == [9, 9, 1, 0, 0, 0, 0, 0, 0, 0])
    #expect(!result.1)
    #expect(outerFaulted)
  }

  @Test func whatCannotBeMappedIsAnError() throws {
    let pipe = folder.raw.appending("pipe")
    #expect(pipe.withCString { mkfifo($0, 0o600) } == 0)
    let descriptor = try Descriptor(reading: pipe, followingLink: false)
    var failures: [SystemCallError] = []
    do throws(SystemCallError) {
      _ = try Mapping([.init(descriptor: descriptor.number, offset: 0, length: UInt64(page))])
    } catch { failures.append(error) }
    do throws(SystemCallError) {
      _ = try Mapping([.init(descriptor: -1, offset: 0, length: UInt64(page))])
    } catch {
      failures.append(error)
    }
    let file = try Descriptor(reading: path, followingLink: false)
    do throws(SystemCallError) {
      _ = try Mapping([.init(descriptor: file.number, offset: 0, length: UInt64(0))])
    } catch { failures.append(error) }
    #expect(failures.map(\.call) == ["mmap", "mmap", "mmap"])
    #expect(failures.map(\.number) == [ENODEV, EBADF, EINVAL])
  }

  /// Pages of large mappings are dropped while they are read; the bytes stay the same.
  @Test func aLargeMappingKeepsItsBytes() throws {
    let size = 32 << 20
    truncate(to: size)
    let mapping = try mapping(size)
    for _ in 0..<20 {
      let (sum, faulted) = mapping.withBytes { bytes in
        samples(bytes).reduce(into: 0) { $0 += Int($1) }
      }
      #expect(sum == 36)
      #expect(!faulted)
      usleep(5000)
    }
  }
}
