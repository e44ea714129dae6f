// The form of a panel while somebody changes it: the preview follows what is typed, and a choice on which other fields depend
// shows them at once. The server makes both; without this script the buttons of the form do the same.
const form = document.querySelector('form[data-live]');
let asked = 0;
let waiting;

/** Sends the form as the button `wish` would, and gives the page that comes back; nothing where a later one is under way. */
async function answer(wish) {
  const mine = (asked += 1);
  const fields = new URLSearchParams(new FormData(form));
  fields.set('do', wish);
  const response = await fetch(form.action, { method: 'POST', body: fields, headers: { accept: 'text/html' } });
  if (!response.ok || response.redirected) return undefined;
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  return mine === asked ? page : undefined;
}

function replace(page, selector) {
  const next = page.querySelector(selector);
  const here = document.querySelector(selector);
  if (!next || !here) return;
  here.replaceChildren(...next.childNodes);
  // What comes alive in the preview does so where the page had the means already.
  here.dispatchEvent(new Event('rolecall:islands', { bubbles: true }));
}

async function follow(wish) {
  const focused = document.activeElement?.id;
  const page = await answer(wish).catch(() => undefined);
  if (!page) return;
  replace(page, '#preview');
  if (wish === 'show') {
    replace(page, 'form[data-live]');
    if (focused) document.getElementById(focused)?.focus();
  }
}

form?.addEventListener('input', (event) => {
  clearTimeout(waiting);
  const wish = event.target.matches('[data-shows]') ? 'show' : 'preview';
  waiting = setTimeout(() => follow(wish), wish === 'show' ? 0 : 400);
});
form?.addEventListener('submit', () => {
  clearTimeout(waiting);
  asked += 1;
});
