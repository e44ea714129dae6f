// For the pages of apps behind Rolecall: says so when the sign-in has ended, and offers to sign in again. It asks from time
// to time while somebody can see the page. Asking does not keep anybody signed in. Nothing here signs in by itself.
(() => {
  const PROBE = '/.rolecall/session';
  // Once is enough, however often a page loads this.
  const KNOWN = Symbol.for('rolecall.session');
  if (window[KNOWN]) return;
  window[KNOWN] = true;
  const [EVERY_MS, AT_MOST_EVERY_MS] = [30_000, 1_000];
  let notice;
  let timer;
  let next = Infinity;
  let asked = 0;

  const plan = (ms) => {
    const at = Math.max(Date.now() + ms, asked + AT_MOST_EVERY_MS);
    if (at >= next) return;
    clearTimeout(timer);
    next = at;
    timer = setTimeout(look, at - Date.now());
  };

  // 204: live; 401: over; anything else says nothing.
  const state = () => fetch(PROBE, { cache: 'no-store', signal: AbortSignal.timeout(5_000) }).then(({ status }) => status, () => 0);

  const look = async () => {
    next = Infinity;
    if (document.visibilityState === 'visible') {
      asked = Date.now();
      const status = await state();
      if (status === 401) show();
      if (status === 204) hide();
    }
    plan(EVERY_MS);
  };

  const hide = () => {
    notice?.remove();
    notice = undefined;
  };

  const show = () => {
    if (notice) return;
    notice = document.createElement('div');
    notice.setAttribute('role', 'alert');
    const link = Object.assign(document.createElement('a'), { href: '', textContent: 'Sign in again' });
    link.addEventListener('click', (event) => {
      event.preventDefault();
      location.reload();
    });
    // Out of reach of the page's styles. Set by script, so that no content security policy stands in the way.
    notice.attachShadow({ mode: 'open' }).append('Your session ended. ', link);
    const colours = { background: '#1c2733', color: '#fff' };
    const place = { position: 'fixed', inset: '0 0 auto', zIndex: 2147483647, padding: '12px 16px', boxSizing: 'border-box' };
    Object.assign(notice.style, { all: 'initial', display: 'block', ...place, ...colours });
    Object.assign(notice.style, { font: '16px/1.5 system-ui, sans-serif', textAlign: 'center' });
    Object.assign(link.style, { color: '#9fd0ff', textDecoration: 'underline', fontWeight: '600' });
    document.documentElement.append(notice);
  };

  // A page that comes back from the back/forward cache is shown only to who is still signed in.
  const comeBack = async () => {
    const { style } = document.documentElement;
    style.visibility = 'hidden';
    if ((await state()) === 401) location.reload();
    else style.visibility = '';
  };

  addEventListener('pageshow', ({ persisted }) => persisted && comeBack());
  document.addEventListener('visibilitychange', () => plan(0));
  if (window.PerformanceObserver) {
    const refused = ({ responseStatus, name }) => responseStatus === 401 && new URL(name).pathname !== PROBE;
    const observer = new PerformanceObserver((list) => list.getEntries().some(refused) && plan(0));
    observer.observe({ type: 'resource' });
  }
  plan(EVERY_MS);
})();
