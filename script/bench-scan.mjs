// Recall and milliseconds of the reader beside its peers over the same pictures, from the lines
// that `reda bench scan` and the peers' program print.
//
//   node script/bench-scan.mjs PICTURES.tsv

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { join } from "node:path";

const target = process.env.CARGO_TARGET_DIR;
const pictures = process.argv[2];
const lines = [
  ...(await run(join(target, "release/reda"), ["bench", "scan", "--json", ...(pictures ? ["--pictures", pictures] : [])])),
  ...(pictures ? await run(join(target, "peers/release/reda-bench-peers"), [pictures]) : []),
];

const results = lines.filter((line) => line.category !== undefined);
const readers = [...new Set(results.map((line) => line.reader))];
const REAL = "all real pictures";

if (results.length > 0) {
  recall("set", (line) => [line.set, ...(line.set === "synthetic" ? [] : [REAL])]);
  recall("category", (line) => [`${line.set} ${line.category}`]);
  times();
}
videos();

/** Percent of the pictures with a code that were read right, by a group; a second run of nothing. */
function recall(title, groupsOf) {
  const groups = new Map();
  for (const line of results.filter((line) => line.expected)) {
    for (const group of groupsOf(line)) {
      if (!groups.has(group)) groups.set(group, []);
      groups.get(group).push(line);
    }
  }
  const share = (all, reader) => {
    const own = all.filter((line) => line.reader === reader);
    return percent(own.filter((line) => line.right).length, own.length);
  };
  const rows = [...groups].sort().map(([group, all]) => [
    group,
    String(all.length / readers.length),
    ...readers.map((reader) => share(all, reader)),
  ]);
  console.log(`\nRead right, %, by ${title}${title === "set" ? " (aim at 33 ms: all real 97, synthetic 90)" : ""}`);
  table([[title, "pictures", ...readers], ...rows]);
}

function times() {
  const row = (reader) => {
    const own = results.filter((line) => line.reader === reader);
    const spent = own.map((line) => line.ms).sort((a, b) => a - b);
    const falseTexts = own.filter((line) => line.false_text).length;
    return [reader, ...[0.5, 0.95, 1].map((part) => ms(at(spent, part))), String(falseTexts)];
  };
  console.log("\nMilliseconds of one thread a picture (aim: median ≤ 1.5, p95 ≤ 33), and texts read where there are none (aim: 0)");
  table([["reader", "median", "p95", "worst", "false"], ...readers.map(row)]);
}

function videos() {
  const empty = lines.find((line) => line.empty_frame !== undefined);
  console.log(`\nAn empty frame of ${empty.empty_frame}: ${ms(empty.ms)} ms (aim ≤ 3)`);
  const rows = lines.filter((line) => line.video !== undefined).map((line) => [
    line.video,
    line.reader,
    line.first_frame === null ? "never" : String(line.first_frame),
    ms(line.ms),
    ms(line.worst_ms),
  ]);
  console.log("\nA phone held to the camera, 45 frames: the first frame that is read, and milliseconds spent until then");
  table([["video", "reader", "frame", "ms", "worst frame"], ...rows]);
}

async function run(program, args) {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  const found = [];
  for await (const line of createInterface({ input: child.stdout })) found.push(JSON.parse(line));
  const code = child.exitCode ?? (await new Promise((done) => child.once("close", done)));
  if (code !== 0) throw new Error(`${program} ended with ${code}`);
  return found;
}

function at(sorted, part) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
}

function percent(part, all) {
  return all === 0 ? "–" : ((part * 100) / all).toFixed(1);
}

function ms(value) {
  return value.toFixed(1);
}

function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  for (const row of rows) {
    console.log(row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join("  "));
  }
}
