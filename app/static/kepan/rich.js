// Rich text: Quill over the plain field, which keeps the HTML and is what is sent.
(function () {
  'use strict';
  var Quill = window.Quill;
  if (!Quill) return;

  function html(quill) {
    if (!quill.getText().trim()) return '';
    return quill.getSemanticHTML().replace(/&nbsp;|\u00a0/g, ' ');
  }
  function linking(quill, row) {
    var field = row.querySelector('input');
    function set() {
      var to = field.value.trim();
      quill.format('link', to ? (/^(https?:|tel:)/i.test(to) ? to : 'https://' + to) : false, 'user');
      row.hidden = true;
      quill.focus();
    }
    row.querySelector('[data-link-set]').addEventListener('click', set);
    field.addEventListener('keydown', function (e) {
      if (e.key === 'Enter') { e.preventDefault(); set(); }
      if (e.key === 'Escape') { e.preventDefault(); e.stopPropagation(); row.hidden = true; quill.focus(); }
    });
    return function () {
      var range = quill.getSelection(true);
      if (!row.hidden) { row.hidden = true; return; }
      field.value = quill.getFormat(range).link || '';
      row.hidden = false;
      field.focus();
    };
  }
  document.querySelectorAll('[data-rich]').forEach(function (box) {
    var area = box.querySelector('textarea'), bar = box.querySelector('.rich-bar'), place = box.querySelector('.rich-edit');
    if (/<table/i.test(area.value)) return;            // the editor has no tables: what is there stays as it is
    var quill = new Quill(place, {
      modules: {toolbar: {container: bar}}, placeholder: area.placeholder,
      formats: ['bold', 'italic', 'underline', 'header', 'list', 'blockquote', 'link']
    });
    quill.setContents(quill.clipboard.convert({html: area.value}), 'silent');
    quill.history.clear();
    quill.getModule('toolbar').addHandler('link', linking(quill, bar.querySelector('.rich-link')));
    quill.root.setAttribute('role', 'textbox');
    quill.root.setAttribute('aria-multiline', 'true');
    quill.root.setAttribute('aria-labelledby', area.id + '-l');
    ['aria-describedby', 'aria-invalid', 'aria-required'].forEach(function (name) {
      if (area.getAttribute(name)) quill.root.setAttribute(name, area.getAttribute(name));
    });
    bar.hidden = place.hidden = false;
    area.classList.add('sr-only');
    area.tabIndex = -1;
    area.setAttribute('aria-hidden', 'true');
    area.addEventListener('focus', function () { quill.focus(); });   // from the label, or from the list of errors
    quill.on('text-change', function () {
      area.value = html(quill);
      area.dispatchEvent(new Event('input', {bubbles: true}));
    });
  });
})();
