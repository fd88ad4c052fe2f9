package import Bytes
import Glibc

/// The files with results below the paths that a user names.
package enum ResultFiles {
  /// Folders are entered to this depth; fleet tools make one folder per machine at most.
  private static let depth = 8

  /// Files in the order of the arguments, those of a folder in order of their names. A folder
  /// contributes its `.jsonl`, `.ndjson`, `.json` and `.case` files; links in it are not followed.
  package static func files(at paths: [RawPath]) throws(ResultError) -> [RawPath] {
    var files = [RawPath]()
    for path in paths {
      var status = stat()
      guard path.withCString({ stat($0, &status) }) == 0 else {
        throw ResultError(path, String(cString: strerror(errno)))
      }
      guard status.st_mode & S_IFMT == S_IFDIR else {
        files.append(path)
        continue
      }
      let found = try self.files(below: path, depth: depth)
      guard !found.isEmpty else {
        throw ResultError(path, "no .jsonl, .ndjson, .json or .case file in this folder")
      }
      files += found
    }
    return files
  }

  private static func files(below folder: RawPath, depth: Int) throws(ResultError) -> [RawPath] {
    guard let directory = folder.withCString({ opendir($0) }) ?? nil else {
      throw ResultError(folder, String(cString: strerror(errno)))
    }
    var names = [RawPath]()
    while let entry = readdir(directory) {
      names.append(
        withUnsafeBytes(of: &entry.pointee.d_name) { RawPath(Array($0.prefix { $0 != 0 })) })
    }
    closedir(directory)
    var files = [RawPath]()
    for name in names.sorted() where name.bytes.first != UInt8(ascii: ".") {
      let path = folder.appending(name)
      var status = stat()
      guard path.withCString({ lstat($0, &status) }) == 0 else { continue }
      if status.st_mode & S_IFMT == S_IFDIR, depth > 0 {
        files += try self.files(below: path, depth: depth - 1)
      } else if status.st_mode & S_IFMT == S_IFREG, isResult(name) {
        files.append(path)
      }
    }
    return files
  }

  private static func isResult(_ name: RawPath) -> Bool {
    [".jsonl", ".ndjson", ".json", ".case"].contains {
      name.bytes.suffix($0.utf8.count).elementsEqual($0.utf8)
    }
  }
}
