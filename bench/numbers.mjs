// A little arithmetic.

/** The arithmetic mean. */
export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The median: the middle value, or the mean of the two middle ones. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return mean([sorted[Math.floor(middle)], sorted[Math.ceil(middle)]]);
}

/** The value at a fraction of the sorted values: 0.5 is about the median, 1 the maximum. */
export function percentile(values, part) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
}
