// Leaves cards away while somebody types into the search of a page. Without this script, its button does the same on the server, which
// also knows the cards that this page has no room for.
const field = document.querySelector('[data-find]');
const lists = [...document.querySelectorAll('.cards')];

function find() {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const list of lists) {
    for (const card of list.children) {
      const text = card.textContent.toLowerCase();
      card.hidden = !words.every((word) => text.includes(word));
    }
    // A title without cards says nothing.
    const section = list.closest('section') ?? list;
    section.hidden = [...list.children].every((card) => card.hidden);
  }
}

field?.addEventListener('input', find);
