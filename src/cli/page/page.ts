/** The page of `report --html`: one file, without anything from elsewhere. */
import type { PageData } from '../../analyses/index.ts';
import { PAGE_SCRIPT } from './script.ts';

const STYLE = `
body { font: 14px/1.4 system-ui, sans-serif; margin: 0 auto; max-width: 1200px; padding: 0 16px; color: #111; background: #fff; }
nav a { margin-right: 16px; }
section { margin: 0 0 32px; overflow-x: auto; }
h3 { margin: 8px 0; }
canvas { display: block; margin: 4px 0; background: #f8fafc; }
table { border-collapse: collapse; font-size: 13px; }
th, td { padding: 2px 8px; text-align: left; border-bottom: 1px solid #e5e7eb; white-space: nowrap; }
th { cursor: pointer; position: sticky; top: 0; background: #f1f5f9; }
th::after { content: attr(data-order); margin-left: 4px; }
.n { text-align: right; font-variant-numeric: tabular-nums; }
input { margin: 4px 0; padding: 2px 6px; }
#tip { display: none; position: absolute; white-space: pre; background: #111; color: #fff; padding: 4px 8px; font-size: 12px; pointer-events: none; max-width: 600px; }
`;

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

/** @param title shown, such as the trace's path @returns the page in pieces */
export function* pageText(data: PageData, title: string): Iterable<string> {
  yield `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escaped(title)}</h1>
<nav></nav>
<main></main>
<div id="tip"></div>
<script type="application/json" id="data">`;
  // Inside a script element only "</script" and "<!--" could end it.
  for (const piece of data.json()) yield piece.replaceAll('<', '\\u003c');
  yield `</script>
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`;
}
