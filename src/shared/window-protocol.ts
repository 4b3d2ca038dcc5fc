// What the window's page, its preload and the main process agree on. No dependencies: the preload is one small file.

/** Carries one MessagePort, for the contract, and no data. */
export const PORT_CHANNEL = 'seedbed-port';
/** Carries the paths of what the person dropped on the page, and one MessagePort for their tokens. The preload alone knows these paths. */
export const DROP_CHANNEL = 'seedbed-drop';
/** More than anyone drops at once. */
export const MOST_DROPPED = 1000;

/** Preload → page, with a MessagePort on which one answer comes: a place for each dropped file or folder, null where there is no path. */
export interface DropNotice {
  type: 'seedbed-dropped';
}

export function isDropNotice(data: unknown): data is DropNotice {
  return typeof data === 'object' && data !== null && 'type' in data && data.type === 'seedbed-dropped';
}

export interface PortRequest {
  type: 'seedbed-port-request';
  nonce: string;
}

export interface PortAnswer {
  type: 'seedbed-port';
  nonce: string;
}

export function readPortRequest(data: unknown): PortRequest | null {
  const nonce = nonceOf(data, 'seedbed-port-request');
  return nonce === null ? null : { type: 'seedbed-port-request', nonce };
}

export function isPortAnswer(data: unknown, nonce: string): boolean {
  return nonceOf(data, 'seedbed-port') === nonce;
}

function nonceOf(data: unknown, type: string): string | null {
  if (typeof data !== 'object' || data === null || !('type' in data) || !('nonce' in data)) return null;
  return data.type === type && typeof data.nonce === 'string' ? data.nonce : null;
}
