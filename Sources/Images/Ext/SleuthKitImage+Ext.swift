extension SleuthKitImage {
  /// The ext file system that begins at a byte of the image, for this project's own reader: TSK 4.11.1
  /// cannot read trees of extents with several leaves, and loses the files in silence. nil if there is
  /// none, or one with features that are not known here; TSK then says what it can.
  func extFileSystem(at start: UInt64) throws(ImageError) -> ExtFileSystem? {
    let own: ExtFileSystem?
    do throws(ExtError) { own = try ExtFileSystem(reader, at: start) } catch { return nil }
    guard let own else { return nil }
    // A superblock of ext remains where another file system was made over it.
    do throws(ImageError) {
      return try isExt(at: start) ? own : nil
    } catch {
      // TSK cannot choose between two of them, or it knows too little of this one.
      if error.description.contains(" or ") { throw error }
      return own
    }
  }
}
