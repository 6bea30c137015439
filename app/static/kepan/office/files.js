// Files to upload: what was chosen, and what would be refused, before it travels.
import {onContent} from '../shared/content.js';
import {make} from './dom.js';
import {focusOn} from './focus.js';
import {fillText, text} from './text.js';

const KB = 1024;
const MB = 1024 * KB;

function sizeText(bytes) {
  if (bytes < MB) return `${Math.max(1, Math.round(bytes / KB))} KB`;
  return `${(bytes / MB).toFixed(1)} MB`;
}

function refusal(file, index, {maxFiles, maxBytes}) {
  if (index >= Number(maxFiles)) return fillText(text.too_many_files, {n: Number(maxFiles)});
  if (file.size > Number(maxBytes)) return fillText(text.too_large, {n: Number(maxBytes) / MB});
  return '';
}

/** List the chosen files; answers whether all may be sent. */
function showFiles(input) {
  const list = input.closest('[data-files]').querySelector('[data-files-list]');
  let areGood = true;
  list.textContent = '';
  Array.from(input.files).forEach((file, index) => {
    const reason = refusal(file, index, input.dataset);
    const row = make('li', reason ? 'is-bad' : '');
    row.append(make('span', '', file.name), make('small', '', reason || sizeText(file.size)));
    list.appendChild(row);
    areGood = areGood && !reason;
  });
  list.hidden = !input.files.length;
  return areGood;
}

function start(input) {
  const box = input.closest('[data-files]');
  input.addEventListener('change', () => showFiles(input));
  ['dragenter', 'dragover'].forEach((type) => {
    box.addEventListener(type, () => box.classList.add('is-over'));
  });
  ['dragleave', 'drop'].forEach((type) => {
    box.addEventListener(type, () => box.classList.remove('is-over'));
  });
}

onContent((root) => root.querySelectorAll('[data-files] input[type=file]').forEach(start));
document.addEventListener(
  'submit',
  (event) => {
    const inputs = Array.from(event.target.querySelectorAll('[data-files] input[type=file]'));
    const wrong = inputs.find((input) => !showFiles(input));
    if (!wrong) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    focusOn(wrong);
  },
  true,
);
