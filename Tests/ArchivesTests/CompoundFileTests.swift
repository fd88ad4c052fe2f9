import Evidence
import Foundation
import TestSupport
import Testing

@testable import Archives

/// Streams of Windows Installer packages.
@Suite struct CompoundFileTests {
  /// A package with a small and a large stream, made with msitools.
  private func package() throws -> (bytes: [UInt8], large: [UInt8]) {
    let folder = try TemporaryDirectory()
    let large = (0..<50_000).map { UInt8(truncatingIfNeeded: $0 / 3) }
    let file = try folder.write(large, to: "large")
    let small = try folder.write("small stream", to: "small")
    let made = try Subprocess.run(
      "msibuild", [folder.path + "/p.msi", "-s", "title", "author"], in: folder.path)
    #expect(made.status == 0, "\(made.errors)")
    for (name, path) in [("large", file), ("small", small)] {
      _ = try Subprocess.run("msibuild", [folder.path + "/p.msi", "-a", name, path])
    }
    return (Array(try Data(contentsOf: URL(fileURLWithPath: folder.path + "/p.msi"))), large)
  }

  private func streams(_ bytes: [UInt8]) throws -> [String: [UInt8]] {
    let source = ArchiveBytes(size: UInt64(bytes.count)) { offset, count in
      Array(bytes.dropFirst(Int(offset)).prefix(count))
    }
    let pass = try CompoundFile(source)
    var streams = [String: [UInt8]]()
    while try pass.next() {
      var content = [UInt8]()
      let read = pass.read(upTo: 1 << 20, isExact: true) { content.append(contentsOf: $0) }
      #expect(read.end == .whole && read.problem == nil)
      streams[String(decoding: pass.member(0).name, as: UTF8.self)] = content
    }
    return streams
  }

  @Test func streamsAreWhatWasPacked() throws {
    let (bytes, large) = try package()
    let streams = try streams(bytes)
    #expect(streams["large"] == large)
    #expect(streams["small"] == Array("small stream".utf8))
  }

  @Test func damageEnds() throws {
    let (bytes, _) = try package()
    var random = SeededGenerator(seed: 1)
    for _ in 0..<2000 {
      var damaged = bytes
      for _ in 0..<5 { damaged[random.number(0...1023)] = UInt8(random.number(0...255)) }
      let trial = ArchiveTrial(.msi, damaged, upTo: 1 << 20)
      #expect(trial.bytes <= trial.members << 20)
    }
    let whole = ArchiveTrial(.msi, bytes, upTo: 1 << 20)
    #expect(whole.problems == 0 && whole.bytes > 0)
    for count in stride(from: 0, to: bytes.count, by: 97) {
      let trial = ArchiveTrial(.msi, Array(bytes.prefix(count)), upTo: 1 << 20)
      // The last sectors may be free: what is cut is said, or nothing of the content is.
      #expect(
        trial.problems > 0 || trial.bytes == whole.bytes,
        "\(count) of \(bytes.count) bytes: \(trial), not \(whole)")
    }
  }
}
