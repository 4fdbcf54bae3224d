// The service worker: opens the page without a connection, and takes a newer one when there is one.
// What it keeps is decided in offline.ts.
/// <reference lib="webworker" />
import { cacheName, outdated, planFor } from "./offline";

declare const self: ServiceWorkerGlobalScope;
/** Written in by vite.config.ts: the paths that the page starts with, and a hash of what is in them. */
declare const SHELL: readonly string[];
declare const VERSION: string;

self.addEventListener("install", (event) => {
  event.waitUntil(install());
});
self.addEventListener("activate", (event) => {
  event.waitUntil(activate());
});
self.addEventListener("fetch", (event) => {
  const plan = planFor(event.request, self.location.origin, SHELL);
  if (plan === "network") return;
  const path = new URL(event.request.url).pathname;
  event.respondWith(plan === "shell" ? shell(path, event.request) : once(path, event.request));
});

/** All or nothing: a version that lacks a file is none. A page has all its parts soon after it opens,
 *  so that one that is open goes on with what it has, and the new version need not wait for it. */
async function install(): Promise<void> {
  const cache = await caches.open(cacheName(VERSION));
  await cache.addAll(SHELL);
  await self.skipWaiting();
}

async function activate(): Promise<void> {
  await Promise.all(outdated(await caches.keys(), VERSION).map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function shell(path: string, request: Request): Promise<Response> {
  const cache = await caches.open(cacheName(VERSION));
  return (await cache.match(path)) ?? fetch(request);
}

async function once(path: string, request: Request): Promise<Response> {
  const cache = await caches.open(cacheName(VERSION));
  const kept = await cache.match(path);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(path, answer.clone());
  return answer;
}
