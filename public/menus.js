// Menus close as menus do: the one under the name, and those of panels. Everything is heard at the document: new data bring new panels.
const menu = () => document.querySelector(":is(.person-menu, .panel-menu)[open]");
const close = () => menu()?.removeAttribute("open");

document.addEventListener("click", ({ target }) => {
  const isWithin = menu()?.contains(target);
  // A file leaves the page as it is.
  const isFile = isWithin && target.closest("a[download], a[data-png]");
  if (isFile) menu().firstElementChild.focus();
  if (isFile || !isWithin) close();
});
// What takes no focus leaves it to `main` when it is pressed: the padding of a menu, and its links in Safari.
document.addEventListener("focusin", ({ target }) => {
  if (target.localName !== "main" && !menu()?.contains(target)) close();
});
document.addEventListener("keydown", ({ key }) => {
  if (key !== "Escape" || !menu()) return;
  menu().firstElementChild.focus();
  close();
});
// A page that comes back from the history has none open.
addEventListener("pagehide", close);
