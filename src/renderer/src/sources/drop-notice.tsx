// A folder that was dropped on the page. A page is not told where a dropped thing lies, and Seedbed takes only places that were chosen
// through the host: so it is refused with its name, and the chooser is offered. Without this the browser would open a dropped file.
import { type ReactNode, useEffect, useState } from 'react';
import { Button } from '../components/controls.tsx';
import { Icon } from '../components/icons.tsx';

export function DropNotice({ onChoose }: { onChoose: () => void }): ReactNode {
  const [dropped, setDropped] = useState<string | null>(null);
  useEffect(() => {
    function over(event: DragEvent): void {
      if (event.dataTransfer?.types.includes('Files') !== true) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = 'copy';
    }
    function drop(event: DragEvent): void {
      if (event.dataTransfer?.types.includes('Files') !== true) return;
      event.preventDefault();
      const names = [...event.dataTransfer.files].map(({ name }) => name);
      setDropped(names.length > 1 ? `${names.length} things` : `“${names[0] ?? 'it'}”`);
    }
    document.addEventListener('dragover', over);
    document.addEventListener('drop', drop);
    return () => {
      document.removeEventListener('dragover', over);
      document.removeEventListener('drop', drop);
    };
  }, []);
  if (dropped === null) return null;
  return (
    <section className="notice warn" role="alert">
      <Icon name="folder" size={20} />
      <div className="notice-text">
        <p className="notice-title">You dropped {dropped}; nothing was read yet</p>
        <p>
          A page is not told where a dropped folder lies. Choose the folder, and Seedbed takes what fits from
          it.
        </p>
        <p className="notice-foot">
          <Button
            size="small"
            icon="folder"
            onPress={() => {
              setDropped(null);
              onChoose();
            }}
          >
            Choose the folder…
          </Button>
          <Button size="small" kind="quiet" onPress={() => setDropped(null)}>
            Not now
          </Button>
        </p>
      </div>
    </section>
  );
}
