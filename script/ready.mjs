// Reads what the till's window prints and says the one line that matters, that it is ready, in
// words; everything else passes through.

import { createInterface } from "node:readline";

// Ctrl-C is for the window; this ends when the window has.
process.on("SIGINT", () => {});

for await (const line of createInterface({ input: process.stdin })) {
  const event = parse(line);
  if (event?.event === "ready") console.log(words(event));
  else if (event?.event === undefined) console.log(line);
}

function parse(line) {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

function words({ customer_page, codes_dir, customers }) {
  const width = Math.max(...customers.map(({ name }) => name.length));
  return [
    "",
    "The demo shop is open.",
    "",
    `  The customers' page: ${customer_page}`,
    "  Sign in there as one of the three customers, or sign up as somebody new:",
    "",
    ...customers.map(
      ({ name, phone, password }) => `    ${name.padEnd(width)}  phone ${phone}  password ${password}`,
    ),
    "",
    `  Their printed codes, to hold up to the camera (or to show by --camera replay:${codes_dir}):`,
    "",
    ...customers.map(({ name, code_file }) => `    ${name.padEnd(width)}  ${code_file}`),
    "",
  ].join("\n");
}
