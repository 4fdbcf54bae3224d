// Durable awards per second beside what the same machine did at most in the same run, from the lines
// that `reda bench ledger` prints.
//
//   node script/bench-ledger.mjs [POSTGRES-URL] [ARGUMENT…]

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { join } from "node:path";

const [url, ...args] = process.argv.slice(2);
const engines = ["sqlite", ...(url ? ["postgres"] : [])];
const lines = await run(join(process.env.CARGO_TARGET_DIR, "release/reda"), [
  "bench", "ledger", "--json", ...(url ? ["--postgres", url] : []), ...args,
]);

/** A fact of what was measured on an engine; undefined if it was not. */
function fact(engine, what, name) {
  return lines.find((line) => line.engine === engine && line.what === what)?.[name];
}

function ratio(engine, limit) {
  const [ours, theirs] = ["batched", limit].map((what) => fact(engine, what, "per_second"));
  return theirs === undefined ? undefined : ours / theirs;
}

const rows = [
  ["one fsync of 8 KiB, p50 ms", (it) => fact(it, "fsync", "p50_ms"), 2],
  ["one idle award, p50 ms", (it) => fact(it, "idle", "p50_ms"), 2, "≤ 1"],
  ["one idle award, p95 ms", (it) => fact(it, "idle", "p95_ms"), 2],
  ["awards/s, 2,048 callers", (it) => fact(it, "batched", "per_second"), 0, "≥ 20,000 · ≥ 30,000"],
  ["  p99 ms", (it) => fact(it, "batched", "p99_ms"), 1],
  ["  µs of this process each", (it) => fact(it, "batched", "cpu_us"), 0],
  ["the same rows written alone, /s", (it) => fact(it, "rows_alone", "per_second"), 0],
  ["  awards beside that", (it) => ratio(it, "rows_alone"), 2, "≥ 0.8"],
  ["pgbench, bare inserts, 32 clients, /s", (it) => fact(it, "bare_inserts", "per_second"), 0],
  ["  awards beside that", (it) => ratio(it, "bare_inserts"), 2, "≥ 3"],
  ["bytes each, with indexes", (it) => fact(it, "bytes", "each"), 0, "≤ 800 · ≤ 1,400"],
  ["POST /api/operations, 32 connections, /s", (it) => fact(it, "http", "per_second"), 0, "≥ 8,000"],
  ["  p50 ms", (it) => fact(it, "http", "p50_ms"), 1],
  ["  p99 ms", (it) => fact(it, "http", "p99_ms"), 1, "≤ 20"],
  ["  µs of the server each", (it) => fact(it, "http", "cpu_us"), 0],
];
console.log("\nAwards, durable when answered");
table([
  ["", ...engines, "aim"],
  ...rows.map(([name, of, digits, aim]) => [name, ...engines.map((it) => shown(of(it), digits)), aim ?? ""]),
]);

const tables = new Set(engines.flatMap((it) => Object.keys(fact(it, "bytes", "tables"))));
console.log("\nBytes each, by table");
table([
  ["", ...engines],
  ...[...tables].sort().map((name) => [name, ...engines.map((it) => shown(fact(it, "bytes", "tables")[name], 0))]),
]);

async function run(program, args) {
  const env = { ...process.env, RUST_LOG: process.env.RUST_LOG ?? "warn" };
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"], env });
  const found = [];
  for await (const line of createInterface({ input: child.stdout })) found.push(JSON.parse(line));
  const code = child.exitCode ?? (await new Promise((done) => child.once("close", done)));
  if (code !== 0) throw new Error(`${program} ended with ${code}`);
  return found;
}

function shown(value, digits) {
  return value === undefined ? "" : value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  for (const row of rows) {
    const line = row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])));
    console.log(`  ${line.join("  ").trimEnd()}`);
  }
}
