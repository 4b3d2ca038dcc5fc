// seedbed image …
import { dataBytesOf } from '../../shared/image-sizes.ts';
import type { Budget, ImageOverlay } from '../../shared/model/image.ts';
import { formatBytes, formatCount } from '../../shared/units.ts';
import type { Json } from '../program.ts';
import { formatTable, openScreen } from '../screen.ts';
import { withSession } from '../session.ts';

export async function list({ json }: Json): Promise<void> {
  const screen = openScreen();
  await withSession(async ({ client }) => {
    const images = await client.image.list({});
    if (json === true) screen.json(images);
    else if (images.length === 0) screen.line('No images yet. Build one: seedbed image build --help');
    else {
      const rows = images.map(({ id, record }) => [
        id,
        record.goal,
        formatBytes(dataBytesOf(record)),
        record.disks.map(({ role }) => role).join('+'),
        record.overlays.map(({ name }) => name).join(', ') || '-',
        record.inputDigest,
      ]);
      const head = ['id', 'goal', 'data', 'disks', 'overlays', 'input digest'];
      for (const line of formatTable([head, ...rows])) screen.line(line);
    }
  });
}

export async function remove(id: string, { json }: Json): Promise<void> {
  const screen = openScreen();
  await withSession(async ({ client }) => {
    await client.image.remove({ id });
    if (json === true) screen.json({ removed: id });
    else screen.line(`Removed ${id}.`);
  });
}

export function describeBudgets(budgets: readonly Budget[]): string[] {
  if (budgets.length === 0) return [];
  const rows = budgets.map(({ name, used, limit, unit }) => [
    name,
    `${formatCount(used)} of ${formatCount(limit)} ${unit}`,
    `${((used / limit) * 100).toFixed(1)} %`,
  ]);
  return ['budgets of builder-hex0:', ...formatTable(rows).map((line) => `  ${line}`)];
}

/** `+` for an added file, `~` for a replaced one. */
export function describeOverlay({ name, changes, digest }: ImageOverlay): string {
  const files = changes.map(({ path, action }) => `${action === 'added' ? '+' : '~'}${path}`);
  return `overlay:      ${name}: ${files.join(', ')}  (sha256 ${digest})`;
}
