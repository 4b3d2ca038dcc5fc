// A paper as one HTML file without scripts, pictures or addresses: it reads and prints the same anywhere, for years.
import {
  MARK_SIGNS,
  MARK_WORDS,
  type Paper,
  type PaperItem,
  type PaperSection,
  type PaperTable,
} from '../../../shared/model/paper.ts';

/** Nothing may be loaded or run, whatever stands in a name that came from outside. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

const STYLE = `
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .25rem; border-bottom: 1px solid; }
ul { list-style: none; padding: 0; } li { display: grid; grid-template-columns: 2rem 1fr; margin: .5rem 0; break-inside: avoid; }
.sign { font-weight: 700; text-align: center; } .why { opacity: .8; margin: 0; } .text { margin: 0; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; margin: .25rem 0; font-size: .85rem; }
dt { opacity: .8; } dd { margin: 0; overflow-wrap: anywhere; font-family: ui-monospace, monospace; }
table { border-collapse: collapse; width: 100%; font-size: .85rem; margin: 1rem 0; } caption { text-align: left; font-weight: 600; }
th, td { border: 1px solid; padding: .25rem .5rem; text-align: left; vertical-align: top; }
pre { border: 1px solid; padding: .5rem; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; font-size: .8rem; }
.do .sign { font-size: 1.2rem; } .differs .text { font-weight: 700; }
.hidden { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
@media print { body { max-width: none; margin: 0; font-size: 11px; } tr, pre { break-inside: avoid; } h2 { break-after: avoid; } }
`;

export function formatPaperHtml(paper: Paper): string {
  const sections = paper.sections.map((section, index) => sectionHtml(section, index + 1)).join('\n');
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
    `<meta name="viewport" content="width=device-width"><title>${escape(paper.title)}</title>`,
    `<style>${STYLE}</style></head><body>`,
    `<h1>${escape(paper.title)}</h1>`,
    `<p>${escape(paper.lead)}</p>`,
    sections,
    '</body></html>',
    '',
  ].join('\n');
}

function sectionHtml({ id, title, lead, items, tables, script }: PaperSection, number: number): string {
  return [
    `<section id="${escape(id)}">`,
    `<h2>${number}. ${escape(title)}</h2>`,
    lead === '' ? '' : `<p>${escape(lead)}</p>`,
    items.length === 0 ? '' : `<ul>\n${items.map(itemHtml).join('\n')}\n</ul>`,
    ...tables.map(tableHtml),
    script === null ? '' : `<pre>${escape(script)}</pre>`,
    '</section>',
  ]
    .filter((line) => line !== '')
    .join('\n');
}

function itemHtml({ mark, text, why, facts }: PaperItem): string {
  const sign = `<span class="sign"><span aria-hidden="true">${MARK_SIGNS[mark]}</span><span class="hidden">${MARK_WORDS[mark]}: </span></span>`;
  const reason = why === '' ? '' : `<p class="why">${escape(why)}</p>`;
  const pairs = facts.map(({ name, value }) => `<dt>${escape(name)}</dt><dd>${escape(value)}</dd>`).join('');
  const list = pairs === '' ? '' : `<dl>${pairs}</dl>`;
  return `<li class="${mark}">${sign}<div><p class="text">${escape(text)}</p>${reason}${list}</div></li>`;
}

function tableHtml({ caption, columns, rows }: PaperTable): string {
  const head = columns.map((column) => `<th scope="col">${escape(column)}</th>`).join('');
  const body = rows
    .map(
      ([first = '', ...rest]) =>
        `<tr><th scope="row">${escape(first)}</th>${rest.map((cell) => `<td>${escape(cell)}</td>`).join('')}</tr>`,
    )
    .join('\n');
  return `<table><caption>${escape(caption)}</caption><thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table>`;
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
