// The page of the ID token: updates the remaining time, and copies the summary for support.
const bar = document.querySelector("progress[data-until]");
const left = document.getElementById("time-left");

/** In the same words as the server. */
const inWords = (seconds) => {
  if (seconds <= 0) return "It has ended";
  if (seconds === 1) return "1 second left";
  if (seconds < 120) return `${seconds} seconds left`;
  return seconds < 7200 ? `${Math.floor(seconds / 60)} minutes left` : `${Math.floor(seconds / 3600)} hours left`;
};

if (bar) {
  const [from, until, now] = ["from", "until", "now"].map((name) => Number(bar.dataset[name]));
  // The clock of the browser may be wrong.
  const ahead = Date.now() - now;
  const ticking = setInterval(() => {
    const at = Date.now() - ahead;
    bar.value = Math.min(Math.max(at - from, 0), until - from);
    const words = inWords(Math.floor((until - at) / 1000));
    if (left.textContent !== words) left.textContent = words;
    if (at >= until) clearInterval(ticking);
  }, 1_000);
}

const copy = document.getElementById("copy-summary");
copy.hidden = !navigator.clipboard;
copy.addEventListener("click", async () => {
  const copied = await navigator.clipboard.writeText(document.getElementById("support-summary").value).then(() => true, () => false);
  document.getElementById("copied").textContent = copied ? "Copied." : "It could not be copied: select the text instead.";
});
