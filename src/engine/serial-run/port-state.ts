// port.json of a serial run's folder: what the capturing program last said about its port (model/serial.ts, PortState).
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PortState } from '../../shared/model/serial.ts';
import { writeFileAtomically } from '../atomic-file.ts';

const NAME = 'port.json';

/** Null before the program has said anything. */
export async function readPortState(runPath: string): Promise<PortState | null> {
  try {
    return PortState.parse(JSON.parse(await readFile(join(runPath, NAME), 'utf8')));
  } catch {
    return null;
  }
}

/** On a full disk the old state stays: the capture itself is worth more. */
export async function writePortState(runPath: string, state: PortState): Promise<void> {
  await writeFileAtomically(join(runPath, NAME), `${JSON.stringify(state)}\n`).catch(() => undefined);
}
