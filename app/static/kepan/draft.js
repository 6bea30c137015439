// What was typed and could not be taken, as the session had ended: it is there again when the form is, for the
// same person only.  Phone numbers are not kept, and signing out clears it (ACC-18).
(function () {
  'use strict';
  var KEY = 'kepan-draft', ENTRANCE = '.is-login, .enter', LEAVING = /\/(logout|sign-out-everywhere)\/?$/, HALF_HOUR = 30 * 60 * 1000, here = location.pathname + location.search;

  var person = (document.querySelector('meta[name=kepan-person]') || {}).content || '';

  function isNumber(field) {
    return field.type === 'tel' || field.inputMode === 'tel' || /(\d[\s\-().]*){7}/.test(field.value.normalize('NFKC'));
  }
  function stored() {
    try { return JSON.parse(sessionStorage.getItem(KEY) || 'null'); } catch (broken) { return null; }
  }
  function keep(draft) {
    try {
      if (draft) sessionStorage.setItem(KEY, JSON.stringify(draft));
      else sessionStorage.removeItem(KEY);
    } catch (full) { /* then it has to be typed again */ }
  }
  function typed(form) {
    var found = [];
    Array.prototype.forEach.call(form.elements, function (field) {
      if (!field.name || field.disabled || /^(password|file|hidden|submit|button)$/.test(field.type) || field.autocomplete === 'one-time-code') return;
      if (/^(checkbox|radio)$/.test(field.type)) found.push([field.name, field.value, field.checked]);
      else if (field.value && !isNumber(field)) found.push([field.name, field.value]);
    });
    return found;
  }
  function fill(form, fields) {
    fields.forEach(function (one) {
      Array.prototype.forEach.call(form.elements, function (field) {
        if (field.name !== one[0]) return;
        if (one.length === 3) { if (field.value === one[1]) field.checked = one[2]; } else if (!field.value) field.value = one[1];
      });
    });
  }

  document.addEventListener('submit', function (event) {
    var form = event.target;
    var target = (event.submitter && event.submitter.getAttribute('formaction')) || form.getAttribute('action') || '';
    if (LEAVING.test(target)) keep(null);
    else if (person && form.matches('form[data-form]') && !document.querySelector(ENTRANCE)) keep({who: person, at: here, since: Date.now(), fields: typed(form)});
  });
  var draft = stored(), form = document.querySelector('form[data-form]');
  if (!draft) return;
  var refused = document.querySelector('[data-unsent]');
  if ((person && draft.who !== person) || Date.now() - draft.since > HALF_HOUR || !(refused || draft.wanted)) keep(null);
  else if (document.querySelector(ENTRANCE) || (refused && !form)) { draft.wanted = true; keep(draft); }
  else { keep(null); if (form && draft.at === here) fill(form, draft.fields); }
})();
