// A bill of materials follows the checkout: CycloneDX's own schema judges it, and a package that nobody knew before is in it.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { describe, expect, it } from 'vitest';
import { readBill } from '../../src/engine/sbom/bill.ts';
import { formatBillCsv } from '../../src/engine/sbom/bill-csv.ts';
import { formatBillCyclonedx } from '../../src/engine/sbom/bill-cyclonedx.ts';
import { DIGITS, smallCheckout } from '../support/chain-checkout.ts';
import { PROJECT_ROOT } from '../support/built.ts';
import { useTempFolders } from '../support/temp.ts';

const checkout = process.env['LIVE_BOOTSTRAP_DIR'];
const makeFolder = useTempFolders();

function writeCheckout(change: (files: Record<string, string>) => void = () => undefined): string {
  const root = makeFolder();
  const files = smallCheckout();
  change(files);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

async function faultsOf(json: string): Promise<unknown> {
  return new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(json);
}

describe('the bill of a small checkout', () => {
  it('is CycloneDX 1.6 as the schema has it, and the same bytes each time', async () => {
    const root = writeCheckout();
    const json = formatBillCyclonedx(await readBill(root, null), undefined);
    expect(await faultsOf(json)).toBeNull();
    expect(formatBillCyclonedx(await readBill(root, null), undefined)).toBe(json);
    expect(json).not.toContain('timestamp');
    expect(json).not.toContain(root);
    expect(json).toMatch(/"serialNumber": "urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8/);
    // The judge can say no.
    expect(await faultsOf(json.replace('"SHA-256"', '"SHA-255"'))).not.toBeNull();
  });

  it('has a time only where SOURCE_DATE_EPOCH gives one', async () => {
    const bill = await readBill(writeCheckout(), null);
    const json = formatBillCyclonedx(bill, '86400');
    expect(JSON.parse(json)).toMatchObject({ metadata: { timestamp: '1970-01-02T00:00:00.000Z' } });
    expect(await faultsOf(json)).toBeNull();
    expect(formatBillCyclonedx(bill, 'yesterday')).not.toContain('timestamp');
  });

  it('says of each file what becomes of it, as the manifest has it', async () => {
    const root = writeCheckout((files) => {
      files['steps/tar-1.0/sources'] = '';
      const line = (name: string, digit: string): string =>
        `f http://example.org/${name} ${digit.repeat(64)}\n`;
      files['steps/perl-5.0/sources'] = line('perl-5.0.tar.gz', '1');
      files['steps/perl-5.8/sources'] = line('perl-5.8.tar.gz', '2') + line('Names,"quoted".txt', '3');
      files['steps/gcc-4.0/sources'] = line('gcc-4.0.tar.xz', '4');
      files['steps/gcc-9.0/sources'] = `g git://example.org/gcc~v9 _ ${'5'.repeat(64)} gcc-9.0.tar.gz\n`;
    });
    expect(formatBillCsv(await readBill(root, null)).split('\r\n')).toEqual([
      'name,type,usage,url,checksum',
      `mes-1.0.tar.gz,archive,linked into final system,http://example.org/mes-1.0.tar.gz,${DIGITS}`,
      `perl-5.0.tar.gz,archive,build-time only,http://example.org/perl-5.0.tar.gz,${'1'.repeat(64)}`,
      `perl-5.8.tar.gz,archive,linked into final system,http://example.org/perl-5.8.tar.gz,${'2'.repeat(64)}`,
      `"Names,""quoted"".txt",text,data,"http://example.org/Names,""quoted"".txt",${'3'.repeat(64)}`,
      `gcc-4.0.tar.xz,archive,build-time only,http://example.org/gcc-4.0.tar.xz,${'4'.repeat(64)}`,
      expect.stringMatching(/^gcc-9\.0\.tar\.gz,git snapshot,linked into final system,\S+,5{64}$/),
      '',
    ]);
  });

  it('gets a row and a component for a package that is added to the checkout', async () => {
    const root = writeCheckout((files) => {
      files['steps/manifest'] = `${files['steps/manifest'] ?? ''}build: newthing-3.1\n`;
      files['steps/newthing-3.1/sources'] = `f https://example.org/newthing-3.1.tar.xz ${'c'.repeat(64)}\n`;
      files['steps/newthing-3.1/pass1.sh'] = '';
    });
    const bill = await readBill(root, null);
    expect(formatBillCsv(bill)).toContain(
      `newthing-3.1.tar.xz,archive,linked into final system,https://example.org/newthing-3.1.tar.xz,${'c'.repeat(64)}\r\n`,
    );
    const bom = JSON.parse(formatBillCyclonedx(bill, undefined)) as {
      components: { name: string; 'bom-ref': string }[];
      dependencies: { ref: string; dependsOn?: string[] }[];
    };
    expect(bom.components.map(({ name }) => name)).toContain('newthing');
    expect(bom.dependencies).toContainEqual({
      ref: 'step:newthing-3.1',
      dependsOn: [`distfile:${'c'.repeat(64)}`],
    });
  });

  it('never begins a cell with what a spreadsheet would reckon', () => {
    const row = { name: '=1+1', type: 'archive', usage: 'data', url: '', checksum: '0' } as const;
    expect(formatBillCsv({ files: [{ row } as never] })).toContain("'=1+1,");
  });
});

it('Seedbed’s own bill is made of its lock file, and passes the schema', async () => {
  const out = join(makeFolder(), 'seedbed.cdx.json');
  execFileSync(process.execPath, [join(PROJECT_ROOT, 'scripts', 'own-sbom.mjs'), out]);
  const json = readFileSync(out, 'utf8');
  expect(await faultsOf(json)).toBeNull();
  const lock = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, unknown>;
  };
  const bom = JSON.parse(json) as { components: { 'bom-ref': string }[] };
  const packages = Object.keys(lock.packages).filter((path) => path !== '');
  expect(bom.components.map((component) => component['bom-ref']).sort()).toEqual(packages.sort());
});

describe.skipIf(checkout === undefined)(
  'the bill of live-bootstrap (skipped unless LIVE_BOOTSTRAP_DIR names a checkout)',
  () => {
    it('has a row for each of the 310 files, and passes the schema', async () => {
      const bill = await readBill(checkout ?? '', null);
      const rows = formatBillCsv(bill).trimEnd().split('\r\n').slice(1);
      expect(rows).toHaveLength(310);
      const usage = (name: string): string | undefined =>
        bill.files.find(({ row }) => row.name === name)?.row.usage;
      expect(usage('gcc-15.2.0.tar.xz')).toBe('linked into final system');
      expect(usage('perl-5.000.tar.gz') ?? usage('perl5.000.tar.gz')).toBe('build-time only');
      expect(await faultsOf(formatBillCyclonedx(bill, undefined))).toBeNull();
    });
  },
);
