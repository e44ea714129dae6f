// Gives the focus back to the star that somebody pressed, on the page that comes, and the page its place. Without this script, people
// are at its beginning.
const FORM = "favourites";
const KEPT = "rolecall-star";
/** How old a place may be that is gone back to: after a longer wait, people are doing something else. */
const KEPT_MS = 10_000;

const stars = () => [...document.querySelectorAll(".star")];

document.addEventListener("submit", ({ target, submitter }) => {
  if (target.id !== FORM || !submitter) return;
  const kept = { at: Date.now(), path: location.pathname, thing: submitter.value, place: stars().indexOf(submitter), y: scrollY };
  sessionStorage.setItem(KEPT, JSON.stringify(kept));
});

const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
sessionStorage.removeItem(KEPT);
// Whoever is somewhere else by then stays there.
if (kept.path === location.pathname && Date.now() - kept.at < KEPT_MS && document.activeElement === document.body) {
  if (scrollY === 0) scrollTo({ top: kept.y, behavior: "instant" });
  const found = stars();
  // Among favourites a card has another place; the page has no room for every other one.
  const star = found.find(({ value }) => value === kept.thing) ?? found[Math.min(kept.place, found.length - 1)];
  star?.focus();
}
