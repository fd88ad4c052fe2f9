import Bytes
import Foundation
import Glibc
import Images
import TestSupport

/// An image that is damaged repeatedly.
struct Original {
  /// Name of the image in a reproduction.
  let name: String
  /// Files of the image; the first leads to the others.
  let files: [String]
}

/// Every image, container and archive below 8 MiB, found by listing folders, so that output of new
/// scripts and new formats of ``ContainerFixtures`` are included automatically.
struct Corpus {
  let originals: [Original]
  /// Keeps the containers while they are needed.
  private let folder: TemporaryDirectory

  private static let limit = 8 << 20

  init() throws {
    folder = try TemporaryDirectory()
    try Self.makeContainers(in: folder.path)
    var originals = try Self.images(below: folder.path, named: "containers")
    let build = Fixtures.package + "/.build"
    for name in try FileManager.default.contentsOfDirectory(atPath: build).sorted()
    where name.hasSuffix("-fixture") && name != "trace-fixture" {
      originals += try Self.images(below: build + "/" + name, named: name)
    }
    if let shared = SharedImages.folder {
      originals += try Self.images(below: shared, named: "shared")
    }
    self.originals = originals
  }

  /// Makes a small disk in every container that can be made here, each in its own folder.
  private static func makeContainers(in folder: String) throws {
    let disk = MutationFixture.disk
    for format in ContainerFixtures.formats {
      let place = folder + "/" + format.name
      try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: false)
      _ = try ContainerFixtures.make(format, of: disk, in: place)
    }
  }

  /// Images among the files of a folder. Parts of another image are not images themselves.
  private static func images(below folder: String, named root: String) throws -> [Original] {
    let names = (FileManager.default.subpaths(atPath: folder) ?? []).sorted()
    let paths = names.filter(isCandidate).filter { isRegular(folder + "/" + $0) }
    var parts = Set<String>()
    for path in paths {
      parts.formUnion(ImageSource.parts(of: RawPath(folder + "/" + path)).dropFirst().map(\.shown))
    }
    return paths.filter { !parts.contains(folder + "/" + $0) }.compactMap { path in
      let first = folder + "/" + path
      let files = ImageSource.files(of: RawPath(first)).map(\.shown)
      let all = files.contains(first) ? files : [first]
      // They are copied into one folder.
      guard Set(all.map { ($0 as NSString).lastPathComponent }).count == all.count else {
        return nil
      }
      let size = all.reduce(0) { $0 + allocated($1) }
      return size > 0 && size < limit ? Original(name: root + "/" + path, files: all) : nil
    }
  }

  private static func isCandidate(_ path: String) -> Bool {
    let name = (path as NSString).lastPathComponent
    return !name.hasPrefix(".")
      && !["tsv", "md", "gz", "tgz", "xml"].contains((name as NSString).pathExtension)
  }

  private static func isRegular(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// Bytes that a file occupies on its disk: holes cost nothing.
  private static func allocated(_ path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? min(Int(status.st_blocks) * 512, Int(status.st_size)) : 0
  }
}
