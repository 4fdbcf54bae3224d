// The customer's signing key on this browser: made here, never leaves it, and known to the server
// by its public half. Kept in IndexedDB, because only there a key can stay non-extractable.
import type { KeyRegistered, RegisteredKey } from "@reda/shared/wire";
import { base64 } from "./bytes";

interface KeptKey {
  user: string;
  pair: CryptoKeyPair;
  /** The registration's operation id: a retry after a crash is the same operation. */
  operation: string;
  registered: RegisteredKey | null;
}

export interface OwnKey extends RegisteredKey {
  privateKey: CryptoKey;
  /** It was registered during this visit. */
  fresh: boolean;
}

/** `POST /api/me/keys`. */
export type Register = (publicKey: string, operation: string) => Promise<KeyRegistered>;

const DATABASE = "reda";
const KEYS = "keys";

/** The key of this user here, made and registered if need be. */
export async function ownKey(user: string, register: Register): Promise<OwnKey> {
  const kept = (await read(user)) ?? (await make(user));
  if (kept.registered) return { ...kept.registered, privateKey: kept.pair.privateKey, fresh: false };
  const spki = base64(await crypto.subtle.exportKey("spki", kept.pair.publicKey));
  const { key } = await register(spki, kept.operation);
  await write({ ...kept, registered: { id: key.id, code_id: key.code_id } });
  return { id: key.id, code_id: key.code_id, privateKey: kept.pair.privateKey, fresh: true };
}

/** Forgets this user's key here; answers under which id the server knows it, if it does. */
export async function forgetKey(user: string): Promise<string | null> {
  const kept = await read(user);
  await withKeys("readwrite", (keys) => keys.delete(user));
  return kept?.registered?.id ?? null;
}

async function make(user: string): Promise<KeptKey> {
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
  const kept: KeptKey = { user, pair, operation: crypto.randomUUID(), registered: null };
  await write(kept);
  return kept;
}

async function read(user: string): Promise<KeptKey | undefined> {
  return withKeys("readonly", (keys) => keys.get(user) as IDBRequest<KeptKey | undefined>);
}

async function write(kept: KeptKey): Promise<void> {
  await withKeys("readwrite", (keys) => keys.put(kept));
}

async function withKeys<T>(mode: IDBTransactionMode, work: (keys: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await open();
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(KEYS, mode);
      const request = work(transaction.objectStore(KEYS));
      // A write counts once it is on disk, not when the request went through.
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
      transaction.onerror = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(KEYS, { keyPath: "user" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked by another tab"));
  });
}
