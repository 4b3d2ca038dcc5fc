// What would be done, drive by drive, and the way to it: words to type, the host's own question, the start. The page asks nothing itself:
// whether a drive is written is decided where no page can answer.
import { type ReactNode, useState } from 'react';
import type { FlashPlan, FlashTarget } from '../../../shared/model/flash.ts';
import { formatBytes, formatDriveSize } from '../../../shared/units.ts';
import { Button, PageLink } from '../components/controls.tsx';
import { ErrorCard, Waiting } from '../components/feedback.tsx';
import { WordsField } from '../components/fields.tsx';
import { useAction } from '../connection/context.tsx';
import { driveName } from '../derive/drive-view.ts';
import { changeFlashView } from './flash-address.ts';
import { PartitionTable } from './partition-table.tsx';

export function FlashPlanCard(props: { plan: FlashPlan; image: string; onOver: () => void }): ReactNode {
  const { plan, image, onOver } = props;
  const [typed, setTyped] = useState<string[]>(plan.targets.map(() => ''));
  const [code, setCode] = useState('');
  const [where, setWhere] = useState<string | null>(null);
  const [declined, setDeclined] = useState(false);
  const { act, pending, error } = useAction();
  const canResume = plan.resumable.some((chunks) => chunks > 0);
  const cannot = plan.elevation.kind === 'none';

  function write(resume: boolean): void {
    setDeclined(false);
    act(async (client) => {
      const answer = await client.flash.confirm({ plan: plan.id, typed, ...(code === '' ? {} : { code }) });
      if (answer.state === 'code-needed') setWhere(answer.where);
      if (answer.state === 'declined') {
        setDeclined(true);
        onOver();
      }
      if (answer.state !== 'confirmed') return;
      const { jobId } = await client.flash.start({ token: answer.token, eject: true, resume });
      changeFlashView({ job: jobId });
      onOver();
    });
  }

  return (
    <section className="card flash-plan-card" aria-labelledby="flash-plan">
      <h2 id="flash-plan" className="card-title">
        What will happen
      </h2>
      {plan.targets.map((target, index) => (
        <Target
          key={target.role}
          target={target}
          word={typed[index] ?? ''}
          onWord={(word) => setTyped(typed.with(index, word))}
        />
      ))}
      <p className="muted">{plan.elevation.why}</p>
      <h3>At the machine</h3>
      <ol className="flash-advice">
        {plan.advice.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ol>
      <p>
        <PageLink to={{ page: 'checklist', image, boot: null, external: null }}>
          The whole checklist, to print
        </PageLink>
      </p>
      {where === null ? null : (
        <div role="status">
          <WordsField
            label="Code"
            help={`It was printed on ${where}, with what would be erased. Compare the two.`}
            lines={1}
            value={code}
            onChange={setCode}
          />
        </div>
      )}
      {declined ? (
        <p className="muted" role="status">
          Declined: nothing was written.
        </p>
      ) : null}
      {error === null ? null : <ErrorCard error={error} />}
      <div className="card-actions">
        <Button kind="danger" disabled={cannot || pending} onPress={() => write(false)}>
          {where === null ? 'Erase and write…' : 'Erase and write'}
        </Button>
        {canResume ? (
          <Button disabled={cannot || pending} onPress={() => write(true)}>
            Go on where the last try ended…
          </Button>
        ) : null}
        <Button kind="quiet" onPress={onOver}>
          Choose again
        </Button>
        {pending ? <Waiting>Waiting for your answer where the host asks</Waiting> : null}
      </div>
    </section>
  );
}

function Target(props: { target: FlashTarget; word: string; onWord: (word: string) => void }): ReactNode {
  const { role, imageBytes, dataBytes, drive: listed } = props.target;
  const { drive, confirmation, findings } = listed;
  return (
    <div className="flash-target" role="group" aria-label={`${role} disk`}>
      <p>
        <strong>{driveName(drive)}</strong> ({formatDriveSize(drive.sizeBytes)}, {drive.bus},{' '}
        <code>{drive.path}</code>) is <strong>erased</strong>. The {role} disk of the image is written to it:{' '}
        {formatBytes(imageBytes)}
        {dataBytes < imageBytes ? `, ${formatBytes(dataBytes)} of them data` : ''}. Then everything is read
        back and compared.
      </p>
      {findings.map(({ code, why }) => (
        <p key={`${code} ${why}`} className="muted">
          {why}
        </p>
      ))}
      <PartitionTable drive={drive} />
      {confirmation?.kind === 'typed' ? (
        <WordsField
          label={`Type its ${confirmation.what}: ${confirmation.text}`}
          lines={1}
          value={props.word}
          onChange={props.onWord}
        />
      ) : null}
    </div>
  );
}
