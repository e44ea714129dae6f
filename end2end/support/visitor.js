// What a person does with Rolecall, in one place: names of buttons and pages are written here once.
import { expect } from '@playwright/test';

/** Where the pages are. */
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
  /** Where the demonstration provider asks who somebody is. */
  provider: '/demo/authorize',
};

/** Somebody in front of a browser. */
export class Visitor {
  /** `scripted` tells whether the browser runs script: only then is there hydration to wait for. */
  constructor(page, { scripted }) {
    this.page = page;
    this.scripted = scripted;
  }

  /** Opens a page, waits until it is alive, and returns the answer's status. */
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

  /** The person's name in the header, which opens their menu. It is there while somebody is signed in. */
  personMenu() {
    return this.page.getByRole('banner').locator('.person-menu > summary');
  }

  /** The button in that menu that ends the session. */
  signOutButton() {
    return this.page.getByRole('banner').getByRole('button', { name: 'Sign out' });
  }

  /** The button that opens the header's menu; there is one on a phone. */
  menuButton() {
    return this.page.getByRole('banner').getByRole('button', { name: 'Menu' });
  }

  /** At the demonstration provider: becomes `person` (or declines, with 'Decline'). */
  async choose(name) {
    await this.page.getByRole('button', { name: new RegExp(`^${name}`) }).click();
  }

  /** Signs in from `from` as `person` and waits for the page after it. */
  async signIn(person, { from = paths.home } = {}) {
    await this.open(from);
    // A page that needs a sign-in has led to the provider already.
    if (await this.signInButton().count()) await this.signInButton().click();
    await this.choose(person.name);
    await expect(this.personMenu().or(this.menuButton()).filter({ visible: true })).toHaveCount(1);
    await this.alive();
  }

  /** Opens the menu under the person's name, on a phone that of the header first. */
  async openPersonMenu() {
    if (await this.menuButton().isVisible()) await this.menuButton().click();
    await this.personMenu().click();
    await expect(this.signOutButton()).toBeVisible();
  }

  /** Presses the button that signs out, and waits for nothing. */
  async askToSignOut() {
    await this.openPersonMenu();
    await this.signOutButton().click();
  }

  /** Signs out by the menu under the person's name. */
  async signOut() {
    await this.askToSignOut();
    await this.page.waitForURL((url) => url.pathname === paths.signedOut);
    await this.alive();
  }

  /** Expects the page of somebody who is not signed in. */
  async expectSignedOut() {
    await expect(this.personMenu()).toHaveCount(0);
  }
}
