// Closes the person's menu and panel menus as usual: on a click elsewhere, by Escape, and so on. All listeners are on
// the document, because new data bring new panels.
const menu = () => document.querySelector(":is(.person-menu, .panel-menu)[open]");
const close = () => menu()?.removeAttribute("open");

document.addEventListener("click", ({ target }) => {
  const isWithin = menu()?.contains(target);
  // A download does not leave the page.
  const isFile = isWithin && target.closest("a[download], a[data-png]");
  if (isFile) menu().firstElementChild.focus();
  if (isFile || !isWithin) close();
});
// Pressing elements that take no focus, such as a menu's padding and, in Safari, its links, moves the focus to `main`.
document.addEventListener("focusin", ({ target }) => {
  if (target.localName !== "main" && !menu()?.contains(target)) close();
});
document.addEventListener("keydown", ({ key }) => {
  if (key !== "Escape" || !menu()) return;
  menu().firstElementChild.focus();
  close();
});
// A page restored from the history has no open menu.
addEventListener("pagehide", close);
