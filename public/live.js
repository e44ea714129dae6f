// What every page of somebody who is signed in needs: it warns before the session ends, shows nothing any more when it has ended,
// and notices another role. It listens to /live, or asks there from time to time. What it asks for keeps nobody signed in.
// A script of the page hears what else comes from there: see `listeners`.
import "/menus.js";
import { changedIn, element, unsaved } from "/unsaved.js";

const script = document.querySelector("script[data-sign-in]");
const dashboard = document.querySelector(".panels[data-live]")?.dataset.live;
const address = dashboard ? `/live?dashboard=${encodeURIComponent(dashboard)}` : "/live";
/** The page on which a form came back: the address is that of the form. */
const returnedTo = document.querySelector("[data-page]")?.dataset.page;
/** The address of the page. */
const here = () => returnedTo ?? location.pathname + location.search;
/** Where the header is fetched from: the address of a page that tells of a problem may be that of a form, and gives none. */
const headerFrom = () => (document.querySelector("main .problem-status") ? "/" : here());
/** How soon a lost stream comes back, at first and at last; how long one must last for the next to come back soon again. */
const [FIRST_RETRY_MS, LAST_RETRY_MS, LASTING_MS] = [1_000, 60_000, 30_000];
/** How much later each page asks: many hear of a change at the same moment. */
export const SPREAD_MS = 400;
/**
 * How many streams the pages of a browser have together: over HTTP/1.1 it has six connections for a host, and those that load pages
 * must never wait. The other pages ask, and hear from these of what concerns the session.
 */
const [MOST_STREAMS, ASK_AGAIN_MS] = [3, 10_000];
/** How long a new sign-in in another tab may take to get into the cookies. */
const SIGNED_IN_AGAIN_MS = 500;
/** Ends of a session that are no further apart are the same. */
const SAME_END_MS = 5_000;
/** How soon it is asked again near the end where no answer came, and how near that is; and the longest time that a timer can run. */
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
/** How many of the person's requests for access were answered: by now, and when this page first heard of it. */
let answers;
let firstAnswers;
let isTyped = false;
/** Once the page is over: what it showed, to be shown again after another sign-in; nothing where that cannot be. */
let over;

/**
 * What a script of the page does when it hears: `shows`, what the dashboard shows; `again`, it is to look again; `lost`, nothing
 * more is heard; `over`, nothing is shown any more.
 */
export const listeners = { shows: () => {}, again: () => {}, lost: () => {}, over: () => {} };
export const isOver = () => over !== undefined;

// The stream.

// What gives a place for a stream back; nothing where all are taken. Without locks, as on plain HTTP, there are none.
const takePlace = async () => {
  for (let number = 0; navigator.locks && number < MOST_STREAMS; number += 1) {
    const giveBack = await new Promise((resolve) => {
      const hold = (lock) => (lock ? new Promise((giveBack) => resolve(giveBack)) : resolve());
      navigator.locks.request(`rolecall-live-${number}`, { ifAvailable: true }, hold).catch(() => resolve());
    });
    if (giveBack) return giveBack;
  }
};

// Listens where there is a place, and asks otherwise. No stream begins before it has its place.
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
  // Others break as soon as they are open, again and again.
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

// The connection is lost: it comes back by itself, later each time, unless the sign-in is what was lost.
export const lose = () => {
  disconnect();
  if (isOver()) return;
  clearTimeout(connecting);
  connecting = setTimeout(connect, Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures++) * (0.75 + Math.random() / 2));
  // Where another tab signed in again, this one's sign-in ended as well, and the new one counts for both.
  setTimeout(look, SIGNED_IN_AGAIN_MS);
};

// Asks once how things stand.
const look = async () => {
  const answer = await fetch(address, { headers: { accept: "application/json" }, cache: "no-store" }).catch(() => undefined);
  const now = answer?.ok ? await answer.json().catch(() => undefined) : undefined;
  if (!now) {
    listeners.lost();
    return endsAt - Date.now() < LOST_NEAR_END_MS ? planLook(END_AGAIN_MS) : undefined;
  }
  if (now.ended) {
    // After a sign-out only a link that was made since begins a sign-in.
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

// Nothing of what stands here is shown any longer, nor kept by the browser for the page that comes.
const startOver = () => {
  document.querySelector("main").replaceChildren();
  if (returnedTo) location.replace(returnedTo);
  else location.reload();
};

const hear = (session) => {
  // Somebody else signed in in this browser: nothing of what stands here is for them.
  if (person !== undefined && person !== session.person) return startOver();
  person = session.person;
  endsAt = Date.now() + session.ends_in_ms;
  const warnsInMs = session.ends_in_ms - session.warn_ms;
  if (warnsInMs > 0) calm();
  else warn(session.ends_by);
  // Before it warns and when it should be over, it asks: somebody may have been active in another browser tab.
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

// A link that loads the page again: one with a fragment would only scroll.
const again = (textContent = "Load this page again") =>
  element("a", { href: here(), textContent });

// Says something at the top of the page; the last about the same subject counts. A new content of the page leaves what was said.
const say = (id, ...content) => {
  const notice = element("p", { id, className: "notice said" }, ...content);
  notice.setAttribute("role", "status");
  document.getElementById(id)?.remove();
  document.querySelector("main").prepend(notice);
};

// Warns that the session ends soon. The text is read out once; the clock beside it is only for the eyes.
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

// A request that counts as activity. Where it does not arrive, the warning stays and says so.
const stay = async () => {
  const answer = await fetch("/api/session", { cache: "no-store" }).catch(() => undefined);
  await look();
  const warning = document.getElementById("session-warning");
  if (answer || !warning) return;
  warning.querySelector(".bad")?.remove();
  warning.append(element("p", { className: "bad", textContent: "Rolecall could not be reached. Try again." }));
};

// The role changed: the header is that of the new one, and a page that it does not open is closed.
const takeRole = async () => {
  const header = (await fetchDocument(headerFrom())).querySelector(".site-header");
  if (isOver()) return;
  if (header) replaceHeader(header);
  if (dashboard) say("role-changed", "Your role has changed. This dashboard shows what it opens now.");
  else say("role-changed", "Your role has changed. ", again(), " to see what it opens.");
};

// Puts `next` in the place of the header. What was open there is open again, and what had the focus has it.
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
  // The name in the menu stands beside the role, which is another one now.
  const isAlike = (of) => focused.localName === "summary" || of.textContent === focused.textContent;
  const same = [...next.querySelectorAll(focused.localName)].find(isAlike);
  (same ?? next.querySelector(".brand")).focus();
};

// Says the newest `count` answers to requests for access, all that came to this page, as the page of the account has them.
const tellAnswers = async (count) => {
  const page = await fetchDocument("/account");
  // Another answer that came meanwhile is told with this one.
  if (isOver() || count !== answers - firstAnswers) return;
  const newest = [...page.querySelectorAll("#requests [data-answered-at]")]
    .sort((one, other) => other.dataset.answeredAt - one.dataset.answeredAt)
    .slice(0, count);
  const told = newest.flatMap((answer) => {
    const role = answer.closest(".entry")?.querySelector("strong")?.textContent;
    return [element("br"), `${role}: `, ...answer.childNodes];
  });
  const where = element("a", { href: "/account#requests", textContent: "Read the answer" });
  if (location.pathname === "/account") told.push(" ", again());
  const what = newest.length > 1 ? "Your requests for access were answered. " : "Your request for access was answered. ";
  say("answered", what, ...(told.length > 0 ? told : [where]));
};

// The page as it is now, without being activity; nothing where it cannot be had, which is seen to. That there is none at its address
// says nothing: it may be the answer to a form.
export const fetchPage = async (from, times = 0) => {
  const headers = { accept: "text/html", "rolecall-unasked": String(times) };
  const answer = await fetch(from, { headers, cache: "no-store", redirect: "manual" }).catch(() => undefined);
  if (answer?.status === 401 || answer?.type === "opaqueredirect") return lose();
  if (answer?.status === 403) return close();
  return answer?.ok ? answer : undefined;
};

// The same, to be read; empty where it cannot be had.
const fetchDocument = async (from) => {
  const answer = await fetchPage(from);
  return new DOMParser().parseFromString(answer ? await answer.text() : "", "text/html");
};

// The end: what was open is not shown any more. What was typed stays, to be copied, and comes back with the person.

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
  // Not on the link: somebody may be in the middle of a word.
  if (isLost) main.focus();
};

const end = (why = "Your session has ended. Sign in again to go on where you were.") => {
  // A file that was dropped on its field is no input to the browser.
  const hasFile = [...document.querySelectorAll("input[type=file]")].some(({ files }) => files.length > 0);
  const hasWork = isTyped || hasFile || changedIn(document).length > 0;
  const text = hasWork ? `${why} This page comes back with what you typed.` : why;
  leave("You are signed out", text, signInLink("Sign in again", hasWork), hasWork);
};

// Somebody signed in in another tab: the same person finds the page as it was.
const comeBack = (session) => {
  if (over.isClosed && session.person === person) return;
  if (!over.children || session.person !== person) return startOver();
  document.querySelector("main").replaceChildren(...over.children);
  for (const back of over.hidden) back.hidden = false;
  document.title = over.title;
  over.focused?.focus();
  over = undefined;
  hear(session);
  // What came meanwhile, and what had waited for a panel to be free, is not in the page.
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
  // The person is still here, and can go elsewhere.
  for (const menu of over.hidden) menu.hidden = false;
};

const isSignedOut = () => isOver() && !over.isClosed;

// Whether what another page was told is news for this one: somebody else, another role, an answer, or an end that was put off.
const differs = (session) =>
  session?.person !== person ||
  (session.role ?? "") !== script.dataset.role ||
  session.answers !== answers ||
  Math.abs(Date.now() + session.ends_in_ms - endsAt) > SAME_END_MS;

channel.addEventListener("message", ({ data }) => {
  if (data === "ended") setTimeout(look, SIGNED_IN_AGAIN_MS + Math.random() * SPREAD_MS);
  else if (isSignedOut() || (isOver() && data?.person !== person)) look();
  // Others of this origin can say things here, so what is said is only a reason to ask.
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
// What the page itself needs comes first.
const begin = () => (document.visibilityState === "visible" ? connect() : look());
if (document.readyState === "complete") begin();
else addEventListener("load", begin);
