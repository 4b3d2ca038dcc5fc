// The stand-in has what the bundle takes from Electron, so that a new import is noticed here and not as a hole in the other tests.
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureBuilt, PROJECT_ROOT } from '../support/built.ts';
import { bundleProgram } from '../support/bundle.ts';

let folder = '';
beforeAll(async () => {
  await ensureBuilt();
  folder = mkdtempSync(join(tmpdir(), 'seedbed-stand-in-'));
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('exports everything that the main bundle imports from electron, and nothing more', async () => {
  const bundle = await readFile(join(PROJECT_ROOT, 'out', 'main', 'index.js'), 'utf8');
  const imports = [...bundle.matchAll(/import \{([^}]*)\} from "electron"/g)].flatMap((found) =>
    (found[1] ?? '').split(',').map((name) => name.trim().replace(/ as .*/, '')),
  );
  const standIn = await readFile(await bundleProgram('electron-stand-in/electron.ts', folder), 'utf8');
  const exports = /export \{([^}]*)\};?\s*$/.exec(standIn)?.[1] ?? '';
  expect(imports.sort()).toEqual(
    exports
      .split(',')
      .map((name) => name.trim())
      .sort(),
  );
});
