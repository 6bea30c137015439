// Reading a code from a picture or the camera, in the page. The reader itself (qr-scanner) is loaded when it is first
// needed. Without it, and without this script, the code is typed.
const SIDES = [1200, 2000, 700]; // px of a picture's longer side; most codes are found at the first size
const REGION_SIDE = 640; // px to which the camera's picture is scaled down
const SCANS_PER_SECOND = 8;
const LOST = 'lost'; // the reader could not be loaded
const NONE = 'none'; // no code in the picture

let loading = null;

function loadReader(address) {
  loading =
    loading ||
    new Promise((resolve, reject) => {
      const script = document.createElement('script');
      script.src = address;
      script.onload = () => resolve(window.QrScanner);
      script.onerror = () => {
        loading = null;
        script.remove();
        reject(new Error(LOST));
      };
      document.head.append(script);
    });
  return loading;
}

/** The whole square that is seen, not only its middle: people go close. */
function scanRegion(video) {
  const side = Math.min(video.videoWidth, video.videoHeight);
  const scaled = Math.min(side, REGION_SIDE);
  return {
    x: Math.round((video.videoWidth - side) / 2),
    y: Math.round((video.videoHeight - side) / 2),
    width: side,
    height: side,
    downScaledWidth: scaled,
    downScaledHeight: scaled,
  };
}

function drawScaled(image, scale) {
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(image.naturalWidth * scale));
  canvas.height = Math.max(1, Math.round(image.naturalHeight * scale));
  canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** A phone's picture is larger than the reader likes: it is tried at several sizes, a small one once. */
async function readCode(Reader, image, sides = SIDES) {
  if (!sides.length) throw new Error(NONE);
  const scale = Math.min(1, sides[0] / Math.max(image.naturalWidth, image.naturalHeight));
  try {
    return await Reader.scanImage(drawScaled(image, scale), {returnDetailedScanResult: true});
  } catch {
    const isWorthwhile = scale < 1 || sides.length === SIDES.length;
    return readCode(Reader, image, isWorthwhile ? sides.slice(1) : []);
  }
}

function loadPicture(file) {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => {
      URL.revokeObjectURL(image.src);
      resolve(image);
    };
    image.onerror = () => {
      URL.revokeObjectURL(image.src);
      reject(new Error(NONE));
    };
    image.src = URL.createObjectURL(file);
  });
}

function show(form, words) {
  form.querySelector('[data-said]').textContent = words || '';
}

function send(form, code) {
  show(form, '');
  form.elements.code.value = code;
  if (form.requestSubmit) form.requestSubmit();
  else form.submit();
}

function startPhoto(form, beforeSend) {
  const photo = form.querySelector('[data-photo]');
  photo.addEventListener('change', async () => {
    const file = photo.files[0];
    if (!file) return;
    show(form, form.dataset.busy);
    try {
      const [Reader, image] = await Promise.all([loadReader(form.dataset.lib), loadPicture(file)]);
      const {data} = await readCode(Reader, image);
      beforeSend();
      send(form, data);
    } catch (error) {
      show(form, error.message === LOST ? form.dataset.lost : form.dataset.none);
    }
    photo.value = '';
  });
}

function makeCamera(Reader, video, act) {
  return new Reader(video, (result) => act(result.data), {
    returnDetailedScanResult: true,
    preferredCamera: 'environment',
    maxScansPerSecond: SCANS_PER_SECOND,
    calculateScanRegion: scanRegion,
  });
}

/** The live camera; answers what closes it. */
function startCamera(form) {
  const button = form.querySelector('[data-live]');
  const lens = form.querySelector('[data-lens]');
  let camera = null;

  function close() {
    if (!camera) return;
    camera.destroy();
    camera = null;
    lens.hidden = true;
    button.hidden = false;
  }
  function sendFound(code) {
    close();
    send(form, code);
  }
  async function open() {
    button.hidden = true;
    show(form, '');
    try {
      const Reader = await loadReader(form.dataset.lib);
      lens.hidden = false;
      camera = makeCamera(Reader, lens.querySelector('video'), sendFound);
      await camera.start();
    } catch (error) {
      close();
      button.hidden = false;
      show(form, error && error.message === LOST ? form.dataset.lost : form.dataset.closed);
    }
  }
  button.hidden = !(window.isSecureContext && navigator.mediaDevices && navigator.mediaDevices.getUserMedia);
  button.addEventListener('click', open);
  form.querySelector('[data-stop]').addEventListener('click', close);
  window.addEventListener('pagehide', close);
  return close;
}

function start(form) {
  form.querySelector('[data-ways]').hidden = false;
  startPhoto(form, startCamera(form));
}

const scanner = document.querySelector('[data-scanner][data-lib]');
if (scanner) start(scanner);
