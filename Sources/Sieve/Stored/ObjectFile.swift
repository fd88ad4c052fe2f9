import Bytes
import Glibc

/// A file of code that this process has loaded, as it is on the disk: two builds of a program differ. It
/// serves keys of caches that depend on the code.
struct ObjectFile: Hashable, Sendable, CustomStringConvertible {
  /// Its path, with its inode, size and times.
  let description: String

  /// The file that holds the code or data at an address; nil if it is not found, or no longer exists.
  init?(holding address: UnsafeRawPointer) {
    guard let path = Self.path(of: UInt(bitPattern: address)) else { return nil }
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    let times =
      withUnsafeBytes(of: status.st_mtim) { Array($0) }
      + withUnsafeBytes(of: status.st_ctim) { Array($0) }
    description =
      "\(path) \(status.st_dev) \(status.st_ino) \(status.st_size) \(Hexadecimal.text(of: times))"
  }

  /// The file that is mapped where an address lies (proc(5), /proc/pid/maps).
  private static func path(of address: UInt) -> String? {
    guard let maps = fopen("/proc/self/maps", "re") else { return nil }
    defer { fclose(maps) }
    var line: UnsafeMutablePointer<CChar>?
    var capacity = 0
    defer { free(line) }
    while getline(&line, &capacity, maps) > 0, let line {
      let words = String(cString: line).split(
        separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
      let ends = words.first?.split(separator: "-").compactMap { UInt($0, radix: 16) } ?? []
      guard words.count == 6, ends.count == 2, ends[0] <= address, address < ends[1] else {
        continue
      }
      let path = words[5].drop { $0 == " " }.prefix { $0 != "\n" }
      return path.first == "/" ? String(path) : nil
    }
    return nil
  }

  /// The file that defines a symbol; nil if it is not found.
  init?(defining symbol: String) {
    guard let address = dlsym(nil, symbol) else { return nil }
    self.init(holding: address)
  }
}
