// Frame of every page: texts, toasts, questions, posting buttons, tips, menu, keys.
(function () {
  'use strict';
  var doc = document, root = doc.documentElement;
  var text = JSON.parse(doc.getElementById('i18n').textContent);
  var K = window.Kepan = {
    text: text,
    lang: root.lang,
    inDrawer: doc.body.classList.contains('is-drawer') && window.self !== window.top,
    fill: function (sentence, values) { return sentence.replace(/\{(\w+)\}/g, function (all, key) { return key in values ? values[key] : all; }); },
    phone: function () { return window.matchMedia('(max-width: 767px)').matches; },
    touch: function () { return window.matchMedia('(pointer: coarse)').matches; },
    on: function (type, selector, fn) {
      doc.addEventListener(type, function (e) {
        var el = e.target.closest ? e.target.closest(selector) : null;
        if (el) fn.call(el, e, el);
      });
    },
    make: function (tag, cls, content) {
      var el = doc.createElement(tag);
      if (cls) el.className = cls;
      if (content != null) el.textContent = content;
      return el;
    },
    store: function (key, value) {
      try {
        if (value === undefined) return localStorage.getItem('kepan:' + key);
        if (value) localStorage.setItem('kepan:' + key, value); else localStorage.removeItem('kepan:' + key);
      } catch (blocked) { /* private mode: nothing is remembered */ }
      return null;
    },
    dirty: function () { return false; }
  };

  // ---- toasts ----
  function fade(el, wait) {
    setTimeout(function () { el.classList.add('out'); setTimeout(function () { el.remove(); }, 300); }, wait);
  }
  function settle(el) {          // good news leaves by itself, bad news stays until it is closed
    if (el.closest('.login-form') || /toast-danger|toast-warning/.test(el.className)) return;
    fade(el, 3200 + Math.min(4000, el.textContent.length * 60));
  }
  K.toast = function (message, kind) {
    var icons = {danger: 'fa-circle-xmark', warning: 'fa-circle-exclamation', info: 'fa-circle-info'};
    var box = doc.querySelector('[data-toasts]') || doc.body.appendChild(K.make('div', 'toasts'));
    var el = K.make('div', 'toast-i toast-' + (kind || 'success'));
    var close = K.make('button', 'toast-x');
    close.type = 'button'; close.setAttribute('data-toast-close', ''); close.setAttribute('aria-label', text.close);
    close.appendChild(K.make('i', 'fa fa-xmark'));
    el.append(K.make('i', 'fa ' + (icons[kind] || 'fa-circle-check')), K.make('span', '', message), close);
    box.appendChild(el);
    settle(el);
  };
  doc.querySelectorAll('.toast-i').forEach(settle);
  K.on('click', '[data-toast-close]', function () { this.closest('.toast-i').remove(); });
  K.keepToast = function (message) { try { if (message) sessionStorage.setItem('kepan:toast', message); } catch (blocked) { /* shown never */ } };
  if (!K.inDrawer) {
    try {
      var kept = sessionStorage.getItem('kepan:toast');
      if (kept) { sessionStorage.removeItem('kepan:toast'); K.toast(kept); }
    } catch (blocked) { /* nothing kept */ }
  }

  // ---- one question box and one notice box ----
  K.ask = function (question, opts) {
    var box = doc.getElementById('ask-box'), o = opts || {};
    if (!box || !box.showModal) return Promise.resolve(window.confirm(question));
    var yes = box.querySelector('[data-ask-yes]'), no = box.querySelector('[data-ask-no]');
    box.querySelector('.ask-text').textContent = question;
    yes.textContent = o.yes || text.ok; no.textContent = o.no || text.cancel;
    yes.className = 'btn ' + (o.danger ? 'btn-danger' : 'btn-primary');
    return new Promise(function (resolve) {
      var answer = false;
      yes.onclick = function () { answer = true; box.close(); };
      no.onclick = function () { box.close(); };
      box.onclose = function () { resolve(answer); };
      box.showModal();
      (o.danger ? no : yes).focus();
    });
  };
  K.tell = function (message) {
    var box = doc.getElementById('alert-box');
    box.querySelector('.ask-text').textContent = message;
    box.querySelector('[data-alert-ok]').onclick = function () { box.close(); };
    box.showModal();
  };

  // ---- buttons and forms that ask first, and are sent once ----
  K.on('click', 'a[data-ask], button[data-ask]:not([data-batch])', function (e, el) {
    if (el.kepanSure) { el.kepanSure = false; return; }
    e.preventDefault(); e.stopImmediatePropagation();
    K.ask(el.dataset.ask, {danger: 'danger' in el.dataset}).then(function (yes) {
      if (yes) { el.kepanSure = true; el.click(); }
    });
  });
  function busy(form, button) {
    form.kepanBusy = true;
    if (button) { button.classList.add('is-busy'); button.setAttribute('aria-disabled', 'true'); }
    setTimeout(function () { idle(form, button); }, button && 'download' in button.dataset ? 3000 : 15000);
  }
  function idle(form, button) {
    form.kepanBusy = false;
    if (button) { button.classList.remove('is-busy'); button.removeAttribute('aria-disabled'); }
  }
  function lacks(form) {                                   // what is refused anyway is not asked about first
    return Array.from(form.querySelectorAll('[aria-required=true]')).some(function (f) { return !f.closest('[hidden]') && 'value' in f && !f.value.trim(); });
  }
  doc.addEventListener('submit', function (e) {
    var form = e.target, button = e.submitter;
    if (form.method !== 'post') return;
    if (form.kepanBusy) { e.preventDefault(); return; }
    if (form.dataset.ask && !form.kepanSure && !lacks(form)) {
      e.preventDefault();
      K.ask(form.dataset.ask).then(function (yes) { if (yes) { form.kepanSure = true; form.requestSubmit(button && button.form === form ? button : undefined); } });
      return;
    }
    form.kepanSure = false;
    busy(form, button);
  });
  window.addEventListener('pageshow', function (e) {     // back out of the browser's memory: everything works again
    if (!e.persisted) return;
    doc.querySelectorAll('form').forEach(function (f) { idle(f); });
    doc.querySelectorAll('.is-busy').forEach(function (b) { b.classList.remove('is-busy'); b.removeAttribute('aria-disabled'); });
  });

  // ---- a button that cannot be used says why: mouse, keyboard, touch, screen reader ----
  var tip = null, tipTimer = 0;
  function reason(el) {
    if (el.title) { el.dataset.tip = el.title; el.setAttribute('aria-description', el.title); el.removeAttribute('title'); }
    return el.dataset.tip;
  }
  function showTip(el) {
    var words = reason(el);
    hideTip();
    if (!words) return;
    tip = doc.body.appendChild(K.make('div', 'tip', words));
    tip.setAttribute('role', 'tooltip');
    var at = el.getBoundingClientRect(), own = tip.getBoundingClientRect();
    var left = Math.max(8, Math.min(at.left + at.width / 2 - own.width / 2, window.innerWidth - own.width - 8));
    var top = at.top - own.height - 8 < 8 ? at.bottom + 8 : at.top - own.height - 8;
    tip.style.left = left + 'px'; tip.style.top = top + 'px';
  }
  function hideTip() { clearTimeout(tipTimer); if (tip) { tip.remove(); tip = null; } }
  ['mouseover', 'focusin'].forEach(function (type) { K.on(type, '.is-off', function () { showTip(this); }); });
  ['mouseout', 'focusout'].forEach(function (type) { K.on(type, '.is-off', hideTip); });
  K.on('click', '.is-off', function (e) {
    e.preventDefault(); showTip(this);
    tipTimer = setTimeout(hideTip, 4000);
  });
  doc.addEventListener('scroll', hideTip, true);
  window.jQuery(doc).on('click.bs.dropdown.data-api', '.dropdown-menu .is-off', function (e) { e.stopPropagation(); });   // its menu stays open

  // ---- menu ----
  K.on('click', '[data-nav-group]', function () {
    if (root.classList.contains('side-mini') && window.innerWidth > 991) { root.classList.remove('side-mini'); K.store('side', ''); this.parentNode.classList.add('open'); } else this.parentNode.classList.toggle('open');
    this.setAttribute('aria-expanded', String(this.parentNode.classList.contains('open')));
  });
  K.on('click', '[data-side-toggle]', function () {
    if (window.innerWidth > 991) K.store('side', root.classList.toggle('side-mini') ? 'mini' : '');
    else doc.body.classList.toggle('side-open');
  });
  var active = doc.querySelector('.side-nav .active');
  if (active) { var box = active.closest('.side-nav'); if (active.offsetTop > box.clientHeight - 60) box.scrollTop = active.offsetTop - box.clientHeight / 2; }
  requestAnimationFrame(function () { requestAnimationFrame(function () { root.classList.add('ready'); }); });

  // ---- small things ----
  K.on('click', '[data-eye]', function () {
    var input = this.parentNode.querySelector('input'), show = input.type === 'password';
    input.type = show ? 'text' : 'password';
    this.setAttribute('aria-pressed', String(show));
    this.setAttribute('aria-label', show ? text.hide_password : text.show_password);
    this.firstElementChild.className = 'fa-regular ' + (show ? 'fa-eye-slash' : 'fa-eye');
  });
  K.on('click', '[data-history-back]', function () {
    if (window.self !== window.top && window.parent.Kepan) window.parent.Kepan.closeDrawer();
    else if (window.history.length > 1) window.history.back();
    else window.location.href = doc.querySelector('.err-ops a').href;
  });
  K.on('click', '[data-back]', function (e) {            // back to the list as it was: its page, filters, place
    if (e.ctrlKey || e.metaKey || e.shiftKey) return;
    if (K.inDrawer) { e.preventDefault(); window.parent.Kepan.closeDrawer(); return; }
    var from = doc.referrer && new URL(doc.referrer), to = new URL(this.href);
    if (from && from.origin === to.origin && from.pathname === to.pathname && !to.search && window.history.length > 1) { e.preventDefault(); window.history.back(); }
  });

  // ---- keys: "/" search, "n" new, Esc closes ----
  doc.addEventListener('keydown', function (e) {
    if (e.isComposing || e.ctrlKey || e.metaKey || e.altKey) return;
    var open = doc.querySelector('.select2-container--open, .datepicker-dropdown, dialog[open], .dropdown.open, .dropup.open');
    if (e.key === 'Escape') {
      hideTip();
      if (open) return;
      if (doc.body.classList.contains('side-open')) doc.body.classList.remove('side-open');
      else if (K.inDrawer) { e.preventDefault(); window.parent.Kepan.closeDrawer(); }
      return;
    }
    if (open || /^(INPUT|TEXTAREA|SELECT)$/.test(e.target.tagName) || e.target.isContentEditable || e.target.closest('.select2-container')) return;
    var goal = e.key === '/' ? doc.querySelector('[data-filter] input[type=text]:not([data-date])') : null;
    if (goal) { e.preventDefault(); goal.focus(); goal.select(); return; }
    goal = e.key === 'n' ? doc.querySelector('.js-new:not(.is-off)') : null;
    if (goal) { e.preventDefault(); goal.click(); }
  }, true);
})();
