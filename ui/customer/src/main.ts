import "@reda/shared/styles/tokens.css";
import "@reda/shared/styles/base.css";
import "./styles/page.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { renewInTime } from "./account.svelte";
import { startInstall } from "./install.svelte";
import { startLanguage } from "./language.svelte";
import { followAddress } from "./route.svelte";
import { fetchScreensAtRest } from "./later-screens.svelte";
import { startTheme } from "./theme.svelte";

startTheme();
startLanguage();
followAddress();
renewInTime();
startInstall();
fetchScreensAtRest();
mount(App, { target: document.querySelector("#app")! });
