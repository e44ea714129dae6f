// The filters of a dashboard: a choice is in force after a pause, values are found while somebody types, and what was open is open
// again on the page that comes. Without this script, the button "Apply" does the first two. A list in which somebody chooses by keys
// waits for that button, too, since each key changes the choice (WCAG 3.2.2); boxes do not, whether a key ticks them or not.
// Everything is heard at the document: new data bring a new form along.
const FORM = "form[data-filters]";
const KEPT = "rolecall-filters";
/** How long somebody may go on after a letter of a search, and after a value, before the server is asked. */
const [TYPED_MS, TICKED_MS] = [250, 500];
let waiting;
let typing;
let searches = 0;
/** Whether what somebody did last was done by a key. */
let isByKey = false;

const openIn = (root) => root.querySelector(`${FORM} details[open]`);
const isDate = ({ type }) => type === "date";
/** A page that notes who looks as whom is asked for no more often than somebody chooses something. */
const isSearch = ({ type, form }) => type === "search" && form?.matches(FORM) && !form.closest("[data-no-search]");

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
  const fields = [...open.closest(FORM).elements].filter((field) => open.contains(field) && field.name === kept.name);
  (fields.find(({ value }) => value === kept.value) ?? fields[0])?.focus({ preventScroll: true });
  scrollTo({ top: kept.y, behavior: "instant" });
};

/** Shows the values that have what is typed into `field`. What was ticked stays ticked. */
const search = async (field) => {
  const mine = (searches += 1);
  const address = new URL(field.form.action);
  address.search = location.search;
  address.searchParams.set(field.name, field.value);
  const answer = await fetch(address, { headers: { accept: "text/html" } }).catch(() => undefined);
  const page = new DOMParser().parseFromString(answer?.ok && !answer.redirected ? await answer.text() : "", "text/html");
  const choices = field.closest(".filter-choices");
  const next = page.getElementById(field.closest("details").id)?.querySelector(".filter-choices");
  if (!next || mine !== searches || !choices.isConnected) return;
  const [values, fresh] = [choices, next].map((of) => of.querySelector(".filter-values"));
  const valueOf = (choice) => choice.querySelector("input").value;
  const ticked = [...values.querySelectorAll(".choice")].filter((choice) => choice.querySelector("input").checked);
  const others = [...fresh.querySelectorAll(".choice")].filter((choice) => !ticked.some((kept) => valueOf(kept) === valueOf(choice)));
  // What is no longer in force in the address was taken back here.
  for (const choice of others) choice.querySelector("input").checked = false;
  values.replaceChildren(values.querySelector("legend"), ...ticked, ...others);
  choices.querySelector(".filter-found").textContent = next.querySelector(".filter-found").textContent;
};

document.addEventListener("input", ({ target }) => {
  if (!isSearch(target)) return;
  clearTimeout(typing);
  typing = setTimeout(() => search(target), TYPED_MS);
});
for (const type of ["pointerdown", "keydown"]) document.addEventListener(type, () => (isByKey = type === "keydown"), true);
document.addEventListener("change", ({ target }) => {
  const isChoice = target.type === "checkbox" || (target.type === "select-one" && !isByKey);
  if (isChoice && target.form?.matches(FORM)) submitSoon(target.form, TICKED_MS);
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
document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  // It is searched for already.
  if (key === "Enter" && isSearch(target)) event.preventDefault();
  const open = openIn(document);
  if (key !== "Escape" || !open) return;
  open.open = false;
  open.querySelector("summary").focus();
});
restore();
