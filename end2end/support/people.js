// The four people of the demonstration provider, and what their roles may open.

/** From the highest role to none. The button at the provider and the name in the header begin with `name`. */
export const ada = { name: 'Ada', role: 'Admin', sees: ['figures', 'charts', 'table', 'note', 'signIns'] };
export const wren = { name: 'Wren', role: 'Write', sees: ['figures', 'charts', 'table', 'note'] };
export const reed = { name: 'Reed', role: 'Read', sees: ['figures', 'charts'] };
export const nora = { name: 'Nora', role: null, sees: [] };

/** The people with a role. */
export const members = [ada, wren, reed];
