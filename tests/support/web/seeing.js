// What an eye, a keyboard and a screen reader meet on the page: measured in the browser, returned as lists of faults.
(function () {
  'use strict';
  var canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});

  function rgba(css) {                       // any CSS colour, as the browser paints it
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = css;
    canvas.fillRect(0, 0, 1, 1);
    var d = canvas.getImageData(0, 0, 1, 1).data;
    return [d[0], d[1], d[2], d[3] / 255];
  }
  function over(top, under) {
    var a = top[3];
    return [0, 1, 2].map(function (i) { return top[i] * a + under[i] * (1 - a); }).concat(1);
  }
  function luminance(c) {
    var v = c.slice(0, 3).map(function (x) { x /= 255; return x <= 0.03928 ? x / 12.92 : Math.pow((x + 0.055) / 1.055, 2.4); });
    return 0.2126 * v[0] + 0.7152 * v[1] + 0.0722 * v[2];
  }
  function ratio(a, b) {
    var x = luminance(a), y = luminance(b);
    return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
  }
  function shown(el) {
    if (!el.checkVisibility({checkOpacity: true, checkVisibilityCSS: true})) return false;
    var box = el.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && !el.closest('.sr-only, .skip, [aria-hidden=true]');
  }
  function backgrounds(el) {                 // what may lie behind its text: one colour, or those of a gradient
    var layers = [], found = null;
    for (var at = el; at && !found; at = at.parentElement) {
      var style = getComputedStyle(at), colour = rgba(style.backgroundColor);
      var stops = (/gradient/.test(style.backgroundImage) ? style.backgroundImage.match(/rgba?\([^)]*\)/g) : []).map(rgba)
        .filter(function (stop) { return stop[3] === 1; });      // a veil over the picture counts as none
      if (stops.length) found = stops;
      else if (colour[3] === 1) found = [colour];
      else if (colour[3] > 0) layers.push(colour);
    }
    return (found || [[255, 255, 255, 1]]).map(function (base) {
      return layers.reduceRight(function (under, top) { return over(top, under); }, over(base, [255, 255, 255, 1]));
    });
  }
  function off(el) { return el.closest('[disabled], [aria-disabled=true], .is-off, .disabled, .off'); }
  function name(el) { return el.tagName.toLowerCase() + (el.id ? '#' + el.id : '') + (typeof el.className === 'string' && el.className ? '.' + el.className.trim().split(/\s+/).join('.') : ''); }

  function faint(el, style, colour, words) {
    var size = parseFloat(style.fontSize), bold = Number(style.fontWeight) >= 700;
    var needed = size >= 24 || (bold && size >= 18.66) ? 3 : 4.5;
    var worst = Math.min.apply(null, backgrounds(el).map(function (back) { return ratio(over(rgba(colour), back), back); }));
    return worst < needed - 0.005 ? name(el) + ' "' + words.slice(0, 24) + '" ' + worst.toFixed(2) : '';
  }
  function contrast() {
    var walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), faults = new Set(), node;
    while ((node = walker.nextNode())) {
      var words = node.nodeValue.trim(), el = node.parentElement;
      if (!words || /^(SCRIPT|STYLE|OPTION|NOSCRIPT)$/.test(el.tagName) || el.closest('svg') || !shown(el) || off(el)) continue;
      var style = getComputedStyle(el);
      faults.add(faint(el, style, style.color, words));
    }
    document.querySelectorAll('input, textarea').forEach(function (el) {
      if (!shown(el) || off(el) || /^(hidden|checkbox|radio|file)$/.test(el.type)) return;
      if (el.placeholder && !el.value) faults.add(faint(el, getComputedStyle(el), getComputedStyle(el, '::placeholder').color, el.placeholder));
    });
    faults.delete('');
    return Array.from(faults);
  }

  function words(ids) { return ids.split(/\s+/).map(function (id) { var el = document.getElementById(id); return el ? el.textContent : ''; }).join(' ').trim(); }
  function spoken(el) {
    return words(el.getAttribute('aria-labelledby') || '') || (el.getAttribute('aria-label') || '').trim() ||
      Array.from(el.labels || []).map(function (l) { return l.textContent.trim(); }).join(' ').trim();
  }
  function unlabelled() {
    return Array.from(document.querySelectorAll('input, select, textarea')).filter(function (el) {
      return el.type !== 'hidden' && !el.closest('[hidden]') && !spoken(el);
    }).map(name);
  }
  function unnamed() {
    return Array.from(document.querySelectorAll('a[href], button, [role=button], [role=tab], [role=combobox], iframe')).filter(function (el) {
      if (el.closest('[hidden]')) return false;
      var image = el.querySelector('img[alt]:not([alt=""])');
      return !(spoken(el) || el.textContent.trim() || el.title || image);
    }).map(name);
  }
  function twins() {                         // an id that stands twice ties a label to the wrong field
    var ids = Array.from(document.querySelectorAll('[id]')).map(function (el) { return el.id; });
    return ids.filter(function (id, at) { return ids.indexOf(id) !== at; });
  }
  function drawn(font, sign) {
    var c = document.createElement('canvas').getContext('2d');
    c.canvas.width = c.canvas.height = 28;
    c.font = font;
    c.fillText(sign, 2, 22);
    return c.canvas.toDataURL();
  }
  function icons() {                         // a sign that the font lacks in this weight is an empty box
    return Array.from(document.querySelectorAll('i.fa, i.fa-regular')).filter(isDrawn).filter(function (el) {
      var style = getComputedStyle(el, '::before'), font = style.fontWeight + ' 18px ' + style.fontFamily;
      return drawn(font, style.content.replace(/"/g, '')) === drawn(font, '\ue9ff');
    }).map(name);
  }
  function isDrawn(el) { return el.checkVisibility() && getComputedStyle(el, '::before').content !== 'none'; }
  function sideways() {
    var wide = document.documentElement.scrollWidth - window.innerWidth;
    if (wide <= 0) return [];
    var who = Array.from(document.body.querySelectorAll('*')).filter(function (el) { return el.getBoundingClientRect().right > window.innerWidth + 1 && shown(el); });
    return ['wider than the screen by ' + wide + ': ' + who.slice(0, 3).map(name).join(', ')];
  }
  function look(el) {
    var own = [el].concat(el.nextElementSibling ? [el.nextElementSibling] : [], el.closest('.range, .file-box, .lf') || []);
    return own.map(function (one) { var s = getComputedStyle(one); return [s.outlineStyle, s.outlineWidth, s.outlineColor, s.boxShadow, s.borderColor].join(); }).join('|');
  }
  window.seeing = {contrast: contrast, unlabelled: unlabelled, unnamed: unnamed, twins: twins, icons: icons, sideways: sideways, look: look};
})();
