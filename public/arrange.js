// Lets the panels of an editor be dragged to another place, and sets a width as soon as it is chosen. Without this script, their
// buttons "Move", "Earlier", "Later" and "Set width" do the same.
const list = document.querySelector('[data-arrange]');
const panels = () => [...list.querySelectorAll(':scope > .edited')];
let dragged;
let wasAt;

list?.addEventListener('dragstart', (event) => {
  const handle = event.target.closest?.('.drag-handle');
  if (!handle) return;
  dragged = handle.closest('.edited');
  wasAt = panels().indexOf(dragged);
  event.dataTransfer.effectAllowed = 'move';
  event.dataTransfer.setData('text/plain', dragged.id);
  event.dataTransfer.setDragImage(dragged, 16, 16);
});

// The others make room at once.
list?.addEventListener('dragover', (event) => {
  if (!dragged) return;
  event.preventDefault();
  const over = event.target.closest('.edited');
  if (!over || over === dragged) return;
  if (panels().indexOf(over) < panels().indexOf(dragged)) over.before(dragged);
  else over.after(dragged);
});

list?.addEventListener('drop', (event) => {
  if (!dragged) return;
  event.preventDefault();
  const [form, at] = [dragged.querySelector('.edit-bar'), panels().indexOf(dragged)];
  dragged = undefined;
  if (at === wasAt) return;
  form.querySelector('[name="to"]').value = at + 1;
  form.requestSubmit(form.querySelector('button[value="move"]'));
});

// Let go elsewhere, it goes back.
list?.addEventListener('dragend', () => {
  if (!dragged) return;
  const panel = dragged;
  dragged = undefined;
  panel.remove();
  list.insertBefore(panel, panels()[wasAt] ?? null);
});

/** How long somebody may go on choosing, with the keys for example. */
const CHOSEN_MS = 600;
let waiting;

list?.addEventListener('change', ({ target }) => {
  const wish = target.dataset.submits;
  if (!wish) return;
  clearTimeout(waiting);
  waiting = setTimeout(() => target.form.requestSubmit(target.form.querySelector(`button[value="${wish}"]`)), CHOSEN_MS);
});
