// A box that ticks all boxes of its row or group, and shows whether they are.
import {onContent} from '../shared/content.js';
import {onEvent} from './dom.js';

function boxesOf(area) {
  return Array.from(area.querySelectorAll('input[type=checkbox]:not([data-all-box]):not(:disabled)'));
}

function show(area) {
  const boxes = boxesOf(area);
  const number = boxes.filter((box) => box.checked).length;
  const all = area.querySelector('[data-all-box]');
  if (!all) return;
  all.checked = number > 0 && number === boxes.length;
  all.indeterminate = number > 0 && number < boxes.length;
}

function showAll(root) {
  root.querySelectorAll('[data-all-of]').forEach(show);
}

onEvent('change', '[data-all-of] input[type=checkbox]', (event, box) => {
  if ('allBox' in box.dataset) {
    boxesOf(box.closest('[data-all-of]')).forEach((one) => {
      one.checked = box.checked;
    });
  }
  showAll(box.form);
});
onContent(showAll);
