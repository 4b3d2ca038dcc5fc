// Writes Seedbed's own bill of materials, out/seedbed.cdx.json: CycloneDX 1.6 from package-lock.json, a part of every build. The same lock gives the same bytes.
// What package.json calls development packages has no scope: some only build and test, others (React, xterm) are bundled into the page.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Enums, Models, Serialize, Spec } from '@cyclonedx/cyclonedx-library';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
/**
 * @typedef {{ name?: string, version?: string, link?: boolean, dev?: boolean, optional?: boolean, integrity?: string, license?: string,
 *   dependencies?: Record<string, string>, optionalDependencies?: Record<string, string>, devDependencies?: Record<string, string> }} LockEntry
 */
const lockText = readFileSync(join(root, 'package-lock.json'));
/** @type {{ name: string, version: string, packages: Record<string, LockEntry> }} */
const lock = JSON.parse(lockText.toString());
const out = process.argv[2] ?? join(root, 'out', 'seedbed.cdx.json');

const bom = new Models.Bom({ version: 1 });
const own = new Models.Component(Enums.ComponentType.Application, lock.name, {
  bomRef: lock.name,
  version: lock.version,
});
bom.metadata.component = own;

/** @type {Map<string, Models.Component>} */
const components = new Map();
for (const [path, entry] of Object.entries(lock.packages)) {
  if (path === '' || entry.link === true) continue;
  const name = entry.name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const at = name.lastIndexOf('/');
  const component = new Models.Component(Enums.ComponentType.Library, name.slice(at + 1), {
    ...(at < 0 ? {} : { group: name.slice(0, at) }),
    bomRef: path,
    version: entry.version,
    ...(entry.dev === true
      ? {}
      : {
          scope: entry.optional === true ? Enums.ComponentScope.Optional : Enums.ComponentScope.Required,
        }),
  });
  for (const hash of (entry.integrity ?? '').split(' ').filter((word) => word.startsWith('sha512-')))
    component.hashes.set(
      Enums.HashAlgorithm['SHA-512'],
      Buffer.from(hash.slice(7), 'base64').toString('hex'),
    );
  if (typeof entry.license === 'string') component.licenses.add(licenseOf(entry.license));
  components.set(path, component);
  bom.components.add(component);
}

for (const [path, entry] of Object.entries(lock.packages)) {
  const component = path === '' ? own : components.get(path);
  const wanted = {
    ...entry.dependencies,
    ...entry.optionalDependencies,
    ...(path === '' ? entry.devDependencies : {}),
  };
  for (const name of Object.keys(wanted)) {
    const found = components.get(placeOf(path, name));
    if (found !== undefined) component?.dependencies.add(found.bomRef);
  }
}

const digits = createHash('sha256').update(lockText).digest('hex');
bom.serialNumber = `urn:uuid:${digits.slice(0, 8)}-${digits.slice(8, 12)}-8${digits.slice(13, 16)}-8${digits.slice(17, 20)}-${digits.slice(20, 32)}`;
const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
mkdirSync(dirname(out), { recursive: true });
writeFileSync(out, `${serializer.serialize(bom, { sortLists: true, space: 1 })}\n`);

/**
 * As Node looks for it: in the package itself, then in each folder above (https://nodejs.org/api/modules.html#loading-from-node_modules-folders).
 * @param {string} path
 * @param {string} name
 */
function placeOf(path, name) {
  for (let from = path; ; from = from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/')))) {
    const place = from === '' ? `node_modules/${name}` : `${from}/node_modules/${name}`;
    if (components.has(place) || from === '') return place;
    if (!from.includes('/node_modules/')) {
      const top = `node_modules/${name}`;
      if (components.has(top)) return top;
    }
  }
}

/** @param {string} text */
function licenseOf(text) {
  return / (OR|AND|WITH) /.test(text) ? new Models.LicenseExpression(text) : new Models.NamedLicense(text);
}
