// A server of its own for the customers' page, without a till's window: `reda serve` with a fresh
// database, a shop in it, and messages that end in a file instead of on a phone.

import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { target } from "./till.mjs";
import { until } from "./wait.mjs";

export class Server {
  static async start({ build = "debug" } = {}) {
    const server = new Server(mkdtempSync(join(tmpdir(), "reda-page-")), build);
    await server.run("127.0.0.1:0");
    return server;
  }

  constructor(dir, build) {
    this.dir = dir;
    this.binary = join(target, build, "reda");
    this.database = join(dir, "reda.db");
    this.messages = join(dir, "messages");
  }

  async run(listen, ...more) {
    if (!existsSync(this.binary)) throw new Error(`${this.binary} is missing: run cargo build`);
    const line = ["serve", "--registration", "open", "--listen", listen, "--dev-messages", this.messages];
    this.child = spawn(this.binary, [...line, ...more, "--database", `sqlite:${this.database}`], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [text] = await Promise.race([once(createInterface(this.child.stdout), "line"), once(this.child, "exit")]);
    this.listen = JSON.parse(text).listen;
    this.url = `http://${this.listen}`;
  }

  /** Away, as a server or the line to it may be; `back` has the same address and database. */
  async away() {
    const gone = once(this.child, "exit");
    this.child.kill("SIGTERM");
    await gone;
  }

  back() {
    return this.run(this.listen);
  }

  /** Answers under this name, too, by plain http; the page's address there. */
  async under(name) {
    const url = `http://${name}:${this.listen.split(":").at(-1)}`;
    await this.away();
    await this.run(this.listen, "--public-url", url);
    return url;
  }

  async call(method, path, { body, token } = {}) {
    const response = await fetch(new URL(path, this.url), {
      method,
      headers: {
        ...(body && { "content-type": "application/json" }),
        ...(token && { authorization: `Bearer ${token}` }),
        "idempotency-key": randomUUID(),
      },
      body: body && JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text && JSON.parse(text);
  }

  /** The newest code of eight digits that was sent to the address, other than `before`. */
  codeFor(address, before) {
    return until(`a code for ${address}`, () => {
      const lines = readFileSync(this.messages, "utf8").trim().split("\n").map((line) => JSON.parse(line));
      const codes = lines.filter(({ to }) => to === address).map(({ text }) => /\b\d{8}\b/.exec(text)?.[0]);
      const code = codes.filter(Boolean).at(-1);
      return code !== before && code;
    });
  }

  /** A shop with its owner, who works there by `operation`. */
  async shop(name) {
    const owner = { name: "Joseph", email: `${randomUUID()}@example.com`, password: "correct horse" };
    const made = await this.call("POST", "/api/businesses", { body: { name, country: "KE", owner } });
    return new Shop(this, made);
  }

  async stop() {
    if (this.child.exitCode === null) await this.away();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

class Shop {
  constructor(server, { business, program, token }) {
    Object.assign(this, { server, business, program, token });
  }

  async operation(kind, body) {
    const done = await this.server.call("POST", "/api/operations", {
      token: this.token,
      body: { id: randomUUID(), kind, body },
    });
    if (done.outcome !== "applied") throw new Error(`${kind}: ${done.code} ${done.message}`);
    return done.data;
  }

  /** Asks whoever shows the code to join; the request's id. */
  async ask(code) {
    const { customer } = await this.operation("scan", { code });
    const { request } = await this.operation("ask_enrollment", { customer: customer.id, program: this.program });
    return { customer: customer.id, request };
  }

  award(card, amount) {
    return this.operation("award_points", { card, amount: { amount, currency: "KES" } });
  }

  async members() {
    const { items } = await this.server.call("GET", `/api/businesses/${this.business.id}/customers`, {
      token: this.token,
    });
    return items;
  }
}

function once(emitter, event) {
  return new Promise((done) => emitter.once(event, (...facts) => done(facts)));
}
