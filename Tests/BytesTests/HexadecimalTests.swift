import Bytes
import Testing

@Suite struct HexadecimalTests {
  @Test func everyByteHasTwoLowerCaseDigits() {
    #expect(Hexadecimal.text(of: [UInt8]()) == "")
    #expect(
      Hexadecimal.text(of: [0x00, 0x09, 0x0A, 0x0F, 0x10, 0x9F, 0xA0, 0xFF]) == "00090a0f109fa0ff")
    for byte in UInt8.min...UInt8.max {
      let text = Hexadecimal.text(of: CollectionOfOne(byte))
      #expect(text.count == 2 && UInt8(text, radix: 16) == byte && text == text.lowercased())
    }
  }
}
