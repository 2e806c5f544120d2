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

/** A straight line through points by least squares, and which part of their variance it explains. */
export interface LineFit {
  readonly slope: number
  readonly intercept: number
  /** 1 when every point lies on the line. */
  readonly r2: number
}

/** Throws `RangeError` for fewer than two different x. */
export function fitLine(points: readonly { readonly x: number; readonly y: number }[]): LineFit {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
  const meanX = mean(points.map(({ x }) => x))
  const meanY = mean(points.map(({ y }) => y))
  const sum = (term: (dx: number, dy: number) => number): number =>
    points.reduce((total, { x, y }) => total + term(x - meanX, y - meanY), 0)
  const varianceX = sum((dx) => dx * dx)
  if (!(varianceX > 0)) throw new RangeError('a line needs two points')
  const slope = sum((dx, dy) => dx * dy) / varianceX
  const varianceY = sum((_, dy) => dy * dy)
  const unexplained = sum((dx, dy) => (dy - slope * dx) ** 2)
  return { slope, intercept: meanY - slope * meanX, r2: varianceY === 0 ? 1 : 1 - unexplained / varianceY }
}
