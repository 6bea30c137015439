// Rows that are still moving (long work) are fetched again, without the page around them.
import {onContent} from '../shared/content.js';
import {applyColumns} from './columns.js';
import {castShadows} from './table.js';

const PAUSE_MS = 2000;

function replaceRows(card, html) {
  const page = html && new DOMParser().parseFromString(html, 'text/html');
  const fresh = page && page.querySelector('.list-card .twrap');
  const shown = card.querySelector('.twrap');
  if (!fresh || !shown || fresh.innerHTML === shown.innerHTML) return;
  shown.replaceWith(document.importNode(fresh, true));
  applyColumns(card);
  castShadows();
}

function follow(card) {
  if (!card.isConnected || !card.querySelector('[data-live]')) return;
  setTimeout(() => {
    if (document.hidden) {
      follow(card);
      return;
    }
    fetch(window.location.href, {credentials: 'same-origin', headers: {Accept: 'text/html'}})
      .then((answer) => (answer.ok && !answer.redirected ? answer.text() : ''))
      .then((html) => replaceRows(card, html))
      .catch(() => {
        // tried again after the next pause
      })
      .then(() => follow(card));
  }, PAUSE_MS);
}

onContent((root) => root.querySelectorAll('.list-card').forEach(follow));
