internal import CSleuthKit

/// A medium as TSK reads it: through one of our readers.
final class SleuthKitMedium {
  let image: UnsafeMutablePointer<TSK_IMG_INFO>
  /// The context of TSK's reads; it keeps the reader's address where TSK can find it.
  private let context: UnsafeMutablePointer<any ImageReader>

  init(_ reader: any ImageReader) throws(ImageError) {
    context = .allocate(capacity: 1)
    context.initialize(to: reader)
    let opened = c_sleuthkit_open_image(
      context,
      { context, offset, buffer, length in
        let reader = context!.assumingMemoryBound(to: (any ImageReader).self).pointee
        guard offset >= 0 else { return -1 }
        let target = UnsafeMutableRawBufferPointer(start: buffer, count: length)
        do throws(ImageError) { return try reader.read(into: target, at: UInt64(offset)) } catch {
          return -1
        }
      }, Int64(clamping: reader.size), 512)
    guard let opened else {
      context.deinitialize(count: 1)
      context.deallocate()
      throw ImageError("the image could not be opened: \(SleuthKitImage.lastError)")
    }
    image = opened
  }

  deinit {
    tsk_img_close(image)
    context.deinitialize(count: 1)
    context.deallocate()
  }
}
