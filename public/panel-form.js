// The form of a panel while somebody changes it: the preview follows what is typed, and a choice on which other fields depend
// shows them at once. The server makes both; without this script the buttons of the form do the same.
import { changedIn } from '/unsaved.js';

const form = document.querySelector('form[data-live]');
/** The ids of fields that the person has visited: mistakes in others are only shown beside the preview. */
const touched = new Set();
let asked = 0;
let waiting;
/** The number of changes, and whether other fields are still to be shown for one. */
let changes = 0;
let isShowDue = false;

/** Sends the form as the button `wish` would, and returns the page in the answer; undefined if a later request is in progress. */
async function answer(wish) {
  const mine = (asked += 1);
  const fields = new URLSearchParams(new FormData(form));
  fields.set('do', wish);
  const response = await fetch(form.action, { method: 'POST', body: fields, headers: { accept: 'text/html' } });
  if (!response.ok || response.redirected) return undefined;
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  return mine === asked ? page : undefined;
}

/** Shows the mistakes of `page` beside the fields, and removes those that were corrected. */
function showMistakes(page) {
  for (const next of page.querySelectorAll('form[data-live] .mistake')) {
    const here = document.getElementById(next.id);
    const id = next.id.replace(/-mistake$/, '');
    if (!here || !(touched.has(id) || here.textContent.trim())) continue;
    here.textContent = next.textContent;
    const [field, nextField] = [document.getElementById(id), page.getElementById(id)];
    for (const name of ['aria-invalid', 'aria-describedby']) {
      if (nextField?.hasAttribute(name)) field?.setAttribute(name, nextField.getAttribute(name));
      else field?.removeAttribute(name);
    }
  }
}

/** Shows the preview of `page`, or marks the last one as outdated and says what the next one needs. */
function showPreview(page) {
  const [status, nextStatus] = [document, page].map((of) => of.querySelector('#preview-status'));
  const [panel, nextPanel] = [document, page].map((of) => of.querySelector('#preview-panel'));
  if (!nextStatus || !nextPanel) return;
  // The same text is not announced twice.
  if (status.textContent.trim() !== nextStatus.textContent.trim()) status.replaceChildren(...nextStatus.childNodes);
  const isNew = nextPanel.querySelector('.panel') && !('stale' in nextPanel.dataset);
  if (!isNew && panel.querySelector('.panel')) {
    panel.dataset.stale = '';
    return;
  }
  panel.replaceChildren(...nextPanel.childNodes);
  delete panel.dataset.stale;
  // Hydrates the preview if the page has loaded the code for it.
  panel.dispatchEvent(new Event('rolecall:islands', { bubbles: true }));
}

async function follow() {
  const [wish, before] = [isShowDue ? 'show' : 'preview', changes];
  const page = await answer(wish).catch(() => undefined);
  // Input from the meantime is missing in the received fields; the next answer has it.
  if (!page || (wish === 'show' && before !== changes)) return;
  const { id: focused, selectionStart, selectionEnd } = document.activeElement ?? {};
  if (wish === 'show') {
    isShowDue = false;
    form.replaceChildren(...page.querySelector('form[data-live]').childNodes);
    const next = focused ? document.getElementById(focused) : undefined;
    next?.focus();
    // Fields without a caret have null or undefined.
    const hasCaret = [selectionStart, next?.selectionStart].every((of) => typeof of === 'number');
    if (hasCaret) next.setSelectionRange(selectionStart, selectionEnd);
  } else showMistakes(page);
  showPreview(page);
}

form?.addEventListener('input', (event) => {
  clearTimeout(waiting);
  if (event.target.id) touched.add(event.target.id);
  changes += 1;
  const shows = event.target.matches('[data-shows]');
  isShowDue ||= shows;
  waiting = setTimeout(follow, shows ? 0 : 400);
});
form?.addEventListener('submit', () => {
  clearTimeout(waiting);
  asked += 1;
});
// What was chosen before this script was there, or what the browser put back into the fields.
const isTicked = ({ checked, defaultChecked }) => checked !== defaultChecked;
if (form && (changedIn(form).length > 0 || [...form.querySelectorAll('input')].some(isTicked))) {
  isShowDue = true;
  follow();
}
