// The customers' page behind a proxy that can make it a newer version, as an update of the server would.

import { createServer } from "node:http";

export class NewerPage {
  #newer = false;

  static async before(server) {
    const site = new NewerPage();
    site.http = createServer((request, response) => void site.#answer(server, request, response));
    await new Promise((listening) => site.http.listen(0, "127.0.0.1", listening));
    site.url = `http://127.0.0.1:${site.http.address().port}`;
    return site;
  }

  /** From now on there is a newer version. */
  comes() {
    this.#newer = true;
  }

  async #answer(server, { url, headers }, response) {
    const answer = await fetch(new URL(url, server.url), { headers: { accept: headers.accept ?? "*/*" } });
    const body = Buffer.from(await answer.arrayBuffer());
    response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "text/plain" });
    response.end(this.#newer ? this.#asNewer(url, body) : body);
  }

  #asNewer(url, body) {
    if (url === "/sw.js") return body.toString().replace(/VERSION="\w+"/, 'VERSION="2"');
    if (url === "/") return body.toString().replace("<html", '<html data-version="2"');
    return body;
  }

  stop() {
    this.http.closeAllConnections();
    this.http.close();
  }
}
