// A bill as CycloneDX 1.6 JSON (ECMA-424), by CycloneDX's own library. The same bill gives the same bytes: the serial number is made of the content,
// and there is no time but SOURCE_DATE_EPOCH's (https://reproducible-builds.org/specs/source-date-epoch/).
import { createHash } from 'node:crypto';
// By its parts: the whole of it looks for its schemas beside itself, where a bundle has none.
import * as Enums from '@cyclonedx/cyclonedx-library/Enums';
import * as Models from '@cyclonedx/cyclonedx-library/Models';
import * as Serialize from '@cyclonedx/cyclonedx-library/Serialize';
import * as Spec from '@cyclonedx/cyclonedx-library/Spec';
import { SEEDBED_VERSION } from '../version.ts';
import { parsePackageName } from '../formats/chain/package-names.ts';
import type { Bill, BillFile, BillStep } from './bill.ts';

const OWN = 'seedbed';

export function formatBillCyclonedx(bill: Bill, sourceDateEpoch: string | undefined): string {
  const bom = new Models.Bom({ version: 1 });
  bom.metadata.tools.components.add(
    new Models.Component(Enums.ComponentType.Application, 'seedbed', { version: SEEDBED_VERSION }),
  );
  const root = rootComponent(bill);
  bom.metadata.component = root;
  const files = new Map(bill.files.map((file) => [file.row.checksum, fileComponent(file)]));
  for (const { name, label, sha256 } of bill.seeds) {
    const seed = new Models.Component(Enums.ComponentType.File, name, {
      bomRef: `seed:${name}`,
      description: `hex text of ${label}`,
      scope: Enums.ComponentScope.Required,
      hashes: sha256Of(sha256),
    });
    bom.components.add(seed);
    root.dependencies.add(seed.bomRef);
  }
  for (const component of files.values()) bom.components.add(component);
  for (const step of bill.steps) {
    const component = stepComponent(step);
    for (const sha256 of step.takes) {
      const file = files.get(sha256);
      if (file !== undefined) component.dependencies.add(file.bomRef);
    }
    bom.components.add(component);
    root.dependencies.add(component.bomRef);
  }
  const seconds = Number(sourceDateEpoch);
  if (sourceDateEpoch !== undefined && Number.isSafeInteger(seconds) && seconds >= 0)
    bom.metadata.timestamp = new Date(seconds * 1000);
  bom.serialNumber = serialNumberOf(serialise(bom));
  return `${serialise(bom)}\n`;
}

function serialise(bom: Models.Bom): string {
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  return serializer.serialize(bom, { sortLists: true, space: 1 });
}

/** What is described: the checkout, or the image that was built from it. */
function rootComponent({ commit, image }: Bill): Models.Component {
  if (image === null)
    return new Models.Component(Enums.ComponentType.OperatingSystem, 'live-bootstrap', {
      bomRef: 'live-bootstrap',
      ...(commit === null ? {} : { version: commit }),
    });
  const component = new Models.Component(Enums.ComponentType.OperatingSystem, 'live-bootstrap image', {
    bomRef: 'image',
    version: image.inputDigest,
    properties: new Models.PropertyRepository([
      new Models.Property(`${OWN}:commit`, image.checkout?.commit ?? 'not known'),
    ]),
  });
  for (const { role, file, sha256 } of image.disks)
    component.properties.add(new Models.Property(`${OWN}:disk:${role}`, `${file} sha256 ${sha256}`));
  return component;
}

function fileComponent({ row, wanted, builds, disks }: BillFile): Models.Component {
  const component = new Models.Component(Enums.ComponentType.File, row.name, {
    bomRef: `distfile:${row.checksum}`,
    scope: row.usage === 'build-time only' ? Enums.ComponentScope.Excluded : Enums.ComponentScope.Required,
    hashes: sha256Of(row.checksum),
  });
  const property = (name: string, value: string): void =>
    void component.properties.add(new Models.Property(`${OWN}:${name}`, value));
  property('type', row.type);
  property('usage', row.usage);
  property('pre-network', String(wanted.preNetwork));
  for (const build of builds) property('taken-by', build);
  for (const disk of disks) property('on-disk', disk);
  for (const url of wanted.urls)
    component.externalReferences.add(
      new Models.ExternalReference(url, Enums.ExternalReferenceType.Distribution),
    );
  if (wanted.git !== null)
    component.externalReferences.add(
      new Models.ExternalReference(wanted.git.repo, Enums.ExternalReferenceType.VCS, {
        comment: wanted.git.ref,
      }),
    );
  return component;
}

function stepComponent({ step, builds, isFinal }: BillStep): Models.Component {
  const { stem, version } = parsePackageName(step);
  return new Models.Component(Enums.ComponentType.Application, stem, {
    bomRef: `step:${step}`,
    version,
    scope: isFinal ? Enums.ComponentScope.Required : Enums.ComponentScope.Excluded,
    properties: new Models.PropertyRepository([new Models.Property(`${OWN}:builds`, builds.join(' '))]),
  });
}

function sha256Of(digits: string): Models.HashDictionary {
  return new Models.HashDictionary([[Enums.HashAlgorithm['SHA-256'], digits]]);
}

/** A UUID of version 8, made of the text's sha256 (RFC 9562, 5.8). */
function serialNumberOf(text: string): string {
  const digits = createHash('sha256').update(text).digest('hex');
  const variant = ((Number.parseInt(digits.charAt(16), 16) & 3) | 8).toString(16);
  return `urn:uuid:${digits.slice(0, 8)}-${digits.slice(8, 12)}-8${digits.slice(13, 16)}-${variant}${digits.slice(17, 20)}-${digits.slice(20, 32)}`;
}
