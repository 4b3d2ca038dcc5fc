// Seedbed's command line for what outlives the window: the built one beside this program, run by a Node of the system, since this program is none
// (fuse runAsNode, docs/adr/0012-elevated-helper.md). Nothing of it runs as root by that.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findOnPath, versionOf } from '../engine/audit/tools.ts';

export interface CommandLineFacts {
  env: NodeJS.ProcessEnv;
  /** Folder of a package's resources; null in a clone. */
  resources: string | null;
}

/** As package.json's engines says. */
const OLDEST_NODE = [20, 19] as const;

/** Program and arguments; null where there is no such Node, or where the files go away with the window (an AppImage is unmounted at its end). */
export async function findCommandLine({ env, resources }: CommandLineFacts): Promise<string[] | null> {
  if (env['APPIMAGE'] !== undefined) return null;
  const bundle =
    resources === null
      ? join(dirname(fileURLToPath(import.meta.url)), '..', 'cli', 'index.js')
      : join(resources, 'cli', 'index.js');
  if (!existsSync(bundle)) return null;
  for (const name of ['node', 'nodejs']) {
    const node = await findOnPath(name, env);
    if (node !== null && isNewEnough(await versionOf(node, env))) return [node, bundle];
  }
  return null;
}

/** `v20.20.0`, as `node --version` says it. */
function isNewEnough(version: string | null): boolean {
  const [, major = 0, minor = 0] = (/^v(\d+)\.(\d+)/.exec(version ?? '') ?? []).map(Number);
  return major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
}
