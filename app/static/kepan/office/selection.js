// Chosen rows of a list, and the operations on all of them at once.
import {onContent} from '../shared/content.js';
import {ask} from './confirm.js';
import {make, onEvent} from './dom.js';
import {openDrawer} from './drawer.js';
import {fillText, text} from './text.js';

function updateHead(card, chosen, total) {
  const head = card.querySelector('.js-pick-all');
  if (!head) return;
  head.checked = chosen > 0 && chosen === total;
  head.indeterminate = chosen > 0 && chosen < total;
}

function updateButtons(card, chosen) {
  card.querySelectorAll('[data-batch]').forEach((button) => {
    button.disabled = !chosen;
    if (chosen) button.removeAttribute('title');
    else button.title = text.choose_rows;
  });
  const label = card.querySelector('.tbar-sel');
  if (!label) return;
  label.hidden = !chosen;
  label.querySelector('[data-sel-text]').textContent = fillText(text.selected, {n: chosen});
}

function update(card) {
  const boxes = Array.from(card.querySelectorAll('.js-pick'));
  const chosen = boxes.filter((box) => box.checked).length;
  boxes.forEach((box) => box.closest('tr').classList.toggle('sel', box.checked));
  updateHead(card, chosen, boxes.length);
  updateButtons(card, chosen);
  card.classList.toggle('has-sel', chosen > 0);
}

function setAll(card, isChosen) {
  card.querySelectorAll('.js-pick').forEach((box) => {
    box.checked = isChosen;
  });
  update(card);
}

function clearPostForm() {
  document.querySelectorAll('#post-form [name=ids]').forEach((input) => input.remove());
}

function post(address, ids) {
  const form = document.getElementById('post-form');
  clearPostForm();
  ids.forEach((id) => {
    const input = make('input');
    input.type = 'hidden';
    input.name = 'ids';
    input.value = id;
    form.appendChild(input);
  });
  form.action = address;
  form.requestSubmit();
}

onEvent('change', '.js-pick', (event, box) => update(box.closest('.list-card')));
onEvent('change', '.js-pick-all', (event, box) => setAll(box.closest('.list-card'), box.checked));
onEvent('click', '[data-sel-clear]', (event, button) => setAll(button.closest('.list-card'), false));
onEvent('click', '[data-batch]', (event, button) => {
  const boxes = button.closest('.list-card').querySelectorAll('.js-pick:checked');
  const ids = Array.from(boxes, (box) => box.value);
  const {batch, mode, title} = button.dataset;
  if (!ids.length) return;
  if (mode === 'drawer') {
    openDrawer(`${batch}${batch.includes('?') ? '&' : '?'}ids=${ids.join(',')}`, title);
    return;
  }
  const question = button.dataset.ask;
  const agreed = question ? ask(question, {isDangerous: 'danger' in button.dataset}) : Promise.resolve(true);
  agreed.then((yes) => {
    if (yes) post(batch, ids);
  });
});
function start(root) {
  clearPostForm();
  root.querySelectorAll('.list-card').forEach(update);
}

onContent(start);
// A page out of the browser's memory has its boxes ticked.
window.addEventListener('pageshow', () => start(document));
