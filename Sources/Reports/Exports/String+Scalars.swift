extension String {
  /// Replaces a scalar wherever it is. A mark of a format stays one when a combining character
  /// follows it, although the two are another `Character`.
  func replacing(scalar: Unicode.Scalar, with text: String) -> String {
    guard unicodeScalars.contains(scalar) else { return self }
    var result = ""
    for other in unicodeScalars {
      if other == scalar { result += text } else { result.unicodeScalars.append(other) }
    }
    return result
  }
}
