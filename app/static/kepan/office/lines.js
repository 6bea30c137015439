// Rows of a form's table: another one is the last, emptied and counted on.
import {onContent} from '../shared/content.js';
import {onEvent} from './dom.js';

function renumber(text, number) {
  return text.replace(/-\d+-/, `-${number}-`);
}

function addRow(box) {
  const rows = box.querySelectorAll('tbody tr');
  const row = rows[rows.length - 1].cloneNode(true);
  row.querySelectorAll('.fi-err').forEach((one) => one.remove());
  row.querySelectorAll('input').forEach((input) => {
    input.name = renumber(input.name, rows.length);
    input.id = renumber(input.id, rows.length);
    input.value = '';
    input.removeAttribute('value');
    input.removeAttribute('aria-invalid');
    input.setAttribute('aria-label', input.getAttribute('aria-label').replace(/\d+/, rows.length + 1));
  });
  rows[rows.length - 1].after(row);
  row.querySelector('input').focus();
}

onContent((root) => {
  root.querySelectorAll('[data-lines-add]').forEach((button) => {
    button.hidden = false;
  });
});
onEvent('click', '[data-lines-add]', (event, button) => addRow(button.closest('[data-lines]')));
