// Tables: a double click opens a row; pinned columns cast a shadow only where something lies under them.
import {onContent} from '../shared/content.js';
import {onEvent} from './dom.js';

function castShadow(wrap) {
  wrap.classList.toggle('is-scrolled', wrap.scrollLeft > 0);
  wrap.classList.toggle('has-rest', wrap.scrollLeft + wrap.clientWidth < wrap.scrollWidth - 1);
}

export function castShadows() {
  document.querySelectorAll('.twrap').forEach(castShadow);
}

onEvent('dblclick', 'tr[data-url]', (event, row) => {
  if (event.target.closest('a, button, input, label')) return;
  window.getSelection().removeAllRanges();
  window.location.href = row.dataset.url;
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
