// A paper on the page: the same sections as in print, with buttons to print it and to keep it as a file.
import type { ReactNode } from 'react';
import {
  MARK_SIGNS,
  MARK_WORDS,
  type Paper,
  type PaperItem,
  type PaperSection,
  type PaperTable,
} from '../../../shared/model/paper.ts';
import { Button } from '../components/controls.tsx';
import { saveBlob } from '../log/log-download.ts';

/** For the head of the page. */
export function PaperActions(props: { html: string; name: string; script?: string }): ReactNode {
  const { html, name, script } = props;
  return (
    <>
      <Button icon="file" onPress={() => window.print()}>
        Print, or save as PDF…
      </Button>
      <Button
        icon="download"
        onPress={() => saveBlob(new Blob([html], { type: 'text/html' }), `${name}.html`)}
      >
        Save as HTML
      </Button>
      {script === undefined ? null : (
        <Button
          icon="download"
          onPress={() => saveBlob(new Blob([script], { type: 'text/x-shellscript' }), 'verify.sh')}
        >
          Save verify.sh
        </Button>
      )}
    </>
  );
}

export function PaperView({ paper }: { paper: Paper }): ReactNode {
  return (
    <article className="paper" aria-label={paper.title}>
      {paper.sections.map((section, index) => (
        <SectionView key={section.id} section={section} number={index + 1} />
      ))}
    </article>
  );
}

function SectionView({ section, number }: { section: PaperSection; number: number }): ReactNode {
  return (
    <section className="card paper-section" aria-labelledby={`paper-${section.id}`}>
      <h2 id={`paper-${section.id}`}>
        {number}. {section.title}
      </h2>
      {section.lead === '' ? null : <p className="muted">{section.lead}</p>}
      {section.items.length === 0 ? null : (
        <ul className="paper-items">
          {section.items.map((item) => (
            <ItemView key={item.id} item={item} />
          ))}
        </ul>
      )}
      {section.tables.map((table) => (
        <TableView key={table.caption} table={table} />
      ))}
      {section.script === null ? null : (
        <pre className="paper-script" tabIndex={0} aria-label="Commands">
          {section.script}
        </pre>
      )}
    </section>
  );
}

function ItemView({ item }: { item: PaperItem }): ReactNode {
  return (
    <li className={`paper-item ${item.mark}`}>
      <span className="paper-sign">
        <span aria-hidden="true">{MARK_SIGNS[item.mark]}</span>
        <span className="visually-hidden">{MARK_WORDS[item.mark]}: </span>
      </span>
      <div className="paper-words">
        <p>{item.text}</p>
        {item.why === '' ? null : <p className="muted">{item.why}</p>}
        {item.facts.length === 0 ? null : (
          <dl className="paper-facts">
            {item.facts.map(({ name, value }) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        )}
      </div>
    </li>
  );
}

function TableView({ table }: { table: PaperTable }): ReactNode {
  return (
    <div className="table-frame" tabIndex={0} role="region" aria-label={table.caption}>
      <table className="paper-table">
        <caption>{table.caption}</caption>
        <thead>
          <tr>
            {table.columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map(([first = '', ...rest]) => (
            <tr key={first}>
              <th scope="row">{first}</th>
              {rest.map((cell, index) => (
                <td key={table.columns[index + 1] ?? ''}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
