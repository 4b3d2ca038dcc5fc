// seedbed sandbox …
import { SANDBOX_NAMES } from '../../shared/model/sandbox.ts';
import type { Json } from '../program.ts';
import { openScreen } from '../screen.ts';
import { withSession } from '../session.ts';

export async function list({ json }: Json): Promise<void> {
  const screen = openScreen();
  await withSession(async ({ client }) => {
    const sandboxes = await client.sandbox.list({});
    if (json === true) {
      screen.json(sandboxes);
      return;
    }
    for (const { mode, available, detail, hint } of sandboxes) {
      screen.line(`${available ? '✓' : '✗'} ${mode} (${SANDBOX_NAMES[mode]}): ${detail}`);
      if (hint !== '') screen.line(`  ${hint}`);
    }
  });
}
