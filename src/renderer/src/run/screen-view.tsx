// The machine's VGA screen as a picture, taken anew while somebody looks.
import { type ReactNode, useState } from 'react';
import { Button } from '../components/controls.tsx';
import { ErrorCard } from '../components/feedback.tsx';
import { useNow } from '../components/use-now.ts';
import { useAnswer } from '../connection/context.tsx';
import { useLast } from '../use-last.ts';

const EACH_MS = 3000;

export function ScreenView({ run }: { run: string }): ReactNode {
  const [looking, setLooking] = useState(false);
  return (
    <div className="screen-view">
      {looking ? (
        <Picture run={run} />
      ) : (
        <p className="hint">Later eras print on the screen what the serial console does not show.</p>
      )}
      <Button size="small" icon="eye" onPress={() => setLooking(!looking)}>
        {looking ? 'Look away' : 'Look at the screen'}
      </Button>
    </div>
  );
}

function Picture({ run }: { run: string }): ReactNode {
  const turn = Math.floor(useNow(EACH_MS, true) / EACH_MS);
  const { value, error } = useAnswer(`screen ${run} ${turn}`, (client, signal) =>
    client.run.screen({ run }, { signal }),
  );
  const last = useLast(value);
  if (error !== null) return <ErrorCard error={error} />;
  if (last === null) return null;
  return (
    <img
      className="screen-picture"
      src={`data:image/png;base64,${last.pngBase64}`}
      alt="The machine’s VGA screen"
    />
  );
}
