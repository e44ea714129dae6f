// The table of results, in Markdown, aligned for a terminal too.

const HEADING = ['What', 'Measured', '× bare', 'Per second', 'Body as sent', 'Target', 'Met'];

/** How each unit is written, from the base units of measurements: seconds and bytes. */
const UNITS = {
  µs: (seconds) => seconds * 1e6,
  ms: (seconds) => seconds * 1e3,
  kB: (bytes) => bytes / 1e3,
  MB: (bytes) => bytes / 1e6,
};

/** A number with three significant digits, or all digits before the point. */
function number(value) {
  const decimals = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

/** The rows, in the order of adding. */
export class Table {
  #rows = [];
  #targets = 0;
  #met = 0;

  /**
   * Adds a row. `value` is in seconds or bytes, and shown in `unit`. `target`, where there is one, limits the value in
   * `unit`, or the ratio where the unit of the target is `×`.
   *
   * @param {string} what
   * @param {{ value: number, unit: string, ratio?: number, perSecond?: number, bytes?: number,
   *   target?: [number, string] }} measured
   */
  add(what, { value, unit, ratio, perSecond, bytes, target }) {
    this.#rows.push([
      what,
      `${number(UNITS[unit](value))} ${unit}`,
      ratio === undefined ? '' : number(ratio),
      perSecond === undefined ? '' : Math.round(perSecond).toLocaleString('en-US'),
      bytes === undefined ? '' : `${number(UNITS.kB(bytes))} kB`,
      ...this.#judge(target, target?.[1] === '×' ? ratio : UNITS[unit](value)),
    ]);
  }

  /** The cells with the target, and whether it was met. */
  #judge(target, value) {
    if (!target) return ['', ''];
    const [limit] = target;
    const isMet = value <= limit;
    this.#targets += 1;
    if (isMet) this.#met += 1;
    return [`≤ ${target.join(' ')}`, isMet ? 'yes' : 'NO'];
  }

  /** The number of targets that are met, in a sentence. */
  get summary() {
    return `${this.#met} of ${this.#targets} targets are met.`;
  }

  toString() {
    const lines = [HEADING, ...this.#rows];
    const widths = HEADING.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
    // Texts are aligned to the left, numbers to the right.
    const isText = (column) => column === 0 || column === HEADING.length - 1;
    const align = (cell, column) => (isText(column) ? cell.padEnd(widths[column]) : cell.padStart(widths[column]));
    const rule = widths.map((width, column) => (isText(column) ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
    return [HEADING.map(align), rule, ...this.#rows.map((row) => row.map(align))]
      .map((cells) => `| ${cells.join(' | ')} |`)
      .join('\n');
  }
}
