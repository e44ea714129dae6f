// The little arithmetic that there is.

/** The arithmetic mean. */
export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The value in the middle, or the mean of the two there. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return mean([sorted[Math.floor(middle)], sorted[Math.ceil(middle)]]);
}
