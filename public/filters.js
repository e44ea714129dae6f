// The filters of a dashboard: a choice is applied after a pause, values are searched while a person types, and the new
// page restores the focus, also after a bar, a legend key or a group was followed by keyboard. Without this script, the
// button "Apply" does the first two. A select that is changed by keyboard waits for that button, too, since each key
// press changes the choice (WCAG 3.2.2); checkboxes do not.
// All listeners are on the document, because new data replace the form.
const FORM = "form[data-filters]";
const KEPT = "rolecall-filters";
/** How long to wait after a letter of a search, and after a choice, before the server is asked. */
const [TYPED_MS, TICKED_MS] = [250, 500];
/** How long assistive technology needs to notice a new live region: text that is inserted at once is not announced. */
const SAID_MS = 500;
/** How old a stored place may be to be restored: after a longer wait, people are doing something else. */
const KEPT_MS = 10_000;
let waiting;
let typing;
/** How often each field was searched in. */
const searches = new WeakMap();
/** Whether the last input was a key. */
let isByKey = false;
/** The button "Apply" if it was pressed last: then the person is done searching. */
let applied;
/** The button of the filter that the person left, whose days are now applied. */
let left;

/** Whether `of` is a form of filters. Its lowercase methods and properties can be hidden by fields of filters with the same names. */
const isForm = (of) => of instanceof HTMLFormElement && of.hasAttribute("data-filters");
const openIn = (root) => root.querySelector(`${FORM} details[open]`);
const isDate = ({ type }) => type === "date";
/** On a page whose every view is audited, the server is only asked when a choice is made, not while a person searches. */
const isSearch = (field) => field.type === "search" && isForm(field.form) && !field.closest("[data-no-search]");

const submitSoon = (form, inMs) => {
  clearTimeout(waiting);
  waiting = setTimeout(() => form.isConnected && form.requestSubmit(), inMs);
};

/** The value that `link` filters by or stops filtering by. */
const filteredBy = (link) => link.getAttribute("aria-label").replace(/^(Do not filter|Filter) by /, "");
/** The panel with this id. */
const panelOf = (id) => document.getElementById(id) ?? document;
/** The bars, legend keys and groups in the panel `id` that filter by `by`. */
const valueLinks = (id, by) => [...panelOf(id).querySelectorAll(".value-link")].filter((link) => filteredBy(link) === by);

/**
 * Describes the element that replaces `used` on the new page: the same field, button, bar, legend key or group, or the next chip if
 * the used one is gone.
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

/** Stores where `used` was: the focus, what is open, and the scroll position. */
const keep = (used) => {
  const open = openIn(document);
  const list = open?.querySelector("fieldset")?.scrollTop;
  const kept = { at: Date.now(), path: location.pathname, open: open?.id, list, y: scrollY, focus: successor(used) };
  sessionStorage.setItem(KEPT, JSON.stringify(kept));
};

/** Restores the focus as soon as the filters exist: slow ones are loaded after the page. */
export const restore = () => {
  if (!document.querySelector(FORM)) return;
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
  sessionStorage.removeItem(KEPT);
  const isOfNow = kept.path === location.pathname && Date.now() - kept.at < KEPT_MS;
  // A person who has moved the focus in the meantime keeps it.
  if (!isOfNow || document.activeElement !== document.body) return;
  const open = kept.open && document.getElementById(kept.open);
  if (open) open.open = true;
  const list = open && open.querySelector("fieldset");
  if (list) list.scrollTop = kept.list ?? 0;
  const focused = find(kept.focus);
  const { chip, panel } = kept.focus;
  // The address points to the beginning of a panel, which can be far from the link that was followed.
  focused?.focus({ preventScroll: panel === undefined });
  if (scrollY === 0) scrollTo({ top: kept.y, behavior: "instant" });
  // A button announces its filter's choice itself.
  if (chip !== undefined || panel !== undefined || (focused && !focused.matches("summary"))) sayWhatIsInForce();
};

/** Announces once what is in force on this page. */
const sayWhatIsInForce = () => {
  const status = Object.assign(document.createElement("p"), { className: "visually-hidden said" });
  status.setAttribute("role", "status");
  document.querySelector("main").append(status);
  const chips = [...document.querySelectorAll(".filters .chip bdi")].map(({ textContent }) => textContent);
  const words = chips.length > 0 ? `Filters in force: ${chips.join(", ")}` : "No filters in force";
  setTimeout(() => (status.textContent = words), SAID_MS);
};

/** Shows the values that match the text in `field`. Ticked values stay ticked. */
const search = async (field) => {
  const mine = (searches.get(field) ?? 0) + 1;
  searches.set(field, mine);
  const address = new URL(field.form.getAttribute("action"), location.href);
  address.search = location.search;
  address.searchParams.set(field.name, field.value);
  const answer = await fetch(address, { headers: { accept: "text/html" } }).catch(() => undefined);
  const page = new DOMParser().parseFromString(answer?.ok && !answer.redirected ? await answer.text() : "", "text/html");
  const choices = field.closest(".filter-choices");
  const next = page.getElementById(field.closest("details").id)?.querySelector(".filter-choices");
  if (!next || mine !== searches.get(field) || !choices.isConnected) return;
  const [values, fresh] = [choices, next].map((of) => of.querySelector(".filter-values"));
  const found = choices.querySelector(".filter-found");
  if (!fresh) {
    // The message if the values cannot be loaded.
    found.textContent = next.querySelector("p")?.textContent ?? "";
    return;
  }
  const valueOf = (choice) => choice.querySelector("input").value;
  const ticked = [...values.querySelectorAll(".choice")].filter((choice) => choice.querySelector("input").checked);
  const others = [...fresh.querySelectorAll(".choice")].filter((choice) => !ticked.some((kept) => valueOf(kept) === valueOf(choice)));
  // A value that is no longer in the address was unticked here.
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
// A press on elements that take no focus (labels, and in Safari checkboxes, links and buttons) keeps the focus among
// the choices instead of moving it to `main`.
document.addEventListener("pointerdown", ({ target }) => {
  target.closest?.(`${FORM} .filter-choices`)?.setAttribute("tabindex", "-1");
});
document.addEventListener("change", ({ target }) => {
  const isChoice = target.type === "checkbox" || (target.type === "select-one" && !isByKey);
  if (isChoice && isForm(target.form)) submitSoon(target.form, TICKED_MS);
});
// A person who leaves the choices is done. Days are applied once the person has left both fields.
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
  // Enter in a field presses the first button of the form, whichever filter the field belongs to.
  applied = submitter && !used.matches("input, select") ? submitter : undefined;
  if (applied) applied.closest("details").open = false;
  keep(applied ?? used);
});
// A link of the filters opens another page of the same dashboard; if it opens in a new tab, this page stays unchanged.
// Clicks do not move the focus to a bar, legend key or group: a panel with the focus does not show new data.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.(event.detail === 0 ? ".filters a, .value-link" : ".filters a");
  const isElsewhere = event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
  if (!link || isElsewhere) return;
  clearTimeout(waiting);
  const open = openIn(document);
  if (open) open.open = false;
  keep(link);
});
// Empty fields are left out of the address. A named range applies unless there are days, and tables keep the orders of
// the current address.
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
// A page restored from the history shows what its address contains.
addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return;
  document.querySelector(FORM)?.reset();
  openIn(document)?.removeAttribute("open");
});
// A click elsewhere closes open menus. Enter presses a button by a synthetic click, and that button may be invisible.
document.addEventListener("click", ({ target }) => {
  const open = openIn(document);
  const isUnseen = target.closest?.("details:not([open]) > .filter-choices");
  if (open && !isUnseen && !open.contains(target)) open.open = false;
});
document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  // The search has already run.
  if (key === "Enter" && isSearch(target)) event.preventDefault();
  const open = openIn(document);
  if (key !== "Escape" || !open) return;
  open.open = false;
  open.querySelector("summary").focus();
});
restore();
// What was typed before this script was there, or what the browser put back into a field.
for (const field of document.querySelectorAll(`${FORM} input`)) if (isSearch(field) && field.value !== field.defaultValue) search(field);
