// A thin line at the top while a slow answer is awaited and the page one is on stays (OFF-16).
import {isInDrawer, make} from './dom.js';
import {text} from './text.js';

const PATIENCE_MS = 80; // a quick answer shows nothing
const DOWNLOAD_MS = 3000; // a file comes, and the page never leaves
const LONGEST_MS = 60000;
const FILE = 'a[download], [data-download], a[href*="download=1"]';
let line = null;
let timers = [];
let isFile = false; // whether the last click asks for a file

/** The answer is there, or is not awaited any more. */
export function endWait() {
  timers.forEach(clearTimeout);
  timers = [];
  if (line) line.remove();
  line = null;
}

function show() {
  if (line) return;
  line = document.body.appendChild(make('div', 'progress-line'));
  line.setAttribute('role', 'progressbar');
  line.setAttribute('aria-label', text.loading);
}

/** An answer is awaited: a slow one shows the line. */
export function startWait(longest = LONGEST_MS) {
  endWait();
  timers = [setTimeout(show, PATIENCE_MS), setTimeout(endWait, longest)];
}

document.addEventListener(
  'click',
  (event) => {
    isFile = Boolean(event.target.closest && event.target.closest(FILE));
  },
  true,
);
// Comes after the question of a form that is not saved: who is asked is not shown a line.
window.addEventListener('beforeunload', (event) => {
  if (isInDrawer || event.defaultPrevented) return;
  startWait(isFile ? DOWNLOAD_MS : LONGEST_MS);
});
window.addEventListener('pageshow', endWait);
