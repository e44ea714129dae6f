// The filters of a dashboard: a choice is in force after a pause, values are found while somebody types, and on the page that comes the
// focus is where it was, also after a bar, a key of a legend or a group was followed by keys. Without this script, the button "Apply"
// does the first two. A list in which somebody chooses by keys waits for that button, too, since each key changes the choice (WCAG
// 3.2.2); boxes do not, whether a key ticks them or not.
// Everything is heard at the document: new data bring a new form along.
const FORM = "form[data-filters]";
const KEPT = "rolecall-filters";
/** How long somebody may go on after a letter of a search, and after a value, before the server is asked. */
const [TYPED_MS, TICKED_MS] = [250, 500];
/** How long assistive technology takes to notice a new place for words: what stands there at once is not read out. */
const SAID_MS = 500;
/** How old a place may be that is gone back to: after a longer wait, people are doing something else. */
const KEPT_MS = 10_000;
let waiting;
let typing;
let searches = 0;
/** Whether what somebody did last was done by a key. */
let isByKey = false;
/** The button "Apply" that was pressed last: who presses it has searched enough. */
let applied;
/** The button of the filter that somebody has gone from, whose days are now in force. */
let left;

/** Whether `of` is a form of filters. Names of methods and properties in lower case may be those of filters, whose fields hide them. */
const isForm = (of) => of instanceof HTMLFormElement && of.hasAttribute("data-filters");
const openIn = (root) => root.querySelector(`${FORM} details[open]`);
const isDate = ({ type }) => type === "date";
/** A page that notes who looks as whom is asked for no more often than somebody chooses something. */
const isSearch = (field) => field.type === "search" && isForm(field.form) && !field.closest("[data-no-search]");

const submitSoon = (form, inMs) => {
  clearTimeout(waiting);
  waiting = setTimeout(() => form.isConnected && form.requestSubmit(), inMs);
};

/** What `link` filters by, whichever way. */
const filteredBy = (link) => link.getAttribute("aria-label").replace(/^(Do not filter|Filter) by /, "");
/** The panel with this id. */
const panelOf = (id) => document.getElementById(id) ?? document;
/** The bars, keys of a legend and groups of the panel `id` that filter by `by`. */
const valueLinks = (id, by) => [...panelOf(id).querySelectorAll(".value-link")].filter((link) => filteredBy(link) === by);

/**
 * What takes the place of `used` on the page that comes: the same field, button, bar, key or group, and the next chip for one that is
 * gone.
 */
const successor = (used) => {
  if (used.matches(".value-link")) {
    const [panel, by] = [used.getAttribute("href").split("#").at(-1), filteredBy(used)];
    return { panel, by, place: valueLinks(panel, by).indexOf(used) };
  }
  const chip = [...document.querySelectorAll(".filters .chips a")].indexOf(used);
  const filter = used.closest(`${FORM} details`)?.id;
  const { name, value } = used.matches("input, select") ? used : {};
  return chip < 0 ? { filter, name, value } : { chip };
};

const find = ({ chip, filter, name, value, panel, by, place }) => {
  if (panel !== undefined) {
    const links = valueLinks(panel, by);
    return links[Math.min(place, links.length - 1)] ?? panelOf(panel).querySelector(".value-link, .panel-menu summary");
  }
  const chips = document.querySelectorAll(".filters .chip");
  if (chip !== undefined) return chips[Math.min(chip, chips.length - 1)] ?? document.querySelector(`${FORM} summary`);
  const details = document.getElementById(filter);
  const fields = [...(details?.open ? details.querySelectorAll("input, select") : [])].filter((field) => field.name === name);
  return fields.find((field) => field.value === value) ?? fields[0] ?? details?.querySelector("summary");
};

/** Where `used` stood: the focus, what is open, and the place of the page. */
const keep = (used) => {
  const open = openIn(document);
  const list = open?.querySelector("fieldset")?.scrollTop;
  const kept = { at: Date.now(), path: location.pathname, open: open?.id, list, y: scrollY, focus: successor(used) };
  sessionStorage.setItem(KEPT, JSON.stringify(kept));
};

/** Puts the focus where it stood, as soon as there are filters: those that take long come after the page. */
export const restore = () => {
  if (!document.querySelector(FORM)) return;
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
  sessionStorage.removeItem(KEPT);
  const isOfNow = kept.path === location.pathname && Date.now() - kept.at < KEPT_MS;
  // Whoever is somewhere else by then stays there.
  if (!isOfNow || document.activeElement !== document.body) return;
  const open = kept.open && document.getElementById(kept.open);
  if (open) open.open = true;
  const list = open && open.querySelector("fieldset");
  if (list) list.scrollTop = kept.list ?? 0;
  const focused = find(kept.focus);
  const { chip, panel } = kept.focus;
  // The address leads to the beginning of a panel, which can be far from what was followed.
  focused?.focus({ preventScroll: panel === undefined });
  if (scrollY === 0) scrollTo({ top: kept.y, behavior: "instant" });
  // A button says itself what is in force of its filter.
  if (chip !== undefined || panel !== undefined || (focused && !focused.matches("summary"))) sayWhatIsInForce();
};

/** Has it read out, once, what is in force on this page. */
const sayWhatIsInForce = () => {
  const status = Object.assign(document.createElement("p"), { className: "visually-hidden said" });
  status.setAttribute("role", "status");
  document.querySelector("main").append(status);
  const chips = [...document.querySelectorAll(".filters .chip bdi")].map(({ textContent }) => textContent);
  const words = chips.length > 0 ? `Filters in force: ${chips.join(", ")}` : "No filters in force";
  setTimeout(() => (status.textContent = words), SAID_MS);
};

/** Shows the values that have what is typed into `field`. What was ticked stays ticked. */
const search = async (field) => {
  const mine = (searches += 1);
  const address = new URL(field.form.getAttribute("action"), location.href);
  address.search = location.search;
  address.searchParams.set(field.name, field.value);
  const answer = await fetch(address, { headers: { accept: "text/html" } }).catch(() => undefined);
  const page = new DOMParser().parseFromString(answer?.ok && !answer.redirected ? await answer.text() : "", "text/html");
  const choices = field.closest(".filter-choices");
  const next = page.getElementById(field.closest("details").id)?.querySelector(".filter-choices");
  if (!next || mine !== searches || !choices.isConnected) return;
  const [values, fresh] = [choices, next].map((of) => of.querySelector(".filter-values"));
  const found = choices.querySelector(".filter-found");
  if (!fresh) {
    // A sentence says that they cannot be loaded.
    found.textContent = next.querySelector("p")?.textContent ?? "";
    return;
  }
  const valueOf = (choice) => choice.querySelector("input").value;
  const ticked = [...values.querySelectorAll(".choice")].filter((choice) => choice.querySelector("input").checked);
  const others = [...fresh.querySelectorAll(".choice")].filter((choice) => !ticked.some((kept) => valueOf(kept) === valueOf(choice)));
  // What is no longer in force in the address was taken back here.
  for (const choice of others) choice.querySelector("input").checked = false;
  const at = values.contains(document.activeElement) ? document.activeElement.value : undefined;
  values.replaceChildren(values.querySelector("legend"), ...ticked, ...others);
  const boxes = [...values.querySelectorAll("input")];
  if (at !== undefined) (boxes.find(({ value }) => value === at) ?? field).focus({ preventScroll: true });
  found.textContent = next.querySelector(".filter-found").textContent;
};

document.addEventListener("input", ({ target }) => {
  if (!isSearch(target)) return;
  clearTimeout(typing);
  typing = setTimeout(() => search(target), TYPED_MS);
});
for (const type of ["pointerdown", "keydown"]) {
  document.addEventListener(type, () => (isByKey = type === "keydown"), true);
}
// A press on what takes no focus (labels, and in Safari boxes, links and buttons) leaves it in what can be chosen, not with `main`.
document.addEventListener("pointerdown", ({ target }) => {
  target.closest?.(`${FORM} .filter-choices`)?.setAttribute("tabindex", "-1");
});
document.addEventListener("change", ({ target }) => {
  const isChoice = target.type === "checkbox" || (target.type === "select-one" && !isByKey);
  if (isChoice && isForm(target.form)) submitSoon(target.form, TICKED_MS);
});
// Whoever has gone from what can be chosen is done there. Days are in force once somebody has gone from both of them.
document.addEventListener("focusout", ({ target, relatedTarget }) => {
  const choices = target.closest(`${FORM} .filter-choices`);
  if (!choices || choices.contains(relatedTarget) || !document.hasFocus()) return;
  const isChanged = (field) => isDate(field) && field.value !== field.defaultValue;
  const isNew = [...choices.querySelectorAll("input")].some(isChanged);
  const details = choices.closest("details");
  if (isNew || (relatedTarget && !details.contains(relatedTarget))) details.open = false;
  if (!isNew) return;
  left = details.querySelector("summary");
  submitSoon(choices.closest(FORM), 0);
});
document.addEventListener("submit", ({ target, submitter }) => {
  if (!isForm(target)) return;
  clearTimeout(waiting);
  const used = document.activeElement.closest(".filters") ? document.activeElement : (left ?? document.activeElement);
  left = undefined;
  // Enter in a field presses the first button of the form, whichever filter the field is of.
  applied = submitter && !used.matches("input, select") ? submitter : undefined;
  if (applied) applied.closest("details").open = false;
  keep(applied ?? used);
});
// A link of the filters leads to another page of the same dashboard; one that opens elsewhere leaves this page as it is. A pointer takes
// the focus to no bar, key or group: a panel that has the focus waits with new data.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.(event.detail === 0 ? ".filters a, .value-link" : ".filters a");
  const isElsewhere = event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
  if (!link || isElsewhere) return;
  clearTimeout(waiting);
  const open = openIn(document);
  if (open) open.open = false;
  keep(link);
});
// Fields that nobody filled in stay out of the address. A range with a name holds unless there are days, and tables are sorted as the
// address says by now.
document.addEventListener("formdata", ({ target, formData }) => {
  if (!isForm(target)) return;
  const searches = applied ? [...target.querySelectorAll("input")].filter(isSearch).map(({ name }) => name) : [];
  const isLeftOut = (name) => name.endsWith(".sort") || searches.includes(name);
  const fields = [...formData].filter(([name, value]) => value !== "" && !isLeftOut(name));
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
  if (!persisted) return;
  document.querySelector(FORM)?.reset();
  openIn(document)?.removeAttribute("open");
});
// A click elsewhere closes what is open. The button that Enter presses in the place of somebody may be one that nobody sees.
document.addEventListener("click", ({ target }) => {
  const open = openIn(document);
  const isUnseen = target.closest?.("details:not([open]) > .filter-choices");
  if (open && !isUnseen && !open.contains(target)) open.open = false;
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
// What was typed before this script was there, or what the browser put back into a field.
for (const field of document.querySelectorAll(`${FORM} input`)) if (isSearch(field) && field.value !== field.defaultValue) search(field);
