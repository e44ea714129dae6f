// The filters of a dashboard: a choice is in force at once, and what was open is open again on the page that comes. Without this
// script, the button "Apply" does the first.
const form = document.querySelector("form[data-filters]");
const KEPT = "rolecall-filters";
/** How long a day may be typed, and values be ticked one after the other, before the page is asked for. */
const [TYPED_MS, TICKED_MS] = [900, 500];
let waiting;

/** What somebody left open, with the place of the page. */
const keep = () => {
  const open = form.querySelector("details[open]");
  const { name, value } = document.activeElement ?? {};
  const kept = { path: location.pathname, open: open?.id, name, value, y: scrollY, list: open?.querySelector("fieldset")?.scrollTop };
  sessionStorage.setItem(KEPT, JSON.stringify(kept));
};

const restore = () => {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
  sessionStorage.removeItem(KEPT);
  const open = kept.path === location.pathname && kept.open && document.getElementById(kept.open);
  if (!open) return;
  open.open = true;
  const list = open.querySelector("fieldset");
  if (list) list.scrollTop = kept.list ?? 0;
  const fields = [...form.elements].filter(({ name }) => name === kept.name);
  (fields.find(({ value }) => value === kept.value) ?? fields[0])?.focus({ preventScroll: true });
  scrollTo({ top: kept.y, behavior: "instant" });
};

form?.addEventListener("change", ({ target }) => {
  clearTimeout(waiting);
  waiting = setTimeout(() => form.requestSubmit(), target.type === "checkbox" ? TICKED_MS : TYPED_MS);
});
// Fields that nobody filled in stay out of the address.
form?.addEventListener("submit", () => {
  clearTimeout(waiting);
  keep();
  for (const field of form.elements) if (field.value === "") field.disabled = true;
});
// A page that comes back from the history has its fields again.
addEventListener("pageshow", () => {
  for (const field of form?.elements ?? []) field.disabled = false;
});
// A click elsewhere closes what is open.
document.addEventListener("click", ({ target }) => {
  const open = form?.querySelector("details[open]");
  if (open && !open.contains(target)) open.open = false;
});
document.addEventListener("keydown", ({ key }) => {
  const open = form?.querySelector("details[open]");
  if (key !== "Escape" || !open) return;
  open.open = false;
  open.querySelector("summary").focus();
});
if (form) restore();
