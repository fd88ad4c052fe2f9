import TestSupport

/// A Zip archive of stored members (APPNOTE.TXT 4.3.7, 4.3.12 and 4.3.16).
func storedZip(_ members: [(name: String, bytes: [UInt8])]) -> [UInt8] {
  var bytes = [UInt8]()
  var directory = [UInt8]()
  for member in members {
    let name = Array(member.name.utf8)
    var entry = [UInt8](zeros: 46)
    entry.write("PK\u{01}\u{02}", at: 0)
    entry.write(little: UInt32(member.bytes.count), at: 20)
    entry.write(little: UInt32(member.bytes.count), at: 24)
    entry.write(little: UInt16(name.count), at: 28)
    entry.write(little: UInt32(bytes.count), at: 42)
    directory += entry + name
    var header = [UInt8](zeros: 30)
    header.write("PK\u{03}\u{04}", at: 0)
    header.write(little: UInt32(member.bytes.count), at: 18)
    header.write(little: UInt32(member.bytes.count), at: 22)
    header.write(little: UInt16(name.count), at: 26)
    bytes += header + name + member.bytes
  }
  var end = [UInt8](zeros: 22)
  end.write("PK\u{05}\u{06}", at: 0)
  end.write(little: UInt16(members.count), at: 8)
  end.write(little: UInt16(members.count), at: 10)
  end.write(little: UInt32(directory.count), at: 12)
  end.write(little: UInt32(bytes.count), at: 16)
  return bytes + directory + end
}
