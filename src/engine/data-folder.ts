// The data folder: `$SEEDBED_HOME`, else the platform's place for application data. Layout: docs/ARCHITECTURE.md.
import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { atPath } from './os-errors.ts';

export interface DataFolder {
  root: string;
  images: string;
  runs: string;
}

export function defaultDataRoot(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  const asked = env['SEEDBED_HOME'];
  if (asked !== undefined && asked !== '') return resolve(asked);
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'seedbed');
  if (platform === 'win32')
    return join(env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'seedbed');
  const xdg = env['XDG_DATA_HOME'];
  return join(xdg !== undefined && xdg.startsWith('/') ? xdg : join(homedir(), '.local', 'share'), 'seedbed');
}

export async function openDataFolder(root: string): Promise<DataFolder> {
  const folder = { root, images: join(root, 'images'), runs: join(root, 'runs') };
  for (const path of [folder.images, folder.runs]) await atPath(path, () => mkdir(path, { recursive: true }));
  return folder;
}
