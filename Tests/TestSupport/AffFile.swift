import Foundation

/// Segments of an AFF image, to be edited and reassembled.
package struct AffFile {
  package var segments: [Segment]

  package struct Segment {
    package var name: String
    package var argument: UInt32
    package var data: [UInt8]

    package init(_ name: String, _ argument: UInt32, _ data: [UInt8] = []) {
      self.name = name
      self.argument = argument
      self.data = data
    }
  }

  package init(_ segments: [Segment] = []) { self.segments = segments }

  package init(reading path: String) throws {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    segments = []
    var position = 8
    func number(_ place: Int) -> UInt32 {
      bytes[place..<(place + 4)].reduce(0) { $0 << 8 | UInt32($1) }
    }
    while position < bytes.count {
      let name = position + 16
      let data = name + Int(number(position + 4))
      let end = data + Int(number(position + 8))
      segments.append(
        Segment(
          String(decoding: bytes[name..<data], as: UTF8.self), number(position + 12),
          Array(bytes[data..<end])))
      position = end + 8
    }
  }

  package var bytes: [UInt8] {
    segments.reduce(into: Array("AFF10\r\n\0".utf8)) { bytes, segment in
      let name = Array(segment.name.utf8)
      bytes += Array("AFF\0".utf8) + Self.big(name.count) + Self.big(segment.data.count)
      bytes += Self.big(Int(segment.argument)) + name + segment.data
      bytes += Array("ATT\0".utf8) + Self.big(24 + name.count + segment.data.count)
    }
  }

  /// Edits the segment `name`, which must exist.
  package mutating func change(_ name: String, _ edit: (inout Segment) -> Void) {
    edit(&segments[segments.firstIndex { $0.name == name }!])
  }

  private static func big(_ number: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
  }
}
