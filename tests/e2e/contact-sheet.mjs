// Puts each drawn screen beside its picture of the real one, on one sheet to compare by eye.
//
//   node tests/e2e/contact-sheet.mjs PICTURES SHEET.png

import { existsSync, readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Phone } from "./browser.mjs";

const [pictures, sheet] = process.argv.slice(2);
/** They are not part of the project. */
const drawings = fileURLToPath(new URL("../../../shared/design/screenshots", import.meta.url));

/** Which picture shows what was drawn, where the names differ. */
const DRAWN_AS = {
  "01-counter-light": "counter-idle",
  "02-counter-member": "counter-member",
  "02-counter-member-sw": "counter-member-sw",
  "03-counter-pending": "counter-waiting",
  "03b-counter-accepted": "counter-accepted",
  "03c-counter-declined": "counter-declined",
  "05-redeem": "redeem",
  "05b-redeem-waiting": "redeem-waiting",
  "05c-redeem-approved": "redeem-approved",
  "06-customers": "customers",
  "07-enrol": "enrol",
  "08-inbox": "inbox",
  "10c-settings-devices": "settings-camera",
  "11-first-run": "first-run",
  "11b-join": "join",
  "11c-pin": "pin",
  "web-a-my-code": "page-my-code",
  "web-a-my-code-dark": "page-my-code-dark",
  "web-b-card": "page-card",
  "web-c-inbox": "page-inbox",
  "web-d-settings": "page-settings",
  "web-e-signin": "page-sign-in",
  "web-e2-otp": "page-sign-in-code",
  "web-e3-offline": "page-offline",
};

if (!existsSync(drawings)) {
  console.log(`there are no drawings at ${drawings}: no sheet was made`);
  process.exit();
}

const names = (folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".png"))
    .map((name) => basename(name, ".png"));
const taken = names(pictures);
const compared = names(drawings).filter((name) => taken.includes(DRAWN_AS[name]));
const alone = taken.filter((name) => !compared.some((drawn) => DRAWN_AS[drawn] === name));

const image = (folder, name) =>
  `<img src="data:image/png;base64,${readFileSync(join(folder, `${name}.png`)).toString("base64")}">`;
const cell = (label, picture) => `<figure><figcaption>${label}</figcaption>${picture}</figure>`;
const rows = compared.map((name) =>
  cell(`${name} · drawn`, image(drawings, name)) + cell(DRAWN_AS[name], image(pictures, DRAWN_AS[name])),
);
const style = `body { display: grid; grid-template-columns: repeat(4, 1fr); gap: 16px; margin: 16px;
  font: 14px sans-serif; background: #ddd; } figure { margin: 0; }
  img { max-width: 100%; max-height: 520px; box-shadow: 0 1px 4px #0006; }`;
const phone = await Phone.start();
const page = await (await phone.browser.newContext({ viewport: { width: 2400, height: 1200 } })).newPage();
await page.setContent(
  `<style>${style}</style>${rows.join("")}${alone.map((name) => cell(name, image(pictures, name))).join("")}`,
);
await page.screenshot({ path: sheet, fullPage: true });
await phone.stop();
console.log(`${compared.length} pairs and ${alone.length} more on ${sheet}`);
// The browser keeps sockets open that nobody needs any more.
process.exit();
