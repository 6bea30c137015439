// Rich text: Quill over the plain field, which keeps the HTML and is what is sent.
import {onContent} from './shared/content.js';
import {fetchLibrary} from './shared/library.js';

const FORMATS = ['bold', 'italic', 'underline', 'header', 'list', 'blockquote', 'link'];
const SHARED_ATTRIBUTES = ['aria-describedby', 'aria-invalid', 'aria-required'];

function htmlOf(quill) {
  if (!quill.getText().trim()) return '';
  return quill.getSemanticHTML().replace(/&nbsp;|\u00a0/g, ' ');
}

function completeAddress(address) {
  return !address || /^(https?:|tel:)/i.test(address) ? address : `https://${address}`;
}

/** The row of the toolbar that takes a link's address; answers what its button does. */
function startLinks(quill, row) {
  const field = row.querySelector('input');

  function setLink() {
    quill.format('link', completeAddress(field.value.trim()) || false, 'user');
    row.hidden = true;
    quill.focus();
  }
  row.querySelector('[data-link-set]').addEventListener('click', setLink);
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') {
      event.preventDefault();
      setLink();
    } else if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      row.hidden = true;
      quill.focus();
    }
  });
  return () => {
    const range = quill.getSelection(true);
    if (!row.hidden) {
      row.hidden = true;
      return;
    }
    field.value = quill.getFormat(range).link || '';
    row.hidden = false;
    field.focus();
  };
}

/** The editor is named and described as the plain field is. */
function describe(root, area) {
  root.setAttribute('role', 'textbox');
  root.setAttribute('aria-multiline', 'true');
  root.setAttribute('aria-labelledby', `${area.id}-l`);
  SHARED_ATTRIBUTES.forEach((name) => {
    if (area.getAttribute(name)) root.setAttribute(name, area.getAttribute(name));
  });
}

function replaceArea(area, quill) {
  area.classList.add('sr-only');
  area.tabIndex = -1;
  area.setAttribute('aria-hidden', 'true');
  area.addEventListener('focus', () => quill.focus()); // from the label, or from the list of errors
  quill.on('text-change', () => {
    area.value = htmlOf(quill);
    area.dispatchEvent(new Event('input', {bubbles: true}));
  });
}

function draw(box) {
  const area = box.querySelector('textarea');
  const bar = box.querySelector('.rich-bar');
  const place = box.querySelector('.rich-edit');
  if (/<table/i.test(area.value)) return; // the editor has no tables: what is there stays as it is
  const quill = new window.Quill(place, {
    modules: {toolbar: {container: bar}},
    placeholder: area.placeholder,
    formats: FORMATS,
  });
  quill.setContents(quill.clipboard.convert({html: area.value}), 'silent');
  quill.history.clear();
  quill.getModule('toolbar').addHandler('link', startLinks(quill, bar.querySelector('.rich-link')));
  describe(quill.root, area);
  bar.hidden = false;
  place.hidden = false;
  replaceArea(area, quill);
}

function fetchStyle(address) {
  if (document.querySelector(`link[href="${address}"]`)) return;
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = address;
  document.head.appendChild(link);
}

function start(box) {
  const {editor, editorStyle} = box.dataset;
  fetchStyle(editorStyle);
  fetchLibrary(editor)
    .then(() => box.isConnected && draw(box))
    .catch(() => {
      // the plain field stays
    });
}

onContent((root) => root.querySelectorAll('[data-rich][data-editor]').forEach(start));
