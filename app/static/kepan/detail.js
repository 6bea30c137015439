// Detail pages: tabs fetched on demand, "show more", and the number that hides itself.
(function () {
  'use strict';
  var K = window.Kepan, doc = document;

  // ---- fragments ----
  function fetchPart(address) {
    return fetch(address, {credentials: 'same-origin', headers: {'X-Requested-With': 'XMLHttpRequest', Accept: 'text/html'}}).then(function (r) {
      return r.text().then(function (html) {
        var part = new DOMParser().parseFromString(html, 'text/html');
        if (part.querySelector('[data-page=login]')) { window.location.reload(); throw new Error('signed out'); }
        if (!r.ok) { var why = part.querySelector('.err-text'); throw new Error(why ? why.textContent.trim() : ''); }
        return part;
      });
    });
  }
  function state(pane, failed, retry) {
    var box = K.make('div', 'tab-state' + (failed ? ' is-error' : ''));
    if (failed) {
      var again = K.make('button', 'btn btn-default', K.text.retry);
      again.type = 'button'; again.addEventListener('click', retry);
      box.append(K.make('div', '', failed), again); box.setAttribute('role', 'alert');
    } else { box.append(K.make('span', 'spin'), K.make('span', '', K.text.loading)); box.setAttribute('role', 'status'); }
    pane.replaceChildren(box);
  }
  function load(pane, address) {
    pane.dataset.state = 'loading';
    var slow = setTimeout(function () { state(pane); }, pane.childElementCount ? 400 : 0);
    fetchPart(address).then(function (part) {
      clearTimeout(slow);
      pane.replaceChildren.apply(pane, Array.from(part.body.childNodes));
      pane.dataset.state = 'loaded';
      if (K.shadows) K.shadows();
    }).catch(function (err) {
      clearTimeout(slow);
      pane.dataset.state = '';
      state(pane, err && err.message && !/fetch/i.test(err.message) ? err.message : K.text.load_failed, function () { load(pane, address); });
    });
  }
  K.on('click', '[data-more]', function (e, link) {
    if (e.ctrlKey || e.metaKey || e.shiftKey) return;
    var pane = link.closest('[data-load]');
    if (!pane) return;
    e.preventDefault();
    if (link.classList.contains('is-busy')) return;
    if (link.dataset.more === 'replace') { load(pane, link.href); return; }
    link.classList.add('is-busy');
    fetchPart(link.href).then(function (part) {
      var rows = part.querySelector('[data-rows]'), into = pane.querySelector('[data-rows]');
      var first = rows && rows.firstElementChild;
      if (rows && into) into.append.apply(into, Array.from(rows.children));
      var bar = pane.querySelector('[data-more-bar]'), next = part.querySelector('[data-more-bar]');
      if (bar) { if (next) bar.replaceWith(next); else bar.remove(); }
      var goal = first && (first.querySelector('a, button') || first);
      if (goal) { if (goal === first) first.tabIndex = -1; goal.focus({preventScroll: true}); }
    }).catch(function () { link.classList.remove('is-busy'); K.toast(K.text.load_failed, 'danger'); });
  });

  // ---- paper ----
  K.on('click', '[data-print]', function () { window.print(); });

  // ---- tabs, kept in the address ----
  doc.querySelectorAll('[data-tabs]').forEach(function (box) {
    var tabs = Array.from(box.querySelectorAll('[role=tab]'));
    function show(tab, keep) {
      tabs.forEach(function (t) {
        var on = t === tab, pane = doc.getElementById(t.getAttribute('aria-controls'));
        t.classList.toggle('active', on); t.setAttribute('aria-selected', String(on)); t.tabIndex = on ? 0 : -1;
        pane.hidden = !on; pane.classList.toggle('active', on);
        if (on && pane.dataset.load && !pane.dataset.state) load(pane, pane.dataset.load);
      });
      tab.scrollIntoView({block: 'nearest', inline: 'nearest'});
      if (keep) window.history.replaceState(window.history.state, '', tab === tabs[0] ? window.location.pathname + window.location.search : tab.getAttribute('href'));
    }
    function fromHash() { var t = tabs.find(function (x) { return x.getAttribute('href') === window.location.hash; }); if (t) show(t, false); }
    box.addEventListener('click', function (e) { var t = e.target.closest('[role=tab]'); if (t) { e.preventDefault(); show(t, true); } });
    box.addEventListener('keydown', function (e) {
      var i = tabs.indexOf(e.target), to = {ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: tabs.length - 1}[e.key];
      if (i < 0 || to === undefined) return;
      e.preventDefault();
      var t = tabs[(to + tabs.length) % tabs.length];
      show(t, true); t.focus();
    });
    window.addEventListener('hashchange', fromHash);
    if (tabs.length) fromHash();
  });

  // ---- the full number: shown for a minute, then gone from the page ----
  doc.querySelectorAll('[data-reveal]').forEach(function (card) {
    var end = Date.now() + Number(card.dataset.seconds) * 1000, timer = 0;
    var phone = card.querySelector('[data-reveal-phone]'), note = card.querySelector('[data-reveal-time]'), call = card.querySelector('[data-reveal-call]');
    function hide() {
      clearInterval(timer);
      phone.textContent = K.text.hidden_now; phone.classList.add('is-hidden'); note.textContent = '';
      if (call) call.remove();
    }
    function tick() {
      var left = Math.ceil((end - Date.now()) / 1000);
      if (left <= 0) hide(); else note.textContent = K.fill(K.text.seconds_left, {n: left});
    }
    tick();
    timer = setInterval(tick, 500);
    window.addEventListener('pagehide', hide);
  });
})();
