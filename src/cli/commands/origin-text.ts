// Where bytes come from, in one line.
import type { Origin } from '../../shared/model/image-reading.ts';

/** `live-bootstrap@984b832224ed:steps/manifest`, `distfile x.tar.gz`, … */
export function formatOrigin(origin: Origin): string {
  switch (origin.kind) {
    case 'checkout':
      return `${origin.repository}@${origin.commit?.slice(0, 12) ?? '(no commit)'}:${origin.path}`;
    case 'distfile':
      return `distfile ${origin.name}, sha256 ${origin.sha256}`;
    case 'configuration':
      return 'configuration of this image';
    case 'given':
      return origin.what;
    case 'generated':
      return origin.by;
  }
}
