// Chosen rows of a list, and the operations on all of them at once (OFF-4).
import {onContent} from '../shared/content.js';
import {chosenIn, filterQuery, forgetChosen, forgetOutdated, keepChosen} from './chosen.js';
import {isPhone, onEvent} from './dom.js';
import {openDrawer} from './drawer.js';
import {fillText, text} from './text.js';
import {showToast} from './toast.js';

const MOST_IDS = 500; // they travel in an address; more rows are chosen by the filter
let lastBox = null; // where a click with Shift begins

function boxesOf(card) {
  return Array.from(card.querySelectorAll('.js-pick'));
}

/** In a selection of all, the ids are those that were left out. */
function isChosen(chosen, id) {
  return chosen.ids.includes(id) !== chosen.isAll;
}

function countOf(chosen) {
  return chosen.isAll ? chosen.total - chosen.ids.length : chosen.ids.length;
}

function showHead(card, boxes) {
  const head = card.querySelector('.js-pick-all');
  if (!head) return;
  const number = boxes.filter((box) => box.checked).length;
  head.checked = number > 0 && number === boxes.length;
  head.indeterminate = number > 0 && number < boxes.length;
}

function showButtons(card, number) {
  card.querySelectorAll('[data-batch]').forEach((button) => {
    button.disabled = !number;
    if (number) button.removeAttribute('title');
    else button.title = text.choose_rows;
  });
}

/** The line beside the buttons: how many, and whether the filter finds more. */
function showLine(card, chosen, boxes) {
  const line = card.querySelector('.tbar-sel');
  if (!line) return;
  const total = Number(card.dataset.total);
  const number = countOf(chosen);
  // a phone has no box for the whole page
  const isOffered = isPhone() || (boxes.length > 0 && boxes.every((box) => box.checked));
  const all = line.querySelector('[data-sel-all]');
  line.hidden = !number;
  line.querySelector('[data-sel-text]').textContent = fillText(text.selected, {n: number.toLocaleString()});
  all.hidden = chosen.isAll || !isOffered || !(total > number);
  all.textContent = fillText(text.choose_all, {n: total.toLocaleString()});
}

function show(card) {
  const chosen = chosenIn(card.dataset.list);
  const boxes = boxesOf(card);
  boxes.forEach((box) => {
    box.checked = isChosen(chosen, box.value);
    box.closest('tr').classList.toggle('sel', box.checked);
  });
  showHead(card, boxes);
  showButtons(card, countOf(chosen));
  showLine(card, chosen, boxes);
  card.classList.toggle('has-sel', countOf(chosen) > 0);
}

/** Choose these rows, or no longer. */
function choose(card, ids, isOn) {
  const chosen = chosenIn(card.dataset.list);
  const others = chosen.ids.filter((id) => !ids.includes(id));
  const kept = isOn === chosen.isAll ? others : [...others, ...ids];
  if (kept.length > MOST_IDS) showToast(fillText(text.too_many_chosen, {n: MOST_IDS}), 'warning');
  else keepChosen(card.dataset.list, {...chosen, ids: kept});
  show(card);
}

function clear(card) {
  forgetChosen(card.dataset.list);
  show(card);
}

/** The rows from the last box to this one, for a click with Shift. */
function rangeTo(card, box) {
  const boxes = boxesOf(card);
  const [from, to] = [boxes.indexOf(lastBox), boxes.indexOf(box)].sort((a, b) => a - b);
  return from < 0 ? [box] : boxes.slice(from, to + 1);
}

/** The address of an operation on what is chosen: ids, or the list's own filter for all. */
function addressFor(batch, chosen) {
  const query = new URLSearchParams(chosen.isAll ? filterQuery() : '');
  if (chosen.isAll) query.set('found', '1');
  if (chosen.ids.length) query.set(chosen.isAll ? 'left_out' : 'ids', chosen.ids.join('.'));
  return `${batch}${batch.includes('?') ? '&' : '?'}${query}`;
}

/** A list comes with the choice made before; the result of a batch uses the choice up. */
function start(root) {
  root.querySelectorAll('[data-used-up]').forEach((result) => forgetChosen(result.dataset.usedUp));
  root.querySelectorAll('.list-card[data-list]').forEach((card) => {
    const gone = card.querySelector('[data-batch]') ? forgetOutdated(card.dataset.list) : 0;
    if (gone) showToast(fillText(text.choice_gone, {n: gone.toLocaleString()}), 'info');
    show(card);
  });
}

onEvent('click', '.js-pick', (event, box) => {
  const card = box.closest('.list-card');
  const boxes = event.shiftKey ? rangeTo(card, box) : [box];
  lastBox = box;
  const ids = boxes.map((one) => one.value);
  choose(card, ids, box.checked);
});
onEvent('change', '.js-pick-all', (event, box) => {
  const card = box.closest('.list-card');
  choose(
    card,
    boxesOf(card).map((one) => one.value),
    box.checked,
  );
});
onEvent('click', '[data-sel-all]', (event, button) => {
  const card = button.closest('.list-card');
  keepChosen(card.dataset.list, {ids: [], isAll: true, total: Number(card.dataset.total)});
  show(card);
});
onEvent('click', '[data-sel-clear]', (event, button) => clear(button.closest('.list-card')));
onEvent('click', '[data-batch]', (event, button) => {
  const chosen = chosenIn(button.closest('.list-card').dataset.list);
  const {batch, title} = button.dataset;
  if (countOf(chosen)) openDrawer(addressFor(batch, chosen), title);
});
// The rows were replaced: those that are still there stay chosen.
document.addEventListener('kepan:rows', (event) => show(event.detail.card));
onContent(start);
// A page out of the browser's memory has its boxes ticked.
window.addEventListener('pageshow', () => start(document));
