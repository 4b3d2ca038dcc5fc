// The trust report: seven sections from recorded facts, with the same wording rules everywhere: equal to, reproduced by N, not checked. Pure.
import type { Paper } from '../../../shared/model/paper.ts';
import { item, section } from '../paper/parts.ts';
import { deviationItems } from './deviations.ts';
import type { TrustFacts } from './facts.ts';
import { faithItems, uncheckedItems } from './faith.ts';
import { reproduceLines } from './reproduce.ts';
import { claimOf, corroboratedItems, verifiedItems } from './sections.ts';
import { trustBase } from './trust-base.ts';

export function composeTrustReport(facts: TrustFacts): Paper {
  const subject = subjectOf(facts);
  const corroborated = corroboratedItems(facts);
  return {
    title: 'Trust report',
    lead: `About ${subject}, written ${facts.at.slice(0, 16).replace('T', ' ')} UTC by Seedbed ${facts.app.version}. It says what was found equal, by whom, and what nobody looked at. An equal sign is no more than that.`,
    sections: [
      section('claim', 'What is claimed', '', [claimItem(facts)]),
      section(
        'verified',
        'Verified here',
        'Done on this computer. What was not run here is said to be so.',
        verifiedItems(facts),
      ),
      section(
        'corroborated',
        'Corroborated',
        'What others, or other runs, agree with.',
        corroborated.length === 0
          ? [item('unknown', 'nobody', 'Nobody else’s results are known here.')]
          : corroborated,
      ),
      section(
        'faith',
        'Taken on faith',
        'None of this was verified; it is named so that others can compare.',
        faithItems(facts),
        { tables: [trustBase(facts)] },
      ),
      section('unchecked', 'Not checked', '', uncheckedItems(facts)),
      section('deviations', 'Deviations', 'What was otherwise than in a plain run.', deviationItems(facts)),
      section(
        'reproduce',
        'How to do it again without Seedbed',
        'Upstream’s own commands, and the machine as it was started.',
        [],
        { script: reproduceLines(facts) },
      ),
    ],
  };
}

export function subjectOf({ run, image }: Pick<TrustFacts, 'run' | 'image'>): string {
  if (run !== null)
    return `run ${run.record.id} (${run.record.image.label}, ${run.record.createdAt.slice(0, 10)})`;
  return `image ${image?.id ?? 'in a file'}`;
}

function claimItem(facts: TrustFacts): Paper['sections'][number]['items'][number] {
  const { run, image } = facts;
  const outcome = run?.record.verdict?.outcome;
  const mark = outcome === 'passed' ? 'equal' : outcome === 'failed' ? 'differs' : 'unknown';
  const inputDigest = run?.record.image.inputDigest ?? image?.record.inputDigest ?? '';
  const digest = run?.record.serial?.imageNamed === false ? 'not known: nobody named the image' : inputDigest;
  return item(run === null ? 'note' : mark, 'claim', claimOf(facts), {
    why: run?.record.verdict?.sentence ?? '',
    facts: [{ name: 'input digest', value: digest }],
  });
}
