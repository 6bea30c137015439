// Forms and filters: choosers, dates, fields that depend on others, unsaved text.
(function ($) {
  'use strict';
  var K = window.Kepan, doc = document, T = K.text;

  // ---- dates: the picker speaks the page's language; phones use their own ----
  (function () {
    function names(count, opts, at) {
      var f = new Intl.DateTimeFormat(K.lang, opts), out = [];
      for (var i = 0; i < count; i++) out.push(f.format(at(i)));
      return out;
    }
    var day = function (i) { return new Date(2023, 0, 1 + i); }, month = function (i) { return new Date(2023, i, 1); };
    $.fn.datepicker.dates[K.lang] = {
      days: names(7, {weekday: 'long'}, day), daysShort: names(7, {weekday: 'short'}, day), daysMin: names(7, {weekday: 'narrow'}, day),
      months: names(12, {month: /^zh/.test(K.lang) ? 'short' : 'long'}, month), monthsShort: names(12, {month: 'short'}, month),
      today: T.today, clear: T.clear, titleFormat: T.month_title, format: 'yyyy-mm-dd', weekStart: 1
    };
  })();
  function dates(scope) {
    scope.querySelectorAll('input[data-date]').forEach(function (el) {
      if (K.touch() && K.phone() && (!el.value || /^\d{4}-\d\d-\d\d$/.test(el.value))) { el.type = 'date'; return; }
      $(el).datepicker({language: K.lang, format: 'yyyy-mm-dd', autoclose: true, todayHighlight: true, todayBtn: 'linked', clearBtn: true, orientation: 'auto', forceParse: false})
        .on('changeDate clearDate', function () { el.dispatchEvent(new Event('input', {bubbles: true})); });
    });
  }

  // ---- choosers ----
  var words = {noResults: function () { return T.no_results; }, searching: function () { return T.searching; }, errorLoading: function () { return T.load_failed; },
    loadingMore: function () { return T.load_more; }, removeAllItems: function () { return T.clear; }, removeItem: function () { return T.clear; }};
  function choosers(scope) {
    scope.querySelectorAll('select.js-s2').forEach(function (el) {
      var remote = el.dataset.remote, blank = Array.from(el.options).find(function (o) { return o.value === ''; });
      if (K.phone() && !remote && !el.multiple) {           // the phone's own chooser is better
        if (blank && !blank.textContent.trim()) blank.textContent = el.dataset.placeholder || T.choose;
        return;
      }
      var opts = {theme: 'bootstrap', width: '100%', minimumResultsForSearch: 8, language: words, closeOnSelect: !el.multiple,
        allowClear: !!blank && ('clear' in el.dataset || !el.getAttribute('aria-required')), placeholder: {id: '', text: (blank && blank.textContent.trim()) || el.dataset.placeholder || T.choose}};
      if (remote) {
        opts.minimumResultsForSearch = 0;
        opts.ajax = {url: remote, dataType: 'json', delay: 250, cache: true,
          data: function (p) { return {q: p.term || '', page: p.page || 1}; },
          processResults: function (d) { return {results: d.results || [], pagination: d.pagination || {more: false}}; }};
      }
      $(el).select2(opts);
      var label = doc.querySelector('label[for="' + el.id + '"]');
      if (label) el.nextElementSibling.querySelectorAll('[role=combobox], .select2-search__field').forEach(function (face) {
        var value = face.getAttribute('aria-labelledby');
        face.setAttribute('aria-labelledby', label.id + (value ? ' ' + value : ''));
        ['aria-describedby', 'aria-invalid', 'aria-required'].forEach(function (a) { if (el.getAttribute(a)) face.setAttribute(a, el.getAttribute(a)); });
      });
      $(el).on('change', function () { el.dispatchEvent(new CustomEvent('kepan:change', {bubbles: true})); });
    });
  }
  $(doc).on('select2:open', function () {
    var field = doc.querySelector('.select2-container--open .select2-dropdown .select2-search__field');
    if (field) field.focus();
  });
  $(doc).on('select2:unselecting', function (e) { $(e.target).data('kepanUnselect', true); });
  $(doc).on('select2:opening', function (e) { if ($(e.target).data('kepanUnselect')) { $(e.target).removeData('kepanUnselect'); e.preventDefault(); } });

  // ---- fields that are shown only while another has a value: "pool=platform", "kind=a|b" ----
  function valueOf(form, name) {
    var all = Array.from(form.elements).filter(function (i) { return i.name === name; });
    var box = all.find(function (i) { return i.type === 'checkbox' || i.type === 'radio'; });
    if (!box) return all.length ? all[0].value : '';
    var on = all.find(function (i) { return i.checked; });
    return on ? on.value : '';
  }
  function holds(form, rules) {
    return rules.split(',').every(function (rule) {
      var at = rule.indexOf('='), name = rule.slice(0, at).trim();
      return rule.slice(at + 1).split('|').indexOf(valueOf(form, name)) >= 0;
    });
  }
  function depend(form) {
    form.querySelectorAll('.fi[data-show-when]').forEach(function (row) { row.hidden = !holds(form, row.dataset.showWhen); });
    form.querySelectorAll('.req[data-star-when]').forEach(function (star) { star.hidden = !holds(form, star.dataset.starWhen); });
    form.querySelectorAll('.sec').forEach(function (s) {
      var rows = Array.from(s.querySelectorAll('.fi'));
      s.hidden = rows.length > 0 && rows.every(function (r) { return r.hidden; });
    });
  }

  // ---- unsaved text ----
  var forms = Array.from(doc.querySelectorAll('form[data-form]'));
  function print(form) {
    return Array.from(new FormData(form)).filter(function (p) { return p[0] !== 'csrf_token'; })
      .map(function (p) { return p[0] + '=' + (p[1] instanceof File ? p[1].name : p[1]); }).join('&');
  }
  K.dirty = function () {
    return forms.some(function (f) { return !f.kepanBusy && ('changed' in f.dataset || print(f) !== f.kepanPrint); });
  };
  window.addEventListener('beforeunload', function (e) { if (!K.inDrawer && K.dirty()) { e.preventDefault(); e.returnValue = ''; } });

  function focusOn(el) {
    if (!el) return;
    if ($(el).data('select2')) { el.nextElementSibling.scrollIntoView({block: 'center'}); $(el).select2('focus'); return; }
    if (el.getAttribute('role') === 'radiogroup') el = el.querySelector('input') || el;
    el.scrollIntoView({block: 'center'});
    el.focus({preventScroll: true});
  }
  K.on('click', '[data-jump]', function (e) { e.preventDefault(); focusOn(doc.getElementById(this.dataset.jump)); });

  // ---- files: what was chosen, and what would be refused, before it travels ----
  function size(n) { return n < 1048576 ? Math.max(1, Math.round(n / 1024)) + ' KB' : (n / 1048576).toFixed(1) + ' MB'; }
  function files(input) {
    var list = input.closest('[data-files]').querySelector('[data-files-list]'), most = Number(input.dataset.maxBytes), many = Number(input.dataset.maxFiles);
    var bad = false;
    list.textContent = '';
    Array.from(input.files).forEach(function (f, i) {
      var over = i >= many ? K.fill(T.too_many_files, {n: many}) : f.size > most ? K.fill(T.too_large, {n: most / 1048576}) : '';
      var row = K.make('li', over ? 'is-bad' : '');
      row.append(K.make('span', '', f.name), K.make('small', '', over || size(f.size)));
      list.appendChild(row);
      bad = bad || !!over;
    });
    list.hidden = !input.files.length;
    return !bad;
  }
  doc.querySelectorAll('[data-files] input[type=file]').forEach(function (input) {
    var box = input.closest('[data-files]');
    input.addEventListener('change', function () { files(input); });
    ['dragenter', 'dragover'].forEach(function (t) { box.addEventListener(t, function () { box.classList.add('is-over'); }); });
    ['dragleave', 'drop'].forEach(function (t) { box.addEventListener(t, function () { box.classList.remove('is-over'); }); });
  });
  doc.addEventListener('submit', function (e) {
    var wrong = Array.from(e.target.querySelectorAll('[data-files] input[type=file]')).find(function (i) { return !files(i); });
    if (wrong) { e.preventDefault(); e.stopImmediatePropagation(); focusOn(wrong); }
  }, true);

  choosers(doc);
  dates(doc);
  forms.forEach(function (form) {
    depend(form);
    ['change', 'kepan:change'].forEach(function (type) { form.addEventListener(type, function () { depend(form); }); });
    form.kepanPrint = print(form);
    var wrong = form.querySelector('.has-error input, .has-error select, .has-error textarea');
    if (wrong) { focusOn(wrong); } else if (!K.touch()) {
      var first = form.querySelector('.fi:not([hidden]) input:not([type=hidden]):not([data-date]):not([type=checkbox]), .fi:not([hidden]) textarea');
      if (first && !first.readOnly && !first.value) first.focus({preventScroll: true});
    }
  });
})(window.jQuery);
