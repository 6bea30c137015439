// Phone pages: every page works without this script; it only saves steps.
(function () {
  'use strict';
  function each(selector, act, root) { Array.prototype.forEach.call((root || document).querySelectorAll(selector), act); }

  // A form is sent once; a button that was pressed twice would enter a customer twice.
  document.addEventListener('submit', function (event) {
    var form = event.target;
    if (form.dataset.sure && !form.dataset.asked && !(event.submitter && event.submitter.name)) { event.preventDefault(); ask(form); return; }
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = '1';
    setTimeout(function () { each('button', function (b) { if (!b.hasAttribute('data-wait')) b.disabled = true; }, form); }, 0);
  });
  window.addEventListener('pageshow', function () {        // back from another page: the form can be sent again
    each('form[data-sent]', function (form) {
      delete form.dataset.sent;
      each('button', function (b) { if (!b.hasAttribute('data-wait')) b.disabled = false; }, form);
    });
  });

  function ask(form) {
    var box = document.createElement('dialog'), text = document.createElement('p'), row = document.createElement('div');
    if (!box.showModal) { if (window.confirm(form.dataset.sure)) again(form); return; }
    var no = document.createElement('button'), yes = document.createElement('button');
    box.className = 'ask'; text.textContent = form.dataset.sure;
    no.type = yes.type = 'button';
    no.textContent = document.body.dataset.cancel || '×';
    yes.textContent = (form.querySelector('.btn') || form.querySelector('[type=submit]')).textContent;
    no.addEventListener('click', function () { box.close(); });
    yes.addEventListener('click', function () { box.close(); again(form); });
    box.addEventListener('close', function () { box.remove(); });
    row.append(no, yes); box.append(text, row); document.body.append(box); box.showModal();
  }
  function again(form) { form.dataset.asked = '1'; form.requestSubmit ? form.requestSubmit() : form.submit(); }

  // Numbers in two parts: on to the next one when a part is full, back when it is empty.
  each('[data-next]', function (input) {
    input.addEventListener('input', function () {
      input.value = input.value.replace(/[^0-9]/g, '').slice(0, input.maxLength);
      var next = input.value.length >= input.maxLength && document.getElementById(input.dataset.next);
      if (next) next.focus();
    });
  });
  each('[data-prev]', function (input) {
    input.addEventListener('keydown', function (event) {
      var before = event.key === 'Backspace' && !input.value && document.getElementById(input.dataset.prev);
      if (before) before.focus();
    });
  });

  // Another code after a while.
  each('button[data-wait]', function (button) {
    var left = Number(button.dataset.wait), words = button.textContent;
    var phone = button.form.elements.phone, asked = phone && phone.value;
    if (phone) phone.addEventListener('input', function () { if (phone.value !== asked) left = 0; });
    (function tick() {
      button.disabled = left > 0;
      button.textContent = left > 0 ? button.dataset.waiting.replace('0', left) : words;
      if (left-- > 0) setTimeout(tick, 1000);
      else button.removeAttribute('data-wait');
    })();
  });

  // The arrow goes back to the list as it was left: its tab, its search, its place.
  each('.top-back', function (link) {
    var from = document.referrer && new URL(document.referrer), to = new URL(link.href);
    if (!from || from.origin !== to.origin || from.pathname !== to.pathname) return;
    link.addEventListener('click', function (event) { event.preventDefault(); history.back(); });
  });
  each('.tabs .on', function (tab) { tab.parentNode.scrollLeft = tab.offsetLeft - (tab.parentNode.clientWidth - tab.offsetWidth) / 2; });

  // Pictures beside the first one are fetched when they come into view.
  each('img[data-src]', function (image) {
    if (!('IntersectionObserver' in window)) { image.src = image.dataset.src; return; }
    new IntersectionObserver(function (seen, watch) {
      if (!seen[0].isIntersecting) return;
      watch.disconnect();
      image.src = image.dataset.src;
    }, {root: image.parentNode}).observe(image);
  });

  // How much was written.
  each('textarea[maxlength]', function (area) {
    var count = document.createElement('span');
    count.className = 'cnt';
    count.setAttribute('aria-hidden', 'true');
    area.after(count);
    function show() { count.textContent = area.value.length + '/' + area.maxLength; }
    area.addEventListener('input', show);
    show();
  });

  // A long list of choices, narrowed by what is typed.
  each('input[data-narrows]', function (input) {
    var select = document.getElementById(input.dataset.narrows), all = Array.prototype.slice.call(select.options);
    each('button', function (b) { b.hidden = true; }, input.parentNode);
    input.addEventListener('input', function () {
      var typed = input.value.trim().toLowerCase(), chosen = select.value;
      var found = all.filter(function (o) { return !o.value || o.text.toLowerCase().indexOf(typed) >= 0; });
      select.replaceChildren.apply(select, found);
      select.value = found.some(function (o) { return o.value === chosen; }) ? chosen : '';
      if (typed && found.length === 2) select.value = found[1].value;
    });
  });

  // The enter key in a search field within a form searches, and does not send the form.
  each('input[data-enter]', function (input) {
    input.addEventListener('keydown', function (event) {
      if (event.key !== 'Enter') return;
      event.preventDefault();
      var button = input.parentNode.querySelector('button');
      if (!button.hidden) button.click();
    });
  });

  // The next page of a list comes when its end is seen.
  function follow(link) {
    if (!('IntersectionObserver' in window)) return;
    new IntersectionObserver(function (seen, watch) {
      if (!seen[0].isIntersecting) return;
      watch.disconnect();
      fetch(link.href, {credentials: 'same-origin'}).then(function (answer) { return answer.ok ? answer.text() : Promise.reject(); }).then(function (html) {
        var page = new DOMParser().parseFromString(html, 'text/html');
        var more = page.querySelector('[data-rows]'), next = page.querySelector('a[data-more]');
        if (!more) return;
        document.querySelector('[data-rows]').append.apply(document.querySelector('[data-rows]'), Array.prototype.slice.call(more.children));
        if (next) { link.href = next.getAttribute('href'); follow(link); } else link.remove();
      }).catch(function () { /* the link stays and can be tapped */ });
    }, {rootMargin: '300px'}).observe(link);
  }
  each('a[data-more]', follow);

  // A file is sent as soon as it is chosen.
  each('input[type=file][data-send]', function (input) {
    each('.dock', function (dock) { dock.hidden = true; }, input.form);
    input.addEventListener('change', function () { if (input.files.length) input.form.requestSubmit ? input.form.requestSubmit() : input.form.submit(); });
  });
})();
