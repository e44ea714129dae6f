// Leaves cards away while somebody types into the search of a page. Without this script, its button does the same on the server, which
// also knows the cards that this page has no room for.
const field = document.querySelector('[data-find]');
const status = document.querySelector('[data-found]');
const lists = [...document.querySelectorAll('.cards')];

function find() {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const list of lists) {
    for (const card of list.children) {
      const text = card.textContent.toLowerCase();
      card.hidden = !words.every((word) => text.includes(word));
    }
    const left = [...list.children].filter((card) => !card.hidden).length;
    found += left;
    list.hidden = left === 0;
    // A title without cards says nothing, unless it leads to others.
    const section = list.closest('section');
    if (section) section.hidden = list.hidden && !section.querySelector('.more-cards');
  }
  const said = words.length === 0 ? '' : found > 0 ? `${found} found` : 'Nothing here. Press Enter to search all.';
  // The same is not said twice.
  if (status.textContent !== said) status.textContent = said;
}

field?.addEventListener('input', find);
// What was typed before this script was there, or what the browser put back into the field.
if (field && field.value !== field.defaultValue) find();
