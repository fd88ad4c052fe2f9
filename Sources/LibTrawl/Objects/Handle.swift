/// Objects behind the opaque pointers of the C interface.
enum Handle {
  /// Pointer that owns a reference to `object`.
  static func retaining(_ object: some AnyObject) -> OpaquePointer {
    OpaquePointer(Unmanaged.passRetained(object).toOpaque())
  }

  /// Pointer to `object` that owns no reference.
  static func borrowing(_ object: some AnyObject) -> OpaquePointer {
    OpaquePointer(Unmanaged.passUnretained(object).toOpaque())
  }

  /// Object behind a pointer of the caller; throws if it is null.
  static func object<Object: AnyObject>(
    _ pointer: OpaquePointer?, _ name: String, as type: Object.Type = Object.self
  ) throws(Failure) -> Object {
    guard let object = optional(pointer, as: type) else { throw .null(name) }
    return object
  }

  /// Object behind a pointer of the caller; nil if it is null.
  static func optional<Object: AnyObject>(
    _ pointer: OpaquePointer?, as type: Object.Type = Object.self
  ) -> Object? {
    pointer.map { Unmanaged<Object>.fromOpaque(UnsafeRawPointer($0)).takeUnretainedValue() }
  }

  /// Removes the reference that a pointer owns.
  static func release<Object: AnyObject>(_ pointer: OpaquePointer?, as type: Object.Type) {
    guard let pointer else { return }
    Unmanaged<Object>.fromOpaque(UnsafeRawPointer(pointer)).release()
  }
}
