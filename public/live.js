// Keeps an open dashboard up to date. It listens to /live, which says what the dashboard shows; where that is not what stands in
// the page, it fetches the page anew and puts the panels that changed in their places. It asks only while somebody can see the
// page, and what it asks for keeps nobody signed in.
const panels = document.querySelector("[data-live]");
const [FIRST_RETRY_MS, LAST_RETRY_MS, SAY_AFTER_MS, SPREAD_MS, BUSY_MS] = [1_000, 60_000, 10_000, 400, 500];
let source;
let failures = 0;
let lostAt;
let timer;
let wanted;
let fetching = false;
let isBehind = false;

const stampsIn = (text) => new Map(text.split(" ").filter(Boolean).map((stamp) => stamp.split(/:(?=[^:]*$)/)));
const shown = () => stampsIn(panels.dataset.stamps);
const same = (one, other) => one.size === other.size && [...one].every(([id, stamp]) => other.get(id) === stamp);

const connect = () => {
  if (source || document.visibilityState !== "visible") return;
  clearTimeout(timer);
  source = new EventSource(`/live?dashboard=${encodeURIComponent(panels.dataset.live)}`);
  source.addEventListener("shows", ({ data }) => {
    failures = 0;
    say();
    wanted = stampsIn(data);
    // Many pages hear of a change at the same moment.
    if (!same(wanted, shown())) setTimeout(update, Math.random() * SPREAD_MS);
  });
  source.addEventListener("ended", end);
  source.addEventListener("closed", () => location.reload());
  source.addEventListener("error", lose);
};

const disconnect = () => {
  source?.close();
  source = undefined;
};

// The connection is lost: it comes back by itself, later each time, unless the sign-in is what was lost.
const lose = async () => {
  disconnect();
  lostAt ??= new Date();
  const wait = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures++) * (0.75 + Math.random() / 2);
  timer = setTimeout(connect, wait);
  setTimeout(say, SAY_AFTER_MS);
  const { status } = await fetch("/.rolecall/session", { cache: "no-store" }).catch(() => ({}));
  if (status === 401) end();
};

// Says since when nothing new can come, where that is so for a while.
const say = () => {
  let status = document.getElementById("live-status");
  if (source?.readyState === EventSource.OPEN || failures === 0) {
    lostAt = undefined;
    status?.remove();
    return;
  }
  if (!lostAt || Date.now() - lostAt < SAY_AFTER_MS) return;
  if (!status) {
    status = Object.assign(document.createElement("p"), { id: "live-status", className: "notice notice-warn" });
    status.setAttribute("role", "status");
    panels.before(status);
  }
  const time = `${lostAt.toISOString().slice(11, 16)} UTC`;
  status.textContent = `Rolecall cannot be reached: what you see is from ${time}. It is tried again by itself.`;
};

const update = async () => {
  if (fetching) {
    isBehind = true;
    return;
  }
  [fetching, isBehind] = [true, false];
  const headers = { accept: "text/html", "rolecall-unasked": "1" };
  // Where nothing comes back, the stream tells that the server is gone.
  const answer = await fetch(location.href, { headers, cache: "no-store", redirect: "manual" }).catch(() => undefined);
  const text = answer?.ok ? await answer.text().catch(() => "") : "";
  fetching = false;
  if (answer?.status === 401 || answer?.type === "opaqueredirect") return await lose();
  if (answer?.status === 403 || answer?.status === 404) return location.reload();
  const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("[data-live]");
  if (fresh) take(fresh);
  if (isBehind) await update();
};

// Puts what is new into the page.
const take = (fresh) => {
  const [before, after] = [shown(), stampsIn(fresh.dataset.stamps)];
  panels.dataset.stamps = fresh.dataset.stamps;
  // Another version of the dashboard, or another choice of panels.
  if (before.get("") !== after.get("") || [...before.keys()].join() !== [...after.keys()].join()) {
    panels.replaceChildren(...fresh.childNodes);
    panels.dispatchEvent(new Event("rolecall:islands", { bubbles: true }));
    return;
  }
  after.delete("");
  for (const [id, stamp] of after) {
    const [old, next] = [document.getElementById(id), fresh.querySelector(`#${CSS.escape(id)}`)];
    if (old && next && before.get(id) !== stamp) place(old, next);
  }
};

// Puts `next` in the place of `old`, as soon as nobody is doing anything there.
const place = (old, next) => {
  old.next = next;
  if (old.waiting) return;
  const selection = () => !getSelection().isCollapsed && old.contains(getSelection().anchorNode);
  const busy = () => old.matches(":hover") || old.contains(document.activeElement) || selection();
  const put = () => {
    if (busy()) {
      old.classList.add("has-news");
      old.waiting = setTimeout(put, BUSY_MS);
      return;
    }
    old.classList.remove("has-news");
    old.waiting = undefined;
    swap(old, old.next);
  };
  put();
};

// An island stays, with all that listens in it, and gets other contents; anything else is replaced.
const swap = (old, next) => {
  const [island, other] = [old.querySelector("leptos-island"), next.querySelector("leptos-island")];
  if (island && other && island.dataset.component === other.dataset.component) {
    const root = island.firstElementChild;
    root.innerHTML = other.firstElementChild.innerHTML;
    const [head, newHead] = [old.querySelector(".panel-head"), next.querySelector(".panel-head")];
    if (head && newHead) head.replaceWith(newHead);
    root.dispatchEvent(new Event("renewed"));
    return;
  }
  old.replaceWith(next);
  next.dispatchEvent(new Event("rolecall:islands", { bubbles: true }));
};

// The sign-in has ended: what it opened is not shown any more. What was typed stays, to be copied.
const end = () => {
  disconnect();
  clearTimeout(timer);
  const typed = [...document.querySelectorAll("main textarea")].filter(({ value, defaultValue }) => value !== defaultValue);
  const head = Object.assign(document.createElement("div"), { className: "page-head", role: "alert" });
  const link = Object.assign(document.createElement("a"), { className: "button", textContent: "Sign in again" });
  link.href = `/sign-in?return_to=${encodeURIComponent(location.pathname + location.search + location.hash)}`;
  const element = (name, text) => Object.assign(document.createElement(name), { textContent: text });
  head.append(element("h1", "You are signed out"), element("p", "Your session has ended. Sign in again to go on where you were."), link);
  const rest = typed.map(({ value }) => {
    const label = element("label", "Not saved");
    label.append(Object.assign(document.createElement("textarea"), { value, readOnly: true, rows: 8 }));
    return label;
  });
  document.querySelector("main").replaceChildren(head, ...rest);
};

document.addEventListener("visibilitychange", () => (document.visibilityState === "visible" ? connect() : disconnect()));
addEventListener("pagehide", disconnect);
addEventListener("pageshow", connect);
if (panels) connect();
