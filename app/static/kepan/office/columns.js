// A list as one likes it: small rows, hidden columns.
import {onContent} from '../shared/content.js';
import {make, onEvent} from './dom.js';
import {recall, remember} from './storage.js';
import {castShadows} from './table.js';

function keyOf(card) {
  return `cols:${card.dataset.list}`;
}

function hiddenColumns(card) {
  try {
    return JSON.parse(recall(keyOf(card)) || '[]');
  } catch {
    return [];
  }
}

export function applyColumns(card) {
  const hidden = hiddenColumns(card);
  card.querySelectorAll('th[data-key], td[data-key]').forEach((cell) => {
    cell.hidden = !cell.classList.contains('c-pin') && hidden.includes(cell.dataset.key);
  });
}

function drawChoices(card) {
  const hidden = hiddenColumns(card);
  const choices = card.querySelector('[data-cols-list]');
  choices.textContent = '';
  card.querySelectorAll('th[data-key]:not(.c-pin)').forEach((head) => {
    const label = make('label');
    const box = make('input');
    box.type = 'checkbox';
    box.value = head.dataset.key;
    box.checked = !hidden.includes(head.dataset.key);
    label.append(box, document.createTextNode(head.textContent.trim()));
    choices.appendChild(label);
  });
}

function showDensity() {
  const isDense = document.documentElement.classList.contains('dense');
  document.querySelectorAll('[data-density]').forEach((button) => {
    button.setAttribute('aria-pressed', String(isDense));
  });
}

onEvent('click', '[data-density]', () => {
  remember('dense', document.documentElement.classList.toggle('dense') ? '1' : '');
  showDensity();
});
onEvent('click', '[data-cols]', (event, button) => drawChoices(button.closest('.list-card')));
onEvent('change', '[data-cols-list]', (event, choices) => {
  const card = choices.closest('.list-card');
  const hidden = Array.from(choices.querySelectorAll('input:not(:checked)'), (box) => box.value);
  remember(keyOf(card), hidden.length ? JSON.stringify(hidden) : '');
  applyColumns(card);
  castShadows();
});
onEvent('click', '[data-cols-reset]', (event, button) => {
  const card = button.closest('.list-card');
  remember(keyOf(card), '');
  applyColumns(card);
  drawChoices(card);
  castShadows();
});
onContent((root) => {
  showDensity();
  root.querySelectorAll('.list-card').forEach(applyColumns);
});
