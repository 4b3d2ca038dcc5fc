// seedbed doctor
import type { Json } from '../program.ts';
import { openScreen } from '../screen.ts';
import { withSession } from '../session.ts';

const MARKS = { ok: 'ok      ', warning: 'warning ', problem: 'PROBLEM ' };

export async function doctor({ json }: Json): Promise<void> {
  const screen = openScreen();
  await withSession(async ({ client, signal }) => {
    screen.status('Booting the boot check to try the accelerators', null);
    const { findings, probes } = await client.host.doctor({}, { signal });
    screen.clear();
    if (json === true) screen.json({ findings, probes });
    else {
      for (const finding of findings) {
        screen.line(`${MARKS[finding.level]} ${finding.what}: ${finding.detail}`);
        if (finding.hint !== '') screen.line(`          → ${finding.hint}`);
      }
    }
    if (findings.some((finding) => finding.level === 'problem')) process.exitCode = 1;
  });
}
