// Lists: counts in tabs, filters, selection and batches, density, columns, double click.
(function () {
  'use strict';
  var K = window.Kepan, doc = document;

  // ---- counts, fetched after the page ----
  doc.querySelectorAll('[data-counts]').forEach(function (nav) {
    fetch(nav.dataset.counts, {credentials: 'same-origin', headers: {Accept: 'application/json', 'X-Requested-With': 'XMLHttpRequest'}})
      .then(function (r) { return r.ok ? r.json() : {}; })
      .then(function (counts) {
        nav.querySelectorAll('[data-count]').forEach(function (em) { var n = counts[em.dataset.count]; em.textContent = n == null ? '' : n; });
      })
      .catch(function () { /* a list without counts is still a list */ });
  });
  doc.querySelectorAll('.tabs-p .active').forEach(function (a) { a.parentNode.scrollLeft = a.offsetLeft - 24; });

  // ---- filters: nothing empty in the address ----
  doc.addEventListener('submit', function (e) {
    if (!e.target.matches('[data-filter]')) return;
    e.target.querySelectorAll('input, select').forEach(function (i) { if (i.name && !i.value) i.disabled = true; });
  });
  window.addEventListener('pageshow', function () {
    doc.querySelectorAll('[data-filter] :disabled').forEach(function (i) { i.disabled = false; });
  });
  K.on('click', '[data-filter-toggle]', function () {
    var filter = this.closest('.filter'), brief = filter.classList.contains('is-brief');
    var open = brief || filter.classList.toggle('open');
    filter.classList.remove('is-brief');
    this.setAttribute('aria-expanded', String(open));
    shadows();
  });

  // ---- selection and batches ----
  function sync(card) {
    var all = Array.from(card.querySelectorAll('.js-pick')), on = all.filter(function (c) { return c.checked; });
    all.forEach(function (c) { c.closest('tr').classList.toggle('sel', c.checked); });
    var head = card.querySelector('.js-pick-all');
    if (head) { head.checked = on.length > 0 && on.length === all.length; head.indeterminate = on.length > 0 && on.length < all.length; }
    card.querySelectorAll('[data-batch]').forEach(function (b) {
      b.disabled = !on.length;
      if (on.length) b.removeAttribute('title'); else b.title = K.text.choose_rows;
    });
    card.classList.toggle('has-sel', on.length > 0);
    var label = card.querySelector('.tbar-sel');
    if (label) { label.hidden = !on.length; label.querySelector('[data-sel-text]').textContent = K.fill(K.text.selected, {n: on.length}); }
  }
  function ids(card) { return Array.from(card.querySelectorAll('.js-pick:checked')).map(function (c) { return c.value; }); }
  K.on('change', '.js-pick', function () { sync(this.closest('.list-card')); });
  K.on('change', '.js-pick-all', function () {
    var card = this.closest('.list-card'), on = this.checked;
    card.querySelectorAll('.js-pick').forEach(function (c) { c.checked = on; });
    sync(card);
  });
  K.on('click', '[data-sel-clear]', function () {
    var card = this.closest('.list-card');
    card.querySelectorAll('.js-pick').forEach(function (c) { c.checked = false; });
    sync(card);
  });
  K.on('click', '[data-batch]', function (e, button) {
    var chosen = ids(button.closest('.list-card'));
    if (!chosen.length) return;
    if (button.dataset.mode === 'drawer') {
      K.openDrawer(button.dataset.batch + (button.dataset.batch.indexOf('?') < 0 ? '?' : '&') + 'ids=' + chosen.join(','), button.dataset.title);
      return;
    }
    var sure = button.dataset.ask ? K.ask(button.dataset.ask, {danger: 'danger' in button.dataset}) : Promise.resolve(true);
    sure.then(function (yes) {
      if (!yes) return;
      var form = doc.getElementById('post-form');
      form.querySelectorAll('[name=ids]').forEach(function (i) { i.remove(); });
      chosen.forEach(function (id) { var i = K.make('input'); i.type = 'hidden'; i.name = 'ids'; i.value = id; form.appendChild(i); });
      form.action = button.dataset.batch;
      form.requestSubmit();
    });
  });
  window.addEventListener('pageshow', function () {
    doc.querySelectorAll('#post-form [name=ids]').forEach(function (i) { i.remove(); });
    doc.querySelectorAll('.list-card').forEach(sync);
  });

  // ---- density, columns ----
  function density() {
    var on = doc.documentElement.classList.contains('dense');
    doc.querySelectorAll('[data-density]').forEach(function (b) { b.setAttribute('aria-pressed', String(on)); });
  }
  K.on('click', '[data-density]', function () { K.store('dense', doc.documentElement.classList.toggle('dense') ? '1' : ''); density(); });
  density();
  function hiddenCols(card) { try { return JSON.parse(K.store('cols:' + card.dataset.list) || '[]'); } catch (bad) { return []; } }
  function applyCols(card) {
    var off = hiddenCols(card);
    card.querySelectorAll('th[data-key], td[data-key]').forEach(function (c) { c.hidden = !c.classList.contains('c-pin') && off.indexOf(c.dataset.key) >= 0; });
  }
  function drawCols(card) {
    var off = hiddenCols(card), pop = card.querySelector('[data-cols-list]');
    pop.textContent = '';
    card.querySelectorAll('th[data-key]:not(.c-pin)').forEach(function (th) {
      var label = K.make('label'), box = K.make('input');
      box.type = 'checkbox'; box.value = th.dataset.key; box.checked = off.indexOf(th.dataset.key) < 0;
      label.append(box, doc.createTextNode(th.textContent.trim()));
      pop.appendChild(label);
    });
  }
  doc.querySelectorAll('.list-card').forEach(applyCols);
  K.on('click', '[data-cols]', function () { drawCols(this.closest('.list-card')); });
  window.jQuery(doc).on('click.bs.dropdown.data-api', '.cols-pop', function (e) { e.stopPropagation(); });
  doc.addEventListener('change', function (e) {
    var pop = e.target.closest('[data-cols-list]');
    if (!pop) return;
    var card = pop.closest('.list-card');
    var off = Array.from(pop.querySelectorAll('input:not(:checked)')).map(function (i) { return i.value; });
    K.store('cols:' + card.dataset.list, off.length ? JSON.stringify(off) : '');
    applyCols(card); shadows();
  });
  doc.querySelectorAll('[data-cols-reset]').forEach(function (b) {
    b.addEventListener('click', function () { var card = b.closest('.list-card'); K.store('cols:' + card.dataset.list, ''); applyCols(card); drawCols(card); shadows(); });
  });

  // ---- rows that are still moving are fetched again, without the page around them ----
  (function follow() {
    var card = doc.querySelector('.list-card');
    if (!card || !card.querySelector('[data-live]')) return;
    setTimeout(function () {
      if (doc.hidden) { follow(); return; }
      fetch(window.location.href, {credentials: 'same-origin', headers: {Accept: 'text/html'}})
        .then(function (r) { return r.ok && !r.redirected ? r.text() : ''; })
        .then(function (html) {
          var fresh = html && new DOMParser().parseFromString(html, 'text/html').querySelector('.list-card .twrap');
          var old = card.querySelector('.twrap');
          if (!fresh || !old) return;
          if (fresh.innerHTML !== old.innerHTML) { old.replaceWith(doc.importNode(fresh, true)); applyCols(card); shadows(); }
        })
        .catch(function () { /* tried again below */ })
        .then(follow);
    }, 2000);
  })();

  // ---- double click opens; pinned columns cast a shadow only where something lies under them ----
  K.on('dblclick', 'tr[data-url]', function (e) {
    if (e.target.closest('a, button, input, label')) return;
    window.getSelection().removeAllRanges();
    window.location.href = this.dataset.url;
  });
  function shadow(w) {
    w.classList.toggle('is-scrolled', w.scrollLeft > 0);
    w.classList.toggle('has-rest', w.scrollLeft + w.clientWidth < w.scrollWidth - 1);
  }
  function shadows() { doc.querySelectorAll('.twrap').forEach(shadow); }
  doc.addEventListener('scroll', function (e) { if (e.target.classList && e.target.classList.contains('twrap')) shadow(e.target); }, true);
  window.addEventListener('resize', shadows);
  K.shadows = shadows;
  shadows();
})();
