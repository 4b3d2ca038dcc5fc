// Where the built page is: out/renderer, found from whichever bundle this runs in.
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SeedbedError } from '../../shared/errors.ts';

export async function pageFolder(): Promise<string> {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    for (const candidate of [join(folder, 'renderer'), join(folder, 'out', 'renderer')]) {
      const page = await stat(join(candidate, 'index.html')).catch(() => null);
      // src/renderer is the source; only the built one has its assets beside it.
      const assets = await stat(join(candidate, 'assets')).catch(() => null);
      if (page?.isFile() === true && assets?.isDirectory() === true) return candidate;
    }
    const parent = dirname(folder);
    if (parent === folder)
      throw new SeedbedError('NOT_FOUND', { path: 'out/renderer/index.html (npm run build makes it)' });
    folder = parent;
  }
}
