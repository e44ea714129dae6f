// Used by every page of a signed-in person: it warns before the session ends, hides everything once it has ended, and
// notices a changed role. It listens to /live, or polls it. Its requests do not extend the session. Other scripts of
// the page receive further messages: see `listeners`.
import "/menus.js";
import { changedIn, element, unsaved } from "/unsaved.js";

const script = document.querySelector("script[data-sign-in]");
const dashboard = document.querySelector(".panels[data-live]")?.dataset.live;
const address = dashboard ? `/live?dashboard=${encodeURIComponent(dashboard)}` : "/live";
/** The page on which a form was returned: the address is then that of the form. */
const returnedTo = document.querySelector("[data-page]")?.dataset.page;
/** The address of the page. */
const here = () => returnedTo ?? location.pathname + location.search;
/** Whether this is a problem page. Its address may be that of a form, which has no page. */
const isProblem = () => document.querySelector("main .problem-status") !== null;
/** How soon to reconnect a lost stream, at first and at most; and how long a stream must last before the next retry is short again. */
const [FIRST_RETRY_MS, LAST_RETRY_MS, LASTING_MS] = [1_000, 60_000, 30_000];
/** The maximum random delay of requests: many pages hear of a change at the same moment. */
export const SPREAD_MS = 400;
/**
 * The number of streams for all pages of a browser, and how often other pages poll. Over HTTP/1.1 a browser has six connections to a
 * host, and loading pages must never wait for one. Pages with a stream tell the others about changes of the session.
 */
const [MOST_STREAMS, ASK_AGAIN_MS] = [3, 10_000];
/** How long a new sign-in in another tab may take to set its cookies. */
const SIGNED_IN_AGAIN_MS = 500;
/** Session ends that differ by less than this are the same. */
const SAME_END_MS = 5_000;
/** The retry interval near the end of a session if there is no answer, how near that is, and the longest possible timer. */
const [END_AGAIN_MS, LOST_NEAR_END_MS, LONGEST_TIMER_MS] = [5_000, 300_000, 2 ** 31 - 1];

const channel = new BroadcastChannel("rolecall-session");
let source;
let giveBack;
let isConnecting = false;
let connecting;
let failures = 0;
let lasting;
let ending;
let endsAt;
let person;
/** How many of the person's requests for access were answered: now, and when this page first heard of it. */
let answers;
let firstAnswers;
let isTyped = false;
/** Once the page is over: its content, to be shown again after another sign-in; undefined if that is impossible. */
let over;

/**
 * Handlers that a script of the page can set: `shows` receives what the dashboard shows; `again` must check for changes; `lost` is
 * called when the connection is lost; `over` when the page is hidden because the session has ended.
 */
export const listeners = { shows: () => {}, again: () => {}, lost: () => {}, over: () => {} };
export const isOver = () => over !== undefined;

// The stream.

// Reserves a stream and returns a function that releases it; undefined if all are taken. Without locks, as on plain
// HTTP, there are none.
const takePlace = async () => {
  for (let number = 0; navigator.locks && number < MOST_STREAMS; number += 1) {
    const giveBack = await new Promise((resolve) => {
      const hold = (lock) => (lock ? new Promise((giveBack) => resolve(giveBack)) : resolve());
      navigator.locks.request(`rolecall-live-${number}`, { ifAvailable: true }, hold).catch(() => resolve());
    });
    if (giveBack) return giveBack;
  }
};

// Listens if a stream is free, and polls otherwise. No stream begins before it is reserved.
const connect = async () => {
  if (isConnecting || source || isOver() || document.visibilityState !== "visible") return;
  clearTimeout(connecting);
  isConnecting = true;
  giveBack = await takePlace();
  isConnecting = false;
  if (isOver() || document.visibilityState !== "visible") return disconnect();
  if (giveBack) return listen();
  await look();
  if (!isOver()) connecting = setTimeout(connect, ASK_AGAIN_MS);
};

const listen = () => {
  source = new EventSource(address);
  // Some streams break as soon as they are open, again and again.
  lasting = setTimeout(() => (failures = 0), LASTING_MS);
  source.addEventListener("session", ({ data }) => {
    const session = JSON.parse(data);
    hear(session);
    channel.postMessage(session);
  });
  source.addEventListener("shows", ({ data }) => listeners.shows(data));
  source.addEventListener("again", () => listeners.again());
  source.addEventListener("ended", () => {
    channel.postMessage("ended");
    lose();
  });
  source.addEventListener("closed", close);
  source.addEventListener("error", () => {
    listeners.lost();
    lose();
  });
};

const disconnect = () => {
  clearTimeout(lasting);
  source?.close();
  giveBack?.();
  source = giveBack = undefined;
};

// The connection is lost: it is retried at growing intervals, unless the session itself has ended.
export const lose = () => {
  disconnect();
  if (isOver()) return;
  clearTimeout(connecting);
  connecting = setTimeout(connect, Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures++) * (0.75 + Math.random() / 2));
  // If another tab signed in again, this tab's session ended as well, and the new one applies to both.
  setTimeout(look, SIGNED_IN_AGAIN_MS);
};

// Asks once for the current state.
const look = async () => {
  const answer = await fetch(address, { headers: { accept: "application/json" }, cache: "no-store" }).catch(() => undefined);
  const now = answer?.ok ? await answer.json().catch(() => undefined) : undefined;
  if (!now) {
    listeners.lost();
    return endsAt - Date.now() < LOST_NEAR_END_MS ? planLook(END_AGAIN_MS) : undefined;
  }
  if (now.ended) {
    // After a sign-out, only a newer link can begin a sign-in.
    script.dataset.signIn = now.sign_in ?? script.dataset.signIn;
    return end(now.why);
  }
  channel.postMessage(now.session);
  if (isOver()) return comeBack(now.session);
  hear(now.session);
  if (now.closed) close();
  if (now.shows) listeners.shows(now.shows);
};

const planLook = (inMs) => {
  clearTimeout(ending);
  ending = setTimeout(look, Math.min(inMs, LONGEST_TIMER_MS));
};

// The session.

// Reloads: the current content must neither stay visible nor be kept by the browser.
const startOver = () => {
  document.querySelector("main").replaceChildren();
  if (returnedTo) location.replace(returnedTo);
  else location.reload();
};

const hear = (session) => {
  // Another person signed in in this browser: the current content is not for them.
  if (person !== undefined && person !== session.person) return startOver();
  person = session.person;
  endsAt = Date.now() + session.ends_in_ms;
  const warnsInMs = session.ends_in_ms - session.warn_ms;
  if (warnsInMs > 0) calm();
  else warn(session.ends_by);
  // Before warning and before ending it asks again: the person may have been active in another tab.
  planLook(warnsInMs > 0 ? warnsInMs : Math.max(session.ends_in_ms, SIGNED_IN_AGAIN_MS));
  const isAnswered = session.answers > answers;
  firstAnswers ??= session.answers;
  answers = session.answers;
  const role = session.role ?? "";
  if (role !== script.dataset.role) {
    script.dataset.role = role;
    takeRole();
  }
  if (isAnswered) tellAnswers(answers - firstAnswers);
};

// A link that reloads the page: one with a fragment would only scroll.
const again = (textContent = "Load this page again") =>
  element("a", { href: here(), textContent });

// Shows a message at the top of the page; a later one with the same id replaces it. Messages stay when the page's
// content is replaced.
const say = (id, ...content) => {
  const notice = element("p", { id, className: "notice said" }, ...content);
  notice.setAttribute("role", "status");
  document.getElementById(id)?.remove();
  document.querySelector("main").prepend(notice);
};

// Warns that the session ends soon. The text is announced once; the countdown beside it is only visible.
const warn = (endsBy) => {
  const isIdle = endsBy === "idle";
  const old = document.getElementById("session-warning");
  if (old?.dataset.endsBy === endsBy) return;
  calm();
  const text = isIdle
    ? "Your session ends soon, because you were inactive for a long time."
    : "Your session ends soon: it has reached its maximum length.";
  const clock = element("span", { className: "num" });
  clock.setAttribute("aria-hidden", "true");
  const action = isIdle
    ? element("button", { className: "button button-primary", type: "button", textContent: "Stay signed in", onclick: stay })
    : signInLink("Sign in again", true);
  const warning = element("div", { id: "session-warning", className: "notice notice-warn session-warning" });
  warning.append(element("p", {}, text, " ", clock), action);
  warning.dataset.endsBy = endsBy;
  warning.setAttribute("role", "alert");
  warning.addEventListener("focusin", ({ relatedTarget }) => (warning.cameFrom ??= relatedTarget));
  const tick = () => {
    const seconds = Math.max(0, Math.round((endsAt - Date.now()) / 1000));
    clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  };
  tick();
  warning.ticking = setInterval(tick, 1_000);
  warning.titleBefore = document.title;
  document.body.append(warning);
  document.title = `Your session ends soon · ${document.title}`;
};

const calm = () => {
  const warning = document.getElementById("session-warning");
  if (!warning) return;
  clearInterval(warning.ticking);
  const hadFocus = warning.contains(document.activeElement);
  warning.remove();
  document.title = warning.titleBefore;
  if (hadFocus) (warning.cameFrom?.isConnected ? warning.cameFrom : document.querySelector("main"))?.focus();
};

// A request that counts as activity. If it fails, the warning stays and says so.
const stay = async () => {
  const answer = await fetch("/api/session", { cache: "no-store" }).catch(() => undefined);
  await look();
  const warning = document.getElementById("session-warning");
  if (answer || !warning) return;
  warning.querySelector(".bad")?.remove();
  warning.append(element("p", { className: "bad", textContent: "Rolecall could not be reached. Try again." }));
};

// The role changed: the header is replaced, and a page that the new role may not open is closed.
const takeRole = async () => {
  const header = (isProblem() ? undefined : await fetchHeader(here())) ?? (await fetchUnmarkedHeader());
  // A closed page keeps its header, so that must be right as well.
  if (header && !isSignedOut()) replaceHeader(header);
  if (isOver()) return;
  if (dashboard) say("role-changed", "Your role has changed. This dashboard shows what it opens now.");
  else say("role-changed", "Your role has changed. ", again(), " to see what it opens.");
};

// The header of a page, if that can be fetched and knows the person.
const fetchHeader = async (from) => (await fetchDocument(from)).querySelector(".person-menu")?.closest(".site-header");

// A header without a current link, for pages that cannot be fetched: that of the front page, which needs no role.
const fetchUnmarkedHeader = async () => {
  const header = await fetchHeader("/");
  for (const link of header?.querySelectorAll("[aria-current]") ?? []) link.removeAttribute("aria-current");
  return header;
};

// Replaces the header with `next`. Open parts are opened again, and the focus is restored.
const replaceHeader = (next) => {
  const old = document.querySelector(".site-header");
  if (!old) return;
  const focused = old.contains(document.activeElement) ? document.activeElement : undefined;
  const isOpen = old.querySelector(".person-menu")?.open;
  const isShown = CSS.supports("selector(:popover-open)") && old.querySelector(".site-menu")?.matches(":popover-open");
  old.replaceWith(next);
  const menu = next.querySelector(".person-menu");
  if (menu && isOpen) menu.open = true;
  if (isShown) next.querySelector(".site-menu[popover]")?.showPopover();
  if (!focused) return;
  // The text of the menu's button includes the role, which has changed.
  const isAlike = (of) => focused.localName === "summary" || of.textContent === focused.textContent;
  const same = [...next.querySelectorAll(focused.localName)].find(isAlike);
  (same ?? next.querySelector(".brand")).focus();
};

// Shows the newest `count` answers to requests for access, as the account page has them.
const tellAnswers = async (count) => {
  const page = await fetchDocument("/account");
  // Another answer that arrived in the meantime is shown with this one.
  if (isOver() || count !== answers - firstAnswers) return;
  const newest = [...page.querySelectorAll("#requests [data-answered-at]")]
    .sort((one, other) => other.dataset.answeredAt - one.dataset.answeredAt)
    .slice(0, count);
  const roleOf = (answer) => answer.closest(".entry")?.querySelector("strong")?.textContent;
  // A problem page says that the request waits.
  const waiting = document.querySelector("main [data-waits-for]");
  if (newest.some((answer) => roleOf(answer) === waiting?.dataset.waitsFor)) waiting?.remove();
  const told = newest.flatMap((answer) => [element("br"), `${roleOf(answer)}: `, ...answer.childNodes]);
  const where = element("a", { href: "/account#requests", textContent: "Read the answer" });
  if (location.pathname === "/account") told.push(" ", again());
  const what = newest.length > 1 ? "Your requests for access were answered. " : "Your request for access was answered. ";
  say("answered", what, ...(told.length > 0 ? told : [where]));
};

// The current page, fetched without counting as activity; undefined if that fails, which is handled here. A missing
// page at the address means nothing: the address may be that of a form.
export const fetchPage = async (from, times = 0) => {
  const headers = { accept: "text/html", "rolecall-unasked": String(times) };
  const answer = await fetch(from, { headers, cache: "no-store", redirect: "manual" }).catch(() => undefined);
  if (answer?.status === 401 || answer?.type === "opaqueredirect") return lose();
  if (answer?.status === 403) return close();
  return answer?.ok ? answer : undefined;
};

// The same as a document; an empty one if it cannot be fetched.
const fetchDocument = async (from) => {
  const answer = await fetchPage(from);
  return new DOMParser().parseFromString(answer ? await answer.text() : "", "text/html");
};

// The end of the session: the content is hidden. Unsaved input stays, to be copied, and is restored when the person
// returns.

const signInLink = (textContent, isInNewTab) => {
  const url = new URL(script.dataset.signIn, location.href);
  url.searchParams.set("return_to", here() + location.hash);
  const link = element("a", { className: "button button-primary", href: url.pathname + url.search, textContent });
  return isInNewTab ? Object.assign(link, { target: "_blank", textContent: `${textContent} in a new tab` }) : link;
};

const leave = (heading, text, link, isToComeBack) => {
  if (isOver()) return;
  calm();
  const main = document.querySelector("main");
  const hidden = [...document.querySelectorAll(".site-menu, .site-menu-button")];
  const focused = document.activeElement;
  const isLost = [main, ...hidden].some((of) => of.contains(focused));
  over = { children: isToComeBack ? [...main.childNodes] : undefined, hidden, title: document.title, focused };
  disconnect();
  clearTimeout(connecting);
  clearTimeout(ending);
  listeners.over();
  const head = element("div", { className: "page-head" });
  head.append(element("h1", { textContent: heading }), element("p", { textContent: text }), link);
  head.setAttribute("role", "alert");
  document.title = heading;
  main.replaceChildren(head, ...unsaved(main));
  for (const gone of hidden) gone.hidden = true;
  // Not to the link: the person may be typing.
  if (isLost) main.focus();
};

const end = (why = "Your session has ended. Sign in again to go on where you were.") => {
  // A file dropped on its field is not an input for the browser.
  const hasFile = [...document.querySelectorAll("input[type=file]")].some(({ files }) => files.length > 0);
  const hasWork = isTyped || hasFile || changedIn(document).length > 0;
  const text = hasWork ? `${why} This page comes back with what you typed.` : why;
  leave("You are signed out", text, signInLink("Sign in again", hasWork), hasWork);
};

// A sign-in happened in another tab: the same person gets the page back as it was.
const comeBack = (session) => {
  if (over.isClosed && session.person === person) return;
  if (!over.children || session.person !== person) return startOver();
  document.querySelector("main").replaceChildren(...over.children);
  for (const back of over.hidden) back.hidden = false;
  document.title = over.title;
  over.focused?.focus();
  over = undefined;
  hear(session);
  // Content that arrived in the meantime, or waited for a panel, is not in the page.
  listeners.again();
  connect();
};

const close = () => {
  if (isOver()) return;
  const link = Object.assign(again("Open it again"), { className: "button" });
  const what = dashboard ? "This dashboard" : "This page";
  const why = "It was deleted, or is not open to you any more, or you have to sign in again for it.";
  leave(`${what} is closed`, why, link, false);
  over.isClosed = true;
  // The session continues, so the menus are shown again.
  for (const menu of over.hidden) menu.hidden = false;
};

const isSignedOut = () => isOver() && !over.isClosed;

// Whether another page's message is news for this one: another person, another role, an answer, or a later end.
const differs = (session) =>
  session?.person !== person ||
  (session.role ?? "") !== script.dataset.role ||
  session.answers !== answers ||
  Math.abs(Date.now() + session.ends_in_ms - endsAt) > SAME_END_MS;

channel.addEventListener("message", ({ data }) => {
  if (data === "ended") setTimeout(look, SIGNED_IN_AGAIN_MS + Math.random() * SPREAD_MS);
  else if (isSignedOut() || (isOver() && data?.person !== person)) look();
  // Other pages of this origin can send messages here, so a message is only a reason to ask the server.
  else if (!isOver() && differs(data)) setTimeout(look, Math.random() * SPREAD_MS);
});
document.addEventListener("input", () => (isTyped = true));
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "visible") disconnect();
  else if (isSignedOut()) look();
  else connect();
});
addEventListener("pagehide", disconnect);
addEventListener("pageshow", connect);
if (document.querySelector(".star")) import("/stars.js").catch(() => {});
// What the page itself needs is loaded first.
const begin = () => (document.visibilityState === "visible" ? connect() : look());
if (document.readyState === "complete") begin();
else addEventListener("load", begin);
