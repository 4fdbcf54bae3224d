// Looks into the till's database file without the till's help, by Python's own SQLite.

import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

const SCRIPT = `
import json, sqlite3, sys
path, sql, *values = sys.argv[1:]
rows = sqlite3.connect("file:" + path + "?mode=ro", uri=True, timeout=5).execute(sql, values).fetchall()
print(json.dumps(rows, default=lambda value: value.hex()))
`;

/** Rows as arrays; bytes as hex. */
export async function rows(path, sql, ...values) {
  const { stdout } = await run("/usr/bin/python3", ["-I", "-c", SCRIPT, path, sql, ...values]);
  return JSON.parse(stdout);
}

const CHANGE = `
import sqlite3, sys
path, sql = sys.argv[1:]
with sqlite3.connect(path, timeout=5) as database:
    changed = database.execute(sql).rowcount
sys.exit(0 if changed > 0 else "nothing changed")
`;

/** Changes rows behind the server's back, as time or a fault would; at least one must be there. */
export async function change(path, sql) {
  await run("/usr/bin/python3", ["-I", "-c", CHANGE, path, sql]);
}

const CARD = `
  SELECT balance, (SELECT COALESCE(SUM(delta), 0) FROM points_entries WHERE card_id = loyalty_cards.id)
  FROM loyalty_cards WHERE number = ?`;

/** A card's balance as it is kept, and as its entries add up. */
export async function cardByNumber(path, number) {
  const [row] = await rows(path, CARD, number);
  if (!row) throw new Error(`the database has no card ${number}`);
  const [balance, sum] = row;
  return { balance, sum };
}
