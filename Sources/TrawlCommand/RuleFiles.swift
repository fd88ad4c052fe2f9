import Bytes
import Glibc

/// Rule files at a path.
enum RuleFiles {
  /// Returns the path itself, or the rule files below it if it is a directory, in order.
  static func files(at path: String) throws -> [String] {
    let files = try filesBelow(path)
    guard !files.isEmpty else {
      throw Failure("signatures \(path): no .yar or .yara file")
    }
    return files
  }

  private static func filesBelow(_ path: String) throws -> [String] {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw Failure("signatures \(path): \(String(cString: strerror(errno)))")
    }
    guard status.st_mode & S_IFMT == S_IFDIR else { return [path] }
    return try names(in: path).flatMap { name -> [String] in
      let child = path + "/" + name
      var status = stat()
      guard stat(child, &status) == 0 else { return [] }
      if status.st_mode & S_IFMT == S_IFDIR { return try filesBelow(child) }
      return name.hasSuffix(".yar") || name.hasSuffix(".yara") ? [child] : []
    }
  }

  /// Reads a file; `kind` names it in a failure.
  static func bytes(of path: String, kind: String = "signatures") throws -> [UInt8] {
    guard let file = fopen(path, "re") else {
      throw Failure("\(kind) \(path): \(String(cString: strerror(errno)))")
    }
    defer { fclose(file) }
    var bytes = [UInt8]()
    var piece = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = fread(&piece, 1, piece.count, file)
      guard count > 0 else { break }
      bytes.append(contentsOf: piece[..<count])
    }
    guard ferror(file) == 0 else { throw Failure("\(kind) \(path): cannot be read") }
    return bytes
  }

  /// Names in a directory, in order, without hidden ones.
  static func names(in path: String) throws -> [String] {
    guard let directory = opendir(path) else {
      throw Failure("signatures \(path): \(String(cString: strerror(errno)))")
    }
    defer { closedir(directory) }
    var names = [String]()
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }
}
