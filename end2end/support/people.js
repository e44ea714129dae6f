// The four people of the demonstration provider, and what their roles open.

/** From the highest role to none. `name` begins both the button at the provider and the name in the header. */
export const ada = { name: 'Ada', role: 'Admin', sees: ['figures', 'charts', 'table', 'note', 'signIns'] };
export const wren = { name: 'Wren', role: 'Write', sees: ['figures', 'charts', 'table', 'note'] };
export const reed = { name: 'Reed', role: 'Read', sees: ['figures', 'charts'] };
export const nora = { name: 'Nora', role: null, sees: [] };

/** Those who get in. */
export const members = [ada, wren, reed];
