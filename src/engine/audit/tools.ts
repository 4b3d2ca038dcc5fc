// Programs of this system that can give a second opinion: found by name, asked for their version, run on files in a folder of their own.
import { access, constants, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { runProgram } from '../spawn.ts';

export const TOOL_NAMES = [
  'sed',
  'xxd',
  'python3',
  'perl',
  'objdump',
  'as',
  'ld',
  'objcopy',
  'nm',
  'M1',
  'hex2',
] as const;
export type ToolName = (typeof TOOL_NAMES)[number];

export interface Tool {
  name: ToolName;
  path: string;
  /** Its own words, one line. */
  version: string;
}

export interface Toolbox {
  /** Undefined: absent. */
  get(name: ToolName): Tool | undefined;
  /** Run one to its end in the folder; throws with its words when it fails. */
  run(name: ToolName, args: readonly string[]): Promise<string>;
  write(name: string, content: Uint8Array | string): Promise<string>;
  read(name: string): Promise<Uint8Array>;
  path(name: string): string;
  close(): Promise<void>;
}

const VERSION = /\d+\.\d+|\d{4}-\d\d-\d\d/;

export async function openToolbox(env: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<Toolbox> {
  const folder = await mkdtemp(join(tmpdir(), 'seedbed-audit-'));
  const tools = new Map<ToolName, Tool>();
  for (const name of TOOL_NAMES) {
    const path = await findOnPath(name, env);
    if (path === null) continue;
    const version = await versionOf(path, env, signal);
    if (version !== null) tools.set(name, { name, path, version });
  }
  return {
    get: (name) => tools.get(name),
    async run(name, args) {
      const tool = tools.get(name);
      if (tool === undefined) throw new Error(`${name} is not here`);
      const result = await runProgram(tool.path, args, { env, signal, timeoutMilliseconds: 60_000 });
      if (result.status !== 0)
        throw new Error(`${name}: ${(result.stderr || result.stdout).trim().split('\n').at(-1) ?? ''}`);
      return result.stdout;
    },
    async write(name, content) {
      await writeFile(join(folder, name), content);
      return join(folder, name);
    },
    read: async (name) => new Uint8Array(await readFile(join(folder, name))),
    path: (name) => join(folder, name),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

export async function findOnPath(name: string, env: NodeJS.ProcessEnv): Promise<string | null> {
  for (const folder of (env['PATH'] ?? '').split(delimiter)) {
    if (folder === '') continue;
    const path = join(folder, name);
    if (
      await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  return null;
}

/** null: it is there and does not answer. */
export async function versionOf(
  path: string,
  env: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<string | null> {
  try {
    const { stdout, stderr } = await runProgram(path, ['--version'], { env, signal });
    const lines = `${stdout}\n${stderr}`.split('\n').map((line) => line.trim());
    return (lines.find((line) => VERSION.test(line)) ?? '').slice(0, 120) || null;
  } catch (error) {
    if (signal?.aborted === true) throw error;
    return null;
  }
}
