import "@reda/shared/styles/tokens.css";
import "@reda/shared/styles/base.css";
import "@reda/shared/styles/fields.css";
import { call } from "@reda/shared/platform";
import { followComputer } from "@reda/shared/theme.svelte";
import { mount } from "svelte";
import App from "./App.svelte";

followComputer();
mount(App, { target: document.getElementById("app")! });

// Two frames: the first draws, the second begins when it is on the glass.
requestAnimationFrame(() =>
  requestAnimationFrame(() => {
    const after_ms = Math.round(performance.now());
    void call("app.painted", { after_ms }).catch(() => {});
  }),
);
