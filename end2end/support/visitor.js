// The actions of a person in Rolecall: the names of buttons and pages are defined only here.
import { expect } from '@playwright/test';

/** The paths of the pages. */
export const paths = {
  home: '/',
  dashboards: '/dashboards',
  weather: '/dashboards/weather',
  account: '/account',
  sessions: '/account/sessions',
  admin: '/admin',
  adminSessions: '/admin/sessions',
  adminUsers: '/admin/users',
  adminUser: '/admin/users/1',
  adminAudit: '/admin/audit',
  adminRequests: '/admin/requests',
  adminDecided: '/admin/requests?decided=1',
  adminAccess: '/admin/access',
  adminHealth: '/admin/health',
  token: '/account/token',
  signedOut: '/signed-out',
  signIn: '/sign-in',
  /** The page of the demonstration provider that asks who the person is. */
  provider: '/demo/authorize',
};

/** A person at a browser. */
export class Visitor {
  /** `scripted` says whether the browser runs JavaScript: only then is there hydration to wait for. */
  constructor(page, { scripted }) {
    this.page = page;
    this.scripted = scripted;
  }

  /** Opens a page, waits for hydration, and returns the status of the answer. */
  async open(path) {
    const response = await this.page.goto(path);
    await this.alive();
    return response.status();
  }

  /**
   * Waits for the scripts of the page and for hydration. Problem pages and those of a provider are not hydrated: they are alive when
   * they are loaded.
   */
  async alive() {
    await this.page.waitForLoadState();
    const hydrates = this.scripted && (await this.page.locator('link[rel=modulepreload]').count()) > 0;
    if (hydrates) await this.page.locator('html[data-hydrated]').waitFor({ state: 'attached' });
  }

  /** Opens a page and does `early` before `script` of the page has come. */
  async beforeScript(script, path, early) {
    let release;
    const isReleased = new Promise((resolve) => (release = resolve));
    const hold = async (route) => {
      await isReleased;
      await route.continue();
    };
    await this.page.route(`**/${script}`, hold);
    await this.page.goto(path, { waitUntil: 'commit' });
    await early();
    release();
    await this.alive();
  }

  /** The link of the page that begins a sign-in; it looks like a button. */
  signInButton(provider = 'the demonstration provider') {
    return this.page.getByRole('main').getByRole('link', { name: `Sign in with ${provider}` });
  }

  /** The person's name in the header, which opens their menu. It exists while a person is signed in. */
  personMenu() {
    return this.page.getByRole('banner').locator('.person-menu > summary');
  }

  /** The button in that menu that ends the session. */
  signOutButton() {
    return this.page.getByRole('banner').getByRole('button', { name: 'Sign out' });
  }

  /** The button that opens the header's menu, on a phone. */
  menuButton() {
    return this.page.getByRole('banner').getByRole('button', { name: 'Menu' });
  }

  /** Chooses `person` at the demonstration provider (or declines, with 'Decline'). */
  async choose(name) {
    await this.page.getByRole('button', { name: new RegExp(`^${name}`) }).click();
  }

  /** Signs in as `person` from the page `from`, and waits for the page after it. */
  async signIn(person, { from = paths.home } = {}) {
    await this.open(from);
    // A page that needs a sign-in has redirected to the provider already.
    if (await this.signInButton().count()) await this.signInButton().click();
    await this.choose(person.name);
    await expect(this.personMenu().or(this.menuButton()).filter({ visible: true })).toHaveCount(1);
    await this.alive();
  }

  /** Opens the menu under the person's name; on a phone, the header's menu first. */
  async openPersonMenu() {
    if (await this.menuButton().isVisible()) await this.menuButton().click();
    await this.personMenu().click();
    await expect(this.signOutButton()).toBeVisible();
  }

  /** Presses the button that signs out, without waiting. */
  async askToSignOut() {
    await this.openPersonMenu();
    await this.signOutButton().click();
  }

  /** Signs out with the menu under the person's name. */
  async signOut() {
    await this.askToSignOut();
    await this.page.waitForURL((url) => url.pathname === paths.signedOut);
    await this.alive();
  }

  /** Expects the page of a person who is not signed in. */
  async expectSignedOut() {
    await expect(this.personMenu()).toHaveCount(0);
  }
}
