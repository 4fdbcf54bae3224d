// axe-core over whatever page the browser shows, with the rules of WCAG 2.2 AA and good practice.

import assert from "node:assert/strict";
import axe from "axe-core";

const OPTIONS = {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  resultTypes: ["violations"],
};

/** Waits until what fades or slides in is there: half faded in, its colours are not its own yet. What
 *  turns or counts down for longer than a moment stays in motion. */
async function settled() {
  const ends = (it) => it.effect?.getComputedTiming().endTime ?? 0;
  const short = document.getAnimations().filter((it) => ends(it) <= 1000);
  await Promise.allSettled(short.map((it) => it.finished));
}

/** Fails with what axe finds, each with the elements that it means. */
export async function noViolation(page, where) {
  // Written into the page by the browser itself, since the page's policy lets no other script run.
  await page.evaluate(axe.source);
  await page.evaluate(settled);
  const { violations } = await page.evaluate((options) => globalThis.axe.run(document, options), OPTIONS);
  const found = violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${help}\n  ${html}\n  ${failureSummary}`),
  );
  assert.equal(found.length, 0, `${where}:\n${found.join("\n")}`);
}

/** What axe finds in the till's window, as lines of text. */
export async function violations(page) {
  const has = await page.execute(() => "axe" in globalThis);
  if (!has) await page.call("POST", "/execute/sync", { script: `${axe.source}; return true;`, args: [] });
  await page.execute(settled);
  return page.execute(async (options) => {
    const { violations } = await globalThis.axe.run(document, options);
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary}`),
    );
  }, OPTIONS);
}
