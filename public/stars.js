// Restores the focus on the pressed star, and the scroll position, on the new page. Without this script, people are at
// the top of it.
const FORM = "favourites";
const KEPT = "rolecall-star";
/** How old a stored place may be to be restored: after a longer wait, people are doing something else. */
const KEPT_MS = 10_000;

const stars = () => [...document.querySelectorAll(".star")];

document.addEventListener("submit", ({ target, submitter }) => {
  if (target.id !== FORM || !submitter) return;
  const kept = { at: Date.now(), path: location.pathname, thing: submitter.value, place: stars().indexOf(submitter), y: scrollY };
  sessionStorage.setItem(KEPT, JSON.stringify(kept));
});

const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
sessionStorage.removeItem(KEPT);
// A person who has moved the focus in the meantime keeps it.
if (kept.path === location.pathname && Date.now() - kept.at < KEPT_MS && document.activeElement === document.body) {
  if (scrollY === 0) scrollTo({ top: kept.y, behavior: "instant" });
  const found = stars();
  // Among the favourites a card moves; on a limited page it may be missing.
  const star = found.find(({ value }) => value === kept.thing) ?? found[Math.min(kept.place, found.length - 1)];
  star?.focus();
}
