// One image build in a process of its own, which says what memory it took at most. Arguments: checkout, distfiles, image.
import { buildImage, recordPathFor } from '../src/engine/image/build.ts';
import { DEFAULT_CONFIGURATION } from '../src/shared/model/bootstrap-config.ts';

const [checkoutPath = '', distfilesPath = '', image = ''] = process.argv.slice(2);
await buildImage(
  {
    kind: 'live-bootstrap',
    goal: 'end',
    checkoutPath,
    distfiles: { from: 'folder', path: distfilesPath },
    configuration: { ...DEFAULT_CONFIGURATION, mirrors: ['http://mirror.example'], targetSizeMiB: 0 },
    repoPath: null,
    preseedPath: null,
    overlays: [],
  },
  image,
  recordPathFor(image),
  { replace: false },
);
// getrusage(2): kibibytes.
process.stdout.write(String(process.resourceUsage().maxRSS * 1024));
