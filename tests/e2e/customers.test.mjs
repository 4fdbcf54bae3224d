// What a manager does beside the sale: a customer's story, corrections of the card, notes, printed code,
// the list as a file, and the inbox.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, afterEach, before, describe, test } from "node:test";
import { violations } from "./axe.mjs";
import { Phone } from "./browser.mjs";
import { write } from "./keyboard.mjs";
import { Till, keepEvidence } from "./till.mjs";
import { until } from "./wait.mjs";
import { Key, testid } from "./webdriver.mjs";

const OWNERS_PIN = "2468";
const SHOP = "Baraka Mini-Mart";
const NAME = "Wanjiku Kamau";
const AMOUNT = "1,700";
const SMALL = { width: 1280, height: 680 };
const USUAL = { width: 1366, height: 768 };

describe("a manager", { timeout: 240_000 }, () => {
  let till, phone;

  before(async () => {
    till = await Till.start({ profile: "e2e-manager" });
    phone = await Phone.start();
    await till.online();
    await member();
  });
  after(async () => {
    await phone?.stop();
    await till?.stop();
  });
  afterEach((t) => keepEvidence(t, { till, phone }));

  test("is told who joined, goes there, and marks it as read", async () => {
    await switchOn("Grace", "1357");
    await till.page.click(testid("rail-inbox"));
    await till.page.reads(testid("inbox-item"), new RegExp(NAME.split(" ")[0]));
    await till.page.click(testid("read-all"));
    await until("nothing unread", async () => !(await till.page.shows(testid("inbox-unread"))));
    await till.page.click(testid("inbox-go"));
    await till.page.reads("h1", /Customers/);
  });

  test("sees what passed with a customer, and what they agreed to", async () => {
    await switchOn("Joseph", OWNERS_PIN);
    await till.page.click(testid("rail-customers"));
    await till.page.click(`${testid("customer-row")} b`);
    await till.page.reads(testid("customer-detail"), /Earned 17 points/);
    await till.page.reads(testid("customer-detail"), /Shares name and purchases here/);
    await till.page.click(testid("tab-consent"));
    await till.page.reads(testid("customer-detail"), /Accepted in the app/);
  });

  test("has the whole of a customer in sight in the smallest window, in both languages", async () => {
    await till.page.call("POST", "/window/rect", SMALL);
    for (const language of ["sw", "en"]) {
      await till.page.click(`.choice button[lang="${language}"]`);
      for (const tab of ["details", "consent", "story"]) {
        await till.page.click(testid(`tab-${tab}`));
        const { below, scrolls } = await till.page.execute((css) => {
          const [panel, button] = css.map((it) => document.querySelector(it));
          return { below: button.getBoundingClientRect().bottom - innerHeight, scrolls: panel.scrollHeight - panel.clientHeight };
        }, [testid("customer-detail"), testid("to-counter")]);
        assert.ok(below <= 0 && scrolls <= 0, `${tab}: ${below} px below the window, ${scrolls} px to scroll`);
      }
    }
    await till.page.call("POST", "/window/rect", USUAL);
  });

  test("corrects a card and takes an entry back, by the keyboard, and sees both at once", async () => {
    await till.page.click(testid("tab-story"));
    await pressed("adjust-open");
    await till.page.reads(testid("adjust"), /At most 1,000,000 points at once/);
    await till.page.type(testid("adjust-points"), "5");
    await till.page.fill(testid("adjust-reason"), "Counted twice by hand");
    await till.page.reads(testid("adjust-leaves"), /22 points/);
    assert.deepEqual(await violations(till.page), []);
    await till.page.press(Key.enter);
    await till.page.reads(testid("story-line"), /5 points added by the shop[^]*Counted twice by hand/);
    await till.page.reads(".balance", /22 points/);
    await pressed("reverse-open");
    await till.page.reads(testid("reverse-sure"), /Take back: 5 points added/);
    await till.page.fill(testid("reverse-reason"), "It was right before");
    assert.deepEqual(await violations(till.page), []);
    await till.page.press(Key.enter);
    await till.page.reads(testid("story-line"), /5 points taken back[^]*It was right before/);
    await till.page.reads(".balance", /17 points/);
  });

  test("writes a note that stays", async () => {
    await till.page.click(testid("tab-details"));
    await till.page.type(testid("notes"), "Buys milk on Mondays.");
    await till.page.type(testid("tags"), "milk, Monday, milk");
    await till.page.click(testid("save-notes"));
    await until("the save to be done", async () => !(await enabled("save-notes")));
    await till.page.click(testid("rail-enrol"));
    await till.page.click(testid("rail-customers"));
    await till.page.click(`${testid("customer-row")} b`);
    await till.page.click(testid("tab-details"));
    const kept = await till.page.execute(() => ["notes", "tags"].map((id) => document.querySelector(`[data-testid=${id}]`).value));
    assert.deepEqual(kept, ["Buys milk on Mondays.", "milk, Monday"]);
  });

  test("saves a printed code, which brings the customer up", async () => {
    await till.page.click(testid("print-code"));
    const png = await savedFile("saved");
    await till.page.reads(testid("print"), new RegExp(`${SHOP}[^]*${NAME}`));
    assert.deepEqual(await violations(till.page), []);
    assert.deepEqual(await onPaper(), { shown: true, code: true });
    await till.page.press(Key.escape);
    await until("the code to be put away", async () => !(await till.page.shows(testid("print"))));
    await till.page.click(testid("rail-counter"));
    await till.camera.show(png);
    await till.stage("member");
    await till.page.reads(testid("stage"), new RegExp(NAME));
    await till.idle();
  });

  test("saves the list of customers as a file", async () => {
    await till.page.click(testid("rail-customers"));
    await till.page.click(testid("export"));
    const csv = await readFile(await savedFile("exported"), "utf8");
    const lines = csv.trim().split(/\r?\n/);
    assert.equal(lines.length, 2, csv);
    assert.match(lines[1], new RegExp(NAME));
  });

  test("narrows the list to a tier, and to who was asked, without a flaw", async () => {
    await till.page.click(testid("rail-customers"));
    await choose("filter-tier", "Gold");
    await till.page.reads("main", /0 found.*Nobody found/s);
    await choose("filter-tier", "");
    await till.page.waitFor(testid("customer-row"));
    await till.page.click(testid("rail-enrol"));
    await till.page.fill(testid("enrol-whom"), "0733 000 888");
    await till.page.press(Key.enter);
    await till.page.waitFor(testid("open-request"));
    await till.page.click(testid("rail-customers"));
    await till.page.click(testid("filter-waiting"));
    await till.page.reads(testid("customer-row"), /0733 ••• 888.*Waiting/s);
    assert.deepEqual(await violations(till.page), []);
    await till.page.click(testid("filter-waiting"));
    await till.page.reads(testid("customer-row"), new RegExp(NAME));
  });

  test("writes somebody down by the keyboard, who is a member of that name after their yes", async () => {
    await till.page.click(testid("rail-enrol"));
    await pressed("write-down-open");
    await till.page.type(testid("write-down-whom"), "0733");
    await till.page.press(Key.enter);
    await till.page.reads(testid("write-down"), /Nobody was written down/);
    assert.deepEqual(await violations(till.page), []);
    await write(till.page, "write-down-whom", "0733 000 777");
    await write(till.page, "write-down-name", "Auntie");
    await till.page.press(Key.enter);
    await till.page.reads("form", /Auntie is written down/);
    await till.page.press(Key.enter);
    await till.page.reads(testid("open-request"), /0733 ••• 777/);
    await till.page.click(testid("rail-counter"));
    await till.lookUp("0733 000 777");
    await till.stage("waiting");
    await till.page.click(testid("turn"));
    await till.page.click(testid("turned-accept"));
    await till.stage("accepted");
    await till.page.reads(testid("stage"), /Auntie/);
    await till.idle();
  });

  /** A customer who joins on their own phone, and earns points. */
  async function member() {
    await phone.open();
    const address = "wanjiku@example.com";
    await phone.signUp(till.ready.customer_page, { name: NAME, address, password: "a long enough password" });
    const { picture } = await phone.code();
    await till.camera.show(picture);
    await till.stage("not_member");
    await till.page.click(testid("ask"));
    await till.stage("waiting");
    await phone.at("accept").click();
    await till.stage("accepted");
    await till.award(AMOUNT);
    await till.page.waitFor(testid("last-award"));
    await till.idle();
  }

  /** Chooses in a list of a few, as its own menu does. */
  function choose(list, value) {
    return till.page.execute(
      ([id, value]) => {
        const select = document.querySelector(`[data-testid="${id}"]`);
        select.value = value;
        select.dispatchEvent(new Event("change", { bubbles: true }));
      },
      [list, value],
    );
  }

  async function switchOn(name, pin) {
    await till.page.press(Key.control, "l");
    await until(`${name} is chosen`, async () => {
      if ((await till.page.text(`${testid("pin-screen")} h2`)).includes(name)) return true;
      await till.page.press(Key.down);
      return false;
    });
    for (const digit of pin) await till.page.press(digit);
    await till.page.press(Key.enter);
    await till.stage("idle");
  }

  /** Presses a button as whoever has only a keyboard. */
  async function pressed(name) {
    await till.page.waitFor(testid(name));
    await till.page.execute((css) => document.querySelector(css).focus(), testid(name));
    await till.page.press(Key.enter);
  }

  /** What the sheet for the printer holds: itself beside the window's parts, and a code that can be drawn. */
  function onPaper() {
    return till.page.execute((css) => {
      const sheet = document.querySelector(css);
      const picture = sheet.querySelector("img");
      return { shown: sheet.parentElement === document.body, code: picture.complete && picture.naturalWidth > 0 };
    }, testid("sheet"));
  }

  async function savedFile(where) {
    const said = await till.page.text(testid(where));
    return said.match(/\/\S+/)[0];
  }

  function enabled(name) {
    return till.page.execute((css) => !document.querySelector(css).disabled, testid(name));
  }
});
