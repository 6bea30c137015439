// The board: a card is dragged to another stage, or moved by its menu; the record's operation asks and decides.
import {onEvent} from './dom.js';
import {loadInto} from './fragments.js';
import {text} from './text.js';
import {showToast} from './toast.js';

let dragged = null;

function loadMoves(card) {
  const list = card.querySelector('[data-moves-list]');
  return list.dataset.state === 'loaded' ? Promise.resolve(list) : loadInto(list, card.dataset.movesUrl).then(() => list);
}

/** Do what the card's menu would do for that stage: open the operation's form, or say why not. */
async function moveTo(card, stage) {
  const list = await loadMoves(card);
  const way = list.querySelector(`[data-to="${CSS.escape(stage)}"] > *`);
  if (!way) showToast(text.load_failed, 'danger');
  else if (way.classList.contains('is-off')) showToast(way.title || way.dataset.tip || text.load_failed, 'warning');
  else {
    card.querySelector('a').focus();
    way.click();
  }
}

function mark(column) {
  document.querySelectorAll('.kb-col.is-over').forEach((one) => one.classList.toggle('is-over', one === column));
  if (column) column.classList.add('is-over');
}

onEvent('click', '[data-moves]', (event, button) => loadMoves(button.closest('.kb-card')));
onEvent('dragstart', '.kb-card', (event, card) => {
  dragged = card;
  card.classList.add('is-dragged');
  event.dataTransfer.effectAllowed = 'move';
  event.dataTransfer.setData('text/plain', card.querySelector('a').textContent);
});
onEvent('dragover', '.kb-col', (event, column) => {
  if (!dragged || column.contains(dragged)) return;
  event.preventDefault();
  mark(column);
});
onEvent('drop', '.kb-col', (event, column) => {
  if (!dragged || column.contains(dragged)) return;
  event.preventDefault();
  moveTo(dragged, column.dataset.stage);
});
onEvent('dragend', '.kb-card', (event, card) => {
  card.classList.remove('is-dragged');
  dragged = null;
  mark(null);
});
