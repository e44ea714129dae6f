// The filters of a dashboard: a choice is in force at once, and what was open is open again on the page that comes. Without this
// script, the button "Apply" does the first. Everything is heard at the document: new data bring a new form along.
const FORM = "form[data-filters]";
const KEPT = "rolecall-filters";
/** How long somebody may go on after a word to be searched for, and after a value, before the page is asked for. */
const [SEARCHED_MS, TICKED_MS] = [900, 500];
let waiting;

const openIn = (root) => root.querySelector(`${FORM} details[open]`);
const isDate = ({ type }) => type === "date";

const submitSoon = (form, inMs) => {
  clearTimeout(waiting);
  waiting = setTimeout(() => form.isConnected && form.requestSubmit(), inMs);
};

/** What somebody left open, with the place of the page. */
const keep = (form) => {
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
  const fields = [...open.closest(FORM).elements].filter(({ name }) => name === kept.name);
  (fields.find(({ value }) => value === kept.value) ?? fields[0])?.focus({ preventScroll: true });
  scrollTo({ top: kept.y, behavior: "instant" });
};

document.addEventListener("change", ({ target }) => {
  // A day changes with each of its digits.
  if (target.form?.matches(FORM) && !isDate(target)) submitSoon(target.form, target.type === "checkbox" ? TICKED_MS : SEARCHED_MS);
});
// Days are in force once somebody has gone from both of them.
document.addEventListener("focusout", ({ target, relatedTarget }) => {
  const choices = target.closest(`${FORM} .filter-choices`);
  if (!choices || choices.contains(relatedTarget) || !document.hasFocus()) return;
  const isChanged = (field) => isDate(field) && field.value !== field.defaultValue;
  if ([...choices.querySelectorAll("input")].some(isChanged)) submitSoon(target.form, 0);
});
document.addEventListener("submit", ({ target }) => {
  if (!target.matches(FORM)) return;
  clearTimeout(waiting);
  keep(target);
});
// Fields that nobody filled in stay out of the address. A range with a name holds unless there are days, and tables are sorted as the
// address says by now.
document.addEventListener("formdata", ({ target, formData }) => {
  if (!target.matches(FORM)) return;
  const fields = [...formData].filter(([name, value]) => value !== "" && !name.endsWith(".sort"));
  for (const name of [...formData.keys()]) formData.delete(name);
  for (const [name, value] of fields) {
    const id = name.endsWith(".otherwise") ? name.slice(0, -".otherwise".length) : undefined;
    if (id === undefined) formData.append(name, value);
    else if (!fields.some(([other]) => [`${id}.from`, `${id}.to`].includes(other))) formData.append(id, value);
  }
  for (const [name, value] of new URLSearchParams(location.search)) if (name.endsWith(".sort")) formData.append(name, value);
});
// A page that comes back from the history shows what its address says.
addEventListener("pageshow", ({ persisted }) => {
  if (persisted) document.querySelector(FORM)?.reset();
});
// A click elsewhere closes what is open.
document.addEventListener("click", ({ target }) => {
  const open = openIn(document);
  if (open && !open.contains(target)) open.open = false;
});
document.addEventListener("keydown", ({ key }) => {
  const open = openIn(document);
  if (key !== "Escape" || !open) return;
  open.open = false;
  open.querySelector("summary").focus();
});
restore();
