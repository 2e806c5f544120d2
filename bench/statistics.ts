/** Throws `RangeError` when there are no values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const [upper, lower] = [sorted[middle], sorted[middle - 1]]
  if (upper === undefined) throw new RangeError('there is no median of nothing')
  return sorted.length % 2 === 1 || lower === undefined ? upper : (lower + upper) / 2
}

/** "41.3 ms (39.9 to 52.0)": the median, and between what it lies. */
export function describeMs(values: readonly number[]): string {
  const format = (value: number): string => value.toFixed(1)
  return `${format(median(values))} ms (${format(Math.min(...values))} to ${format(Math.max(...values))})`
}
