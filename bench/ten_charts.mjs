// What a first visit to a dashboard of ten charts loads.
import { firstVisit } from './first_visit.mjs';
import { Program } from './program.mjs';
import { PROVIDER } from './provider.mjs';
import { signIn } from './sign_in.mjs';

const BY_MONTH = 'by = { column = "date", step = "month" }';
const BY_CITY = 'split = { column = "location" }';

/** Charts of the weather of two cities: the kind, the calculation, its column, and the rest. */
const CHARTS = [
  ['line', 'average', 'temp_mean', BY_MONTH, BY_CITY],
  ['line', 'maximum', 'temp_max', BY_MONTH, BY_CITY],
  ['line', 'minimum', 'temp_min', BY_MONTH, BY_CITY],
  ['line', 'average', 'wind', 'by = { column = "date", step = "week" }', BY_CITY],
  ['area', 'sum', 'precipitation', BY_MONTH, BY_CITY, 'stacked = true'],
  ['bar', 'sum', 'precipitation', BY_MONTH, BY_CITY],
  ['bar', 'sum', 'precipitation', 'by = { column = "date", step = "year" }', BY_CITY, 'stacked = true'],
  ['bar', 'average', 'temp_mean', 'by = { column = "weather" }', BY_CITY],
  ['bar', 'median', 'wind', 'by = { column = "weather" }', 'horizontal = true'],
  ['bar', 'maximum', 'wind', 'by = { column = "location" }'],
];

/** The document of this dashboard. */
function document() {
  const charts = CHARTS.map(([kind, compute, of, ...rest], index) => {
    const head = `[[panels]]\nid = "chart-${index}"\ntitle = "${compute} of ${of}, chart ${index}"\nkind = "${kind}"\ndataset = "weather"`;
    return [head, `measures = [{ compute = "${compute}", of = "${of}", decimals = 1 }]`, ...rest].join('\n');
  });
  return `format = 1\ntitle = "Ten charts"\n\n${charts.join('\n\n')}\n`;
}

/**
 * Loads that dashboard from the Rolecall in `file` as somebody with the role Read.
 *
 * @param {object} settings those of a Rolecall that uses the provider of `startProvider`
 * @returns {Promise<number>} the bytes of the page and of every file that it names, as sent
 */
export async function measureTenCharts(file, settings) {
  const server = await Program.rolecall(file, { settings, dashboards: { 'ten-charts': document() } });
  await server.firstAnswerMs('/health/live');
  const reed = await signIn(server.origin, PROVIDER, 'reed');
  const { total, html } = await firstVisit(server.origin, reed, '/dashboards/ten-charts');
  await server.stop();
  const charts = html.match(/class="plot-svg"/g)?.length ?? 0;
  if (charts < CHARTS.length) throw new Error(`The dashboard of ${CHARTS.length} charts shows ${charts}.`);
  return total;
}
