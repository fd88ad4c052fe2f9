package import Bytes
import Dispatch
import Glibc
import Locks

/// Mount points of file systems that another process or machine serves: if it has died, an access to them waits
/// for ever.
package final class RemoteMounts: Sendable {
  private let points: Set<RawPath>
  /// Mount points that did not answer, and are not tried again.
  private let silent = Locked<Set<RawPath>>([])

  /// Limit of links on the way to a path, as in Linux.
  private static let maximumLinks = 40

  /// Reads the mount table of this process, if there is one.
  package convenience init() { self.init(MountTable.lines) }

  init(_ mounts: [MountTable.Line]) {
    points = Set(mounts.filter { Self.isRemote($0.type) }.map(\.point))
  }

  /// Whether everything on the way to an absolute path answers within a number of seconds: the mount points that it
  /// names, and those that symbolic links lead to. `isCancelled` ends the waiting, too.
  package func answers(
    at path: RawPath, within seconds: Int, isCancelled: () -> Bool = { false }
  ) -> Bool {
    guard !points.isEmpty else { return true }
    var place: RawPath = "/"
    var names = Self.names(in: path.bytes)
    var links = 0
    while let name = names.popLast() {
      guard name != "." else { continue }
      guard name != ".." else {
        place = place.parent
        continue
      }
      let next = place.appending(name)
      guard canBeEntered(next, within: seconds, isCancelled: isCancelled) else { return false }
      guard let target = Self.target(ofLink: next), links < Self.maximumLinks else {
        place = next
        continue
      }
      links += 1
      if target.first == UInt8(ascii: "/") { place = "/" }
      names += Self.names(in: target)
    }
    return true
  }

  /// Names of a path, the last one first.
  private static func names(in path: [UInt8]) -> [RawPath] {
    path.split(separator: UInt8(ascii: "/")).reversed().map { RawPath(Array($0)) }
  }

  /// Path in a symbolic link; nil if there is none.
  private static func target(ofLink path: RawPath) -> [UInt8]? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
      let count = path.withCString { readlink($0, buffer.baseAddress!, buffer.count) } ?? -1
      return count < 0 ? nil : buffer[..<count].map(UInt8.init(bitPattern:))
    }
  }

  /// FUSE and its kin, and file systems of a network.
  private static func isRemote(_ type: [UInt8]) -> Bool {
    type.starts(with: "fuse".utf8)
      || [
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "ceph", "afs", "lustre", "glusterfs", "ncpfs",
        "coda", "beegfs", "orangefs", "pvfs2", "gfs2", "ocfs2", "virtiofs", "vboxsf", "autofs",
      ]
      .contains { type.elementsEqual($0.utf8) }
  }

  /// Whether the directory at a path can be entered: one that is no such mount point always can, any other if it
  /// answers within so many seconds. Whoever waits for it is left behind if it does not.
  func canBeEntered(_ path: RawPath, within seconds: Int, isCancelled: () -> Bool = { false })
    -> Bool
  {
    guard points.contains(path) else { return true }
    guard !silent.withLock({ $0.contains(path) }) else { return false }
    let answered = DispatchSemaphore(value: 0)
    DispatchQueue(label: "trawl.mount").async {
      if let directory = path.withCString({ opendir($0) }) ?? nil {
        _ = readdir(directory)
        closedir(directory)
      }
      answered.signal()
    }
    let end = ContinuousClock.now + .seconds(seconds)
    repeat {
      if answered.wait(timeout: .now() + .milliseconds(100)) == .success { return true }
      if isCancelled() { return false }
    } while ContinuousClock.now < end
    _ = silent.withLock { $0.insert(path) }
    return false
  }
}

/// The mount table of this process.
enum MountTable {
  /// A mounted file system.
  struct Line {
    /// Major and minor number, as in `0:5`.
    let device: [UInt8]
    let point: RawPath
    let type: [UInt8]
  }

  /// The lines of `/proc/self/mountinfo`, which are `36 35 0:5 / /dev rw - devtmpfs udev rw` (proc(5)).
  static var lines: [Line] {
    guard let text = readAll("/proc/self/mountinfo") else { return [] }
    return text.split(separator: UInt8(ascii: "\n")).compactMap { line in
      let fields = line.split(separator: UInt8(ascii: " "))
      guard let dash = fields.firstIndex(of: [UInt8(ascii: "-")]), dash + 1 < fields.count, dash > 4
      else { return nil }
      return Line(
        device: Array(fields[2]), point: RawPath(unescaped(fields[4])),
        type: Array(fields[dash + 1]))
    }
  }

  /// A blank, a tab, a line feed and a backslash are three octal digits behind a backslash.
  static func unescaped(_ field: some Collection<UInt8>) -> [UInt8] {
    var bytes = Array(field)[...]
    var result = [UInt8]()
    while let byte = bytes.popFirst() {
      let digits = bytes.prefix(3)
      guard byte == UInt8(ascii: "\\"), digits.count == 3,
        digits.allSatisfy({ (0x30...0x37).contains($0) })
      else {
        result.append(byte)
        continue
      }
      result.append(digits.reduce(0) { $0 &<< 3 | ($1 - 0x30) })
      bytes = bytes.dropFirst(3)
    }
    return result
  }

  private static func readAll(_ path: RawPath) -> [UInt8]? {
    do throws(SystemCallError) {
      let file = try Descriptor(reading: path, followingLink: true)
      // The kernel generates the table, so its size is not known beforehand; 4 MiB hold 20,000
      // mounts.
      var failure: SystemCallError?
      let text = [UInt8](unsafeUninitializedCapacity: 4 << 20) { buffer, count in
        do throws(SystemCallError) {
          count = try file.read(into: UnsafeMutableRawBufferPointer(buffer), at: 0)
        } catch {
          failure = error
        }
      }
      return failure == nil ? text : nil
    } catch {
      return nil
    }
  }
}
