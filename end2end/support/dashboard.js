// The panels of the weather dashboard, as people see them, and their traces in responses.

/** The visible part of each kind of panel. */
export function panels(page) {
  const main = page.getByRole('main');
  return {
    figures: main.getByRole('region', { name: 'Extremes', exact: true }),
    charts: main.getByRole('figure'),
    table: main.getByRole('region', { name: 'Daily observations', exact: true }),
    note: main.getByRole('region', { name: 'Note', exact: true }),
    signIns: main.getByRole('region', { name: 'Sign-ins', exact: true }),
  };
}

/**
 * What gives a panel away in text that the server sent: its kind in data for hydration or in an answer, and what only
 * its markup has.
 */
export const traces = {
  table: [/panel\W{1,6}table/i, /[?&](amp;)?table\.page=2/],
  note: [/panel\W{1,6}note/i, /<textarea/i],
  signIns: [/panel\W{1,6}sign.ins/i, /counted_at_ms/],
};

/** The kinds of panels that a person must not know of. */
export function closedTo(person) {
  return Object.keys(traces).filter((kind) => !person.sees.includes(kind));
}
