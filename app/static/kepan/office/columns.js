// The columns of a list: chosen in a menu that is fetched when it opens, kept by the server (OFF-5).
import {onEvent} from './dom.js';
import {loadInto} from './fragments.js';

let dragged = null;

function move(row, step) {
  const other = step < 0 ? row.previousElementSibling : row.nextElementSibling;
  if (!other) return;
  if (step < 0) other.before(row);
  else other.after(row);
  row.scrollIntoView({block: 'nearest'});
}

onEvent('click', '[data-cols]', (event, button) => {
  const pop = button.parentNode.querySelector('[data-url]');
  if (pop && !pop.dataset.state) loadInto(pop, pop.dataset.url);
});
onEvent('click', '[data-cols-up], [data-cols-down]', (event, button) => {
  move(button.closest('li'), 'colsUp' in button.dataset ? -1 : 1);
  button.focus();
});
onEvent('dragstart', '.cols-i', (event, row) => {
  dragged = row;
  row.classList.add('is-dragged');
  event.dataTransfer.effectAllowed = 'move';
  event.dataTransfer.setData('text/plain', row.dataset.key);
});
onEvent('dragover', '.cols-i', (event, row) => {
  if (!dragged || row === dragged || row.parentNode !== dragged.parentNode) return;
  event.preventDefault();
  const box = row.getBoundingClientRect();
  if (event.clientY < box.top + box.height / 2) row.before(dragged);
  else row.after(dragged);
});
onEvent('dragend', '.cols-i', (event, row) => {
  row.classList.remove('is-dragged');
  dragged = null;
});
