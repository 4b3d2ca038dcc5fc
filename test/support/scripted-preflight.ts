// A preflight of an image that can be built, for pages.
import type { ImagePreflight } from '../../src/shared/model/image-preflight.ts';

export const SCRIPTED_PREFLIGHT: ImagePreflight = {
  findings: [],
  kind: 'kernel-bootstrap',
  disks: [{ role: 'boot', sizeBytes: 17_179_869_184, writtenBytes: 268_435_456, budgets: [] }],
  distfiles: { count: 71, bytes: 261_000_000 },
  missing: [],
  overlays: [],
  bootstrapCfg: 'ARCH=x86\n',
  freeBytes: 100_000_000_000,
};
