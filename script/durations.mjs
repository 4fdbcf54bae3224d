// Keeps how long script/test took, cold and warm: save WARMTH TOTAL_MS (SECONDS STEP)…, or load.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const dir = process.env.CARGO_TARGET_DIR ?? "target";
const file = join(dir, "test-durations.json");

export function load() {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if (error.code === "ENOENT") return {};
    throw error;
  }
}

function save(warmth, totalMs, pairs) {
  const steps = [];
  for (let at = 0; at < pairs.length; at += 2) {
    steps.push({ step: pairs[at + 1], secs: Number(pairs[at]) });
  }
  const run = { at: new Date().toISOString(), total_secs: Number(totalMs) / 1000, steps };
  mkdirSync(dir, { recursive: true });
  writeFileSync(file, `${JSON.stringify({ ...load(), [warmth]: run }, null, 2)}\n`);
}

const [command, warmth, totalMs, ...pairs] = process.argv.slice(2);
if (command === "save") save(warmth, totalMs, pairs);
