// Lets panels in the editor be dragged to another place, and sends a width as soon as it is chosen by pointer. With
// keys, each key press changes the choice (WCAG 3.2.2), so the button "Set width" is shown instead. Without this
// script, the buttons "Move", "Earlier", "Later" and "Set width" do the same.
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

// The other panels make room immediately.
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

// Dropped elsewhere, it returns to its place.
list?.addEventListener('dragend', () => {
  if (!dragged) return;
  const panel = dragged;
  dragged = undefined;
  panel.remove();
  list.insertBefore(panel, panels()[wasAt] ?? null);
});

/** How long to wait for a further choice. */
const CHOSEN_MS = 600;
let waiting;
/** Whether the last input was a key. */
let isByKey = false;
for (const type of ['pointerdown', 'keydown']) document.addEventListener(type, () => (isByKey = type === 'keydown'), true);

list?.addEventListener('change', ({ target }) => {
  const wish = target.dataset.submits;
  if (!wish) return;
  clearTimeout(waiting);
  const button = target.form.querySelector(`button[value="${wish}"]`);
  if (isByKey) button.closest('.without-script')?.classList.remove('without-script');
  else waiting = setTimeout(() => target.form.requestSubmit(button), CHOSEN_MS);
});
