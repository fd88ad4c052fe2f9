import TestSupport

/// Ways to damage a file.
enum Damage {
  /// Damages a file, mostly in its metadata.
  static func apply(to file: DamagedFile, _ places: Places, _ random: inout Random) {
    guard places.size > 0 else { return }
    // A single wrong field reaches deeper code than forty.
    let edits = random.oneIn(2) ? random.number(1...2) : random.number(1...24)
    for _ in 0..<edits { edit(file, places, &random) }
    if !random.oneIn(4) { Checksums.renew(in: file, places) }
    switch random.number(0...29) {
    case 0, 1: file.cut(at: random.number(0...places.size))
    case 2: file.cut(at: places.pick(&random))
    case 3: file.append((0..<random.number(1...5000)).map { UInt8(truncatingIfNeeded: $0) })
    default: break
    }
  }

  private static func edit(_ file: DamagedFile, _ places: Places, _ random: inout Random) {
    let sector = places.pick(&random)
    switch random.number(0...19) {
    case 0...1:
      let place = sector + random.number(0...511)
      let before = file.bytes(at: place, count: 1)
      guard let byte = before.first else { return }
      file.write([byte ^ 1 << random.number(0...7)], at: place)
    case 2...3:
      file.write(
        [random.pick([0, 1, 0x7F, 0x80, 0xFF, UInt8(random.number(0...255))])],
        at: sector + random.number(0...511))
    case 4...13: overwriteField(file, at: sector, places, &random)
    case 14:
      // Two sectors change places.
      let other = places.pick(&random)
      let (first, second) = (
        file.bytes(at: sector, count: Places.sector), file.bytes(at: other, count: Places.sector)
      )
      file.write(second, at: sector)
      file.write(first, at: other)
    case 15:
      // Duplicate a sector: produces cyclic trees.
      file.write(file.bytes(at: places.pick(&random), count: Places.sector), at: sector)
    case 16:
      let count = random.pick([512, 512, 1024, 4096])
      file.write([UInt8](repeating: random.pick([0, 0, 0xFF]), count: count), at: sector)
    case 17...18:
      // Copy a structure's bytes into another.
      let from = places.pick(&random) + random.number(0...63) * 8
      let bytes = file.bytes(at: from, count: random.pick([4, 8, 16, 24, 64, 200]))
      file.write(bytes, at: sector + random.number(0...63) * 8)
    default:
      let noise = (0..<random.number(1...64)).map { _ in UInt8(random.number(0...255)) }
      file.write(noise, at: sector + random.number(0...511))
    }
  }

  /// Overwrites a field of 1, 2, 4 or 8 bytes with an extreme value, or one near its old value.
  private static func overwriteField(
    _ file: DamagedFile, at sector: Int, _ places: Places, _ random: inout Random
  ) {
    let width = random.pick([1, 2, 4, 4, 8, 8])
    // The first fields of a structure matter most.
    let last = (random.oneIn(2) ? 128 : Places.sector) / width - 1
    let place = sector + random.number(0...last) * width
    let bytes = file.bytes(at: place, count: width)
    guard bytes.count == width else { return }
    let isBig = random.oneIn(2)
    let before = (isBig ? bytes : bytes.reversed()).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let top = UInt64(1) << UInt64(width * 8 - 1)
    let size = UInt64(places.size)
    let values: [UInt64] = [
      0, 1, 2, top - 1, top, top &+ 1, top &* 2 &- 1, top &* 2 &- 2, before &+ 1, before &- 1,
      before &* 2, before / 2, before ^ top, size, size &- 1, size &+ 1, size / 512,
      size / 512 + 1, size / 4096, 0x7FFF_FFFF_FFFF_F000, UInt64(random.number(0...65_535)),
      random.next(),
    ]
    let value = random.pick(values)
    let after = (0..<width).map { UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) }
    file.write(isBig ? after.reversed() : after, at: place)
  }
}
