// What the window's page, its preload and the main process agree on. No dependencies: the preload is one small file.

/** The only IPC channel. It carries one MessagePort and no data. */
export const PORT_CHANNEL = 'seedbed-port';

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
