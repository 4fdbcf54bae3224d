// The customer's phone: Chromium, with the screen of a phone.

import { existsSync, readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const PATHS = ["/usr/bin/chromium", "/usr/bin/google-chrome", "/usr/bin/google-chrome-stable"];
const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
/** A name of this computer that no browser takes for it, so that plain http there is not secure. */
export const INSECURE = "reda.test";
const WITHIN_MS = 15_000;
const USUAL = { width: 390, height: 844 };
/** The smallest that the page is made for. */
const SMALL = { width: 360, height: 740 };

/**
 * Why there is no browser to test with; false if there is one. Only where the system's Chromium is
 * a snap, which does not run here, may it be missing.
 */
export function noBrowser() {
  if (PATHS.some(existsSync)) return false;
  const system = readFileSync("/etc/os-release", "utf8");
  return /^ID=debian$/m.test(system) ? false : "there is no Chromium here (on Ubuntu it is a snap)";
}

export class Phone {
  static async start(options = {}) {
    const executablePath = PATHS.find(existsSync);
    if (!executablePath) throw new Error("Chromium is not installed: run script/setup test");
    const args = [...ARGS, `--host-resolver-rules=MAP ${INSECURE} 127.0.0.1`];
    const browser = await chromium.launch({ executablePath, args, timeout: 60_000 });
    const phone = new Phone(browser);
    await phone.open(options);
    return phone;
  }

  constructor(browser) {
    this.browser = browser;
    /** What went wrong in the page: exceptions and errors on its console. */
    this.complaints = [];
  }

  /** A fresh page that knows nothing of earlier ones. */
  async open({ locale = "en-KE", dark = false, small = false } = {}) {
    await this.context?.close();
    this.context = await this.browser.newContext({
      viewport: small ? SMALL : USUAL,
      deviceScaleFactor: 2,
      isMobile: true,
      hasTouch: true,
      locale,
      timezoneId: "Africa/Nairobi",
      colorScheme: dark ? "dark" : "light",
    });
    this.context.setDefaultTimeout(WITHIN_MS);
    this.page = await this.context.newPage();
    this.page.on("pageerror", (error) => this.complaints.push(error.message));
    this.page.on("console", (message) => {
      if (message.type() === "error") this.complaints.push(message.text());
    });
  }

  at(testid) {
    return this.page.getByTestId(testid);
  }

  async signUp(url, { name, address, password }) {
    await this.page.goto(url);
    await this.at("to-sign-up").click();
    await this.at("name").fill(name);
    await this.#sign(address, password);
  }

  async signIn(url, { address, password }) {
    await this.page.goto(url);
    await this.at("to-password").click();
    await this.#sign(address, password);
  }

  /** Asks for a one-time code, and waits for the page to ask for it. */
  async askCode(url, address) {
    await this.page.goto(url);
    await this.at("phone-or-email").fill(address);
    await this.at("submit").click();
    await this.at("code-field").waitFor();
  }

  async #sign(address, password) {
    await this.at("phone-or-email").fill(address);
    await this.at("password").fill(password);
    await this.at("submit").click();
    await this.at("tab-code").waitFor();
  }

  /** The code on the page: its text and its picture, as a camera sees it. */
  async code() {
    await this.at("tab-code").click();
    const code = this.page.locator('[data-testid="code"][data-code^="R1"]');
    await code.waitFor();
    const picture = await code.screenshot();
    return { text: await code.getAttribute("data-code"), picture };
  }

  async stop() {
    await this.browser.close();
  }
}
