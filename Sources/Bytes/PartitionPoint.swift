extension RandomAccessCollection where Index == Int {
  /// Index of the first element for which `isBehind` holds, by halves; the end if it holds for none.
  /// It must hold for all elements behind one for which it does.
  @inlinable package func partitionPoint(where isBehind: (Element) -> Bool) -> Int {
    var low = startIndex
    var high = endIndex
    while low < high {
      let middle = low + (high - low) / 2
      if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
