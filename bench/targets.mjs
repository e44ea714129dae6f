// What is to be reached, each a limit and its unit; `×` is the CPU time as a multiple of the bare route's.
export const TARGETS = {
  session: [1.5, '×'],
  asset: [2, '×'],
  home: [8, '×'],
  dashboard: [15, '×'],
  signIn: [1.5, 'ms'],
  start: [150, 'ms'],
  memory: [40, 'MB'],
  wasm: [300, 'kB'],
  firstVisit: [350, 'kB'],
};
