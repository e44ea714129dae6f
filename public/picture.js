// Saves panels as PNG, and shows a panel's page in full screen; without JavaScript neither is offered. A PNG is made
// from the SVG of the panel with the fonts of this browser. In full screen the whole page is shown, so that a warning
// before the session ends is visible.
const SCALE = 2;
// The number of pixels that every browser supports: the picture of a long table gets a lower resolution.
const MOST_PIXELS = 16_000_000;

/** Converts the picture `svg` to PNG. */
async function png(svg) {
  const image = new Image();
  image.src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  const { naturalWidth: width, naturalHeight: height } = image;
  const scale = Math.min(SCALE, Math.sqrt(MOST_PIXELS / (width * height)));
  [canvas.width, canvas.height] = [width * scale, height * scale];
  canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject()), 'image/png'));
}

async function save(href) {
  // The audit records the format.
  const answer = await fetch(href, { headers: { accept: 'image/png' } });
  if (!answer.ok) throw new Error(`${answer.status}`);
  const [, name = 'picture'] = answer.headers.get('content-disposition')?.match(/filename="(.+)\.svg"/) ?? [];
  const url = URL.createObjectURL(await png(await answer.text()));
  Object.assign(document.createElement('a'), { href: url, download: `${name}.png` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

const fullScreen = document.querySelector('[data-full-screen]');
if (fullScreen && document.fullscreenEnabled) {
  fullScreen.hidden = false;
  const button = fullScreen.firstElementChild;
  const wish = button.textContent;
  // The browser has its own key for leaving full screen.
  document.addEventListener('fullscreenchange', () => {
    button.textContent = document.fullscreenElement ? 'Leave full screen' : wish;
  });
  button.addEventListener('click', () => {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen().catch(() => {});
  });
}

document.addEventListener('click', (event) => {
  const link = event.target.closest?.('a[data-png]');
  if (!link) return;
  event.preventDefault();
  // The page at that address shows the error.
  save(link.href).catch(() => location.assign(link.href));
});
