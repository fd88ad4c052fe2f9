import Bytes
import Testing

@Suite struct WorkBufferTests {
  @Test func whatIsWrittenIsRead() {
    var buffer = WorkBuffer(capacity: 10)
    buffer.withWritableBytes(4) { bytes in
      bytes.copyBytes(from: [1, 2, 3, 4])
    }
    let read = buffer.withBytes(3) { bytes in bytes.withUnsafeBytes(Array.init) }
    #expect(read == [1, 2, 3])
    let capacity = buffer.capacity
    #expect(capacity == 10)
  }

  @Test func nothingMayBeLent() {
    var buffer = WorkBuffer(capacity: 0)
    let written = buffer.withWritableBytes(0) { bytes in bytes.count }
    let read = buffer.withBytes(0) { bytes in bytes.byteCount }
    #expect(written == 0 && read == 0)
  }
}
