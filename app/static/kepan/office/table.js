// Tables: a double click opens a row; pinned columns cast a shadow only where something lies under them.
import {onContent} from '../shared/content.js';
import {follow} from '../shared/follow.js';
import {onEvent} from './dom.js';

const ROOM = 0.6; // of the table's width for pinned columns: what is beyond scrolls like any other

/** Pinned columns stand beside each other: each stops where the one before it ends. */
function placePinned(wrap) {
  const heads = Array.from(wrap.querySelectorAll('th.c-pin'));
  if (heads.length < 2) return;
  const check = wrap.querySelector('th.c-check');
  let left = check ? check.offsetWidth : 0;
  heads.forEach((head, place) => {
    const end = left + head.offsetWidth;
    const fits = end < wrap.clientWidth * ROOM;
    if (place) wrap.style.setProperty(`--pin-${place}`, fits ? `${left}px` : 'auto');
    left = fits ? end : Infinity;
  });
}

function castShadow(wrap) {
  wrap.classList.toggle('is-scrolled', wrap.scrollLeft > 0);
  wrap.classList.toggle('has-rest', wrap.scrollLeft + wrap.clientWidth < wrap.scrollWidth - 1);
}

export function castShadows() {
  document.querySelectorAll('.twrap').forEach((wrap) => {
    placePinned(wrap);
    castShadow(wrap);
  });
}

onEvent('dblclick', 'tr[data-url]', (event, row) => {
  if (event.target.closest('a, button, input, label')) return;
  window.getSelection().removeAllRanges();
  follow(row.dataset.url);
});
document.addEventListener(
  'scroll',
  (event) => {
    if (event.target.classList && event.target.classList.contains('twrap')) castShadow(event.target);
  },
  true,
);
window.addEventListener('resize', castShadows);
onContent(castShadows);
