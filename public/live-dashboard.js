// Keeps an open dashboard up to date. /live sends what the dashboard shows now; if that differs from the page, this
// script fetches the page again and replaces the panels that changed. Its requests do not extend the session.
import { SPREAD_MS, fetchPage, isOver, listeners } from "/live.js";
import { element, typedIn, unsaved } from "/unsaved.js";

const panels = document.querySelector(".panels[data-live]");
const SAY_AFTER_MS = 10_000;
/** The pause after the page was fetched, and how often it is fetched again if it is outdated: another instance may answer that does
 * not know the change yet. */
const [REST_MS, MOST_TRIES] = [1_000, 5];
/** How often to check whether a panel is free, and how long a resting pointer counts as use. */
const [BUSY_MS, POINTING_MS] = [500, 5_000];

let lostAt;
let wanted;
let updating;
let isFetching = false;
let tries = 0;
/** How often the page was fetched for late panels. The server waits longer each time. */
let waits = 0;
let isOfOtherClaims = false;
let pointedAt = 0;
let waitingForBar;

const stampsIn = (text) => new Map(text.split(" ").filter(Boolean).map((stamp) => stamp.split(/:(?=[^:]*$)/)));
const shown = () => stampsIn(panels.dataset.stamps);
// A placeholder for something that the page did not wait for. The existing content stays in the meantime.
const isLate = (stamp) => stamp.startsWith("late");
const version = (stamps) => stamps.get("")?.replace(/^late/, "");
const same = (one, other) => one.size === other.size && [...one].every(([id, stamp]) => other.get(id) === stamp);
const child = (of, id) => [...of.children].find((panel) => panel.id === id);

// The parts of a panel that a person may have opened or scrolled, whose state is copied to its replacement.
const VIEWED = ".values, .scroll, .lines";
const viewOf = (panel) => [...panel.querySelectorAll(VIEWED)].map(({ open, scrollLeft, scrollTop }) => ({ open, scrollLeft, scrollTop }));
const putView = (panel, view) => panel.querySelectorAll(VIEWED).forEach((part, at) => Object.assign(part, view[at]));

// Returns a function that restores the focus in a panel or around the panels, or moves it to the replacement.
const focusKeeper = () => {
  const [focused, around] = [document.activeElement, panels.parentElement];
  if (!around.contains(focused)) return () => {};
  const panel = [...panels.children].find((panel) => panel.contains(focused));
  const within = (of) => [...(of?.querySelectorAll(focused.localName) ?? [])].filter((part) => panel || !panels.contains(part));
  const at = within(panel ?? around).indexOf(focused);
  const give = (to) => to.focus({ preventScroll: true });
  return () => {
    if (focused.isConnected) return give(focused);
    // A hydrated element takes the focus only after hydration.
    setTimeout(() => give(within(panel ? child(panels, panel.id) : around)[at] ?? document.querySelector("main")));
  };
};

// The listeners.

listeners.shows = (stamps) => {
  [lostAt, tries] = [undefined, 0];
  document.getElementById("live-status")?.remove();
  wanted = stampsIn(stamps);
  if (!same(wanted, shown())) plan(Math.random() * SPREAD_MS);
};

// The sign-in was renewed: with other claims, other rows may be visible.
listeners.again = () => {
  panels.dataset.stamps = "";
  isOfOtherClaims = isFetching;
  plan(Math.random() * SPREAD_MS);
};

listeners.lost = () => {
  lostAt ??= new Date();
  setTimeout(say, SAY_AFTER_MS);
};

listeners.over = () => clearTimeout(updating);

// Says since when there are no updates, if that lasts for a while.
const say = () => {
  if (isOver() || !lostAt || Date.now() - lostAt < SAY_AFTER_MS || document.getElementById("live-status")) return;
  const status = element("p", { id: "live-status", className: "notice notice-warn" });
  status.setAttribute("role", "status");
  status.textContent = `Nothing new has come since ${lostAt.toISOString().slice(11, 16)} UTC. Rolecall tries again by itself.`;
  panels.before(status);
};

// Fetching the page.

const plan = (inMs) => {
  clearTimeout(updating);
  updating = setTimeout(update, inMs);
};

const update = async () => {
  if (isFetching || isOver()) return;
  isFetching = true;
  const from = location.href;
  const answer = await fetchPage(from, waits);
  const text = answer ? await answer.text().catch(() => "") : "";
  isFetching = false;
  if (isOver()) return;
  if (isOfOtherClaims) {
    isOfOtherClaims = false;
    return plan(0);
  }
  const fresh = new DOMParser().parseFromString(text, "text/html");
  if (fresh.querySelector(".panels[data-live]") && from === location.href) {
    take(fresh);
    await bringToLife(fresh);
    const isWaiting = [...shown().values()].some(isLate);
    waits = isWaiting ? waits + 1 : 0;
    // A hidden page continues when it becomes visible, since the stream then reports what it missed.
    if (isWaiting) return document.hidden || plan(0);
  }
  if (wanted && !same(wanted, shown()) && tries < MOST_TRIES) plan(REST_MS * 2 ** tries++);
};

// Puts new content into the page.
const take = (page) => {
  const fresh = page.querySelector(".panels[data-live]");
  const [before, after] = [shown(), stampsIn(fresh.dataset.stamps)];
  panels.dataset.stamps = fresh.dataset.stamps;
  placeBar(page.querySelector(".filters"), location.href);
  if (version(before) !== version(after) || [...before.keys()].join() !== [...after.keys()].join()) return takeAll(page, fresh);
  after.delete("");
  for (const [id, stamp] of after) {
    const [old, next] = [child(panels, id), child(fresh, id)];
    if (old && next && before.get(id) !== stamp && !isLate(stamp)) place(old, next, location.href);
  }
};

// Another version of the dashboard, other panels, or other rows: everything is replaced except unsaved input.
const takeAll = (page, fresh) => {
  const kept = [...panels.children].filter((panel) => typedIn(panel).length > 0);
  const [views, giveFocusBack] = [new Map([...panels.children].map((panel) => [panel.id, viewOf(panel)])), focusKeeper()];
  const stays = (next) => kept.find((panel) => panel.id === next.id);
  const lost = kept.filter((panel) => !child(fresh, panel.id)).flatMap(unsaved);
  const around = [...fresh.parentElement.children];
  const at = around.indexOf(fresh);
  // The filters are handled by `placeBar`, and notices to the person stay.
  const isBar = (of) => of.matches(".filters");
  const isGone = (of) => of !== panels && !isBar(of) && !of.matches(".said");
  for (const beside of [...panels.parentElement.children].filter(isGone)) beside.remove();
  const head = around.slice(0, at).filter((of) => !isBar(of));
  (document.querySelector(".filters") ?? panels).before(...head);
  panels.before(...lost);
  panels.after(...around.slice(at + 1));
  document.title = page.title;
  const instead = kept.map((panel) => [panel, child(fresh, panel.id)]);
  panels.replaceChildren(...[...fresh.children].map((next) => stays(next) ?? next));
  for (const panel of panels.children) if (!kept.includes(panel)) wake(panel);
  for (const panel of panels.children) putView(panel, views.get(panel.id) ?? []);
  giveFocusBack();
  for (const [old, next] of instead) if (next) place(old, next, location.href);
};

// Puts the filters `next`, fetched from the address `from`, above the panels as soon as nobody is using the current
// ones.
const placeBar = (next, from) => {
  clearTimeout(waitingForBar);
  const old = document.querySelector(".filters");
  if (isOver() || (old && next && (old.isEqualNode(next) || next.hasAttribute("aria-busy")))) return;
  if (old && isBarBusy(old)) waitingForBar = setTimeout(() => placeBar(next, from), BUSY_MS);
  else if (from !== location.href) plan(0);
  else if (!next) old?.remove();
  else if (old) old.replaceWith(next);
  else panels.before(next);
  loadFilters();
};

const isBarBusy = (bar) => {
  const isChanged = ({ value, defaultValue, checked, defaultChecked }) => value !== defaultValue || checked !== defaultChecked;
  return bar.contains(document.activeElement) || bar.querySelector("details[open]") || [...bar.querySelectorAll("input")].some(isChanged);
};

// The filters have their own script, which restores the focus.
const loadFilters = async () => document.querySelector(".filters") && (await import("/filters.js")).restore();

// Replaces `old` with `next`, fetched from the address `from`, as soon as nobody is using it.
const place = (old, next, from) => {
  old.next = { next, from };
  if (old.waiting) return;
  const put = () => {
    // It was removed, or the page is over: later content is fetched again.
    if (!old.isConnected) return (old.waiting = undefined);
    // The person's own saved text is there already.
    if (isSameNote(old, old.next.next)) {
      old.classList.remove("has-news");
      old.waiting = undefined;
      return;
    }
    if (isBusy(old)) {
      old.classList.add("has-news");
      old.waiting = setTimeout(put, BUSY_MS);
      return;
    }
    old.classList.remove("has-news");
    old.waiting = undefined;
    if (old.next.from === location.href) return swap(old, old.next.next);
    // The table was paged or sorted in the meantime.
    panels.dataset.stamps = [...shown()].map(([id, stamp]) => `${id}:${id === old.id ? "" : stamp}`).join(" ");
    plan(0);
  };
  put();
};

const isBusy = (panel) => {
  const isPointedAt = panel.matches(":hover") && Date.now() - pointedAt < POINTING_MS;
  const isSelected = !getSelection().isCollapsed && panel.contains(getSelection().anchorNode);
  const isMenuOpen = panel.querySelector(".panel-menu[open]");
  return isPointedAt || isSelected || isMenuOpen || panel.contains(document.activeElement) || typedIn(panel).length > 0;
};

// Whether `next` has no newer version of a note. Text typed before it was saved is saved now.
const isSameNote = (old, next) => {
  const [mine, theirs] = [old, next].map((panel) => Number(panel.querySelector("textarea")?.form.elements.version.value));
  if (!(mine >= theirs)) return false;
  const text = old.querySelector("textarea");
  if (text.value === next.querySelector("textarea").value) text.defaultValue = text.value;
  return true;
};

// An island stays, with its listeners, and gets new content; anything else is replaced.
const swap = (old, next) => {
  const [island, other] = [old.querySelector("leptos-island"), next.querySelector("leptos-island")];
  // A note would not notice that its text has changed.
  const isNote = next.querySelector("textarea");
  const view = viewOf(old);
  if (isNote || !island || !other || island.dataset.component !== other.dataset.component) {
    old.replaceWith(next);
    wake(next);
    return putView(next, view);
  }
  const root = island.firstElementChild;
  root.innerHTML = other.firstElementChild.innerHTML;
  putView(old, view);
  const [head, newHead] = [old.querySelector(".panel-head"), next.querySelector(".panel-head")];
  if (head && newHead) head.replaceWith(newHead);
  // The lines with the time of the data.
  const lines = (panel) => panel.querySelectorAll(":scope > .as-of, :scope > .notice");
  for (const line of lines(old)) line.remove();
  old.append(...lines(next));
  const [dated, newDate] = [old, next].map((panel) => panel.querySelector(":scope > .panel-menu .as-of"));
  if (dated && newDate) dated.replaceWith(newDate);
  root.dispatchEvent(new Event("renewed"));
};

// A page without islands has not loaded the code that hydrates them.
const bringToLife = async (page) => {
  const [module, wasm] = [page.querySelector("link[rel=modulepreload]"), page.querySelector("link[as=fetch]")];
  if (!module || document.querySelector("link[rel=modulepreload]")) return;
  document.head.append(module);
  const rolecall = await import(module.href);
  await rolecall.default({ module_or_path: wasm.href });
  rolecall.begin();
  const wakeIn = (root) => root.querySelectorAll("leptos-island").forEach((island) => rolecall[island.dataset.component](island));
  wakeIn(document);
  addEventListener("rolecall:islands", (event) => wakeIn(event.target));
  document.documentElement.dataset.hydrated = "";
};

const wake = (panel) => panel.dispatchEvent(new Event("rolecall:islands", { bubbles: true }));

document.addEventListener("pointermove", () => (pointedAt = Date.now()), { passive: true });

loadFilters();
