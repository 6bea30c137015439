// Reading a code from a picture or the camera, in the page.  The reader itself (qr-scanner) is loaded when it is
// first needed.  Without it, and without this script, the code is typed.
(function () {
  'use strict';
  var form = document.querySelector('[data-scanner][data-lib]');
  if (!form) return;
  var said = form.querySelector('[data-said]'), code = form.elements.code, photo = form.querySelector('[data-photo]');
  var live = form.querySelector('[data-live]'), lens = form.querySelector('[data-lens]'), loading, camera;
  var SIDES = [1200, 2000, 700];                          // most codes are found at the first size

  form.querySelector('[data-ways]').hidden = false;
  live.hidden = !(window.isSecureContext && navigator.mediaDevices && navigator.mediaDevices.getUserMedia);

  function say(words) { said.textContent = words || ''; }

  function load() {
    loading = loading || new Promise(function (done, failed) {
      var script = document.createElement('script');
      script.src = form.dataset.lib;
      script.onload = function () { done(window.QrScanner); };
      script.onerror = function () { loading = null; script.remove(); failed(new Error('lost')); };
      document.head.append(script);
    });
    return loading;
  }

  function found(text) {
    if (camera) close();
    say('');
    code.value = text;
    if (form.requestSubmit) form.requestSubmit(); else form.submit();
  }

  // The whole square that is seen, not only its middle: people go close.
  function region(video) {
    var side = Math.min(video.videoWidth, video.videoHeight), small = Math.min(side, 640);
    return {
      x: Math.round((video.videoWidth - side) / 2), y: Math.round((video.videoHeight - side) / 2),
      width: side, height: side, downScaledWidth: small, downScaledHeight: small
    };
  }

  // A phone's picture is larger than the reader likes: it is tried at several sizes.
  function read(Reader, image, sides) {
    if (!sides.length) return Promise.reject(new Error('none'));
    var scale = Math.min(1, sides[0] / Math.max(image.naturalWidth, image.naturalHeight));
    var canvas = document.createElement('canvas');
    canvas.width = Math.max(1, Math.round(image.naturalWidth * scale));
    canvas.height = Math.max(1, Math.round(image.naturalHeight * scale));
    canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
    return Reader.scanImage(canvas, {returnDetailedScanResult: true}).catch(function () {
      return read(Reader, image, scale < 1 || sides.length === SIDES.length ? sides.slice(1) : []);
    });
  }

  function picture(file) {
    return new Promise(function (done, failed) {
      var image = new Image();
      image.onload = function () { URL.revokeObjectURL(image.src); done(image); };
      image.onerror = function () { URL.revokeObjectURL(image.src); failed(new Error('none')); };
      image.src = URL.createObjectURL(file);
    });
  }

  photo.addEventListener('change', function () {
    var file = photo.files[0];
    if (!file) return;
    say(form.dataset.busy);
    Promise.all([load(), picture(file)]).then(function (both) { return read(both[0], both[1], SIDES); }).then(
      function (result) { found(result.data); },
      function (error) { say(error.message === 'lost' ? form.dataset.lost : form.dataset.none); }
    ).then(function () { photo.value = ''; });
  });

  function close() { camera.destroy(); camera = null; lens.hidden = true; live.hidden = false; }

  live.addEventListener('click', function () {
    live.hidden = true;
    say('');
    load().then(function (Reader) {
      lens.hidden = false;
      camera = new Reader(lens.querySelector('video'), function (result) { found(result.data); }, {
        returnDetailedScanResult: true, preferredCamera: 'environment', maxScansPerSecond: 8, calculateScanRegion: region
      });
      return camera.start();
    }).catch(function (error) {
      if (camera) close(); else live.hidden = false;
      say(error && error.message === 'lost' ? form.dataset.lost : form.dataset.closed);
    });
  });
  form.querySelector('[data-stop]').addEventListener('click', function () { if (camera) close(); });
  window.addEventListener('pagehide', function () { if (camera) close(); });
})();
