// The targets, each a limit and its unit; `×` is the CPU time as a multiple of the bare route's. The targets for starts
// are the times before there was a query engine.
export const TARGETS = {
  session: [1.5, '×'],
  asset: [2, '×'],
  // Of a bare route that sends the same number of bytes.
  wasmAsset: [2.5, '×'],
  home: [8, '×'],
  dashboard: [15, '×'],
  signIn: [1.5, 'ms'],
  start: [8, 'ms'],
  firstStart: [22, 'ms'],
  memory: [40, 'MB'],
  wasm: [320, 'kB'],
  firstVisit: [350, 'kB'],
  tenCharts: [400, 'kB'],
};
