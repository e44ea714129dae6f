// Keeps an open dashboard up to date. It listens to /live, which says what the dashboard shows; where that is not what stands in
// the page, it fetches the page anew and puts the panels that changed in their places. It asks only while somebody can see the
// page, and what it asks for keeps nobody signed in.
const panels = document.querySelector("[data-live]");
const [FIRST_RETRY_MS, LAST_RETRY_MS, SAY_AFTER_MS] = [1_000, 60_000, 10_000];
/** How much later each page asks: many hear of a change at the same moment. And how long it then rests. */
const [SPREAD_MS, REST_MS] = [400, 1_000];
/** How often it is looked whether a panel is free, and how long a pointer that rests there counts. */
const [BUSY_MS, POINTING_MS] = [500, 5_000];
/** How often a page is fetched again that is not what it should be: another instance may not have heard yet. */
const MOST_TRIES = 5;
/** How many streams the pages of a browser have together: over HTTP/1.1 it has six connections for a host. The others ask again. */
const [MOST_STREAMS, ASK_AGAIN_MS] = [3, 10_000];
/** How long a new sign-in in another tab may take to get into the cookies. */
const SIGNED_IN_AGAIN_MS = 500;

let source;
let lostAt;
let connecting;
let held;
let failures = 0;
let wanted;
let updating;
let isFetching = false;
let tries = 0;
let pointedAt = 0;
let isOver = false;

const stampsIn = (text) => new Map(text.split(" ").filter(Boolean).map((stamp) => stamp.split(/:(?=[^:]*$)/)));
const shown = () => stampsIn(panels.dataset.stamps);
const same = (one, other) => one.size === other.size && [...one].every(([id, stamp]) => other.get(id) === stamp);
const child = (of, id) => [...of.children].find((panel) => panel.id === id);
const element = (name, properties) => Object.assign(document.createElement(name), properties);

// The stream.

// What gives a place for a stream back; nothing where all are taken. Without locks, as on plain HTTP, every page has one.
const takePlace = async () => {
  if (!navigator.locks) return () => {};
  for (let number = 0; number < MOST_STREAMS; number += 1) {
    const giveBack = await new Promise((resolve) => {
      const hold = (lock) => (lock ? new Promise((giveBack) => resolve(giveBack)) : resolve());
      navigator.locks.request(`rolecall-live-${number}`, { ifAvailable: true }, hold);
    });
    if (giveBack) return giveBack;
  }
};

const connect = () => {
  if (source || isOver || document.visibilityState !== "visible") return;
  clearTimeout(connecting);
  held = takePlace();
  source = new EventSource(`/live?dashboard=${encodeURIComponent(panels.dataset.live)}`);
  source.addEventListener("shows", ({ data }) => {
    [failures, lostAt, tries] = [0, undefined, 0];
    document.getElementById("live-status")?.remove();
    wanted = stampsIn(data);
    if (!same(wanted, shown())) plan(Math.random() * SPREAD_MS);
    held?.then((giveBack) => {
      if (giveBack || !source) return;
      disconnect();
      connecting = setTimeout(connect, ASK_AGAIN_MS);
    });
  });
  // The sign-in was renewed: with other claims, other rows may be shown.
  source.addEventListener("again", () => {
    panels.dataset.stamps = "";
    plan(Math.random() * SPREAD_MS);
  });
  source.addEventListener("ended", lose);
  source.addEventListener("closed", close);
  source.addEventListener("error", lose);
};

const disconnect = () => {
  source?.close();
  source = undefined;
  held?.then((giveBack) => giveBack?.());
  held = undefined;
};

// The connection is lost: it comes back by itself, later each time, unless the sign-in is what was lost.
const lose = async () => {
  disconnect();
  if (isOver) return;
  lostAt ??= new Date();
  clearTimeout(connecting);
  connecting = setTimeout(connect, Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures++) * (0.75 + Math.random() / 2));
  setTimeout(say, SAY_AFTER_MS);
  // Where another tab signed in again, this one's sign-in ended as well, and the new one counts for both.
  await new Promise((resolve) => setTimeout(resolve, SIGNED_IN_AGAIN_MS));
  const { status } = await fetch("/.rolecall/session", { cache: "no-store" }).catch(() => ({}));
  if (status === 401) end();
};

// Says since when nothing new comes, where that is so for a while.
const say = () => {
  if (isOver || !lostAt || Date.now() - lostAt < SAY_AFTER_MS || document.getElementById("live-status")) return;
  const status = element("p", { id: "live-status", className: "notice notice-warn" });
  status.setAttribute("role", "status");
  status.textContent = `Nothing new has come since ${lostAt.toISOString().slice(11, 16)} UTC. Rolecall tries again by itself.`;
  panels.before(status);
};

// The page.

const plan = (inMs) => {
  clearTimeout(updating);
  updating = setTimeout(update, inMs);
};

const update = async () => {
  if (isFetching || isOver) return;
  isFetching = true;
  const from = location.href;
  const headers = { accept: "text/html", "rolecall-unasked": "1" };
  const answer = await fetch(from, { headers, cache: "no-store", redirect: "manual" }).catch(() => undefined);
  const text = answer?.ok ? await answer.text().catch(() => "") : "";
  isFetching = false;
  if (answer?.status === 401 || answer?.type === "opaqueredirect") return lose();
  if (answer?.status === 403 || answer?.status === 404) return close();
  const fresh = new DOMParser().parseFromString(text, "text/html");
  if (fresh.querySelector("[data-live]") && from === location.href) {
    take(fresh);
    await bringToLife(fresh);
  }
  if (!same(wanted, shown()) && tries < MOST_TRIES) plan(REST_MS * 2 ** tries++);
};

// Puts what is new into the page.
const take = (page) => {
  const fresh = page.querySelector("[data-live]");
  const [before, after] = [shown(), stampsIn(fresh.dataset.stamps)];
  panels.dataset.stamps = fresh.dataset.stamps;
  if (before.get("") !== after.get("") || [...before.keys()].join() !== [...after.keys()].join()) return takeAll(page, fresh);
  after.delete("");
  for (const [id, stamp] of after) {
    const [old, next] = [child(panels, id), child(fresh, id)];
    if (old && next && before.get(id) !== stamp) place(old, next, location.href);
  }
};

// Another version of the dashboard, another choice of panels, or other rows: all is new, but what somebody has typed.
const takeAll = (page, fresh) => {
  const kept = [...panels.children].filter((panel) => typedIn(panel).length > 0);
  const stays = (next) => kept.find((panel) => panel.id === next.id);
  const lost = kept.filter((panel) => !child(fresh, panel.id)).flatMap(unsaved);
  const around = [...fresh.parentElement.children];
  const at = around.indexOf(fresh);
  for (const beside of [...panels.parentElement.children]) if (beside !== panels) beside.remove();
  panels.before(...around.slice(0, at), ...lost);
  panels.after(...around.slice(at + 1));
  document.title = page.title;
  panels.replaceChildren(...[...fresh.children].map((next) => stays(next) ?? next));
  for (const panel of panels.children) if (!kept.includes(panel)) wake(panel);
};

// Puts `next`, fetched from the address `from`, in the place of `old`, as soon as nobody is doing anything there.
const place = (old, next, from) => {
  old.next = { next, from };
  if (old.waiting) return;
  const put = () => {
    // What somebody saved themselves stands there already.
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
    if (!old.isConnected) return;
    if (old.next.from === location.href) return swap(old, old.next.next);
    // The table was turned or sorted meanwhile.
    panels.dataset.stamps = [...shown()].map(([id, stamp]) => `${id}:${id === old.id ? "" : stamp}`).join(" ");
    plan(0);
  };
  put();
};

const isBusy = (panel) => {
  const isPointedAt = panel.matches(":hover") && Date.now() - pointedAt < POINTING_MS;
  const isSelected = !getSelection().isCollapsed && panel.contains(getSelection().anchorNode);
  return isPointedAt || isSelected || panel.contains(document.activeElement) || typedIn(panel).length > 0;
};

// Whether a note is of no newer version in `next`. What was typed before it was saved is saved now.
const isSameNote = (old, next) => {
  const [mine, theirs] = [old, next].map((panel) => Number(panel.querySelector("textarea")?.form.elements.version.value));
  if (!(mine >= theirs)) return false;
  const text = old.querySelector("textarea");
  if (text.value === next.querySelector("textarea").value) text.defaultValue = text.value;
  return true;
};

// An island stays, with all that listens in it, and gets other contents; anything else is replaced.
const swap = (old, next) => {
  const [island, other] = [old.querySelector("leptos-island"), next.querySelector("leptos-island")];
  // A note would not notice that its text is another one.
  const isNote = next.querySelector("textarea");
  if (isNote || !island || !other || island.dataset.component !== other.dataset.component) {
    old.replaceWith(next);
    return wake(next);
  }
  const root = island.firstElementChild;
  root.innerHTML = other.firstElementChild.innerHTML;
  const [head, newHead] = [old.querySelector(".panel-head"), next.querySelector(".panel-head")];
  if (head && newHead) head.replaceWith(newHead);
  root.dispatchEvent(new Event("renewed"));
};

// A page that had no islands has not loaded what brings them to life.
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

// The end: what was open is not shown any more. What was typed stays, to be copied.

const typedIn = (root) => [...root.querySelectorAll("textarea")].filter(({ value, defaultValue }) => value !== defaultValue);

const unsaved = (root) =>
  typedIn(root).map(({ value }) => {
    const label = element("label", { textContent: "Not saved" });
    label.append(element("textarea", { value, readOnly: true, rows: 8 }));
    return label;
  });

const leave = (title, text, link) => {
  if (isOver) return;
  isOver = true;
  disconnect();
  clearTimeout(connecting);
  clearTimeout(updating);
  const main = document.querySelector("main");
  const head = element("div", { className: "page-head", role: "alert" });
  head.append(element("h1", { textContent: title }), element("p", { textContent: text }), link);
  main.replaceChildren(head, ...unsaved(main));
};

const end = () => {
  const href = `/sign-in?return_to=${encodeURIComponent(location.pathname + location.search + location.hash)}`;
  const link = element("a", { className: "button button-primary", href, textContent: "Sign in again" });
  leave("You are signed out", "Your session has ended. Sign in again to go on where you were.", link);
  for (const gone of document.querySelectorAll(".site-menu, .site-menu-button")) gone.remove();
};

const close = () => {
  const link = element("a", { className: "button", href: location.href, textContent: "Open it again" });
  leave("This dashboard is closed", "It is not open to you any more, or you have to sign in again for it.", link);
};

document.addEventListener("visibilitychange", () => (document.visibilityState === "visible" ? connect() : disconnect()));
document.addEventListener("pointermove", () => (pointedAt = Date.now()), { passive: true });
addEventListener("pagehide", disconnect);
addEventListener("pageshow", connect);
connect();
