// The drawer: a form page in a frame with ?_drawer=1. A phone opens the page itself.
(function () {
  'use strict';
  var K = window.Kepan, doc = document, box = null, frame = null, opener = null, stale = false;

  function url(address) {
    var u = new URL(address, window.location.href);
    u.searchParams.set('_drawer', '1');
    return u.pathname + u.search + u.hash;
  }
  function build() {
    box = K.make('dialog', 'drawer');
    box.setAttribute('aria-labelledby', 'drawer-title');
    var inner = K.make('div', 'drawer-in'), head = K.make('div', 'drawer-head'), title = K.make('b'), close = K.make('button', 'top-btn'), wait = K.make('div', 'drawer-load');
    title.id = 'drawer-title';
    close.type = 'button'; close.setAttribute('aria-label', K.text.close); close.appendChild(K.make('i', 'fa fa-xmark'));
    close.addEventListener('click', function () { K.closeDrawer(); });
    wait.append(K.make('span', 'spin'), doc.createTextNode(K.text.loading));
    head.append(title, close); inner.append(head, wait); box.appendChild(inner); doc.body.appendChild(box);
    box.addEventListener('mousedown', function (e) { if (e.target === box) { e.preventDefault(); K.closeDrawer(); } });
    box.addEventListener('keydown', function (e) { if (e.key === 'Escape') { e.preventDefault(); K.closeDrawer(); } });
    box.addEventListener('cancel', function (e) { if (e.target === box) { e.preventDefault(); K.closeDrawer(); } });
    box.addEventListener('close', function (e) { if (e.target === box) clean(); });
  }
  function clean() {
    if (frame) { frame.remove(); frame = null; }
    doc.documentElement.classList.remove('has-drawer');
    if (stale) { window.location.reload(); return; }
    if (opener && opener.focus) opener.focus();
    opener = null;
  }
  function leave(address, message) {
    K.keepToast(message);
    var to = new URL(address, window.location.href), here = window.location;
    var same = to.origin === here.origin && to.pathname === here.pathname && (!to.search || to.search === here.search);
    var ofRow = opener && opener.closest && opener.closest('.list-card tbody');                // the list stays as it is
    if (to.origin !== here.origin || same || ofRow) here.reload();
    else here.href = to.href;
  }
  function loaded() {
    var inside, win;
    try { win = frame.contentWindow; inside = win.document; } catch (foreign) { return; }
    if (!inside || !inside.body || win.location.href === 'about:blank') return;
    var done = inside.querySelector('[data-done-url]');
    if (done) { leave(done.dataset.doneUrl, done.dataset.message); return; }
    if (inside.body.classList.contains('is-login')) { window.location.reload(); return; }     // the session has ended
    if (inside.body.classList.contains('is-app')) {                                            // sent on to an ordinary page
      var flash = inside.querySelector('[data-flash] span');
      leave(win.location.href.replace(/([?&])_drawer=1&?/, '$1').replace(/[?&]$/, ''), flash && flash.textContent.trim());
      return;
    }
    stale = !!inside.querySelector('[data-result]');                                           // what stands behind has changed
    var head = inside.querySelector('h1');
    if (head) box.querySelector('b').textContent = head.textContent;
    box.classList.remove('is-loading');
    if (!inside.activeElement || inside.activeElement === inside.body) win.focus();
  }
  K.openDrawer = function (address, title) {
    if (!box) build();
    opener = doc.activeElement;
    if (frame) frame.remove();
    frame = K.make('iframe');
    frame.title = title || '';
    frame.addEventListener('load', loaded);
    box.querySelector('b').textContent = title || '';
    box.classList.add('is-loading');
    frame.src = url(address);
    box.querySelector('.drawer-in').appendChild(frame);
    doc.documentElement.classList.add('has-drawer');
    if (!box.open) box.showModal();
  };
  K.closeDrawer = function (sure) {
    if (!box || !box.open) return;
    var dirty = false;
    try { dirty = !sure && frame.contentWindow.Kepan && frame.contentWindow.Kepan.dirty(); } catch (foreign) { dirty = false; }
    if (!dirty) { box.close(); return; }
    if (doc.getElementById('ask-box').open) return;
    K.ask(K.text.discard, {yes: K.text.leave, no: K.text.stay, danger: true}).then(function (yes) { if (yes) box.close(); });
  };
  window.addEventListener('pageshow', function (e) { if (e.persisted && box && box.open) box.close(); });

  K.on('click', '[data-drawer]', function (e) {
    var address = this.getAttribute('href') || this.dataset.url;
    if (!address || e.defaultPrevented || e.ctrlKey || e.metaKey || e.shiftKey || this.classList.contains('is-off')) return;
    if (K.inDrawer) { e.preventDefault(); window.location.href = url(address); return; }
    if (window.self !== window.top || K.phone()) { if (!this.getAttribute('href')) window.location.href = address; return; }
    e.preventDefault();
    K.openDrawer(address, this.dataset.drawer || this.textContent.trim());
  });

  // The page after a success, opened by itself (a phone, a second tab): go on.
  var done = doc.querySelector('[data-done-url]');
  if (done && window.self === window.top) { K.keepToast(done.dataset.message); window.location.replace(done.dataset.doneUrl); }
})();
