// What the browser itself can make of a panel; without a script, none of it is offered. A PNG is made from the SVG of the panel, with
// the fonts of this browser, which knows every script that its person reads. The page of one panel fills the screen: all of it, so
// that a warning before the session ends is seen.
const SCALE = 2;
// What every browser takes: the picture of a long table has fewer pixels for each of its own.
const MOST_PIXELS = 16_000_000;

/** The picture `svg` in pixels. */
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
  // The audit says what was made of it.
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
  // The browser has a key of its own for leaving it.
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
  // The page that the address then shows says what is wrong.
  save(link.href).catch(() => location.assign(link.href));
});
